"""The door: one transaction in which the database knows who asks, whether she may write, and why."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ijm.trail.errors import NoDoor
from ijm.trail.purposes import Purpose

Mode = Literal["r", "w"]
LIFE = 120  # seconds for which a signed context is good
LOOK = "SAVEPOINT look; SET LOCAL transaction_read_only = on"
UNLOOK = "RELEASE SAVEPOINT look"
SIGNED = "SELECT set_config('ijm.ctx', %s, true)"
# two statements, because in one PostgreSQL promises no order between the reading and the setting; one message
PUT = "SELECT coalesce(current_setting(%s, true), ''); SELECT set_config(%s, %s, true)"


class Person(Protocol):
    """Whoever can stand behind an act: a user of the system."""

    pk: uuid.UUID

    def trail_who(self) -> Who:
        """How the trail names this person."""


@dataclass(frozen=True)
class Who:
    """A person as the trail names her: references and codes, no names."""

    user: str
    ref: str = ""
    role: str = ""
    office: str = ""
    session: str = ""
    mfa: str = ""


@dataclass(frozen=True)
class Source:
    """Where a request came from: its random id, its address, the version of the application."""

    request: str = field(default_factory=lambda: uuid.uuid4().hex)
    address: str = ""


@dataclass
class Spending:
    """What was noted for the budgets of the person in the door and is not counted yet: things by kind and id, numbers by kind."""

    items: set[tuple[str, str]] = field(default_factory=set)
    amounts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.items or self.amounts)

    def take(self) -> list[list[str] | list[int]]:
        """Give it away for counting: kinds, ids, kinds, numbers; side by side."""
        items, amounts = sorted(self.items), sorted(self.amounts.items())
        self.items.clear()
        self.amounts.clear()
        return [[kind for kind, _ in items], [item for _, item in items], [kind for kind, _ in amounts],
                [number for _, number in amounts]]


@dataclass(frozen=True)
class Door:
    """An open door: who stands in it, whether she may write, and for which purpose."""

    who: Who
    mode: Mode
    purpose: str
    source: Source
    depth: int = 0
    shown: set[str] = field(default_factory=set, compare=False)  # keys of the rows whose look is recorded already
    places: dict[str, set[str]] = field(default_factory=dict, compare=False)  # how she stands to each file asked about
    spending: Spending = field(default_factory=Spending, compare=False)  # shared by the doors of one person inside each other


_open: ContextVar[Door | None] = ContextVar("open_door", default=None)


def current() -> Door | None:
    """The door this piece of work runs in, or None."""
    return _open.get()


def standing(mode: Mode | None = None) -> Door:
    """The open door; raises NoDoor when there is none, or when it is only a reading one and `mode` is "w"."""
    door = _open.get()
    if door is None:
        raise NoDoor("open a door first: @reads, @writes or acting_as()")
    if mode == "w" and door.mode != "w":
        raise NoDoor("this page only reads: use @writes")
    return door


def sign(who: Who, mode: Mode, purpose: str, *, life: int = LIFE) -> str:
    """`v1|uid|session12|mode|purpose|exp` and its HMAC-SHA256 under the context key, as `text.hex`.

    Raises ValueError when a part holds the separator. `life` is in seconds.
    """
    parts = ("v1", who.user, who.session[:12], mode, purpose, str(int(time.time()) + life))
    if any("|" in part for part in parts):
        raise ValueError("the separator may not travel inside a part of the context")
    text = "|".join(parts)
    return f"{text}.{hmac.new(settings.CONTEXT_KEY, text.encode(), hashlib.sha256).hexdigest()}"


def put(connection: BaseDatabaseWrapper, name: str, value: str) -> str:
    """Set one transaction-local setting and return what it was."""
    if not connection.in_atomic_block:
        raise NoDoor("a context outside a transaction would vanish")
    with connection.cursor() as cursor:
        cursor.execute(PUT, [name, name, value])
        former: str = cursor.fetchone()[0]
    return former


def renew(life: int = LIFE) -> None:
    """Sign the context anew for long work: each step of a job has its own time, `life` in seconds."""
    door = standing()
    put(connections[DEFAULT_DB_ALIAS], "ijm.ctx", sign(door.who, door.mode, door.purpose, life=life))


def _open_door(connection: BaseDatabaseWrapper, signed: str, *, looks: bool, outermost: bool) -> str:
    """Say who asks, and begin a look; gives what stood there before. Only a door inside another finds anything."""
    former = "" if outermost else put(connection, "ijm.ctx", signed)
    statements = [SIGNED] * outermost + [LOOK] * looks
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), [signed] if outermost else None)
    if looks:
        connection.look = len(connection.savepoint_ids)  # type: ignore[attr-defined]
    return former


def _close_door(connection: BaseDatabaseWrapper, former: str, *, looks: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join([UNLOOK] * looks + [SIGNED]), [former])


@contextmanager
def door(who: Who, mode: Mode, purpose: str, source: Source | None = None) -> Iterator[Door]:
    """Open a transaction that knows who asks; a reading door refuses every write but the trail's own.

    Doors nest: the former context comes back on leaving. Raises NoDoor when a writing door is opened inside a look.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    former_look: int | None = getattr(connection, "look", None)
    if mode == "w" and former_look is not None:
        raise NoDoor("a page that reads cannot open a door that writes")
    outer = _open.get()
    opened = Door(who, mode, purpose, source or (outer.source if outer else Source()), (outer.depth + 1) if outer else 0,
                  spending=outer.spending if outer and outer.who.user == who.user else Spending())
    token = _open.set(opened)
    looks = mode == "r" and former_look is None
    ends_here = not connection.in_atomic_block  # the end of the transaction takes look and context with it
    try:
        with transaction.atomic():
            signed = sign(who, mode, purpose)
            former = _open_door(connection, signed, looks=looks, outermost=outer is None)
            yield opened
            if not ends_here and not connection.needs_rollback:  # after an error the rollback takes both
                _close_door(connection, former, looks=looks)
            if looks:
                connection.look = None  # type: ignore[attr-defined]  # what waits for the commit may open doors of its own
    finally:
        if looks:
            connection.look = None  # type: ignore[attr-defined]
        _open.reset(token)


@contextmanager
def acting_as(user: Person, mode: Mode = "w", purpose: str = Purpose.CASEWORK) -> Iterator[Door]:
    """The same door for jobs, commands and tests: everything inside is done as `user`."""
    who = user.trail_who()
    outer = _open.get()
    if outer is not None and outer.who.user == who.user:
        who = replace(who, session=outer.who.session, mfa=outer.who.mfa)
    with door(who, mode, purpose) as opened:
        yield opened
