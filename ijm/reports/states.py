"""States of what comes in and what goes out, the events between them, and the permitted moves."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """What the exchange of records leaves in the trail."""

    IMPORT_BEGUN = "import.begun"
    IMPORT_READ = "import.read"
    IMPORT_UNREADABLE = "import.unreadable"
    IMPORT_ROWS_SEEN = "import.rows_seen"
    IMPORT_NAMES_SEEN = "import.names_seen"
    IMPORT_TAKEN_UP = "import.taken_up"
    IMPORT_MENDED = "import.mended"
    IMPORT_SORTED = "import.sorted"
    IMPORT_CONFIRMED = "import.confirmed"
    IMPORT_HALTED = "import.halted"
    IMPORT_DONE = "import.done"
    IMPORT_DISCARDED = "import.discarded"
    EXPORT_ASKED = "export.asked"
    EXPORT_BEGUN = "export.begun"
    EXPORT_MADE = "export.made"
    EXPORT_FETCHED = "export.fetched"
    SERIAL_CHECKED = "export.serial_checked"


class ImportState(TextChoices):
    """An import is read, looked through, and brought in as a whole or not at all."""

    READING = "reading", _("Being read")
    READY = "ready", _("To look through")
    BRINGING_IN = "bringing_in", _("Being brought in")
    DONE = "done", _("Brought in")
    FAILED = "failed", _("Could not be read")
    DISCARDED = "discarded", _("Thrown away")


IMPORT_MOVES = (
    Transition("", ImportState.READING, Event.IMPORT_BEGUN),
    Transition(ImportState.READING, ImportState.READY, Event.IMPORT_READ),
    Transition(ImportState.READING, ImportState.FAILED, Event.IMPORT_UNREADABLE),
    Transition(ImportState.READY, ImportState.BRINGING_IN, Event.IMPORT_CONFIRMED),
    Transition(ImportState.BRINGING_IN, ImportState.READY, Event.IMPORT_HALTED),
    Transition(ImportState.BRINGING_IN, ImportState.DONE, Event.IMPORT_DONE),
    Transition(ImportState.READING, ImportState.DISCARDED, Event.IMPORT_DISCARDED),
    Transition(ImportState.READY, ImportState.DISCARDED, Event.IMPORT_DISCARDED),
    Transition(ImportState.FAILED, ImportState.DISCARDED, Event.IMPORT_DISCARDED),
)
