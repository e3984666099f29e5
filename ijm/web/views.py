"""The few pages of the shell itself: language, theme, health, staying signed in, leaving at once, refusals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ijm.web import away
from ijm.web.pages import gate, writes
from ijm.web.shell import THEME_COOKIE, THEMES, Shell
from ijm.web.undo import Forged, take_back

YEAR = 365 * 24 * 3600


def back_to(request: HttpRequest) -> str:
    """The page somebody came from, when it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else "/desk/"


def remember_with_her(request: HttpRequest, **chosen: str) -> None:
    """Keep a choice with the account of whoever is signed in, so that it follows her to other devices."""
    source = getattr(settings, "REMEMBER", "")
    if source and request.user.is_authenticated:
        import_string(source)(request, **chosen)


def remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    """Keep a choice in a cookie that scripts cannot read."""
    response.set_cookie(name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response


@gate
def language(request: HttpRequest) -> HttpResponse:
    """Choose English or Khmer; the same page comes back in the other language."""
    if request.method != "POST":
        return render(request, "web/choices.html")
    chosen = request.POST.get("language", "")
    known = chosen if chosen in dict(settings.LANGUAGES) else "en"
    translation.activate(known)
    remember_with_her(request, language=known)
    return remember(redirect(back_to(request)), settings.LANGUAGE_COOKIE_NAME, known)


@gate
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light or dark; anything else gives the choice back to the device."""
    if request.method != "POST":
        return render(request, "web/choices.html")
    chosen = request.POST.get("theme", "")
    remember_with_her(request, theme=chosen if chosen in THEMES else "")
    return remember(redirect(back_to(request)), THEME_COOKIE, chosen if chosen in THEMES else "")


@gate
def health(request: HttpRequest) -> HttpResponse:
    """Say that the web server answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@gate
@never_cache
def stay(request: HttpRequest) -> HttpResponse:
    """Tell a page whether its person is still signed in; POST also keeps the session from ending."""
    shell = Shell(request)
    if request.method == "POST" and shell.user:
        request.session.modified = True
    return JsonResponse(
        {
            "signed_in": shell.user is not None,
            "person": shell.person_code,
            "seconds": shell.session_seconds,
            "csrf": get_token(request),
        }
    )


@gate
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: end the session at once and go to a page that says nothing about this work."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    away = Shell(request).away
    logout(request)
    response = render(request, "web/leave.html", {"away": away})
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@writes()
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what the banner named; the page it was pressed on comes back and says what happened."""
    if request.method == "POST":
        try:
            refused = take_back(request.user, request.POST.get("token", ""))
        except Forged:
            raise Http404 from None
        if refused:
            messages.warning(request, refused)
        else:
            messages.success(request, _("Taken back. It stands as it stood before."))
    return redirect(back_to(request))


def refusal(template: str, status: int) -> HttpResponse:
    """A page that says what to do next; made without the request, so the same to the byte for everyone."""
    return HttpResponse(render_to_string(template), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request could not be understood, or is larger than anything that may be sent."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return refusal("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is refused looks like what does not exist."""
    return refusal("404.html", 404)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is hidden, refused or missing: one page."""
    return refusal("404.html", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened before somebody signed in or out."""
    return refusal("403_csrf.html", 403)


def too_large(request: HttpRequest) -> HttpResponse:
    """More was sent than there is room for."""
    return refusal("413.html", 413)


def too_many(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Somebody knocked too often."""
    return refusal("429.html", 429)


def broken(request: HttpRequest) -> HttpResponse:
    """Our own mistake, or a database that does not answer; needs neither database nor person to say so."""
    return away.answer(request) if away.is_away() else refusal("500.html", 500)
