"""The measures of recording: updates, histories, pages and single looks, eight writers at once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections, transaction

from audit.bench import models as tables
from audit.bench.models import Bare, Logged, Ours, Signals, Triggered
from ijm.accounts.models import User
from ijm.casefiles.bench import load
from ijm.measuring import Measure, Work
from ijm.trail import context
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.looks import disclosed

TOGETHER, PAGE, WRITERS, EACH = 10, 50, 8, 5
Way = Callable[[], object]
T = TypeVar("T")
ACT = "bench.changed"
OPENED = "SELECT set_config('ijm.ctx', %s, true), set_config('ijm.entry', %s, true), set_config('ijm.rows', '', true)"


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of this room; makes and fills the tables first."""
    load(superuser)
    tables.make(superuser)
    user = User.objects.get(username="bench")
    work = Work(_server())
    for measure in (*_writing(user), *_looking(user)):
        yield replace(measure, clock=work)
    yield from _writers(user)


def _writing(user: User) -> Iterator[Measure]:
    yield Measure("update_full", f"{TOGETHER} records changed in one request: door, entry, history, digests, commitments, event; "
                  "beside the same in a plain transaction; the peer is django-simple-history alone",
                  _audited(Ours, user), _plain(Bare), 1.35, peer=_with_signals(_plain(Signals)))
    yield Measure("history_only", f"the history of {TOGETHER} changed records by our triggers; the peer is django-pghistory",
                  _captured(Ours, user, TOGETHER), _plain(Bare, first=TOGETHER), 1.09, peer=_plain(Triggered))
    yield Measure("update_one", "one record changed in one request, everything on; the peer is django-auditlog",
                  _audited(Ours, user, 1, 2 * TOGETHER), _plain(Bare, 1, 2 * TOGETHER), 1.35, peer=_plain(Logged, 1))


def _rows(model: Any, count: int, first: int = 0) -> list[Any]:
    """Rows that the application has read and opened, as a page that changes them has."""
    rows = list(model._default_manager.order_by("pk")[first:first + count])
    for row in rows:
        row.number = itertools.count()
    return rows


def _change(rows: list[Any]) -> None:
    """One sealed and one open value of each row."""
    for row in rows:
        number = next(row.number)
        row.account, row.people = f"{tables.WORDS}{number}", number % 1000
        row.save()


def _plain(model: Any, count: int = TOGETHER, first: int = 0) -> Way:
    rows = _rows(model, count, first)

    def change() -> None:
        with transaction.atomic():
            _change(rows)

    return change


def _with_signals(way: Way) -> Way:
    def change() -> None:
        settings.SIMPLE_HISTORY_ENABLED = True
        try:
            way()
        finally:
            settings.SIMPLE_HISTORY_ENABLED = False

    return change


def _audited(model: Any, user: User, count: int = TOGETHER, first: int = 0) -> Way:
    rows = _rows(model, count, first)

    def change() -> None:
        with acting_as(user), entry(ACT, by=user, about=rows):
            _change(rows)

    return change


def _captured(model: Any, user: User, first: int) -> Way:
    """The triggers alone: the door and the entry are opened by two settings, as a peer's are not."""
    rows = _rows(model, TOGETHER, first)

    def change() -> None:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(OPENED, [context.sign(user.trail_who(), "w", "CASEWORK"), "0" * 32])
            _change(rows)

    return change


def _looking(user: User) -> Iterator[Measure]:
    def page(model: Any) -> list[Any]:
        return list(model._default_manager.order_by("pk")[:PAGE])

    def one(model: Any) -> Any:
        return model._default_manager.get(pk=tables.row(model, 7).pk)

    def seen(read: Callable[[Any], Any]) -> Way:
        def look() -> None:
            with acting_as(user, "r"):
                disclosed(read(Ours), ("list",), to=user)

        return look

    def bare(read: Callable[[Any], Any]) -> Way:
        def look() -> None:
            with transaction.atomic():
                read(Bare)

        return look

    yield Measure("page50", f"a page of {PAGE} rows in an open request, and the event that names each of them",
                  _in_door(user, lambda: disclosed(page(Ours), ("list",), to=user)), _in_transaction(lambda: page(Bare)), 1.6)
    yield Measure("page50_whole", "the same with the door of the request around it", seen(page), bare(page), 1.6)
    yield Measure("detail", "one record read and the look at it committed, door and all", seen(one), bare(one), 1.9)


def _in_door(user: User, way: Way) -> Way:
    return _inside(lambda: acting_as(user, "r"), way)


def _in_transaction(way: Way) -> Way:
    return _inside(transaction.atomic, way)


def _inside(around: Callable[[], AbstractContextManager[Any]], way: Way) -> Way:
    """The same request goes on: ten looks in one, so that its beginning and end weigh little."""

    def looks() -> None:
        with around():
            for _look in range(10):
                way()

    return looks


def _writers(user: User) -> Iterator[Measure]:
    """Threads that stay, each with a connection of its own, and rows that no other measure changes."""
    pool, begun = ThreadPoolExecutor(WRITERS), threading.Barrier(WRITERS)

    def everybody(ways: list[Callable[[], T]]) -> list[T]:
        def work(way: Callable[[], T]) -> T:
            begun.wait(60)  # nobody does the work of two
            return way()

        return list(pool.map(work, ways))

    def at_once(make: Callable[[int, int], Way], count: int, first: int) -> Way:
        ways = [make(count, first + number * count) for number in range(WRITERS)]
        return lambda: everybody([lambda way=way: [way() for _time in range(EACH)] for way in ways])  # type: ignore[misc]

    clock = Work(*everybody([_server] * WRITERS))
    for name, count, first in (("writers8", TOGETHER, 3 * TOGETHER), ("writers8_one", 1, (3 + WRITERS) * TOGETHER)):
        yield Measure(name, f"{WRITERS} writers at once, {count} changed in each request: what can be changed in the same time "
                      "beside the same without recording", at_once(partial(_plain, Bare), count, first),
                      at_once(partial(_audited, Ours, user), count, first), 0.75, at_most=False, heavy=True, clock=clock)


def _server() -> int:
    """The process of the server behind this thread's connection."""
    connections["default"].ensure_connection()
    return int(connections["default"].connection.info.backend_pid)
