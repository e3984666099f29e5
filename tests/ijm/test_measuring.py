"""The harness says a ratio with its spread, and whether the goal is met."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable

import psycopg
import pytest
from django.core.management.base import CommandError
from django.db import connections

from ijm.desk.management.commands import bench
from ijm.measuring import Measure, Work, run
from tests import databases


def costs(*numbers: float) -> Callable[[], float]:
    """A way that costs this much, each time the next."""
    held = itertools.cycle(numbers)
    return lambda: next(held)


@pytest.mark.parametrize(("goal", "at_most", "ok"), [(5.0, True, True), (1.5, True, False), (2.0, False, True),
                                                     (9.0, False, False)])
def test_the_ratio_is_of_ours_to_the_other(goal: float, at_most: bool, ok: bool) -> None:
    figure = run(Measure("count", "a count", costs(6), costs(2), goal, at_most, counted=True))
    assert figure.ratio == figure.low == figure.high == 3.0 and figure.ok is ok
    told = json.loads(figure.json())
    assert set(told) == {"name", "ratio", "low", "high", "goal", "ok"} and told["ok"] is ok
    assert ("NOT MET" in figure.line()) is not ok


def test_the_time_between_two_looks_at_the_clock_is_what_a_way_costs() -> None:
    clock, told = [0.0], list[str]()

    def takes(name: str, seconds: float) -> Callable[[], None]:
        def way() -> None:
            told.append(name)
            clock[0] += seconds

        return way

    figure = run(Measure("nap", "a nap", takes("ours", 3.0), takes("other", 2.0), 2.0, peer=takes("peer", 10.0),
                         clock=lambda: clock[0]), rounds=6)
    assert (figure.ratio, figure.peer) == (1.5, 5.0) and "(peer 5.00x)" in figure.line()
    assert json.loads(figure.json())["peer"] == 5.0 and json.loads(figure.json())["wall"] > 0 and "by the wall" in figure.line()
    assert told[-9:] == ["ours", "other", "peer", "other", "peer", "ours", "peer", "ours", "other"], "each comes first as often"


def test_the_clock_of_work_heeds_this_process_and_the_server_and_no_waiting(db: None) -> None:
    connection = connections["default"]
    connection.ensure_connection()
    clock = Work(connection.connection.info.backend_pid)
    with connection.cursor() as cursor:
        before = clock()
        cursor.execute("SELECT count(*) FROM generate_series(1, 300000)")
        cursor.execute("SELECT pg_sleep(0.01)")  # then its work is surely counted
        assert clock() - before > 0.01
        before = clock()
        time.sleep(0.2)
        assert clock() - before < 0.1


def test_what_takes_seconds_is_repeated_less_often() -> None:
    told = list[int]()
    run(Measure("long", "long", lambda: told.append(1), lambda: None, 1.0, heavy=True), rounds=24)
    assert len(told) == 1 + 3


def wanted(*names: str) -> list[str]:
    return [name for part in bench._wanted(set(names)) for name in part.names]


def test_a_room_or_a_single_measure_is_asked_for_and_nothing_else_is_prepared() -> None:
    assert {"update_full", "proof"} <= set(wanted("audit")) and not {"storage", "growth"} & set(wanted("audit"))
    assert wanted("files_vs_fernet") == ["files_vs_fernet"]
    assert not any(part.in_office for part in bench._wanted({"vault"}))
    assert len(bench._wanted({"page50"})) == 2 and len(bench._wanted({"vault", "page50"})) == 1
    with pytest.raises(CommandError, match="no such measure: nonsense"):
        bench._wanted({"nonsense", "vault"})


def test_what_an_earlier_run_left_is_dropped_and_no_table_of_the_office(
        committed_db: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bench.SUPERUSER, databases.CLUSTER.superuser_dsn(committed_db[0]))
    with psycopg.connect(databases.CLUSTER.superuser_dsn(committed_db[0]), autocommit=True) as connection:
        count = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        before = connection.execute(count).fetchone()
        connection.execute("CREATE TABLE bench_left (id integer PRIMARY KEY)")
        bench.Command()._clear()
        assert connection.execute(count).fetchone() == before
        assert connection.execute("SELECT to_regclass('bench_left')").fetchone() == (None,)
