"""What the pages of this wing share: paging, reasons for a look, opened values, refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from ijm.casefiles.models import CaseAccess, CaseFile
from ijm.roles.decisions import Decision
from ijm.roles.table import Role
from ijm.trail.events import Named
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose
from ijm.vault.sealed import SealedModel
from ijm.web.looks import seen
from ijm.web.opened import joined
from ijm.web.pages import page

INTAKE = (Role.HOTLINE, Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR)
WORKING = (Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR)
SUPERVISING = (Role.INVESTIGATION_SUPERVISOR,)
PURPOSES = (Purpose.CASEWORK, Purpose.SUPERVISION, Purpose.RESCUE, Purpose.SAFETY, Purpose.CONTACT, Purpose.COURT)


def seen_with(request: HttpRequest, record: Named, *lists: Sequence[Named]) -> None:
    """Record the look at a page about one record that also lists others: one event for each kind of row."""
    seen(request, record)
    for rows in lists:
        if rows:
            seen(request, rows)


def purpose_of(request: HttpRequest) -> Purpose | None:
    """The reason she gave for looking, or nothing where she gave none of ours."""
    given = request.POST.get("purpose", "")
    return next((purpose for purpose in PURPOSES if purpose == given), None)


def opened(request: HttpRequest, record: SealedModel, labels: Mapping[str, Any], back: str,
           said: Callable[[Any], Any] = str) -> HttpResponse:
    """Disclose one sealed name of a record, for the purpose in the request; `labels` names those this page opens."""
    field, purpose = request.POST.get("field", ""), purpose_of(request)
    if request.method == "POST" and field not in labels:
        raise Http404
    if purpose is None:
        return redirect(back)
    value = disclose(record, field, to=request.user, purpose=purpose)[field]  # type: ignore[arg-type]
    return box(request, labels[field], said(value) if value else joined([value]), purpose, back)


def box(request: HttpRequest, label: Any, value: Any, purpose: Purpose, back: str) -> HttpResponse:
    """An opened value: a fragment where the page asks for one, else a page of its own."""
    shape = "box" if getattr(request, "htmx", False) else "show"
    return page(request, f"investigations/reveal/{shape}.html", label=label, value=value,
                purpose_label=purpose.label, back=back, at=timezone.now())


def back_with_why(request: HttpRequest, decision: Decision, back: str) -> HttpResponse | None:
    """Where a page is asked for that cannot be used now: go back and say why. A refused act goes on to be recorded."""
    if decision or (request.method == "POST" and decision.reason != "state"):
        return None
    messages.warning(request, str(decision.why))
    return redirect(back)


def members(file: CaseFile) -> list[CaseAccess]:
    """Who stands on a file now."""
    now = timezone.now()
    places = CaseAccess.objects.select_related("user", "file").filter(
        file=file, revoked_at__isnull=True, starts_at__lte=now, expires_at__gt=now)
    return list(places.order_by("source", "user__name"))
