"""The page that says how the log stands: for who asks it and for who runs the machine, with what needs a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from audit import standing
from audit.log import checkpoints, notes, sequencer, stamps
from audit.log.checkpoints import hand_on, keys, make, make_key, witness_file
from audit.log.notes import Checkpoint
from audit.log.witness import Entry
from tests import cast as casting
from tests.audit.logs import Log
from tests.conftest import sign_in

ADDRESS = "/audit/log/"


def shown(user: str = "auditor") -> str:
    answer = sign_in(getattr(casting.load(), user)).get(ADDRESS)
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles() -> list[str]:
    return [alert["title"] for alert in standing.standing()["alerts"]]


def test_it_says_how_far_the_log_has_come_and_shows_the_key(log: Log, log_var: Path) -> None:
    page = shown()
    assert "No checkpoint yet" in page and "None yet." in page and "no authority is named" in page
    key = make_key()
    log.caught_up()
    make(keys())
    hand_on(keys())
    log.tell(2)
    page = shown("administrator")
    assert str(key).replace("+", "&#x2B;") in page or str(key) in page
    assert "All goes on as it should." in page and settings.LOG.origin in page
    assert "2 events" in page and "The oldest waits for" in page


@pytest.mark.parametrize("user", ["care_worker", "investigator", "liaison", "investigation_supervisor"])
def test_nobody_of_casework_gets_it(log: Log, log_var: Path, user: str) -> None:
    assert sign_in(getattr(casting.load(), user)).get(ADDRESS).status_code == 404


def test_who_watches_the_log_has_it_on_her_desk_when_it_needs_a_look(
        log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = casting.load()
    assert standing.work(cast.care_worker) == []
    late = replace(sequencer.horizon(), waiting=3, seconds=61.0)
    monkeypatch.setattr(standing, "horizon", lambda: late)
    for user in (cast.auditor, cast.data_protection, cast.administrator):
        (card,) = standing.work(user)
        assert card["url"] == ADDRESS and card["count"] >= 1
    monkeypatch.setattr(standing, "standing", lambda: {"alerts": []})
    assert standing.work(cast.auditor) == []
    monkeypatch.setattr(standing.Store, "size", lambda store: 0)
    assert standing.work(cast.auditor) == [], "an office whose log has not begun is told nothing here"


def test_a_stalled_horizon_and_a_process_that_does_not_run_are_told(
        log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sequencer.horizon()
    for held, seconds, title in ((61.0, 90.0, "The log waits for a transaction"), (0.0, 61.0, "The log's process does not run")):
        late = replace(seen, waiting=3, held=held, seconds=seconds)
        monkeypatch.setattr(standing, "horizon", lambda late=late: late)
        assert any(said.startswith(title) for said in titles())


def test_a_log_that_is_not_signed_or_does_not_continue_its_file_is_told(
        log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_key()
    (log_var / "witness").mkdir()
    ahead = Checkpoint(settings.LOG.origin, log.store.size() + 9, bytes(32))
    witness_file().write_text(Entry(0, (), notes.sign(ahead.text(), [keys()])).written())
    assert "The log does not continue the witness file." in titles()
    witness_file().write_text("something else")
    assert "The witness file cannot be read." in titles()
    witness_file().unlink()
    log.tell()
    log.caught_up()
    make(keys())
    log.tell()
    log.caught_up()
    assert "The newest events are not signed." not in titles()
    later = replace(sequencer.horizon(), at=sequencer.horizon().at + timedelta(hours=1))
    monkeypatch.setattr(standing, "horizon", lambda: later)
    assert "The newest events are not signed." in titles()


def test_a_time_stamp_that_is_missing_or_does_not_count_is_told(log: Log, log_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOG", replace(settings.LOG, tsa_url="http://127.0.0.1/", tsa_root_file=Path("none")))
    assert "No time stamp for too long." in titles()
    facts: dict[str, Any] = dict(standing.standing()["facts"])
    assert facts["Last time stamp"] == "none yet"
    log.tell()
    log.caught_up()
    make_key()
    make(keys())
    held = log.store.newest()
    assert held
    stamped = replace(held, stamp=b"x")
    monkeypatch.setattr(stamps, "last", lambda store: stamped)
    assert dict(standing.standing()["facts"])["Last time stamp"] == "does not count" and titles() == []
    monkeypatch.setattr(stamps, "stamped_at", lambda *given, **more: held.at)
    monkeypatch.setattr(stamps, "roots", list)
    assert "20" in dict(standing.standing()["facts"])["Last time stamp"]
    assert checkpoints.public()
