"""The doors of the pages: who may come in, in which mode, and what a stranger is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.trail.context import Mode, Source, Who, acting_as, door
from ijm.trail.errors import Refused, Stale
from ijm.trail.looks import denied
from ijm.trail.purposes import Purpose
from ijm.trail.spending import Halted, Spent
from ijm.vault.disclosure import broken
from ijm.vault.errors import VaultError
from ijm.web import drafts, once
from ijm.web.looks import complete
from ijm.web.opened import why
from ijm.web.resume import resume
from ijm.web.spending import refused, settle

View = Callable[..., HttpResponse]
StillHer = Callable[[HttpRequest, "Door"], HttpResponseBase | None]
log = logging.getLogger(__name__)
ANSWERS = ("GET", "HEAD", "POST")
SECOND_FACTOR = "mfa_index"
FIRST_PASSWORD = "account_arrive"  # nosec B105: the name of a page

__all__ = ("Door", "acting_as", "gate", "not_there", "page", "reads", "signed_out", "source_of", "writes")


@dataclass(frozen=True)
class Door:
    """What stands on a view: how it may touch the records, for which roles, and a sample for the matrix test."""

    kind: Literal["reads", "writes", "gate"]
    roles: frozenset[Role] = frozenset()
    sample: str = ""
    once: bool = True  # the same form sent twice is saved once
    reauth: int = 0  # seconds since she showed who she is; older than that she shows it again, and loses nothing typed


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render at once, inside the door, and record every record shown whose look the view itself did not record.

    What she had typed into an empty form of this page and not sent stands in it again.
    """
    complete(request, context)
    context["near_budgets"] = settle(request)
    context["resumed"] = resume(request, context)
    return render(request, template, context, status=status)


def source_of(request: HttpRequest) -> Source:
    """Where a request came from, one random id for all its events."""
    held: Source | None = getattr(request, "trail_source", None)
    if held is None:
        held = Source(address=request.META.get("REMOTE_ADDR", ""))
        request.trail_source = held  # type: ignore[attr-defined]
    return held


def who_of(request: HttpRequest) -> Who:
    """The person of this request as the trail names her, with session and second factor."""
    who: Who = request.user.trail_who()  # type: ignore[union-attr]
    return Who(who.user, who.ref, who.role, who.office, (request.session.session_key or "")[:12], factor_of(request))


def factor_of(request: HttpRequest) -> str:
    """The best second factor shown in this session: "webauthn", "totp", or nothing."""
    shown = [str(record.get("type", "mfa")) for record in factors_shown(request)]
    return "webauthn" if "webauthn" in shown else next(iter(shown), "")


def factors_shown(request: HttpRequest) -> list[dict[str, Any]]:
    """Each time she showed a second factor in this session: `type`, and `at` in seconds since 1970."""
    records = request.session.get("account_authentication_methods", [])
    return [record for record in records if record.get("method") == "mfa"]


def not_there() -> HttpResponse:
    """The one page for hidden, refused and missing alike: the same bytes for everybody."""
    return HttpResponse(render_to_string("404.html"), status=404)


def reads(*roles: Role, sample: str = "", reauth: int = 0) -> Callable[[View], View]:
    """A page that only looks: the database refuses every write but the trail's own. POST carries a purpose."""
    return _marked(Door("reads", frozenset(roles), sample, reauth=reauth))


def writes(*roles: Role, sample: str = "", once: bool = True, reauth: int = 0) -> Callable[[View], View]:
    """A page that changes on POST; its GET is a look like any other. `once=False`: sending again does it again.

    `reauth=300`: who showed her second factor more than 300 seconds ago shows it again first, and loses nothing typed.
    """
    return _marked(Door("writes", frozenset(roles), sample, once, reauth))


def gate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page before the doors: anonymous or half signed-in. Their list is literal and tested."""
    guarded = never_cache(view)
    guarded.door = Door("gate")  # type: ignore[attr-defined]
    return guarded


def _marked(mark: Door) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _turned_away(request, mark) or _through(view, mark, request, args, kwargs)

        guarded: View = never_cache(through)  # type: ignore[assignment]
        guarded.door = mark  # type: ignore[attr-defined]
        return guarded

    return decorate


def _turned_away(request: HttpRequest, mark: Door) -> HttpResponseBase | None:
    """Not signed in, no second factor, not this role, or a method no page answers."""
    if request.method not in ANSWERS:
        return HttpResponseNotAllowed(ANSWERS)
    user = request.user
    if not user.is_authenticated:
        return signed_out(request)
    if getattr(user, "arrival", ""):
        return redirect(FIRST_PASSWORD)
    if not factor_of(request):
        return redirect(SECOND_FACTOR)
    if mark.roles and not any(role in user.role_codes for role in mark.roles):  # type: ignore[union-attr]
        denied(Event.PAGE_REFUSED, by=user, reason="role", source=source_of(request),  # type: ignore[arg-type]
               query=_asked(request))
        return not_there()
    still_her: StillHer = import_string(settings.STILL_HER)
    return still_her(request, mark)


def signed_out(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; but who sent a form when her session had ended gets back what she wrote, to be copied."""
    if request.method == "POST":
        return page(request, "web/ended.html", status=401)
    if getattr(request, "htmx", False):  # 286 ends a poll; no sign-in page is put into a part of another page
        return HttpResponse(status=286, headers={"HX-Reswap": "none"})
    return redirect_to_login(request.get_full_path())


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _asked(request: HttpRequest) -> dict[str, str]:
    """The page's name and the code in its address, when it is one: what else is typed there does not reach the log."""
    given = request.resolver_match.kwargs if request.resolver_match else {}
    return {"view": _view_name(request), "code": normalise_code(str(given.get("code", ""))) or ""}


def _through(view: View, mark: Door, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    try:
        try:
            return _inside(view, mark, request, args, kwargs)
        except Stale:  # looked at once more: the page itself may show what has changed
            return _inside(view, mark, request, args, kwargs)
    except Http404:
        denied(Event.NOT_THERE, by=request.user, reason="hidden-or-missing",  # type: ignore[arg-type]
               source=source_of(request), query=_asked(request))
    except Stale:
        return render(request, "web/stale.html", status=409)
    except VaultError as error:  # a value sealed under this record cannot be written or read; the code says why
        log.warning("%s at %s", error.code, _view_name(request))
        return render(request, "web/vault.html", {"why": why(broken(error))}, status=409)
    except (Spent, Halted) as why_not:
        return refused(request, why_not)
    except once.StillSaving:
        return render(request, "web/saving.html", status=409)
    except Refused:
        pass  # recorded by `require`, on its own connection
    except PermissionDenied:
        denied(Event.PAGE_REFUSED, by=request.user, reason="permission",  # type: ignore[arg-type]
               source=source_of(request), query=_asked(request))
    return not_there()


def _inside(view: View, mark: Door, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    """The view in its transaction. A form that was taken takes its draft with it, and its mark stays."""
    mode: Mode = "w" if mark.kind == "writes" and request.method == "POST" else "r"
    with door(who_of(request), mode, Purpose.CASEWORK, source_of(request)):
        sending = once.begin(request) if mode == "w" and mark.once else None
        response = once.already(request, sending) or view(request, *args, **kwargs)
        settle(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif mode == "w" and mark.once:
            once.end(sending, response)
            if once.leads_on(response):
                drafts.sent(request.user, request.path)  # type: ignore[arg-type]
        return response
