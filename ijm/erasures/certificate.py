"""What a certificate of erasure says: codes, days and counts, no name."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.documents.about import About, Fact
from ijm.documents.letters import Letter, Reader
from ijm.documents.models import Format, Template
from ijm.erasures.models import Erasure
from ijm.trail.purposes import Purpose
from ijm.web.words import day, moment, number


def letter_of(erasure: Erasure, language: str) -> Letter:
    """The certificate of a finished erasure as a letter of this language."""
    with translation.override(language):
        facts = facts_of(erasure)
    return Letter(template=Template.ERASURE, language=language, format=Format.PDF, reader=Reader.OTHER, recipient="",
                  about=About(record=erasure, code=erasure.about_code, file=None, facts=facts),
                  facts=tuple(fact.key for fact in facts), purpose=Purpose.ERASURE)


def facts_of(erasure: Erasure) -> tuple[Fact, ...]:
    """What is certified, in the language of the moment."""
    said = (
        ("certificate", _("Certificate"), str(erasure.certificate)),
        ("erasure", _("Erasure"), erasure.code),
        ("basis", _("Why"), str(erasure.get_basis_display())),
        ("asked", _("Asked for"), _signed(erasure.asked_at, erasure.asked_by)),
        ("approved", _("Agreed by a second person"), _signed(erasure.request.decided_at, erasure.request.decided_by)),
        ("done", _("Keys destroyed"), moment(erasure.done_at) if erasure.done_at else ""),
        ("keys", _("Number of keys"), number(erasure.keys)),
        ("effective", _("The last backup of a key expires"), day(erasure.effective_on) if erasure.effective_on else ""),
    )
    return tuple(Fact(*one) for one in said)


def _signed(at: datetime | None, by: User | None) -> str:
    return f"{day(at)}, {by.code}" if at and by else ""
