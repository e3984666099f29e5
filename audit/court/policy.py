"""Who may ask for a package for a court, who agrees, who makes and fetches it. Row security narrows each list."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.court.models import Package
from audit.court.states import PackageState
from audit.court.subjects import Subject
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import TABLE, WING_SUPERVISORS, Can, Kind, Role
from ijm.web.codes import get_by_code


def visible_packages(user: User) -> QuerySet[Package]:
    """What she asked for, and what a second person in her place decides about, newest first."""
    return Package.objects.select_related("asked_by", "agreed_by", "refused_by", "office")


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


def may_decide(by: User, package: Package) -> Decision:
    """Another person than the asker: a supervisor of that wing, or the data-protection officer."""
    supervises = any(role in by.role_codes for role in (Role.DATA_PROTECTION, *WING_SUPERVISORS[Kind(package.kind)]))
    return (role_decision(by, Can.PACKAGE_AGREE, package)
            .and_(supervises, _("A supervisor of that wing decides, or the data-protection officer."), "role")
            .and_(package.asked_by_id != by.pk, _("You asked for this; another person decides."), "self")
            .and_(package.state == PackageState.ASKED, _("This was decided already."), "decided"))


def _hers(by: User, package: Package) -> Decision:
    return role_decision(by, Can.PACKAGE_ASK, package).and_(
        package.asked_by_id == by.pk, _("Only the person who asked for it makes and fetches it."), "owner")


def _stands(by: User, package: Package) -> Decision:
    """Still on the case file, unless it is an auditor's package: what ended since she asked counts."""
    return _hers(by, package).and_(package.is_bare or CaseFile.objects.filter(pk=package.file_id).exists(),
                                   _("You do not stand on this case file any more."), "place")


def may_make(by: User, package: Package) -> Decision:
    """The asker, and nobody else, has it made once it is agreed, while she stands on the case file."""
    return _stands(by, package).and_(package.state == PackageState.AGREED, _("It is not agreed."), "agreed")


def may_fetch(by: User, package: Package) -> Decision:
    """The asker fetches it once, while she stands on the case file."""
    return _stands(by, package).and_(package.state == PackageState.MADE, _("It is fetched once."), "fetched")


def may_withdraw(by: User, package: Package) -> Decision:
    """The asker takes back what was not made yet."""
    return _hers(by, package).and_(package.state in (PackageState.ASKED, PackageState.AGREED),
                                   _("There is nothing to take back."), "state")
