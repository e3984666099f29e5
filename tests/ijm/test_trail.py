"""The recording floor: doors, entries, looks, refusals."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections, transaction

from ijm.accounts.models import Office
from ijm.trail import context, events
from ijm.trail.context import acting_as
from ijm.trail.entries import entry, is_open
from ijm.trail.errors import NobodyDeletes, NoDoor, Stale
from ijm.trail.looks import denied, disclosed
from tests.cast import Cast
from tests.trail import last_events


def test_an_entry_needs_a_door(cast: Cast) -> None:
    with pytest.raises(NoDoor), entry("office.changed", by=cast.investigator, about=cast.office):
        pass


def test_a_reading_door_makes_no_entry(cast: Cast) -> None:
    with acting_as(cast.investigator, "r"), pytest.raises(NoDoor), entry("x", by=cast.investigator, about=None):
        pass


def test_an_entry_is_made_by_who_stands_in_the_door(cast: Cast) -> None:
    with acting_as(cast.investigator), pytest.raises(NoDoor), entry("x", by=cast.liaison, about=None):
        pass


def test_a_change_leaves_event_and_history(cast: Cast) -> None:
    with acting_as(cast.administrator), entry("office.renamed", by=cast.administrator, about=cast.office) as made:
        cast.office.name_en = "Another name"
        cast.office.save()
    event = last_events(1)[0]
    assert (event["act"], event["id"], event["who"]["ref"]) == ("office.renamed", made.ident, str(cast.administrator.pk))
    assert [row[0] for row in event["hist"]] == ["accounts_office"]
    past = cast.office.history.filter(id=cast.office.pk).latest("history_date")
    assert (past.name_en, past.history_user_id, past.history_change_reason) == (
        "Another name", cast.administrator.pk, made.ident)


def test_the_inner_entry_stamps_its_own_rows(cast: Cast) -> None:
    office = cast.far_office
    with acting_as(cast.administrator), entry("outer", by=cast.administrator, about=None):
        cast.office.save()
        with entry("inner", by=cast.administrator, about=None):
            office.save()
        cast.office.save()
    inner, outer = last_events(2)
    assert (inner["act"], outer["act"]) == ("inner", "outer")
    assert [row[1] for row in inner["hist"]] == [str(office.pk)]
    assert [row[1] for row in outer["hist"]] == [str(cast.office.pk)] * 2


def test_a_failed_entry_leaves_nothing_and_the_next_works(cast: Cast) -> None:
    before = len(last_events(10_000))
    with acting_as(cast.administrator):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), entry("x", by=cast.administrator, about=None):
            cast.office.save()
            1 / 0  # noqa: B018
        assert not is_open()
        with entry("y", by=cast.administrator, about=None):
            Office.objects.get(pk=cast.office.pk).save()
    assert [event["act"] for event in last_events(len(last_events(10_000)) - before)] == ["y"]


def test_many_rows_go_on_in_further_parts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.trail.entries.ROWS_IN_ONE_EVENT", 1)
    with acting_as(cast.administrator), entry("offices.touched", by=cast.administrator, about=None):
        assert Office.objects.update(is_small=True) == 2
    first, second = last_events(2)
    assert first["id"] == second["id"] and "part" not in first and second["part"] == 1


def test_bulk_changes_are_recorded_and_raise_the_revision(cast: Cast) -> None:
    rev = cast.office.rev
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        Office.objects.filter(pk=cast.office.pk).update(is_small=False)
    cast.office.refresh_from_db()
    assert cast.office.rev == rev + 1 and not cast.office.is_small
    assert cast.office.history.filter(id=cast.office.pk).latest("history_date").rev == rev + 1


def test_bulk_changes_outside_an_entry_are_refused(cast: Cast) -> None:
    with acting_as(cast.administrator), pytest.raises(NoDoor):
        Office.objects.update(is_small=False)


def test_raw_changes_outside_an_entry_are_refused_by_the_database(cast: Cast) -> None:
    with acting_as(cast.administrator), pytest.raises(DatabaseError, match="inside an entry"), transaction.atomic():
        connections["default"].cursor().execute("UPDATE accounts_office SET is_small = true")


def test_a_change_without_a_person_is_refused_even_with_an_entry(cast: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('ijm.entry', 'made-up', true)")
        cursor.execute("UPDATE accounts_office SET is_small = true")
        assert cursor.rowcount == 0, "row security should hide the rows"
        cursor.execute("INSERT INTO accounts_office (id, rev, code, name_en, name_km, province, is_small) "
                       "VALUES (gen_random_uuid(), 1, 'OF-X', 'x', '', '', true)")


def test_nobody_deletes(cast: Cast) -> None:
    with pytest.raises(NobodyDeletes):
        cast.office.delete()
    with pytest.raises(NobodyDeletes):
        Office.objects.all().delete()


def test_two_people_change_one_record_and_the_second_is_told(cast: Cast) -> None:
    mine, hers = (Office.objects.get(pk=cast.office.pk) for _ in range(2))
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        hers.save()
        with pytest.raises(Stale), transaction.atomic():
            mine.save()
        assert mine.rev == hers.rev - 1, "the revision falls back when nothing was saved"


def test_a_look_is_recorded_with_purpose_and_fields(cast: Cast) -> None:
    with acting_as(cast.auditor, "r", "AUDIT"):
        disclosed(cast.office, ["name_en"], to=cast.auditor, relation="review")
    event = last_events(1)[0]
    assert (event["cat"], event["fields"], event["why"]) == ("look", ["name_en"], {"code": "AUDIT", "ref": "review"})


def test_a_look_is_recorded_for_who_stands_in_the_door(cast: Cast) -> None:
    with acting_as(cast.auditor, "r"), pytest.raises(NoDoor):
        disclosed(cast.office, ["name_en"], to=cast.investigator)


def test_a_page_that_reads_cannot_write(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="read-only"), acting_as(cast.administrator, "r"):
        disclosed(cast.office, [], to=cast.administrator)
        connections["default"].cursor().execute("UPDATE accounts_office SET is_small = true")


def test_a_page_that_reads_cannot_switch_writing_on(cast: Cast) -> None:
    with pytest.raises(DatabaseError), acting_as(cast.administrator, "r"):
        connections["default"].cursor().execute("SET LOCAL transaction_read_only = off")


def test_no_atomic_around_a_look(cast: Cast) -> None:
    with pytest.raises(NoDoor), acting_as(cast.administrator, "r"), transaction.atomic():
        disclosed(cast.office, [], to=cast.administrator)


def test_no_writing_door_inside_a_look(cast: Cast) -> None:
    with pytest.raises(NoDoor), acting_as(cast.administrator, "r"), acting_as(cast.administrator, "w"):
        pass


def test_doors_nest_and_the_outer_person_comes_back(cast: Cast) -> None:
    def uid() -> str:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT guard.uid()::text")
            return str(cursor.fetchone()[0])

    with acting_as(cast.administrator):
        with acting_as(cast.auditor, "r"):
            assert uid() == str(cast.auditor.pk)
        assert uid() == str(cast.administrator.pk)
    assert uid() == "None"


def test_a_long_job_renews_its_context(cast: Cast) -> None:
    with acting_as(cast.administrator):
        context.renew()
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT guard.mode()")
            assert cursor.fetchone()[0] == "w"


@pytest.mark.parametrize("forge", [
    lambda signed: signed.replace("|w|", "|r|"),
    lambda signed: "v1||s|w|x|9999999999." + "0" * 64,
    lambda signed: signed[:-1] + ("0" if signed[-1] != "0" else "1"),
    lambda signed: "",
    lambda signed: "x" * 500,
])
def test_a_forged_context_is_nobody(cast: Cast, forge) -> None:
    with acting_as(cast.administrator), connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('ijm.ctx')")
        cursor.execute("SELECT set_config('ijm.ctx', %s, true)", [forge(cursor.fetchone()[0])])
        cursor.execute("SELECT guard.uid(), guard.mode()")
        assert cursor.fetchone() == (None, None)


def test_an_expired_context_is_nobody(cast: Cast) -> None:
    signed = context.sign(cast.administrator.trail_who(), "w", "CASEWORK", life=-1)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('ijm.ctx', %s, true)", [signed])
        cursor.execute("SELECT guard.uid()")
        assert cursor.fetchone()[0] is None


def test_the_separator_may_not_travel_inside_a_part(cast: Cast) -> None:
    with pytest.raises(ValueError):
        context.sign(cast.administrator.trail_who(), "w", "A|B")


def test_a_context_outside_a_transaction_would_vanish(committed_cast: Cast) -> None:
    with pytest.raises(NoDoor):
        context.put(connections["default"], "ijm.ctx", "x")


def test_a_refusal_survives_the_rollback(committed_cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), acting_as(committed_cast.investigator):
        denied("act.refused", by=committed_cast.investigator, about=committed_cast.office, reason="role")
        1 / 0  # noqa: B018
    event = last_events(1)[0]
    assert (event["cat"], event["act"], event["why"]["code"]) == ("refusal", "act.refused", "role")


def test_a_refusal_of_nobody_is_recorded_too(cast: Cast) -> None:
    denied("page.refused", by=None, reason="role")
    assert "who" not in last_events(1)[0]


@pytest.mark.parametrize("value", [{"é": 1}, {"a": 1.5}, {"a": 2**53}, {"a": object()}, {1: "a"}])
def test_an_event_holds_nothing_that_is_not_canonical(value: dict) -> None:
    with pytest.raises(ValueError):
        events.canonical(value)


def test_canonical_bytes_are_sorted_and_composed() -> None:
    assert events.canonical({"b": [None, True, "é"], "a": {"z": 1}}) == '{"a":{"z":1},"b":[null,true,"é"]}'.encode()


def test_an_event_too_large_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="too large"):
        events.body("x", "look", who=cast.auditor.trail_who(), source=context.Source(), fields=["f" * 70_000])


def test_the_log_is_append_only_for_the_application(cast: Cast) -> None:
    for sql in ("UPDATE audit_event SET body = 'xx'", "DELETE FROM audit_event", "TRUNCATE audit_event",
                "SELECT * FROM audit_event", "INSERT INTO audit_event (body, at) VALUES ('xx', now())",
                "ALTER TABLE audit_event DISABLE TRIGGER ALL"):
        with acting_as(cast.administrator), pytest.raises(DatabaseError), transaction.atomic():
            connections["default"].cursor().execute(sql)
