"""What sheets of this wing list, and what letters about a tip or an investigation file may say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.about import About, Fact
from ijm.documents.sheets import Dress
from ijm.roles.table import Kind
from ijm.web.words import day
from investigations import describing, policy
from investigations.models import Investigation, Tip

Rows = tuple[Any, Dress]


def about(user: User, file: CaseFile) -> About | None:
    """A tip or an investigation by its code: what sort it is, since when; nobody's name, and no source."""
    if file.kind == Kind.INTAKE:
        tip = policy.visible_tips(user).filter(file=file).first()
        return _tip(tip, file) if tip else None
    row = policy.visible_investigations(user).filter(file=file).first()
    return _investigation(row, file) if row else None


def _tip(tip: Tip, file: CaseFile) -> About:
    stays = (_("The caller and what was said"), _("How the tip was graded"))
    return About(tip, tip.code, file, (Fact("since", _("Received"), day(tip.received_at)),), stays)


def _investigation(row: Investigation, file: CaseFile) -> About:
    facts = (Fact("form", _("Case"), describing.investigation_title(row)),
             Fact("stage", _("Stage"), str(row.get_stage_display())))
    return About(row, row.code, file, facts, (_("Suspects and rescued persons"), _("Sources and plans"), _("Evidence")))


def tips(user: User) -> Rows:
    """The tips she may see, for a sheet."""
    return policy.visible_tips(user), None


def files(user: User) -> Rows:
    """The investigations she stands on, for a sheet."""
    return policy.visible_investigations(user), None
