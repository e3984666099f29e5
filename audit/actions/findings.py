"""Keeping what the nightly verification found, and saying what was done about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from audit import policy
from audit.flagged import MOST
from audit.found import Finding
from audit.states import Event, FindingState, Problem
from audit.verifying.report import Trouble
from ijm import bridges
from ijm.accounts.models import RoleGrant, User
from ijm.notices.models import NoticeKind
from ijm.roles.decisions import require
from ijm.roles.table import Can, who_can
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

QUIET = timedelta(days=28)  # what is left as evidence is asked about again after this time
OF_THE_LOG = {"witness": Problem.WITNESS, "time": Problem.TIME}
Key = tuple[str, str, str, int]


def raise_(troubles: Iterable[Trouble], *, by: User) -> int:
    """Keep what is new, tell whoever may ask the log; how many. What already waits is not said twice."""
    require(policy.may_ask(by))
    wanted = {_key(one): one for one in (_finding(trouble) for trouble in troubles)}
    quiet = Q(state=FindingState.WAITING) | Q(problem=Problem.OUT_OF_BAND) | (
        Q(settled_at__gt=timezone.now() - QUIET) & ~Q(state=FindingState.MENDED))
    known = {_key(one) for one in Finding.objects.filter(quiet, problem__in={one.problem for one in wanted.values()})}
    new = [one for key, one in wanted.items() if key not in known]
    if not new:
        return 0
    with entry(Event.FINDING_MADE, by=by, about=new[:MOST], why=Purpose.SYSTEM):
        Finding.objects.bulk_create(new)
        bridges.tell(_readers(), NoticeKind.FINDING_MADE, about=new[0].code, path=reverse("audit:finding-list"))
    return len(new)


def settle(finding: Finding, *, by: User, state: str) -> None:
    """Say what was done about a finding: it no longer waits."""
    require(policy.may_settle(by, finding))
    with entry(Event.FINDING_SETTLED, by=by, about=finding, why=Purpose.AUDIT):
        finding.state, finding.settled_by, finding.settled_at = FindingState(state), by, timezone.now()
        finding.save(update_fields=["state", "settled_by", "settled_at"])


def _finding(trouble: Trouble) -> Finding:
    problem = trouble.kind if trouble.kind in Problem.values else OF_THE_LOG.get(trouble.by, Problem.LOG)
    return Finding(rev=1, problem=problem, of_table=trouble.table, row_key=uuid.UUID(trouble.row) if trouble.row else None,
                   place=trouble.place)


def _key(finding: Finding) -> Key:
    return finding.problem, finding.of_table, str(finding.row_key or ""), -1 if finding.place is None else finding.place


def _readers() -> list[uuid.UUID]:
    held = RoleGrant.objects.live().filter(role__in=who_can(Can.AUDIT_ASK), user__is_active=True)
    return sorted(set(held.values_list("user_id", flat=True)))


__all__ = ("raise_", "settle")
