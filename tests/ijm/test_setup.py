"""The checklist of a new office: each line from the facts, seen by the two who found it and by nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ijm.accounts.actions import assurances, offices, people
from ijm.accounts.models import Assurance, AssuranceKind, User
from ijm.desk import setup
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests.cast import EVERYBODY, Cast, newcomer
from tests.conftest import sign_in

FOUNDERS = ("administrator", "data_protection")


def lines(user: User) -> dict[str, setup.Line]:
    """The checklist as this person sees it."""
    with acting_as(User.objects.get(pk=user.pk), "r"):
        return {line.key: line for line in setup.lines(User.objects.get(pk=user.pk))}


def said(user: User, kind: AssuranceKind, days_ago: int = 0) -> None:
    """Her word that this was done."""
    with acting_as(user):
        assurances.assure(kind, by=user, office=user.office, done_on=timezone.localdate() - timedelta(days=days_ago))


def test_each_founder_has_her_own_lines(cast: Cast) -> None:
    runs, guards = lines(cast.administrator), lines(cast.data_protection)
    assert {"office", "apart", "backup", "mail", "health"} <= runs.keys() - guards.keys()
    assert {"people", "waiting", "passwords", "factors", "escrow", "reference"} <= runs.keys() & guards.keys()


def test_what_is_missing_is_named(cast: Cast) -> None:
    found = lines(cast.administrator)
    assert "Telephone" in found["office"].missing and not found["office"].done
    assert found["people"].done and found["passwords"].done
    assert not found["factors"].done and cast.hotline.display_name in found["factors"].missing
    with acting_as(cast.administrator):
        for grant in cast.liaison.grants.all():
            people.revoke(grant, by=cast.administrator)
        people.propose(cast.liaison, Role.HOTLINE, by=cast.administrator, office=cast.office)
        people.add(newcomer("sreymom"), by=cast.administrator, office=cast.office)
    found = lines(cast.data_protection)
    assert found["people"].missing == ("Prosecution liaison",)
    assert found["waiting"].missing == ("Hotline officer: Liaison",) and found["passwords"].missing == ("Sreymom",)


def test_a_described_office_ticks_its_line(cast: Cast) -> None:
    with acting_as(cast.administrator):
        offices.change(cast.office, by=cast.administrator, supported_by=None, province="12", phone="023 456 789",
                       time_zone="Asia/Phnom_Penh", quick_exit="https://weather.example/")
    assert lines(cast.administrator)["office"].done


def test_a_word_counts_and_grows_old(cast: Cast) -> None:
    assert not lines(cast.data_protection)["escrow"].done
    said(cast.administrator, AssuranceKind.ESCROW, days_ago=181)
    assert not lines(cast.data_protection)["escrow"].done
    said(cast.data_protection, AssuranceKind.ESCROW, days_ago=180)
    line = lines(cast.administrator)["escrow"]
    assert line.done and cast.data_protection.display_name in line.text


def test_keys_on_one_medium_are_said(cast: Cast, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not lines(cast.administrator)["apart"].done
    monkeypatch.setattr(setup, "_device", lambda path: hash(path))
    assert lines(cast.administrator)["apart"].done
    settings.ROOT_KEY_FILE = tmp_path / "nowhere"
    monkeypatch.undo()
    assert "nowhere" in lines(cast.administrator)["apart"].text
    settings.ROOT = "transit"
    assert lines(cast.administrator)["apart"].done, "a key server is another machine"


def test_the_card_stays_until_everything_is_done(cast: Cast, settings: Any) -> None:
    client = sign_in(cast.data_protection)
    assert "Finish setting up the office" in client.get("/desk/").content.decode()
    assert "Finish setting up" not in sign_in(cast.liaison).get("/desk/").content.decode()
    done = [setup.Line("a", "A", True), setup.Line("mail", "Mail", False)]
    assert setup.left(done) == 0, "what is only advised keeps no card on the desk"


def test_the_page_records_a_word_with_name_and_day(cast: Cast) -> None:
    client, day = sign_in(cast.administrator), timezone.localdate()
    parts = {"done_on_0": str(day.day), "done_on_1": str(day.month), "done_on_2": str(day.year)}
    assert "On which day" in client.get("/desk/setup/said/?kind=backup").content.decode()
    assert client.post("/desk/setup/said/", {"kind": "backup", **parts}).status_code == 302
    with acting_as(cast.administrator, "r"):
        word = Assurance.objects.get()
    assert (word.kind, word.done_on, word.by_id) == ("backup", day, cast.administrator.pk)
    assert client.get("/desk/setup/said/?kind=nothing").status_code == 302
    assert "Last said" in client.get("/desk/setup/").content.decode()


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in FOUNDERS])
def test_nobody_else_sees_anything_of_it(cast: Cast, name: str) -> None:
    user = getattr(cast, name)
    said(cast.administrator, AssuranceKind.BACKUP)
    client = sign_in(user)
    for path in ("/desk/setup/", "/desk/setup/said/?kind=backup"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    with acting_as(user, "r"):
        assert not Assurance.objects.exists()
    with acting_as(user), pytest.raises(Refused):
        assurances.assure(AssuranceKind.BACKUP, by=user, office=user.office, done_on=timezone.localdate())
