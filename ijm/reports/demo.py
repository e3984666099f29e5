"""The demonstration's imported people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from ijm.bridges import IMPORTERS
from ijm.reports.htcds import reading
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

WORKBOOK = Path(__file__).with_name("data") / "demonstration_office.xlsx"


def fill(people: Any, tick: Callable[[str], None]) -> None:
    """Bring in the filled workbook that ships with the project, as the aftercare supervisor would."""
    sheet = reading.read(WORKBOOK)
    for name in IMPORTERS["htcds"]:
        with acting_as(people.care_supervisor, "w", Purpose.IMPORT):
            import_string(name)(sheet.rows, by=people.care_supervisor, progress=lambda _done, _of: tick("survivors"))
