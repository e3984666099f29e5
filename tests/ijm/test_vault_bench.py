"""What the bench of the vault measures, made small: each way does the same work, and says what it was asked to say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connections

from ijm import measuring
from ijm.measuring import Measure
from ijm.vault import bench
from ijm.vault.bench import costs, names, tables
from tests import databases

GOALS = {"page50", "read_all", "bulk_insert", "get", "exact_lookup", "save_history", "storage", "files_vs_fernet",
         "name_recall20", "name_latency"}
ROWS, PEOPLE = 60, 300


@pytest.fixture
def measures(committed_db: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Measure]:
    """All of them on tables of this test alone."""
    for module, name, value in ((costs, "ROWS", ROWS), (costs, "INSERTED", 25), (costs, "FILE", 1 << 20),
                                (names, "PEOPLE", PEOPLE), (names, "ASKED", 60)):
        monkeypatch.setattr(module, name, value)
    parts = bench.parts(databases.CLUSTER.superuser_dsn(committed_db[0]))
    found = {one.name: one for part in parts for one in part.prepared()}
    assert list(found) == [name for part in parts for name in part.names]
    return found


def test_every_way_does_the_same_work_and_says_its_ratio(measures: dict[str, Measure]) -> None:
    assert set(measures) == GOALS
    figures = {name: measuring.run(replace(one, heavy=True), rounds=2) for name, one in measures.items()}
    assert all(figure.low <= figure.ratio <= figure.high for figure in figures.values())
    assert all(figures[name].peer for name in GOALS - {"exact_lookup", "files_vs_fernet", "name_recall20", "name_latency"})
    assert measures["page50"].ours() == measures["page50"].other() == costs.PAGE * len(tables.NAMES)
    assert measures["read_all"].ours() == measures["read_all"].other() == ROWS * len(tables.NAMES)
    assert measures["exact_lookup"].ours().mark != measures["exact_lookup"].other().phone == tables.facts(ROWS // 2)["phone"]
    assert figures["name_recall20"].ratio >= 1 and figures["storage"].ratio < 10


def test_what_is_measured_is_sealed_and_its_history_too(measures: dict[str, Measure]) -> None:
    measures["save_history"].ours()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT identity), max(identity_rev) FROM bench_sealed")
        assert cursor.fetchone() == (ROWS, ROWS, 2)
        past = tables.Sealed.history.model._meta.db_table
        cursor.execute(f"SELECT count(*) FROM {past} WHERE identity IS NOT NULL")
        assert cursor.fetchone() == (ROWS + 1,)
        cursor.execute("SELECT string_agg(s::text, '') FROM bench_sealed s")
        text = cursor.fetchone()[0]
    assert tables.facts(0)["phone"] not in text and tables.facts(0)["phone"].encode().hex() not in text


def test_invented_people_are_the_same_in_each_run_and_asked_for_otherwise() -> None:
    one, two = names.Crowd(300), names.Crowd(300)
    assert one.names == two.names and one.asked == two.asked
    assert sum(name not in one.names for name, _persons in one.asked) > len(one.asked) // 2
    assert names.grams("sok dara") == ["  d", "  s", " da", " so", "ara", "dar", "ok ", "ra ", "sok"]
