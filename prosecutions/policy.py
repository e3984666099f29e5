"""Who may see and do what with a prosecution, each rule in the words of the page."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.reference.models import Offence
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, may
from ijm.web.codes import get_by_code
from prosecutions.models import Accused, Charge, Hearing, Prosecution, Verdict, VictimWitness
from prosecutions.states import HearingState, Stage

Row = TypeVar("Row", bound=Model)
CLOSED = _("This file is closed.")


def _visible(rows: QuerySet[Row], user: User) -> QuerySet[Row]:
    """The rows of files she stands on, which the database sees to; nothing for whom the wing is not open."""
    return rows if may(user.role_codes, Can.CHARGE_FILE) else rows.none()


def visible_prosecutions(user: User) -> QuerySet[Prosecution]:
    """The prosecutions she stands on."""
    return _visible(Prosecution.objects.select_related("file", "file__office", "referred_by"), user)


def visible_accused(user: User) -> QuerySet[Accused]:
    """The accused in her prosecutions."""
    return _visible(Accused.objects.select_related("alias", "prosecution", "prosecution__file"), user)


def visible_witnesses(user: User) -> QuerySet[VictimWitness]:
    """The victim-witnesses of her prosecutions, by code only."""
    return _visible(VictimWitness.objects.select_related("alias", "prosecution", "prosecution__file"), user)


def visible_charges(user: User) -> QuerySet[Charge]:
    """The charges in her prosecutions, in the order in which they were filed."""
    rows = Charge.objects.select_related("accused__alias", "accused__prosecution", "offence", "verdict")
    return _visible(rows, user).order_by("filed_on", "code")


def visible_hearings(user: User) -> QuerySet[Hearing]:
    """The hearings of her prosecutions."""
    return _visible(Hearing.objects.select_related("prosecution", "prosecution__file", "court"), user)


def visible_verdicts(user: User) -> QuerySet[Verdict]:
    """The verdicts in her prosecutions, newest first."""
    rows = Verdict.objects.select_related("accused__alias", "accused__prosecution", "charge__offence")
    return _visible(rows, user).order_by("-returned_on", "code")


def get_prosecution(user: User, code: str) -> Prosecution:
    """The prosecution of this code; Http404 for hidden and missing alike."""
    return get_by_code(visible_prosecutions(user), code)


def get_accused(user: User, prosecution: Prosecution, code: str) -> Accused:
    """One accused of this prosecution."""
    return get_by_code(visible_accused(user).filter(prosecution=prosecution), code, column="alias__code")


def accused_of(user: User, code: str) -> Accused:
    """One accused by code alone, whichever prosecution it is."""
    return get_by_code(visible_accused(user), code, column="alias__code")


def get_witness(user: User, code: str) -> VictimWitness:
    """One victim-witness, by code."""
    return get_by_code(visible_witnesses(user), code, column="alias__code")


def get_charge(user: User, code: str) -> Charge:
    """The charge of this code."""
    return get_by_code(visible_charges(user), code)


def get_hearing(user: User, code: str) -> Hearing:
    """The hearing of this code."""
    return get_by_code(visible_hearings(user), code)


def get_verdict(user: User, code: str) -> Verdict:
    """The verdict of this code."""
    return get_by_code(visible_verdicts(user), code)


def may_receive(by: User) -> Decision:
    """Who refers an investigation opens the prosecution's file by it, and can read nothing of it afterwards."""
    return role_decision(by, Can.INVESTIGATION_REFER)


def _open(by: User, what: Can, prosecution: Prosecution, about: Any = None) -> Decision:
    return role_decision(by, what, about or prosecution).and_(prosecution.state != Stage.CLOSED, CLOSED, "closed")


def may_charge(by: User, prosecution: Prosecution, offence: Offence | None = None) -> Decision:
    """The liaison files charges while the file is open, under articles that define an offence."""
    return _open(by, Can.CHARGE_FILE, prosecution).and_(
        offence is None or offence.is_chargeable, _("Nobody can be charged under this article alone."), "no-offence")


def may_schedule(by: User, prosecution: Prosecution) -> Decision:
    """The liaison schedules hearings while the file is open."""
    return _open(by, Can.HEARING_SCHEDULE, prosecution)


def may_protect(by: User, witness: VictimWitness) -> Decision:
    """The liaison records the protection asked for a witness while the file is open."""
    return _open(by, Can.HEARING_SCHEDULE, witness.prosecution, witness)


def may_adjourn(by: User, hearing: Hearing) -> Decision:
    """A scheduled hearing can be adjourned, also before its day."""
    return _open(by, Can.HEARING_SCHEDULE, hearing.prosecution, hearing).and_(
        hearing.state == HearingState.SCHEDULED, _("What happened at this hearing is recorded already."), "recorded")


def may_hold(by: User, hearing: Hearing) -> Decision:
    """A hearing is recorded as held once its hour has come."""
    return may_adjourn(by, hearing).and_(
        hearing.at <= timezone.now(), _("This hearing has not begun yet."), "not-begun")


def may_judge(by: User, charge: Charge) -> Decision:
    """The liaison records one verdict on each charge."""
    return _open(by, Can.VERDICT_RECORD, charge.accused.prosecution, charge).and_(
        not hasattr(charge, "verdict"), _("The verdict on this charge is recorded already."), "judged")


def may_record_verdict(by: User, prosecution: Prosecution) -> Decision:
    """A verdict needs a charge that has none yet."""
    return _open(by, Can.VERDICT_RECORD, prosecution).and_(
        open_charges(by, prosecution).exists(), _("Every charge on this file has its verdict."), "no-open-charge")


def open_charges(user: User, prosecution: Prosecution) -> QuerySet[Charge]:
    """The charges of this prosecution that no verdict has answered."""
    return visible_charges(user).filter(accused__prosecution=prosecution, verdict__isnull=True)


def may_close(by: User, prosecution: Prosecution) -> Decision:
    """A file is closed once every charge has its verdict and no hearing is set any more."""
    ahead = visible_hearings(by).filter(prosecution=prosecution, state=HearingState.SCHEDULED)
    return (_open(by, Can.VERDICT_RECORD, prosecution)
            .and_(prosecution.state == Stage.JUDGED, _("A file is closed once every charge has its verdict."),
                  "not-judged")
            .and_(not ahead.exists(), _("A hearing is still set; record first what became of it."), "hearing-set"))
