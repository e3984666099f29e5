"""When this office was last backed up and when a back-up was last tried: for the checklist, and for the trail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error

from ijm.embedded.files import write_private
from ijm.trail import events
from ijm.trail.context import Source, Who
from ijm.trail.purposes import Purpose

NAME = "backups.json"


@dataclass(frozen=True)
class Last:
    """The newest back-up, the newest trial of one, and how that went; None where there was none yet."""

    backup_at: datetime | None = None
    drill_at: datetime | None = None
    drill_went_well: bool = False


def last(var: Path) -> Last:
    """What is noted in this office's folder; nothing where the note is missing or cannot be read."""
    try:
        said = json.loads((var / NAME).read_bytes())
        return Last(_moment(said.get("backup_at")), _moment(said.get("drill_at")), said.get("drill_went_well") is True)
    except (OSError, ValueError, TypeError, AttributeError):
        return Last()


def note(var: Path, **news: datetime | bool) -> None:
    """Write down what has just been done, beside what was known before: a small file that the checklist reads."""
    known = last(var)
    said = {"backup_at": known.backup_at, "drill_at": known.drill_at, "drill_went_well": known.drill_went_well, **news}
    text = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}
    write_private(var / NAME, json.dumps(text).encode())


def told(act: str, *, well: bool = True, **figures: int) -> bool:
    """Tell the trail, where this process has been given the office's database; says whether it could."""
    if not settings.DATABASES["default"]["USER"]:
        return False
    body = events.body(act, "system", who=Who(""), source=Source(), out=events.DONE if well else events.SERIOUS,
                       why={"code": Purpose.SYSTEM.value}, q=figures)
    try:
        events.write(body, using=events.TRAIL)
    except Error:
        return False
    return True


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
