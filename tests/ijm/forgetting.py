"""Somebody is to be forgotten: the steps that any test may start from."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from aftercare.actions import survivors
from aftercare.models import Survivor
from aftercare.states import SurvivorState
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.casefiles.models import CaseFile, Status
from ijm.erasures.actions import erasures, holds
from ijm.erasures.meant import by_code
from ijm.erasures.models import Erasure, LegalHold
from ijm.erasures.work import destroy
from ijm.jobs.models import Job
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from prosecutions.models import VictimWitness
from tests.cast import Cast


def asked(cast: Cast, survivor: Survivor, by: User | None = None) -> Erasure:
    """Her worker asks, because she wishes it."""
    by = by or cast.care_worker
    with acting_as(by):
        meant = by_code(survivor.code)
        assert meant is not None
        return erasures.ask(meant, by=by, basis="her_wish")


def held(cast: Cast, code: str = "") -> LegalHold:
    """The liaison holds the records of a victim-witness, of the first of her cases when no code is given."""
    with acting_as(cast.liaison):
        code = code or VictimWitness.objects.select_related("alias").order_by("pk")[0].alias.code
        meant = by_code(code)
        assert meant is not None
        return holds.place(meant, by=cast.liaison, reason="appeal", until_on=timezone.localdate() + timedelta(days=30))


def close_care(cast: Cast, survivor: Survivor) -> None:
    """Her worker closes her file, step by step."""
    with acting_as(cast.care_worker):
        for step in (SurvivorState.FOLLOWED_UP, SurvivorState.CLOSED):
            survivors.advance(Survivor.objects.select_related("file").get(pk=survivor.pk), by=cast.care_worker, to=step)


def close_everything(cast: Cast, survivor: Survivor) -> None:
    """Every file in which she occurs is closed, by somebody of each wing."""
    close_care(cast, survivor)
    for user in (cast.investigator, cast.liaison):
        with acting_as(user), entry("file.closed", by=user, about=None):
            CaseFile.objects.filter(aliases__person=survivor.alias.person_id, status=Status.OPEN).update(status=Status.CLOSED)


def approved(cast: Cast, erasure: Erasure, by: User | None = None) -> Erasure:
    """The data-protection officer agrees."""
    by = by or cast.data_protection
    with acting_as(by):
        requests.approve(Request.objects.get(pk=erasure.request_id), by=by)
        return Erasure.objects.select_related("request").get(pk=erasure.pk)


def worked(erasure: Erasure, by: User) -> Erasure:
    """The worker's job, in this process."""
    with acting_as(by):
        destroy(Job.objects.select_related("owner").get(kind="erasure.destroy", about=erasure.pk, owner=by))
        return Erasure.objects.select_related("request").get(pk=erasure.pk)
