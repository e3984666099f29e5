"""When this office was last backed up and when a back-up was last tried: a small file that the checklist reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ijm.embedded.files import write_private

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
    """Write down what has just been done, beside what was known before."""
    known = last(var)
    said = {"backup_at": known.backup_at, "drill_at": known.drill_at, "drill_went_well": known.drill_went_well, **news}
    text = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}
    write_private(var / NAME, json.dumps(text).encode())


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
