"""Whether it is still she: shown lately enough, in the browser and network where she showed it, and with a good enough factor."""

from __future__ import annotations

import time
from typing import Any, cast
from urllib.parse import urlencode

from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from ijm.accounts import signing
from ijm.accounts.code_forms import ReauthenticateForm as Digits
from ijm.accounts.factors import PASSKEY, needs_passkey, passkeys_of
from ijm.accounts.key_forms import ReauthenticateForm as Key
from ijm.accounts.models import User
from ijm.accounts.sessions import SHORT
from ijm.messages import Event
from ijm.trail.looks import denied
from ijm.web.pages import SECOND_FACTOR, Door, factor_of, factors_shown, signed_out, source_of

CODE, CREDENTIAL = "_code", "_credential"  # of the question itself; what else was sent goes on to the page
NOT_AGAIN = ("csrfmiddlewaretoken", CODE, CREDENTIAL)


def turned_away(request: HttpRequest, mark: Door) -> HttpResponseBase | None:
    """Nothing where it is still she; else the page on which she shows it, and goes on with the same words."""
    user = cast(User, request.user)
    if signing.runs_the_system(user) and not request.session.get(SHORT):
        request.session[SHORT] = True  # the role came while she was signed in
    if signing.has_moved(request):
        return let_go(request, user)
    if needs_passkey(user) and factor_of(request) != PASSKEY:
        return redirect(SECOND_FACTOR)
    return ask_again(request, user) if mark.reauth and age(request) > mark.reauth else None


def let_go(request: HttpRequest, user: User) -> HttpResponse:
    """A session that goes on elsewhere ends, and asks for a sign-in: what was typed stands on the page to be copied."""
    denied(Event.SESSION_MOVED, by=user, reason="moved", source=source_of(request))
    logout(request)
    return signed_out(request)


def age(request: HttpRequest) -> float:
    """Seconds since she last showed her second factor."""
    return time.time() - max((float(record["at"]) for record in factors_shown(request)), default=0.0)


def ask_again(request: HttpRequest, user: User) -> HttpResponseBase | None:
    """Ask for the factor: on a page of its own, or beside what she sent; nothing when this sending answers it."""
    if request.method != "POST":
        return _elsewhere(request, request.get_full_path())
    asked: Form | None = None
    if CODE in request.POST or CREDENTIAL in request.POST:
        asked = _asked(request.POST, user)
        if asked.is_valid():
            cast(Any, asked).save()
            return None
    if getattr(request, "htmx", False):
        return _elsewhere(request, request.htmx.current_url_abs_path or "/desk/")  # type: ignore[attr-defined]
    return _beside(request, user, asked)


def _asked(sent: QueryDict, user: User) -> Form:
    if CREDENTIAL in sent:
        return Key(sent.dict() | {"credential": sent[CREDENTIAL]}, user=user)
    return Digits({"code": sent[CODE]} if _may_type(user) else {}, user=user)


def _may_type(user: User) -> bool:
    """Whether the six digits are good enough for her."""
    return not (needs_passkey(user) and passkeys_of(user).exists())


def _elsewhere(request: HttpRequest, back: str) -> HttpResponse:
    where = f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def _beside(request: HttpRequest, user: User, asked: Form | None) -> HttpResponse:
    """The question, with every word she sent in the page itself: nothing of it is kept anywhere else."""
    sent = [(name, value) for name, values in request.POST.lists() if name not in NOT_AGAIN for value in values]
    has_keys = passkeys_of(user).exists()
    return render(request, "account/again_beside.html", {
        "sent": sent, "lost_files": bool(request.FILES), "may_type": _may_type(user), "has_keys": has_keys,
        "errors": [error for errors in asked.errors.values() for error in errors] if asked else [],
        "js_data": {"request_options": webauthn.begin_authentication(user)} if has_keys else {}}, status=401)
