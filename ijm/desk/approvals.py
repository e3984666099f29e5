"""Everything that waits for a second person: what she decides, what she asked for, what came back to her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ijm.accounts.models import User
from ijm.bridges import APPROVALS
from ijm.desk.cards import ICONS, asked_of


class Part(StrEnum):
    """Where an approval stands for the person who looks."""

    DECIDE = "decide"
    ASKED = "asked"
    BACK = "back"


@dataclass(frozen=True)
class Approval:
    """One request: what, about which record, by whom, since when; why she may not decide it, or what was answered."""

    part: Part
    title: str
    url: str
    code: str
    by: str = ""
    at: datetime | None = None
    about: str = ""
    why: str = ""
    icon: str = "check-c"


def of(user: User) -> dict[str, list[Approval]]:
    """All approvals that concern her, from every wing and from the base, the oldest first under each heading."""
    given = [one for ask in asked_of(APPROVALS, user) for one in ask(user)]
    found = sorted((_approval(one) for one in given), key=lambda one: (one.at is None, one.at))
    return {part.value: [one for one in found if one.part == part] for part in Part}


def _approval(given: dict[str, Any]) -> Approval:
    icon = ICONS.get(given.get("kind", ""), "check-c")
    return Approval(Part(given["part"]), str(given["title"]), given["url"], given["code"], str(given.get("by", "")),
                    given.get("at"), str(given.get("about", "")), str(given.get("why", "")), icon)


