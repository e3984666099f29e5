"""Asking for a package, having it made once another person has agreed, fetching it once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.court import policy
from audit.court.models import Package, Scope
from audit.court.states import Event, PackageState
from audit.court.subjects import Subject
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.states import RequestState
from ijm.jobs import results
from ijm.jobs.models import JobResult
from ijm.jobs.results import File
from ijm.jobs.work import enqueue
from ijm.roles.budgets import Budget
from ijm.roles.decisions import require
from ijm.trail import spending
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

FOLLOWS = {RequestState.APPROVED: (PackageState.AGREED, Event.AGREED),
           RequestState.REFUSED: (PackageState.REFUSED, Event.REFUSED),
           RequestState.WITHDRAWN: (PackageState.WITHDRAWN, Event.WITHDRAWN),
           RequestState.EXPIRED: (PackageState.WITHDRAWN, Event.WITHDRAWN)}


def ask(subject: Subject, *, by: User, has_content: bool = False) -> Package:
    """Ask for a package; whoever may agree is told. The auditor's holds no content and waits for nobody."""
    require(policy.may_ask_about(by, subject, has_content=has_content))
    bare = policy.is_auditor(by)
    package = Package(asked_by=by, office_id=subject.office, file_id=subject.file, kind=subject.kind, is_bare=bare,
                      about_code=subject.code, about=subject.record, has_content=has_content,
                      scope=Scope.FILE if subject.is_file else Scope.RECORD,
                      state=PackageState.AGREED if bare else PackageState.ASKED)
    spending.some(Budget.EXPORTS)
    with entry(Event.ASKED, by=by, about=package, why=_why(package)):
        if not bare:
            package.request = requests.ask(f"package-{subject.kind.value}", about=package.code, thing=package.thing, by=by,
                                           office=package.office, file_id=subject.file)
        package.save()
    return package


def _why(package: Package) -> Purpose:
    return Purpose.AUDIT if package.is_bare else Purpose.COURT


def follow(package: Package, *, by: User) -> None:
    """As its request was decided, taken back or ran out of time."""
    require(policy.may_follow(by, package))
    package.state, event = FOLLOWS[RequestState(package.request.state)]  # type: ignore[union-attr]
    with entry(event, by=by, about=package, why=Purpose.COURT):
        package.save(update_fields=["state"])


def begin(package: Package, *, by: User) -> None:
    """Have the agreed package made."""
    require(policy.may_make(by, package))
    with entry(Event.BEGUN, by=by, about=package, why=_why(package)):
        enqueue("package.make", owner=by, about=package.pk)


def made(package: Package, *, by: User, events: int, digest: str) -> None:
    """Write down that it was made: how many events it holds, and the digest that the signed certificate repeats."""
    require(policy.may_make(by, package))
    package.state, package.made_at, package.events, package.digest = PackageState.MADE, timezone.now(), events, digest
    with entry(Event.MADE, by=by, about=package, why=_why(package)) as told:
        told.parts["q"] = {"count": events, "digest": digest}
        package.save(update_fields=["state", "made_at", "events", "digest"])
        if package.request is not None:
            requests.used(package.request, by=by)


def fetch(package: Package, *, by: User, result: JobResult) -> File:
    """Give it out, once: from now on it is over, and its key is destroyed as soon as this is committed."""
    require(policy.may_fetch(by, package))
    package.state, package.fetched_at = PackageState.FETCHED, timezone.now()
    with entry(Event.FETCHED, by=by, about=package, why=_why(package)):
        package.save(update_fields=["state", "fetched_at"])
    file = results.fetch(result, by=by)
    JobResult.objects.filter(pk=result.pk).update(expires_at=timezone.now())
    transaction.on_commit(lambda: results.throw_away(result.pk, by), robust=True)
    return file
