"""Places on files end by themselves: by their source, unconfirmed, unused; and nobody has more than one person can keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from audit import queries
from ijm.accounts.models import User
from ijm.casefiles import grants, policy
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseAccess, CaseFile, RosterLine, Source
from ijm.desk import tasks
from ijm.notices.models import Notice
from ijm.roles.places import LIVES
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import databases, records
from tests.audit.logs import until
from tests.cast import Cast
from tests.conftest import sign_in
from tests.trail import last_events

DAY = dt.timedelta(days=1)


def run(sql: str, *params: Any) -> Any:
    """What one raw statement gives back."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(match: str, by: User, act: Callable[[], Any]) -> None:
    """The act fails in the database, even inside an entry of one's own."""
    with acting_as(by), pytest.raises(DatabaseError, match=match), transaction.atomic(), entry("attack", by=by, about=None):
        act()


def since(file: CaseFile, user: User, days: int, by: User, source: str = "assignment", until: int = 3650) -> CaseAccess:
    """A place that began so many days ago."""
    at = timezone.now()
    with acting_as(by), entry("granted", by=by, about=file):
        made = CaseAccess(file=file, user=user, source=source, reason_code="X", granted_by=by, starts_at=at - days * DAY,
                          ends_at=at + until * DAY, expires_at=at + until * DAY)
        made.save()
    with acting_as(by, "r"):
        return CaseAccess.objects.select_related("file", "user").get(pk=made.pk)


def left(place: CaseAccess) -> int:
    """In how many days it ends."""
    return round((place.expires_at - timezone.now()) / DAY)


def sees(user: User, file: CaseFile) -> bool:
    """Whether the file opens for her."""
    with acting_as(user, "r"):
        return CaseFile.objects.filter(pk=file.pk).exists()


@pytest.fixture
def file(cast: Cast) -> CaseFile:
    """The investigator's file; both supervisors stand on it."""
    return records.file_of(cast.investigator)


def test_a_place_ends_by_its_source_whatever_was_asked(cast: Cast, file: CaseFile) -> None:
    made = since(file, cast.colleague, 0, cast.investigator)
    assert round((made.ends_at - timezone.now()) / DAY) == 180 and left(made) == 45, "unused, it lapses after 45 days"
    with acting_as(cast.investigator, "r"):
        boss = CaseAccess.objects.get(file=file, user=cast.investigation_supervisor)
    assert left(boss) == 90, "a supervisor need not open each file"


@pytest.mark.parametrize(("source", "days"), [("assignment", 46), ("supervision", 91), ("referral", 181)])
def test_what_nobody_used_or_confirmed_in_time_shows_nothing(cast: Cast, file: CaseFile, source: str, days: int) -> None:
    made = since(file, cast.colleague, days, cast.investigator, source)
    assert not made.is_live and not sees(cast.colleague, file)


def test_a_day_before_it_still_opens(cast: Cast, file: CaseFile) -> None:
    made = since(file, cast.colleague, 44, cast.investigator)
    assert made.is_live and made.ends_soon and sees(cast.colleague, file)


def test_one_who_lapsed_is_put_on_again_and_both_times_stay_in_the_record(cast: Cast, file: CaseFile) -> None:
    old = since(file, cast.colleague, 50, cast.investigator)
    with acting_as(cast.investigator):
        grants.seat(file, [cast.colleague], by=cast.investigator)
    assert sees(cast.colleague, file)
    with acting_as(cast.investigator, "r"):
        old.refresh_from_db()
    assert old.revoked_at == old.expires_at, "it ended when it lapsed, not today"


def test_a_place_ends_with_the_role_it_rests_on(cast: Cast) -> None:
    with acting_as(cast.administrator, "r"):
        ends = max(cast.hotline.grants.values_list("expires_at", flat=True))
    file = records.file_of(cast.hotline, Kind.INTAKE)
    with acting_as(cast.hotline, "r"):
        [until] = run("SELECT ends FROM guard.place_times(%s, %s, 'assignment', now() + '400 days', 'infinity', NULL, NULL)",
                      cast.hotline.pk, file.pk)
    assert until == (ends,)


@pytest.mark.parametrize("source", ["bridge", "break_glass", "review"])
def test_an_hour_of_emergency_is_given_by_its_own_rule_and_not_by_a_row(cast: Cast, file: CaseFile, source: str) -> None:
    refused("rule of its own", cast.investigator, lambda: CaseAccess(
        file=file, user=cast.colleague, source=source, reason_code="X", granted_by=cast.investigator,
        ends_at=timezone.now() + DAY, expires_at=timezone.now() + DAY).save())
    assert LIVES[source].confirmed is None


def test_an_unknown_source_is_no_place(cast: Cast, file: CaseFile) -> None:
    with acting_as(cast.investigator, "r"), pytest.raises(DatabaseError, match="no such source"), transaction.atomic():
        run("SELECT guard.place_times(%s, %s, 'friendship', now(), 'infinity', NULL, NULL)", cast.colleague.pk, file.pk)


# Saying that somebody is still needed


def test_a_colleague_on_the_file_says_who_is_still_needed(cast: Cast, file: CaseFile) -> None:
    made = since(file, cast.colleague, 40, cast.investigator)
    boss = cast.investigation_supervisor
    with acting_as(boss):
        assert places.confirm([made], by=boss) == 1
        made.refresh_from_db()
    assert left(made) == 45 and round((made.ends_at - timezone.now()) / DAY) == 180
    assert made.confirmed_by_id == boss.pk and last_events(1)[0]["act"] == "access.confirmed"


def test_a_worker_ticks_the_place_of_her_supervisor(cast: Cast, file: CaseFile) -> None:
    with acting_as(cast.investigator):
        mine = CaseAccess.objects.select_related("file", "user").get(file=file, user=cast.investigation_supervisor)
        places.confirm([mine], by=cast.investigator)
        mine.refresh_from_db()
    assert left(mine) == 90


@pytest.mark.parametrize("name", ["colleague", "far_supervisor", "care_supervisor", "administrator", "auditor", "partner"])
def test_neither_she_nor_who_stands_elsewhere_confirms_a_place(cast: Cast, file: CaseFile, name: str) -> None:
    made, who = since(file, cast.colleague, 40, cast.investigator), getattr(cast, name)
    with acting_as(who), pytest.raises(Refused):
        places.confirm([made], by=who)
    tried = "UPDATE casefiles_caseaccess SET rev = rev + 1, confirmed_at = now(), confirmed_by_id = guard.uid() WHERE id = %s"
    if name == "colleague":
        refused("needed|confirmed_by_another", who, lambda: run(tried, made.pk))
    else:
        with acting_as(who), entry("attack", by=who, about=None):
            assert run(tried, made.pk) == 0


def test_what_has_ended_is_confirmed_no_more(cast: Cast, file: CaseFile) -> None:
    lapsed = since(file, cast.colleague, 50, cast.investigator)
    tried = "UPDATE casefiles_caseaccess SET rev = rev + 1, confirmed_at = now(), confirmed_by_id = guard.uid() WHERE id = %s"
    refused("has ended", cast.investigator, lambda: run(tried, lapsed.pk))
    with acting_as(cast.investigator):
        decision = policy.may_confirm(cast.investigator, lapsed)
        assert decision.reason == "ended"
        lapsed.source = Source.BRIDGE
        assert policy.may_confirm(cast.investigator, lapsed).reason == "source"


@pytest.mark.parametrize("column", ["ends_at = now() + '9 years'", "last_used_at = now()", "expires_at = 'infinity'",
                                    "starts_at = now()", "approved_by_id = guard.uid()"])
def test_nobody_prolongs_a_place_by_sql(cast: Cast, file: CaseFile, column: str) -> None:
    refused("permission denied", cast.investigator, lambda: run(f"UPDATE casefiles_caseaccess SET {column}"))


def test_confirming_writes_ones_own_name_and_todays_hour(cast: Cast, file: CaseFile) -> None:
    made, he = since(file, cast.colleague, 40, cast.investigator), cast.investigator
    with acting_as(he), entry("confirmed", by=he, about=file):
        run("UPDATE casefiles_caseaccess SET rev = rev + 1, confirmed_at = now() + '9 years', confirmed_by_id = %s WHERE id = %s",
            cast.investigation_supervisor.pk, made.pk)
        made.refresh_from_db()
    assert made.confirmed_by_id == he.pk and made.confirmed_at is not None and made.confirmed_at <= timezone.now()
    assert left(made) == 45


def test_the_page_shows_them_previews_and_confirms(cast: Cast, file: CaseFile) -> None:
    made = since(file, cast.colleague, 40, cast.investigator)
    client = sign_in(cast.investigation_supervisor)
    page = client.get("/desk/places/").content.decode()
    assert cast.colleague.display_name in page and cast.investigator.display_name not in page.partition("<table")[2], "not yet"
    rows = [str(made.pk), "nonsense"]
    preview = client.post("/desk/places/confirm/", {"row": rows}).content.decode()
    assert "Nothing has changed yet" in preview and file.code in preview
    client.post("/desk/places/confirm/", {"row": rows, "confirmed": "yes"})
    with acting_as(cast.investigator, "r"):
        made.refresh_from_db()
    assert left(made) == 45
    assert client.post("/desk/places/confirm/", {"row": ["x"]})["Location"] == "/desk/places/"
    own = sign_in(cast.colleague)
    assert "None of them can be ticked by you" in own.post("/desk/places/confirm/", {"row": rows}).content.decode()
    assert file.code in own.get("/desk/places/?show=all&mine=on").content.decode()


@pytest.mark.parametrize("name", ["administrator", "auditor", "data_protection", "partner"])
def test_who_stands_on_no_file_has_no_such_page(cast: Cast, name: str) -> None:
    client = sign_in(getattr(cast, name))
    assert [client.get(path).status_code for path in ("/desk/places/", "/desk/roster/", "/desk/left/US-0000-0000/")] == [404] * 3


# The clock tells seven days ahead, and keeps alive what is used


def told(user: User) -> set[str]:
    """What she was told."""
    with acting_as(user, "r"):
        return set(Notice.objects.filter(user=user).values_list("kind", flat=True))


def test_everybody_is_told_a_week_before(cast: Cast, file: CaseFile) -> None:
    since(file, cast.colleague, 40, cast.investigator)
    assert tasks.places_that_end() == 4
    assert told(cast.colleague) == {"places.ending"} and "places.to_confirm" in told(cast.investigation_supervisor)
    assert tasks.places_that_end() == 0, "once a week"


def test_a_supervisor_whose_ninety_days_end_is_told_as_well(cast: Cast) -> None:
    file = records.file_of(cast.care_worker, Kind.CARE)
    since(file, cast.care_worker_two, 85, cast.care_worker, "supervision")
    tasks.places_that_end()
    assert "places.ending" in told(cast.care_worker_two) and "places.to_confirm" in told(cast.care_worker)


def test_trouble_with_one_stops_no_other(cast: Cast, file: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    since(file, cast.colleague, 40, cast.investigator)

    def broken(*, by: User) -> int:
        if by.pk == cast.colleague.pk:
            raise RuntimeError
        return 0

    monkeypatch.setattr(tasks.own, "note_uses", broken)
    assert tasks.places_that_end() == 3


def test_work_on_a_file_keeps_the_place_alive(committed_cast: Cast) -> None:
    he, colleague = committed_cast.investigator, committed_cast.colleague
    file = records.file_of(he)
    made = since(file, colleague, 40, he)
    with acting_as(colleague, "r"):
        from ijm.trail.looks import disclosed

        disclosed(file, (), to=colleague, event="record.seen")
    until(lambda: (queries.bring_up_to_date(), queries.state().beyond == 0)[1])
    with acting_as(colleague):
        assert places.note_uses(by=colleague) == 1
        assert places.note_uses(by=colleague) == 0
        made.refresh_from_db()
    assert left(made) == 45 and made.last_used_at is not None
    with acting_as(colleague, "r"), pytest.raises(DatabaseError, match="nobody used"), transaction.atomic():
        run("SELECT guard.note_my_uses()")


# As many as one person can have charge of


def most(number: int) -> None:
    with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
        connection.execute("UPDATE guard.place_cap SET most = %s", [number])


def test_nobody_stands_on_more_files_than_the_cap(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = committed_cast
    he, colleague, boss = cast.investigator, cast.colleague, cast.investigation_supervisor
    first, second = records.file_of(he), records.file_of(boss)
    most(2)
    monkeypatch.setattr("ijm.desk.actions.places.MOST", 2)
    monkeypatch.setattr("ijm.desk.actions.places.WARN", 2)
    with acting_as(boss):
        assert policy.rooms([boss.pk, he.pk]) == {boss.pk: 0, he.pk: 1}
    third = records.file_of(he)
    assert sees(he, third) and not sees(boss, third), "a file is opened though a supervisor is full"
    with acting_as(he), pytest.raises(Refused):
        grants.open_file(Kind.INVESTIGATION, by=he)
    with acting_as(boss), pytest.raises(Refused):
        grants.seat(second, [he], by=boss)
    refused("nobody stands on more than 2", boss, lambda: CaseAccess(
        file=second, user=he, source="assignment", reason_code="X", granted_by=boss, ends_at=timezone.now() + DAY,
        expires_at=timezone.now() + DAY).save())
    with acting_as(boss):
        grants.seat(first, [colleague], by=boss)
    tasks.places_that_end()
    assert "places.many" in told(boss) and "places.many" not in told(colleague)


def test_many_files_at_once_are_taken_as_far_as_there_is_room(committed_cast: Cast) -> None:
    cast = committed_cast
    boss, worker = cast.care_supervisor, cast.care_worker
    most(2)
    new = {CaseFile.new(Kind.CARE, by=boss): worker for _number in range(3)}
    with acting_as(boss), entry("opened", by=boss, about=None):
        for file in new:
            file.rev = 1
        grants.open_files(new, by=boss)
    files = list(new)
    assert [sees(boss, file) for file in files] == [False, True, True]
    assert [sees(worker, file) for file in files] == [False, True, True]
    with acting_as(boss, "r"):
        lines = dict(RosterLine.objects.values_list("code", "places"))
        assert RosterLine.objects.get(code=files[1].code).owner_code == worker.code
    assert sorted(lines.values()) == [0, 2, 2], "the roster shows the one on which nobody stands"
