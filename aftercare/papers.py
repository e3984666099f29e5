"""What sheets of this wing list, and what letters about a care file may say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.models import Referral, Survivor
from aftercare.views.shown import spoken
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.about import About, Fact
from ijm.documents.sheets import Dress
from ijm.web.words import day

Rows = tuple[Any, Dress]


def about(user: User, file: CaseFile) -> About | None:
    """The survivor, or the referral that still waits: code, sex and age, languages, since when."""
    row = (policy.visible_survivors(user).filter(file=file).first()
           or policy.visible_referrals(user).filter(file=file).first())
    if row is None:
        return None
    stays = (_("Name, birth date and telephone"), _("Where they live"), _("What happened, and notes of care"),
             _("Consents and who stands on the file"))
    return About(row, row.code, file, _facts(row), stays, row.alias)


def _facts(row: Survivor | Referral) -> tuple[Fact, ...]:
    since = row.began_on if isinstance(row, Survivor) else row.received_at
    return (Fact("described", _("Person"), row.described), Fact("languages", _("Languages"), spoken(row.languages)),
            Fact("since", _("With us since") if isinstance(row, Survivor) else _("Received"), day(since)),
            Fact("state", _("State"), str(row.get_state_display())))


def survivors(user: User) -> Rows:
    """The survivors on her files, for a sheet."""
    return policy.visible_survivors(user), None


def referrals(user: User) -> Rows:
    """The referrals on her files, for a sheet."""
    return policy.visible_referrals(user), None


def support(user: User) -> Rows:
    """The court support on her files, for a sheet."""
    return policy.visible_support(user), None
