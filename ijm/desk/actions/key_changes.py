"""Asking for a change of keys, agreeing to it, beginning it, and writing down how it ended."""

from __future__ import annotations

from django.utils import timezone

from ijm import bridges
from ijm.accounts.models import RoleGrant, User
from ijm.desk import policy
from ijm.desk.key_changes import ChangeKind, ChangeState, KeyChange
from ijm.jobs.work import enqueue
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import Role
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

PAGE = "/desk/vault/"


def ask(kind: ChangeKind, target: str, *, by: User) -> KeyChange:
    """Ask for a change of keys; nothing happens before a second person agrees."""
    require(policy.may_ask_keys(by))
    change = KeyChange(kind=kind, target=target, asked_by=by)
    with entry(Event.KEYS_ASKED, by=by, about=change, why=Purpose.ADMINISTRATION):
        change.save()
        bridges.tell([one for one in _deciders() if one != by.pk], "rotation.to_approve", about=change.code, path=PAGE)
    return change


def _deciders() -> list[object]:
    """Everybody who may agree: data-protection officers and administrators."""
    holders = RoleGrant.objects.live().filter(role__in=(Role.ADMINISTRATOR, Role.DATA_PROTECTION), user__is_active=True)
    return sorted(set(holders.values_list("user_id", flat=True)))


def agree(change: KeyChange, *, by: User) -> None:
    """The second person agrees; an administrator may begin it."""
    _decide(change, ChangeState.AGREED, Event.KEYS_AGREED, by=by)


def decline(change: KeyChange, *, by: User) -> None:
    """The second person refuses; no key changes."""
    _decide(change, ChangeState.DECLINED, Event.KEYS_DECLINED, by=by)


def _decide(change: KeyChange, state: ChangeState, event: str, *, by: User) -> None:
    require(policy.may_decide_keys(by, change))
    with entry(event, by=by, about=change, why=Purpose.ADMINISTRATION):
        change.state, change.decided_by, change.decided_at = state, by, timezone.now()
        change.save(update_fields=["state", "decided_by", "decided_at"])


def start(change: KeyChange, *, by: User) -> None:
    """Give it to the worker, or once more where something was left or its work was lost."""
    require(policy.may_start_keys(by, change))
    with entry(Event.KEYS_BEGUN, by=by, about=change, why=Purpose.ADMINISTRATION):
        run = change.begin()
        change.save(update_fields=["state", "run", "rotated", "remaining", "failed", "ended_at"])
        enqueue("keys.change", owner=by, about=run)


def finish(change: KeyChange, *, by: User, rotated: int, remaining: int, failed: int) -> None:
    """Write down how it ended; what remains is gone over again when somebody begins it again."""
    require(policy.may_finish_keys(by, change))
    state, event = (ChangeState.LEFT, Event.KEYS_LEFT) if remaining or failed else (ChangeState.DONE, Event.KEYS_CHANGED)
    with entry(event, by=by, about=change, why=Purpose.ADMINISTRATION):
        change.state, change.ended_at = state, timezone.now()
        change.rotated, change.remaining, change.failed = rotated, remaining, failed
        change.save(update_fields=["state", "ended_at", "rotated", "remaining", "failed"])
