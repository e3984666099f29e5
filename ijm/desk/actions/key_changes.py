"""Asking for a change of keys, beginning it once a second person has agreed, and writing down how it ended."""

from __future__ import annotations

from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.desk import policy
from ijm.desk.key_changes import ChangeKind, KeyChange, Work
from ijm.jobs.work import enqueue
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def ask(kind: ChangeKind, target: str, *, by: User) -> KeyChange:
    """Ask for a change of keys; nothing happens before a second person agrees."""
    require(policy.may_ask_keys(by))
    change = KeyChange(kind=kind, target=target)
    with entry(Event.KEYS_ASKED, by=by, about=change, why=Purpose.ADMINISTRATION):
        change.request = requests.ask("keys", about=change.code, thing=change.thing, office=by.office, by=by)
        change.save()
    return change


def start(change: KeyChange, *, by: User) -> None:
    """Give it to the worker, or once more where something was left or its work was lost."""
    require(policy.may_start_keys(by, change))
    is_first = change.work == Work.WAITING
    with entry(Event.KEYS_BEGUN, by=by, about=change, why=Purpose.ADMINISTRATION):
        run = change.begin()
        change.save(update_fields=["work", "run", "rotated", "remaining", "failed", "ended_at"])
        if is_first:
            requests.used(change.request, by=by)
        enqueue("keys.change", owner=by, about=run)


def finish(change: KeyChange, *, by: User, rotated: int, remaining: int, failed: int) -> None:
    """Write down how it ended; what remains is gone over again when somebody begins it again."""
    require(policy.may_finish_keys(by, change))
    work, event = (Work.LEFT, Event.KEYS_LEFT) if remaining or failed else (Work.DONE, Event.KEYS_CHANGED)
    with entry(event, by=by, about=change, why=Purpose.ADMINISTRATION):
        change.work, change.ended_at = work, timezone.now()
        change.rotated, change.remaining, change.failed = rotated, remaining, failed
        change.save(update_fields=["work", "ended_at", "rotated", "remaining", "failed"])
