"""The corners of the recording floor."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from ijm.trail import entries, events
from ijm.trail.context import LIFE, Source, acting_as, door, sign, standing
from ijm.trail.errors import NoDoor, Refused
from ijm.trail.fields import XidField
from ijm.trail.history import Recorded
from ijm.trail.looks import denied, disclosed, noted
from tests.cast import Cast
from tests.trail import last_events


def test_signing_in_is_noted_outside_every_door(cast: Cast) -> None:
    noted("session.begun", by=cast.liaison, source=Source(address="192.0.2.7"))
    event = last_events(1)[0]
    assert (event["cat"], event["who"]["ref"], event["src"]["ip"]) == ("sign-in", str(cast.liaison.pk), "192.0.2.7")
    noted("session.refused", by=None, source=Source(), out=events.MINOR)
    assert "who" not in last_events(1)[0] and last_events(1)[0]["out"] == 4


def test_a_session_and_a_factor_travel_into_inner_doors_of_the_same_person(cast: Cast) -> None:
    from dataclasses import replace

    who = replace(cast.liaison.trail_who(), session="s" * 12, mfa="totp")
    with door(who, "w", "CASEWORK"), acting_as(cast.liaison) as inner:
        assert (inner.who.session, inner.who.mfa, inner.depth) == ("s" * 12, "totp", 1)
    with door(who, "w", "CASEWORK"), acting_as(cast.auditor) as inner:
        assert inner.who.session == ""


def test_a_refusal_without_a_door_names_its_person(cast: Cast) -> None:
    denied("page.refused", by=cast.liaison, about=cast.office, source=Source(request="r" * 32), query={"code": "SV-1"})
    event = last_events(1)[0]
    assert (event["who"]["ref"], event["src"]["req"], event["why"]["code"]) == (
        str(cast.liaison.pk),
        "r" * 32,
        "refused",
    )


def test_a_refusal_is_recorded_from_inside_a_look(cast: Cast) -> None:
    with acting_as(cast.liaison, "r"):
        denied("page.refused", by=cast.liaison)
        disclosed(cast.office, [], to=cast.liaison)
    assert [event["cat"] for event in last_events(2)] == ["refusal", "look"]


def test_outside_every_door_nothing_stands(cast: Cast) -> None:
    with pytest.raises(NoDoor, match="open a door first"):
        standing()
    with pytest.raises(NoDoor, match="open a door first"):
        disclosed(cast.office, [], to=cast.liaison)


def test_a_reading_door_within_a_reading_door_is_the_same_look(cast: Cast) -> None:
    with acting_as(cast.liaison, "r"), acting_as(cast.liaison, "r"):
        pass
    with pytest.raises(ZeroDivisionError), acting_as(cast.liaison, "r"):
        1 / 0  # noqa: B018
    assert getattr(connections["default"], "look", None) is None


def test_a_door_that_must_roll_back_puts_nothing_back(cast: Cast) -> None:
    with transaction.atomic(), acting_as(cast.liaison):
        transaction.set_rollback(True)
    with acting_as(cast.liaison):
        assert standing().who.user == str(cast.liaison.pk)


def test_a_context_lives_two_minutes(cast: Cast) -> None:
    import time

    assert LIFE == 120
    assert abs(int(sign(cast.liaison.trail_who(), "r", "AUDIT").split(".")[0].split("|")[5]) - time.time() - 120) < 2


def test_a_changed_row_is_never_taken_for_lighter_than_it_is() -> None:
    row = ["x_thing", "k" * 36, "~", "h" * 36, "d" * 64, {}]
    for bundles in range(4):
        row[5] = {f"bundle{number}": f"{number}:{number:064x}" for number in range(bundles)}
        made = entries.Entry("x")
        made.promised = {f"{number:064x}": entries.Promised({f"path{number}.{name}": ["a" * 64, "b" * 64] for name in range(3)},
                                                            4_294_967_295) for number in range(bundles)}
        said = entries._said(made, row)
        assert len(said["chg"]) == 3 * bundles and len(said["ck"]) == len(said["dig"]) == bundles
        least = sum(len(events.canonical({"x": part})) - len('{"x":}') for part in said.values())
        assert least - 8 <= entries._weighs(said) < least + 400


def test_an_event_about_many_files_names_them_all() -> None:
    class Thing:
        def __init__(self, n: int) -> None:
            self.n = n

        def trail_ref(self) -> events.TrailRef:
            return events.TrailRef("x.thing", str(self.n), f"f{self.n}", ("s",), f"C-{self.n}")

    assert events.subject_of([Thing(1), Thing(2)]) == {
        "model": "x.thing",
        "rows": ["1", "2"],
        "files": ["f1", "f2"],
        "subjects": ["s"],
        "codes": ["C-1", "C-2"],
    }
    assert events.subject_of(Thing(1))["file"] == "f1"
    assert events.subject_of(None) == events.subject_of([]) == {}


def test_a_record_without_file_or_subject_says_so(cast: Cast) -> None:
    ref = cast.office.trail_ref()
    assert (ref.model, ref.file, ref.subjects, ref.code) == ("accounts.office", "", (), cast.office.code)
    assert tuple(Recorded.trail_subjects(cast.office)) == ()


def test_a_refusal_keeps_its_words_for_those_who_may_know() -> None:
    assert (Refused("not today").why, str(Refused())) == ("not today", "")


def test_a_stamped_column_is_the_databases_own() -> None:
    field = XidField()
    field.set_attributes_from_name("made_xid")
    assert field.db_type(None) == "xid8" and field.deconstruct()[3] == {}


def test_saving_some_columns_always_carries_the_revision(cast: Cast) -> None:
    from ijm.trail.entries import entry

    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        cast.office.is_small = False
        cast.office.save(update_fields=["is_small"])
    rev = cast.office.rev
    cast.office.refresh_from_db()
    assert cast.office.rev == rev and not cast.office.is_small
