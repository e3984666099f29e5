"""Who may ask the log, and who judges what it shows."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.flagged import Flag, SavedQuestion
from audit.found import Finding
from audit.states import OPEN, FindingState, FlagState, Ground
from ijm.accounts.models import User
from ijm.roles.decisions import Decision, Holder, role_decision
from ijm.roles.table import Can
from ijm.web.codes import get_by_code


def may_ask(by: Holder) -> Decision:
    """The auditor and the data-protection officer ask; they learn who, when and why, and read no content."""
    return role_decision(by, Can.AUDIT_ASK)


def visible_flags(user: User) -> QuerySet[Flag]:
    """Every flag but those about herself: she neither judges them nor learns of them here."""
    return Flag.objects.exclude(actor=user).select_related("actor__office")


def waiting_flags(user: User) -> QuerySet[Flag]:
    """Flags that nobody has judged yet, the monthly sample left out."""
    return visible_flags(user).filter(state=FlagState.WAITING).exclude(ground=Ground.SAMPLE)


def get_flag(user: User, code: str) -> Flag:
    """One flag by its code, however it was typed."""
    return get_by_code(visible_flags(user), code)


def may_decide(by: User, flag: Flag) -> Decision:
    """Whoever may ask the log judges a flag, but never one about herself, and none that is settled."""
    return (role_decision(by, Can.AUDIT_ASK, flag)
            .and_(flag.actor_id != by.pk, _("This is about you; somebody else judges it."), "self")
            .and_(flag.state in OPEN or flag.state == FlagState.PASSED, _("This was judged already."), "decided"))


def visible_findings(user: User) -> QuerySet[Finding]:
    """What the nightly verification found: nobody's own, so everybody who may ask sees all of it."""
    return Finding.objects.select_related("settled_by")


def waiting_findings(user: User) -> QuerySet[Finding]:
    """Findings of which nobody has said what was done."""
    return visible_findings(user).filter(state=FindingState.WAITING)


def get_finding(user: User, code: str) -> Finding:
    """One finding by its code, however it was typed."""
    return get_by_code(visible_findings(user), code)


def may_settle(by: User, finding: Finding) -> Decision:
    """Whoever may ask the log says what was done about a finding, once."""
    return role_decision(by, Can.AUDIT_ASK, finding).and_(
        finding.state == FindingState.WAITING, _("Somebody has said what was done."), "settled")


def saved_questions(user: User) -> QuerySet[SavedQuestion]:
    """The questions she keeps."""
    return SavedQuestion.objects.filter(owner=user)
