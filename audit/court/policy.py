"""Who may ask for a package for a court, who agrees, who makes and fetches it. Row security narrows each list."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.court.models import Package
from audit.court.states import PackageState
from audit.court.subjects import Subject
from ijm.accounts.models import User
from ijm.approvals.agreed import objection
from ijm.casefiles.models import CaseFile
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import TABLE, Can, Role
from ijm.web.codes import get_by_code


def visible_packages(user: User) -> QuerySet[Package]:
    """What she asked for, and what a second person in her place decides about, newest first."""
    return Package.objects.select_related("asked_by", "request__asked_by", "request__decided_by", "office")


def get_package(user: User, code: str) -> Package:
    """One package by its code, however it was typed."""
    return get_by_code(visible_packages(user), code)


def may_ask(by: User) -> Decision:
    """Who works on case files asks about her own; the auditor asks about any, and is given no content."""
    return role_decision(by, Can.PACKAGE_ASK)


def is_auditor(user: User) -> bool:
    """Whether what she asks for is bare: events and proofs alone."""
    return Role.AUDITOR in user.role_codes


def may_ask_about(by: User, subject: Subject, *, has_content: bool) -> Decision:
    """About a case file on which she stands in her role; with content only who may read content."""
    works = any(subject.kind in TABLE[Role(role)].stands for role in by.role_codes if role in TABLE)
    return (role_decision(by, Can.PACKAGE_ASK, subject)
            .and_(is_auditor(by) or works, _("Packages are asked for by those who work on the case file."), "role")
            .and_(not (has_content and is_auditor(by)), _("The auditor is given no content."), "content"))


def may_follow(by: User, package: Package) -> Decision:
    """A package follows its request, in the hands of whoever has just moved that."""
    request = package.request
    hers = request is not None and by.pk in (request.asked_by_id, request.decided_by_id)
    return (Decision(hers, by, package, "package.refused", reason="owner")
            .and_(package.state in (PackageState.ASKED, PackageState.AGREED), _("It is made already."), "state"))


def _hers(by: User, package: Package) -> Decision:
    return role_decision(by, Can.PACKAGE_ASK, package).and_(
        package.asked_by_id == by.pk, _("Only the person who asked for it makes and fetches it."), "owner")


def _stands(by: User, package: Package) -> Decision:
    """Still on the case file, unless it is an auditor's package: what ended since she asked counts."""
    return _hers(by, package).and_(package.is_bare or CaseFile.objects.filter(pk=package.file_id).exists(),
                                   _("You do not stand on this case file any more."), "place")


def may_make(by: User, package: Package) -> Decision:
    """The asker, and nobody else, has it made once it is agreed, while she stands on the case file."""
    why = objection(package.request, package.thing) if package.request else ""
    return (_stands(by, package).and_(package.state == PackageState.AGREED, _("It is not agreed."), "agreed")
            .and_(not why, why, "agreed"))


def may_fetch(by: User, package: Package) -> Decision:
    """The asker fetches it once, while she stands on the case file."""
    return _stands(by, package).and_(package.state == PackageState.MADE, _("It is fetched once."), "fetched")
