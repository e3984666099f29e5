"""Attaching files to a case file, describing them, and asking whether they are still what they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents import policy
from ijm.documents.models import About, Measurement, StoredFile
from ijm.ids import new_code
from ijm.jobs.work import enqueue
from ijm.messages import Event
from ijm.roles.budgets import Budget
from ijm.roles.decisions import require
from ijm.trail import spending
from ijm.trail.entries import entry
from ijm.vault import shelf
from ijm.vault.errors import VaultError
from ijm.vault.shelf import Arrival


def attach(file: CaseFile, arrival: Arrival, *, by: User, media: str, name: str, about: str = About.OTHER,
           description: str = "") -> StoredFile:
    """Attach a file that came in: its name is sealed, its bytes were sealed as they came."""
    require(policy.may_attach(by, file))
    stored = StoredFile(id=arrival.record, code=new_code("FL"), file=file, about=about, media=media, added_by=by)
    stored.name, stored.description = name, description
    with entry(Event.STORED_ADDED, by=by, about=[stored, file]) as made:
        arrival.shelve(stored)
        stored.save()
        spending.some(Budget.SENT, stored.size)
        if settings.SCANNER:
            _ask(stored, by)
        made.parts["file"] = {"code": stored.code, "sha256": stored.sha256, "size": stored.size, "media": media}
    return stored


def describe(stored: StoredFile, *, by: User, **changed: Any) -> None:
    """Say anew what it is; what was said before stays in its history."""
    require(policy.may_describe(by, stored))
    with entry(Event.STORED_DESCRIBED, by=by, about=stored):
        for name, value in changed.items():
            setattr(stored, name, value)
        stored.save(update_fields=["about"])


def ask_to_measure(stored: StoredFile, *, by: User) -> Measurement:
    """Ask the worker to read every byte again and compare its SHA-256 with the one of the day it came."""
    require(policy.may_measure(by, stored))
    with entry(Event.STORED_ASKED, by=by, about=stored):
        return _ask(stored, by)


def _ask(stored: StoredFile, by: User) -> Measurement:
    asked = Measurement(file=stored.file, stored=stored, asked_by=by)
    asked.save()
    enqueue("documents.measure", owner=by, about=asked.pk)
    return asked


def measure(asked: Measurement, *, by: User, progress: Callable[[int], None] | None = None) -> bool:
    """Read every byte again and write down whether the file is still what it was; `progress` hears the bytes done."""
    stored = asked.stored
    require(policy.may_measure(by, stored))
    try:
        found, trouble = shelf.measure(stored, progress), ""
        if settings.SCANNER and not shelf.is_harmless(stored, settings.SCANNER):
            trouble = policy.HARMFUL
    except VaultError as error:
        found, trouble = "", error.code
    same = found == stored.sha256
    with entry(Event.STORED_MEASURED if same else Event.STORED_BROKEN, by=by, about=stored) as made:
        asked.is_same, asked.trouble, asked.measured_at = same, trouble, timezone.now()
        asked.save(update_fields=["is_same", "trouble", "measured_at"])
        made.parts["file"] = {"code": stored.code, "sha256": stored.sha256, "found": found, "trouble": trouble}
    return same
