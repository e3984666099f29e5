"""What nobody finishes or fetches ends by itself: rows and bytes are gone, and the keys that open any copy of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aftercare.models import Survivor
from ijm.accounts.actions import people
from ijm.accounts.models import User
from ijm.documents.actions import papers
from ijm.documents.models import Copy
from ijm.jobs.actions import jobs
from ijm.jobs.models import Job
from ijm.reports import policy, tasks
from ijm.reports.actions import imports
from ijm.reports.models import Import, ImportPart
from ijm.reports.models import imports as tables
from ijm.reports.states import ImportState
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault.keyring import DataKey
from tests import stories
from tests.cast import Cast
from tests.ijm.exchanging import fresh, uploaded
from tests.ijm.htcds_books import crowd, text_file
from tests.ijm.papers import issued
from tests.trail import acts

OVER = timedelta(seconds=-1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """So long later that everything has waited too long."""
    for module in (tables, policy, papers):
        monkeypatch.setattr(module, "KEPT", OVER)


def begun(user: User) -> Import:
    """A file that was read and left at that."""
    record = uploaded(user, text_file(crowd(2)))
    with acting_as(user):
        jobs.cancel(Job.objects.get(kind="import.read", about=record.pk), by=user)
    return record


def gone(record: Import, user: User) -> bool:
    """No row, and no key that opens one."""
    with acting_as(user, "r"):
        rows = ImportPart.objects.filter(record=record).exists()
    return not rows and {key.state for key in DataKey.objects.filter(scope_uuid=record.pk)} == {"destroyed"}


def test_an_import_has_its_time(cast: Cast) -> None:
    record = begun(cast.care_supervisor)
    assert tasks.lapse() == 0
    assert fresh(record, cast.care_supervisor).state == ImportState.READY
    with acting_as(cast.care_supervisor), pytest.raises(Refused, match="still time"):
        imports.lapse(record, by=cast.care_supervisor)


def test_then_it_ends_even_when_she_lost_the_role(cast: Cast, later: None) -> None:
    record, boss = begun(cast.care_supervisor), cast.care_supervisor
    with acting_as(cast.administrator):
        for grant in boss.grants.all():
            people.revoke(grant, by=cast.administrator)
    assert tasks.lapse() == 1 and tasks.lapse() == 0
    assert fresh(record, boss).state == ImportState.DISCARDED and gone(record, boss)
    assert "import.discarded" in acts()


def test_what_a_worker_is_still_to_bring_in_is_left_alone_until_it_was_stopped(cast: Cast, later: None) -> None:
    record, boss = begun(cast.care_supervisor), cast.care_supervisor
    with acting_as(boss):
        imports.bring_in(record, by=boss)
    assert tasks.lapse() == 0
    with acting_as(boss):
        jobs.cancel(Job.objects.get(kind="import.bring_in"), by=boss)
    assert tasks.lapse() == 1 and gone(record, boss)


def test_nobody_ends_a_colleagues_and_trouble_with_one_stops_no_other(
        cast: Cast, later: None, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = begun(cast.care_supervisor), begun(cast.far_care_supervisor)
    with acting_as(cast.far_care_supervisor), pytest.raises(Refused, match="Another person"):
        imports.lapse(mine, by=cast.far_care_supervisor)
    whole = imports.lapse

    def broken(record: Import, *, by: User) -> None:
        if by == cast.care_supervisor:
            raise ZeroDivisionError
        whole(record, by=by)

    monkeypatch.setattr(imports, "lapse", broken)
    assert tasks.lapse() == 1 and gone(theirs, cast.far_care_supervisor)


def test_a_paper_nobody_fetched_is_thrown_away_with_its_key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stories.concluded_rescue(cast)
    survivor: Survivor = stories.taken_in(cast)
    paper = issued(cast.care_worker, survivor.file)
    tasks.lapse()
    with acting_as(cast.care_worker, "r"):
        scope = Copy.objects.get(paper=paper).parcel_scope()
    monkeypatch.setattr(papers, "KEPT", OVER)
    tasks.lapse()
    with acting_as(cast.care_worker, "r"):
        assert not Copy.objects.filter(paper=paper).exists()
    assert {key.state for key in DataKey.objects.filter(scope_uuid=scope)} == {"destroyed"}
