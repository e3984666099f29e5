"""Finding: people by name or number, and what every wing answers to a code or an open word, by kind of record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.bridges import FILE_PAGES, SEARCHES
from ijm.casefiles.models import CaseFile
from ijm.desk import cards, named, reminders
from ijm.desk.cards import Card
from ijm.ids import normalise_code
from ijm.people import finding as register
from ijm.people.finding import Found

MOST = 50
KINDS: dict[str, Promise] = {
    named.KIND: _("People on your files"),
    "tip": _("Tips"), "investigation": _("Investigation files"), "suspect": _("Suspects"), "rescue": _("Rescue operations"),
    "referral": _("Referrals"), "survivor": _("Survivors"), "court_support": _("Court support"),
    "prosecution": _("Prosecution files"), "hearing": _("Hearings"), "person": _("People who work here"), "office": _("Offices"),
}


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: str
    label: Promise | str
    items: list[Card]


@dataclass(frozen=True)
class Answer:
    """Everything found: shown by kind, as many as fit; whom to ask about what may not be shown."""

    groups: Sequence[Group] = ()
    number: int = 0
    units: Sequence[str] = ()
    known: Found = field(default_factory=Found)

    @property
    def cards(self) -> list[Card]:
        """What is shown, one after another."""
        return [card for group in self.groups for card in group.items]

    @property
    def more(self) -> int:
        """How many were found beyond those shown."""
        return self.number - len(self.cards)

    def only(self, code: str | None) -> Card | None:
        """The one record of a whole code, which is opened at once."""
        found = self.cards
        return found[0] if len(found) == 1 == self.number and code and found[0].code == code else None


def find(user: User, text: str) -> Answer:
    """Ask the register by name and number, every wing she works in, and the base."""
    known = Found() if normalise_code(text) else register.find(user, text)
    given = [*named.cards(user, known), *(one for ask in cards.asked_of(SEARCHES, user) for one in ask(user, text))]
    seen = list({(one["url"], one.get("code")): one for one in given}.values())
    return Answer(_groups(seen[:MOST]), len(seen), named.units(known), known)


def address(user: User, code: str) -> str:
    """The page of a file or record by its code; nothing, or the page that is not there, for what she may not see."""
    file = CaseFile.objects.filter(code=normalise_code(code) or "").first()
    if file is not None:
        return str(import_string(FILE_PAGES[file.kind])(user, file))
    return str(reminders.about(user, code)["url"])


def _groups(found: Sequence[dict[str, Any]]) -> list[Group]:
    kinds = dict.fromkeys(str(one.get("kind", "")) for one in found)
    order = [kind for kind in KINDS if kind in kinds] + [kind for kind in kinds if kind not in KINDS]
    return [Group(kind, KINDS.get(kind, kind), [cards.card(one) for one in found if str(one.get("kind", "")) == kind])
            for kind in order]
