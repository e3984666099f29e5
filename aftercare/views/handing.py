"""Handing several survivors to another worker at once: chosen in the list, looked at, then done one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftercare import policy
from aftercare.actions import survivors
from aftercare.forms.survivors import HandOverForm
from aftercare.models import Survivor
from aftercare.views import shown
from ijm.accounts.models import User
from ijm.casefiles.models import CaseAccess
from ijm.ids import normalise_code
from ijm.roles.decisions import Decision
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, writes
from ijm.web.undo import mark, offer
from ijm.web.words import number

MOST = 200


@dataclass(frozen=True)
class Line:
    """One survivor of the preview, and whether she can be handed over."""

    survivor: Survivor
    decision: Decision


@writes(Role.CARE_SUPERVISOR, once=False)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Show what handing these survivors over would do, and do it once it was looked at; each has a history entry of her own."""
    user: Any = request.user
    chosen = request.POST.getlist("row")[:MOST]
    rows = _chosen(user, chosen)
    if not rows:
        messages.warning(request, _("Tick the survivors first, then hand them over."))
        return redirect("aftercare:survivor-list")
    workers = list(policy.care_workers(user.office))
    form = HandOverForm(request.POST if "worker" in request.POST else None, workers=shown.people(workers))
    worker = next((one for one in workers if form.is_valid() and one.code == form.cleaned_data["worker"]), None)
    lines = [Line(one, policy.may_entrust(user, one, worker)) for one in rows] if worker else []
    able = [line.survivor for line in lines if line.decision]
    if worker and able and "confirmed" in request.POST:
        _handed(request, user, able, worker)
        return redirect("aftercare:survivor-list")
    seen(request, rows)
    return page(request, "aftercare/survivors/hand-over.html", rows=rows, form=form, worker=worker, lines=lines, able=able,
                refused=[line for line in lines if not line.decision], missing=len(chosen) - len(rows),
                trail=shown.trail_to(shown.survivors_crumb()))


def _chosen(user: User, codes: list[str]) -> list[Survivor]:
    """Those of them on whose files she stands; hidden and missing are left out alike."""
    wanted = [code for typed in codes if (code := normalise_code(typed))]
    return list(policy.visible_survivors(user).filter(code__in=wanted).order_by("code"))


def _handed(request: HttpRequest, user: User, able: list[Survivor], worker: User) -> None:
    marks = []
    for survivor in able:
        before = set(_places(survivor, worker))
        survivors.entrust(survivor, by=user, worker=worker)
        marks.append(mark(survivor.code, survivor.rev, *(set(_places(survivor, worker)) - before)))
    said = ngettext("%(n)s survivor is now with %(name)s.", "%(n)s survivors are now with %(name)s.", len(able))
    offer(request, "survivors-handed-over", ";".join(marks), said % {"n": number(len(able)), "name": worker.display_name})


def _places(survivor: Survivor, worker: User) -> list[Any]:
    return list(CaseAccess.objects.filter(file=survivor.file, user=worker, revoked_at__isnull=True).values_list("pk", flat=True))
