"""What a rule found: somebody, a day, a number, and the events that say so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Found:
    """One thing to look at again; `about` is a code or nothing, `usual` what is usual where the rule compares."""

    ground: str
    user: uuid.UUID
    day: date
    events: tuple[int, ...]
    about: str = ""
    number: int = 0
    usual: int = 0
