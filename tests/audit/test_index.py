"""The index: nothing is lost to a late commit, to two at once, or to a body that cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from audit import queries
from ijm.messages import Event
from ijm.trail.context import acting_as
from ijm.trail.looks import disclosed
from tests import databases
from tests.audit.conftest import Story
from tests.cluster import CLUSTER
from tests.office import wait_until

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def other(story: Story) -> Iterator[psycopg.Connection]:
    """A second connection of the application, with a transaction of its own."""
    with psycopg.connect(CLUSTER.url("ijm_app", databases.names("_audit")[0])) as connection:
        yield connection


def body(story: Story, act: str) -> bytes:
    """An event about her, as the trail would write it."""
    from ijm.trail import context, events

    who = context.Who(str(story.cast.care_worker.pk), story.cast.care_worker.code)
    return events.body(act, "look", who=who, source=context.Source(), obj=events.subject_of(story.name))


def acts(story: Story) -> list[str]:
    """What is told about her now, in the order of the log."""
    found = queries.events(queries.meaning(story.survivor.code), since=SINCE, until=timezone.now() + timedelta(days=1))
    return [event.body.get("act", "") for event in found]


def look(story: Story, act: str) -> None:
    """A look that commits."""
    worker = story.cast.care_worker
    with acting_as(worker, "r"):
        disclosed(story.name, ["given"], to=worker, event=act)


def settle() -> None:
    """Index until nothing is beyond the horizon; other tests' transactions on the same server hold it back for a moment."""

    def done() -> bool:
        queries.bring_up_to_date()
        return queries.state().beyond == 0

    assert wait_until(done), "the index never caught up"


def test_a_late_commit_of_an_older_transaction_is_never_skipped(story: Story, other: psycopg.Connection) -> None:
    """The older transaction writes first, the younger commits first; the index waits, the answer does not."""
    queries.bring_up_to_date()
    other.execute("INSERT INTO audit_event (body) VALUES (%s)", [body(story, "older.look")])
    look(story, "younger.look")
    queries.bring_up_to_date()
    assert "younger.look" in acts(story), "committed, beyond the horizon: read from the tail"
    assert queries.state().beyond >= 1
    assert "older.look" not in acts(story), "not committed, so it did not happen yet"
    other.commit()
    assert {"older.look", "younger.look"} <= set(acts(story)), "before the index runs again"
    settle()
    assert acts(story).count("older.look") == acts(story).count("younger.look") == 1


def test_what_is_rolled_back_never_appears(story: Story, other: psycopg.Connection) -> None:
    """An event of a transaction that failed did not happen."""
    other.execute("INSERT INTO audit_event (body) VALUES (%s)", [body(story, "undone.look")])
    queries.bring_up_to_date()
    other.rollback()
    queries.bring_up_to_date()
    assert "undone.look" not in acts(story)


def test_two_who_ask_at_once_index_each_event_once(story: Story) -> None:
    """They take turns on the cursor."""
    for number in range(20):
        look(story, f"look.n{number}")

    def index() -> None:
        queries.bring_up_to_date()
        connections["auditor"].close()

    threads = [threading.Thread(target=index) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [act for act in acts(story) if act.startswith("look.n")] == [f"look.n{number}" for number in range(20)]


@pytest.mark.parametrize("hostile", [b"{}", b"[]", b"not json", b'"text"', b"\xff\xfe\x00", b'{"obj":{"subjects":7}}',
                                     b'{"obj":{"subjects":["no uuid"],"codes":{"a":1}},"hist":[1,[2]],"q":5,"who":[]}',
                                     b"[" * 60_000])
def test_a_body_that_cannot_be_read_does_not_stop_the_index(story: Story, other: psycopg.Connection, hostile: bytes) -> None:
    """Whoever captures the application can write such a body; the auditor still gets every later answer."""
    other.execute("INSERT INTO audit_event (body) VALUES (%s)", [hostile])
    other.commit()
    look(story, "later.look")
    assert "later.look" in acts(story)
    settle()
    assert "later.look" in acts(story)


def test_a_hostile_body_about_her_is_shown_as_it_is(story: Story, other: psycopg.Connection) -> None:
    """An event that names her is told even when the rest of it is nonsense, and even when it steals another's id."""
    other.execute("INSERT INTO audit_event (body) VALUES (%s)",
                  [f'{{"obj":{{"subjects":["{story.person.pk}"]}},"who":7,"act":["x"],"hist":"x","id":1}}'.encode()])
    other.commit()
    from audit import deeds

    found = queries.events(queries.meaning(story.survivor.code), since=SINCE, until=timezone.now() + timedelta(days=1))
    assert [deed.user for deed in deeds.read(found, [])].count("") == 1


def test_the_log_is_indexed_by_every_code_it_names(story: Story) -> None:
    """Also a code that somebody only knocked with."""
    worker = story.cast.care_worker
    with acting_as(worker, "r"):
        disclosed([], [], to=worker, event=Event.SEARCHED, query={"code": story.survivor.code})
    assert Event.SEARCHED in acts(story)
    queries.bring_up_to_date()
    assert Event.SEARCHED in acts(story)
