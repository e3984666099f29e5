"""Asking for a package, agreeing to it, having it made, fetching it once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.court import policy
from audit.court.models import Package, Scope
from audit.court.states import Event, PackageState
from audit.court.subjects import Subject
from ijm.accounts.models import RoleGrant, User
from ijm.jobs import results
from ijm.jobs.models import JobResult
from ijm.jobs.results import File
from ijm.jobs.work import enqueue
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.roles.budgets import Budget
from ijm.roles.decisions import require
from ijm.roles.table import WING_SUPERVISORS, Kind, Role
from ijm.trail import spending
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


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
        package.save()
        if not bare:
            _tell(_deciders(package), NoticeKind.PACKAGE_TO_AGREE, package)
    return package


def _why(package: Package) -> Purpose:
    return Purpose.AUDIT if package.is_bare else Purpose.COURT


def _deciders(package: Package) -> list[object]:
    roles = (Role.DATA_PROTECTION, *WING_SUPERVISORS[Kind(package.kind)])
    grants = RoleGrant.objects.live().filter(role__in=roles, office=package.office_id, user__is_active=True)
    return list(grants.exclude(user=package.asked_by_id).values_list("user_id", flat=True).distinct())


def _tell(users: Iterable[object], kind: NoticeKind, package: Package) -> None:
    tell(users, kind, about=package.code, path=reverse("audit:package-show", args=[package.code]))  # type: ignore[arg-type]


def agree(package: Package, *, by: User) -> None:
    """Let it be made; the asker is told and makes it herself."""
    require(policy.may_decide(by, package))
    package.state, package.agreed_by, package.agreed_at = PackageState.AGREED, by, timezone.now()
    with entry(Event.AGREED, by=by, about=package, why=Purpose.COURT):
        package.save(update_fields=["state", "agreed_by", "agreed_at"])
        _tell([package.asked_by_id], NoticeKind.PACKAGE_AGREED, package)


def refuse(package: Package, *, by: User) -> None:
    """Do not let it be made."""
    require(policy.may_decide(by, package))
    package.state, package.refused_by, package.refused_at = PackageState.REFUSED, by, timezone.now()
    with entry(Event.REFUSED, by=by, about=package, why=Purpose.COURT):
        package.save(update_fields=["state", "refused_by", "refused_at"])
        _tell([package.asked_by_id], NoticeKind.PACKAGE_REFUSED, package)


def withdraw(package: Package, *, by: User) -> None:
    """Take the question back."""
    require(policy.may_withdraw(by, package))
    package.state = PackageState.WITHDRAWN
    with entry(Event.WITHDRAWN, by=by, about=package, why=_why(package)):
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
