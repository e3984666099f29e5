"""What is recorded, operation by operation, on the real database; and that log, history and tables agree afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, models, transaction
from django.utils import timezone

from aftercare.models import Residence
from audit import queries
from ijm.casefiles.models import FileLink
from ijm.guard.history import capture
from ijm.guard.lines import lines
from ijm.guard.reconcile import PROBLEMS
from ijm.guard.render import histories
from ijm.ids import new_code
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import NobodyDeletes
from ijm.trail.events import canonical
from ijm.vault import rotation
from ijm.vault.disclosure import disclose
from tests import records
from tests.audit.logs import until
from tests.cast import Cast
from tests.cluster import CLUSTER
from tests.vault.hands import OWNER, SUPERUSER, said, without_triggers

CANARY = "Canarystreet 77"
TABLE, PAST = "aftercare_residence", "aftercare_historicalresidence"


@pytest.fixture(scope="module")
def homes(shared_cast: Cast) -> list[Residence]:
    """Four residences of one care worker's survivors."""
    return [records.home_of(records.survivor_of(shared_cast.care_worker), shared_cast.care_worker, address=CANARY, reason="aunt")
            for _ in range(4)]


def superuser(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the superuser reads; nobody else sees everything."""
    with psycopg.connect(CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"]), autocommit=True) as connection:
        found = connection.execute(statement, values or None)  # type: ignore[arg-type]
        return list(found.fetchall()) if found.description else []


def events(since: int = 0) -> list[dict[str, Any]]:
    """The events after this one, oldest first; every body is in its one form."""
    bodies = [bytes(body) for (body,) in superuser("SELECT body FROM audit_event WHERE id > %s ORDER BY id", since)]
    found = [json.loads(body) for body in bodies]
    assert all(canonical(event) == body for event, body in zip(found, bodies, strict=True))
    return found


def newest() -> int:
    return int(superuser("SELECT coalesce(max(id), 0) FROM audit_event")[0][0])


class Recorded:
    """What one operation left: history rows by kind, rows told in events, names of events."""

    def __init__(self, act: Callable[[], Any], past: str = PAST) -> None:
        before, at = superuser(f"SELECT count(*) FROM {past}")[0][0], newest()
        act()
        rows = superuser(f"SELECT history_id, history_type FROM {past} ORDER BY history_date OFFSET {before}")
        self.kinds = "".join(row[1] for row in rows)
        self.events = events(at)
        self.acts = [event["act"] for event in self.events]
        told = [row for event in self.events for row in event.get("hist", ())]
        assert sorted(row[3] for row in told) == sorted(str(row[0]) for row in rows), "each history row is told once"
        assert [row[2] for row in told] == [row[1] for row in sorted(rows, key=lambda r: [t[3] for t in told].index(str(r[0])))]


def in_entry(cast: Cast, act: Callable[[], Any]) -> Callable[[], Any]:
    """The act inside a door and an entry of the care worker."""
    def acted() -> None:
        worker = cast.care_worker
        with acting_as(worker), entry("test.done", by=worker, about=None):
            act()
    return acted


def mine(homes: list[Residence], number: int) -> models.QuerySet[Residence]:
    return Residence.objects.filter(pk__in=[home.pk for home in homes[:number]])


def test_the_application_is_recorded_whatever_way_it_writes(shared_cast: Cast, homes: list[Residence]) -> None:
    one, survivor = homes[0].pk, homes[0].survivor
    three = ", ".join(f"'{home.pk}'" for home in homes[:3])

    def new() -> Residence:
        today = timezone.now().date()
        return Residence(file_id=survivor.file_id, survivor=survivor, placement="kin", since_on=today, until_on=today,
                         code=new_code("RS"), address="x")

    def bulk_update() -> None:
        rows = list(mine(homes, 3))
        for row in rows:
            row.placement = "foster"
        Residence.objects.bulk_update(rows, ["placement"])

    def raw(statement: str) -> None:
        connections["default"].cursor().execute(statement)

    wanted: list[tuple[str, Callable[[], Any], str]] = [
        ("create", lambda: new().save(), "+"),
        ("save", lambda: Residence.objects.get(pk=one).save(), "~"),
        ("update", lambda: mine(homes, 3).update(placement="shelter"), "~~~"),
        ("update of none", lambda: Residence.objects.none().update(placement="shelter"), ""),
        ("bulk_create", lambda: Residence.objects.bulk_create([new() for _ in range(3)]), "+++"),
        ("bulk_update", bulk_update, "~~~"),
        ("raw update", lambda: raw(f"UPDATE {TABLE} SET placement = 'kin', rev = rev + 1 WHERE id IN ({three})"), "~~~"),
    ]
    for name, act, kinds in wanted:
        left = Recorded(in_entry(shared_cast, act))
        assert (name, left.kinds, left.acts) == (name, kinds, ["test.done"])


def test_rows_between_two_records_are_recorded_as_any_other(shared_cast: Cast) -> None:
    """There is no hidden table between two models: a link is a record of its own (guard.E003 refuses the other kind)."""
    worker = shared_cast.care_worker
    a, b = records.file_of(worker, Kind.CARE), records.file_of(worker, Kind.CARE)
    left = Recorded(in_entry(shared_cast, lambda: FileLink(a=a, b=b, kind="same_story").save()), "casefiles_historicalfilelink")
    assert left.kinds == "+"
    assert not [model for model in histories() for field in model._meta.local_many_to_many
                if field.remote_field.through._meta.auto_created]


def test_nothing_is_deleted_or_emptied_by_the_application(shared_cast: Cast, homes: list[Residence]) -> None:
    worker = shared_cast.care_worker

    def refused(act: Callable[[], Any]) -> None:
        with (acting_as(worker), pytest.raises((DatabaseError, NobodyDeletes)), transaction.atomic(),
              entry("x", by=worker, about=None)):
            act()

    for act in (homes[0].delete, mine(homes, 3).delete, lambda: connections["default"].cursor().execute(f"DELETE FROM {TABLE}"),
                lambda: connections["default"].cursor().execute(f"TRUNCATE {TABLE} CASCADE")):
        assert Recorded(lambda act=act: refused(act)).kinds == ""


def copies(number: str) -> str:
    """The statement that puts copies of one row into the table: codes RS-X1, RS-X2, ..."""
    same = superuser("SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = %s"
                     " AND column_name NOT IN ('id', 'code', 'until_on')", TABLE)[0][0]
    return (f"INSERT INTO {TABLE} (id, code, until_on, {same}) SELECT gen_random_uuid(), 'RS-X' || n, since_on, {same}"
            f" FROM {TABLE}, generate_series(1, {number}) n WHERE id = %s")


def test_whoever_is_mightier_is_recorded_as_out_of_band(shared_cast: Cast, homes: list[Residence]) -> None:
    one, two = homes[0].pk, homes[1].pk
    copied = copies("1")
    moved = f"UPDATE {TABLE} SET placement = 'shelter' WHERE id IN (%s, %s)"
    for kinds, act in (
        ("~~", lambda: said(moved, one, two, hand=OWNER)),
        ("~", lambda: said(f"UPDATE {TABLE} SET placement = 'kin' WHERE id = %s", one, hand=SUPERUSER)),
        ("~", lambda: said(f"SET session_replication_role = replica; UPDATE {TABLE} SET placement = 'kin' WHERE id = '{one}'",
                           hand=SUPERUSER)),
        ("+", lambda: said(copied, one, hand=SUPERUSER)),
        ("-", lambda: said(f"DELETE FROM {TABLE} WHERE code = 'RS-X1'", hand=SUPERUSER)),
        ("", lambda: said(f"UPDATE {TABLE} SET placement = 'kin' WHERE code = 'nobody'", hand=SUPERUSER)),
    ):
        left = Recorded(act)
        assert left.kinds == kinds
        for event in left.events:
            assert (event["act"], event["cat"], event["who"]["role"]) == ("record.out_of_band", "change", "DATABASE")
            assert event["who"]["code"] == ("ijm_owner" if kinds == "~~" else superuser("SELECT session_user::text")[0][0])


def test_emptying_a_table_is_refused_to_everybody_and_recorded_where_that_was_taken_away(shared_cast: Cast) -> None:
    for hand in (OWNER, SUPERUSER):
        with pytest.raises(psycopg.Error, match=r"what was recorded stays|permission denied"):
            said("TRUNCATE accounts_reset", hand=hand)
    dsn = CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"])
    with psycopg.connect(dsn) as connection, connection.transaction(force_rollback=True):
        connection.execute("ALTER TABLE accounts_rolegrant DISABLE TRIGGER guard_whole")
        at = connection.execute("SELECT max(id) FROM audit_event").fetchone()
        rows = connection.execute("SELECT count(*) FROM accounts_rolegrant").fetchone()
        connection.execute("TRUNCATE accounts_rolegrant")
        told = connection.execute(
            "SELECT convert_from(body, 'UTF8')::jsonb -> 'hist' FROM audit_event WHERE id > %s", at).fetchall()
        assert at and rows and rows[0] and sum(len(event[0]) for event in told) == rows[0]
        assert {row[2] for event in told for row in event[0]} == {"-"}


def test_a_very_long_change_out_of_band_goes_on_in_parts(shared_cast: Cast, homes: list[Residence]) -> None:
    left = Recorded(lambda: said(copies("160"), homes[3].pk, hand=SUPERUSER))
    assert left.kinds == "+" * 160 and [event.get("part", 0) for event in left.events] == [0, 1]
    assert len({event["id"] for event in left.events}) == 1 and len(left.events[0]["hist"]) == 150
    assert len(left.events[0]["dig"]) == 300, "both bundles of each row"


def test_a_look_at_one_and_at_many_is_one_event_naming_all(shared_cast: Cast, homes: list[Residence]) -> None:
    worker = shared_cast.care_worker
    for rows in ([homes[0]], homes):
        at = newest()
        with acting_as(worker, "r"):
            disclose([Residence.objects.get(pk=home.pk) for home in rows], "address", to=worker)
        (event,) = events(at)
        assert event["cat"] == "look" and sorted(event["obj"]["rows"]) == sorted(str(home.pk) for home in rows)


def test_the_history_holds_the_same_ciphertext_and_no_log_any_plain_text(shared_cast: Cast, homes: list[Residence]) -> None:
    for home in homes:
        live, past = (superuser(f"SELECT whereabouts, narrative FROM {table} WHERE id = %s {order}", home.pk)[0]
                      for table, order in ((TABLE, ""), (PAST, "ORDER BY history_date DESC LIMIT 1")))
        assert live == past and None not in live
    tables = superuser("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND (relnamespace = 'guard'::regnamespace"
                       " OR relnamespace = 'public'::regnamespace AND relname ~ '^audit_|historical')")
    assert len(tables) > 50
    for (table,) in tables:
        assert superuser(f"SELECT count(*) FROM {table} t WHERE position(%s IN t::text) > 0 OR position(%s IN t::text) > 0",
                         CANARY, CANARY.encode().hex()) == [(0,)]


# row digests and the reconciler


def index() -> None:
    """Everything that is committed, indexed."""
    until(lambda: (queries.bring_up_to_date(), queries.state().beyond)[1] == 0)  # another test's transaction may hold it up


def problems(table: str, most: int = 500) -> list[tuple[str, str]]:
    """(key, problem) of every row that is not as it should be, as the auditor's login is told."""
    after, found = "00000000-0000-0000-0000-000000000000", []
    with connections["auditor"].cursor() as cursor:
        while True:
            cursor.execute(f"SELECT pk::text, problem FROM guard.reconcile_{table}(%s, %s)", [after, most])
            rows = cursor.fetchall()
            if not rows:
                return found
            assert rows[-1][1] is None and rows[-1][0] > after
            after, found = rows[-1][0], found + rows[:-1]


@pytest.fixture
def whole(shared_cast: Cast) -> Iterator[Residence]:
    """A residence in an honest house: nothing is wrong with any row of any table."""
    home = records.home_of(records.survivor_of(shared_cast.care_worker), shared_cast.care_worker, address=CANARY, reason="x")
    index()
    yield home


def test_an_honest_house_is_quiet_in_every_table_and_before_it_is_indexed(whole: Residence, shared_cast: Cast) -> None:
    for model in histories():
        assert problems(model._meta.db_table, 100) == [], model
    in_entry(shared_cast, lambda: mine([whole], 1).update(placement="shelter"))()
    assert problems(TABLE) == []


def test_a_change_of_keys_is_no_change_of_a_record(whole: Residence, shared_cast: Cast) -> None:
    worker = shared_cast.care_worker
    ids = [row[0] for row in superuser(f"SELECT history_id FROM {PAST} WHERE id = %s", whole.pk)]
    told = {row[3]: row[4] for event in events() for row in event.get("hist", ())}
    before = superuser(f"SELECT whereabouts FROM {PAST} WHERE id = %s", whole.pk)
    for _ in range(2):
        assert rotation.subject(rotation.scopes_of(whole.survivor.code), before=timezone.now()).remaining == 0
    assert superuser(f"SELECT whereabouts FROM {PAST} WHERE id = %s", whole.pk) != before
    index()
    assert problems(TABLE) == []
    with acting_as(worker, "r"):
        found = list(lines(Residence.history.model, ids))
    assert [line.digest for line in found] == [told[str(line.history_id)] for line in found] and len(found) == len(ids)
    said(f"UPDATE {TABLE} SET whereabouts = set_byte(whereabouts, 40, get_byte(whereabouts, 40) # 1) WHERE id = %s", whole.pk,
         hand=SUPERUSER)
    index()
    assert problems(TABLE) == [], "recorded out of band: an event and a history row of its own"
    with without_triggers(TABLE):
        said(f"UPDATE {TABLE} SET whereabouts = set_byte(whereabouts, 40, get_byte(whereabouts, 40) # 3) WHERE id = %s", whole.pk,
             hand=SUPERUSER)
    assert problems(TABLE) == [(str(whole.pk), "differs")]


def attacks(whole: Residence) -> list[tuple[str, str, str]]:
    """(what a superuser does past every rule, to which table, what the reconciler says)."""
    key, first = f"id = '{whole.pk}'", f"id = '{whole.pk}' AND rev = 1"
    columns = "rev, whereabouts, whereabouts_rev, whereabouts_key, narrative, narrative_rev, narrative_key"
    another = f"(jsonb_populate_record(h, jsonb_build_object('history_id', gen_random_uuid()))).* FROM {PAST} h"
    return [
        (f"UPDATE {TABLE} SET placement = 'x' WHERE {key}", TABLE, "differs"),
        (f"UPDATE {TABLE} SET ({columns}) = (SELECT {columns} FROM {PAST} WHERE {first}) WHERE {key}", TABLE, "differs"),
        (f"UPDATE {PAST} SET placement = 'x' WHERE {first}", PAST, "history-changed"),
        (f"UPDATE {PAST} SET history_user_id = gen_random_uuid() WHERE {first}", PAST, "history-changed"),
        (f"UPDATE {PAST} SET whereabouts_rev = 0 WHERE {key} AND rev = 2", PAST, "went-back"),
        (f"DELETE FROM {PAST} WHERE {first}", PAST, "history-gone"),
        (f"DELETE FROM {PAST} WHERE {key}", PAST, "no-history"),
        (f"DELETE FROM {TABLE} WHERE {key}", TABLE, "gone"),
        (f"INSERT INTO {PAST} SELECT {another} WHERE {first}", PAST, "untold"),
    ]


def test_what_a_superuser_does_past_every_rule_is_found(whole: Residence, shared_cast: Cast) -> None:
    in_entry(shared_cast, lambda: _changed(whole))()
    index()
    seen = set()
    for statement, table, problem in attacks(whole):
        name = connections["default"].settings_dict["NAME"]
        with psycopg.connect(CLUSTER.superuser_dsn(name)) as connection, connection.transaction(force_rollback=True):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            assert connection.execute(statement).rowcount > 0  # type: ignore[arg-type]
            found = connection.execute(f"SELECT pk::text, problem FROM guard.reconcile_{TABLE}"
                                       "('00000000-0000-0000-0000-000000000000', 500)").fetchall()
            assert (str(whole.pk), problem) in found
            seen.add(problem)
    assert seen == set(PROBLEMS)


def _changed(home: Residence) -> None:
    fresh = Residence.objects.get(pk=home.pk)
    fresh.address = "House 2"
    fresh.save()


def test_the_line_of_a_row_is_the_same_under_any_settings_and_offline(whole: Residence) -> None:
    """RFC 8785 of the row as one object: what anybody can write again from an exported line."""
    past = Residence.history.model
    with acting_as(whole.survivor.worker, "r"):
        ids = list(past.objects.filter(id=whole.pk).values_list("history_id", flat=True))
        (first,) = lines(past, ids)
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL TimeZone = 'Asia/Phnom_Penh'; SET LOCAL DateStyle = 'German'")
            cursor.execute("SET LOCAL bytea_output = 'escape'")
        (second,) = lines(past, ids)
    row = json.loads(first.line)
    assert first.line == second.line == json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert row["id"] == str(whole.pk) and row["rev"] == 1 and row["whereabouts"] == hashlib.sha256(whole.whereabouts).hexdigest()
    assert "whereabouts_key" not in row and row["history_type"] == "+"
    (told,) = [line for event in events() for line in event.get("hist", ()) if line[3] == str(first.history_id)]
    assert told[4] == first.digest == hashlib.sha256(first.salt + first.line).hexdigest()


def test_salts_are_for_who_reads_the_rows_and_not_for_the_auditor(whole: Residence) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT guard.row_salt(gen_random_uuid())")
        assert cursor.fetchone()[0] is None, "nobody stands in a door"
    for statement in ("SELECT guard.row_salt(gen_random_uuid())", "SELECT * FROM guard.row_key", "SELECT * FROM guard.told"):
        with pytest.raises(DatabaseError, match="permission denied"):
            connections["auditor"].cursor().execute(statement)


def test_the_application_writes_no_event_that_only_the_database_writes(shared_cast: Cast) -> None:
    for act in ("vault.rekeyed", "record.out_of_band", "audit.unlocked", "audit.locked"):
        with pytest.raises(DatabaseError, match="database alone"), transaction.atomic():
            body = f'{{"act":"{act}","v":1}}'.encode()
            connections["default"].cursor().execute("INSERT INTO audit_event (body) VALUES (%s)", [body])


def test_each_recorded_table_has_its_triggers() -> None:
    for model, past in histories().items():
        text = capture(model, past)
        assert all(f"CREATE TRIGGER guard_record_{letter} " in text for letter in "iudt")
