"""Arriving with a first password, and what a person chooses for herself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.base.views import IndexView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from ijm.accounts import devices, fresh, reach, signing
from ijm.accounts.actions import arrivals
from ijm.accounts.actions import settings as own
from ijm.accounts.factors import PASSKEY, factors_of, has_factor, is_last, needs_passkey, passkeys_of
from ijm.accounts.forms import ArriveForm, SettingsForm
from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose
from ijm.web.pages import factor_of, gate, page, writes

View = Callable[..., HttpResponseBase]


def hers(view: View) -> View:
    """A page about her own factors and password: never with a first password; what it changes, she changes."""

    @wraps(view)
    def through(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return view(request, *args, **kwargs)
        if user.arrival:
            return redirect("account_arrive")
        if signing.has_moved(request):
            return fresh.let_go(request, user)
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with acting_as(user, "w", Purpose.SIGN_IN):
            return view(request, *args, **kwargs)

    return through


def remembers(view: View) -> View:
    """A page at whose end somebody may be signed in: the browser keeps a mark that tells it from a stranger's."""

    @wraps(view)
    def through(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        devices.remember(request, response)
        return response

    return through


def clears(view: View) -> View:
    """A page that signs out: the browser throws away what it kept of ours."""

    @wraps(view)
    def through(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return through


def keeps_one(view: View) -> View:
    """A page that takes a passkey away: the last factor stays until two colleagues decide."""

    @wraps(view)
    def through(request: HttpRequest, *args: object, pk: int, **kwargs: object) -> HttpResponseBase:
        key = passkeys_of(request.user).filter(pk=pk).first() if request.user.is_authenticated else None
        if key is not None and is_last(key):
            messages.error(request, _("This is your only second factor. Add another first, then take this one away."))
            return redirect("mfa_list_webauthn")
        return view(request, *args, pk=pk, **kwargs)

    return through


class FactorsView(IndexView):  # type: ignore[misc]
    """Her second factors, and which of them her work still asks for."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """What the page shows, and whether a passkey is missing in this session."""
        context: dict[str, object] = super().get_context_data(**kwargs)
        missing = needs_passkey(cast(User, self.request.user)) and factor_of(self.request) != PASSKEY
        return {**context, "needs_passkey": missing}


@gate
def arrive(request: HttpRequest) -> HttpResponse:
    """Choose a password of her own: the one thing that a first password opens."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user = request.user
    if not user.arrival:
        return redirect("desk:work")
    form = ArriveForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid() and _arrived(request, user, form):
        update_session_auth_hash(request, user)
        reauthenticate_by_password(request)  # she has just typed it twice: the second factor may follow at once
        messages.success(request, _("Your password is your own now."))
        return redirect("desk:work" if has_factor(user) else "mfa_index")
    return render(request, "account/arrive.html", {"form": form})


def _arrived(request: HttpRequest, user: User, form: ArriveForm) -> bool:
    given = form.cleaned_data
    with acting_as(user, "w", Purpose.SIGN_IN):
        done = arrivals.arrive(user, by=user, password=given["password"], code=given.get("code", ""))
    if not done:
        form.add_error("code", _("This is not the code, or it is used up. Ask the data-protection officer for a new one."))
    return done


@writes()
def settings(request: HttpRequest) -> HttpResponse:
    """Language, light or dark, shortcuts: remembered with the account."""
    user = cast(User, request.user)
    form = SettingsForm(request.POST or None, initial={
        "language": user.language, "theme": user.theme, "has_shortcuts": user.has_shortcuts})
    if request.method == "POST" and form.is_valid():
        own.choose(by=user, **form.cleaned_data)
        translation.activate(user.language or translation.get_language())
        messages.success(request, _("Your settings are kept, on every device."))
        return redirect("account_settings")
    return page(request, "account/settings.html", form=form, factors=factors_of(user), sessions=_sessions(request, user))


def _sessions(request: HttpRequest, user: User) -> list[dict[str, object]]:
    """Where she is signed in now, this session first among them by its mark."""
    here = request.session.session_key
    return [{"id": one.id, "family": devices.family_name(one.family), "factor": one.factor, "begun_at": one.begun_at,
             "is_here": one.session == here} for one in reach.sessions_of(user)]


@writes()
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one other session of hers, or every one but this."""
    user = cast(User, request.user)
    if request.method == "POST" and request.POST.get("which"):
        if own.end_session(request.POST["which"], by=user):
            messages.success(request, _("That session is ended."))
    elif request.method == "POST":
        own.end_sessions(by=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Every other session of yours is ended."))
    return redirect("account_settings")
