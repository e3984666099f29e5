"""What sheets of this wing list, and what letters about a prosecution file may say."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.about import About, Fact
from ijm.documents.sheets import Dress
from ijm.web.words import moment, number
from prosecutions import policy
from prosecutions.models import Prosecution
from prosecutions.states import HearingState
from prosecutions.views.listings import with_people, with_witnesses

Rows = tuple[Any, Dress]


def about(user: User, file: CaseFile) -> About | None:
    """The case by its code: stage, number of accused, the next hearing; nobody's name."""
    row = policy.visible_prosecutions(user).filter(file=file).first()
    if row is None:
        return None
    stays = (_("Names of the accused and of witnesses"), _("Statements and evidence"), _("Protection asked for"))
    return About(row, row.code, file, tuple(_facts(user, row)), stays)


def _facts(user: User, row: Prosecution) -> list[Fact]:
    facts = [Fact("stage", _("Stage"), str(row.get_state_display())),
             Fact("accused", _("Accused"), number(policy.visible_accused(user).filter(prosecution=row).count()))]
    if row.exploitation:
        facts.insert(0, Fact("form", _("Case"), row.exploitation_label))
    ahead = policy.visible_hearings(user).filter(
        prosecution=row, state=HearingState.SCHEDULED, at__gt=timezone.now()).order_by("at").first()
    if ahead is not None:
        facts.append(Fact("hearing", _("Next hearing"), f"{moment(ahead.at)}, {ahead.court.name}"))
    return facts


def files(user: User) -> Rows:
    """The prosecution files she stands on, for a sheet."""
    return policy.visible_prosecutions(user), with_people


def hearings(user: User) -> Rows:
    """The days in court of her files, for a sheet."""
    return policy.visible_hearings(user), with_witnesses
