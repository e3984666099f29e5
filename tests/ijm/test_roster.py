"""The roster of an office, giving files to a colleague, and what somebody leaves behind."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from aftercare.models import Survivor
from ijm.accounts.actions import staying
from ijm.accounts.models import RoleGrant, User
from ijm.casefiles import grants, policy
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseAccess, CaseFile, RosterLine, Status
from ijm.notices.actions import reminders
from ijm.notices.models import Notice, Subject
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records, stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.ijm.test_places import refused, run, sees, since
from tests.trail import last_events


def roster(user: User) -> dict[str, RosterLine]:
    """What she sees of her office, by code."""
    with acting_as(user, "r"):
        return {line.code: line for line in policy.visible_roster(user)}


def file_of(user: User, key: object) -> CaseFile:
    with acting_as(user, "r"):
        return CaseFile.objects.get(pk=key)


def line_of(user: User, file: CaseFile) -> RosterLine:
    return roster(user)[file.code]


def test_a_supervisor_sees_codes_days_and_counts_of_her_wing_and_office(cast: Cast) -> None:
    file, care = records.file_of(cast.investigator), records.file_of(cast.care_worker, Kind.CARE)
    far = records.file_of(cast.far_investigator)
    seen = roster(cast.investigation_supervisor)
    assert file.code in seen and care.code not in seen and far.code not in seen
    assert (seen[file.code].owner_code, seen[file.code].places) == (cast.investigator.code, 3)
    assert set(roster(cast.far_supervisor)) == {far.code}
    assert set(roster(cast.care_supervisor)) == {care.code}
    columns = {field.name for field in RosterLine._meta.fields}
    assert not columns & {"name", "title", "note", "text"}


@pytest.mark.parametrize("name", ["investigator", "care_worker", "administrator", "auditor", "data_protection", "partner",
                                  "hotline"])
def test_nobody_else_sees_a_roster(cast: Cast, name: str) -> None:
    records.file_of(cast.investigator)
    assert roster(getattr(cast, name)) == {}


def test_it_shows_a_file_on_which_the_supervisor_does_not_stand(cast: Cast) -> None:
    file, boss = records.file_of(cast.investigator), cast.investigation_supervisor
    with acting_as(cast.second_supervisor):
        grants.leave(file, boss, by=cast.second_supervisor)
    assert not sees(boss, file) and line_of(boss, file).places == 2
    page = sign_in(boss).get("/desk/roster/").content.decode()
    assert file.code in page and cast.investigator.code in page
    assert cast.investigator.display_name not in page.partition("<table")[2]


def test_the_roster_follows_its_file(cast: Cast) -> None:
    file, boss = records.file_of(cast.investigator), cast.investigation_supervisor
    with acting_as(boss), entry("closed", by=boss, about=file):
        CaseFile.objects.get(pk=file.pk).move_to(Status.CLOSED)
    assert line_of(boss, file).status == Status.CLOSED
    assert file.code in sign_in(boss).get("/desk/roster/?show=closed").content.decode()


def test_nobody_writes_the_roster(cast: Cast) -> None:
    records.file_of(cast.investigator)
    for tried in ("UPDATE casefiles_rosterline SET owner_code = ''", "DELETE FROM casefiles_rosterline",
                  "SELECT guard.enroll('{}')"):
        refused("permission denied", cast.investigation_supervisor, lambda sql=tried: run(sql))


# Giving files to a colleague


def test_a_file_is_given_and_the_former_owner_is_off_it(cast: Cast) -> None:
    file, boss = records.file_of(cast.investigator), cast.investigation_supervisor
    with acting_as(boss):
        places.hand(file, line_of(boss, file), by=boss, to=cast.colleague)
    assert sees(cast.colleague, file) and not sees(cast.investigator, file)
    assert line_of(boss, file).owner_code == cast.colleague.code
    with acting_as(boss), pytest.raises(Refused):
        places.hand(file, line_of(boss, file), by=boss, to=cast.colleague)


def test_a_colleague_on_the_file_already_becomes_its_owner(cast: Cast) -> None:
    file, boss = records.file_of(cast.investigator), cast.investigation_supervisor
    with acting_as(boss):
        grants.seat(file, [cast.colleague], by=boss)
    line = line_of(boss, file)  # both came in one transaction of this test: either may be the one it is with
    to = cast.colleague if line.owner_code == cast.investigator.code else cast.investigator
    with acting_as(boss):
        places.hand(file, line, by=boss, to=to)
    assert line_of(boss, file).owner_code == to.code and sees(to, file)


def test_the_wing_gives_what_it_keeps_itself(cast: Cast) -> None:
    survivor, boss = records.survivor_of(cast.care_worker), cast.care_supervisor
    with acting_as(boss):
        places.hand(survivor.file, line_of(boss, survivor.file), by=boss, to=cast.care_worker_two)
        assert Survivor.objects.get(pk=survivor.pk).worker_id == cast.care_worker_two.pk
    investigation, boss = stories.promoted_tip(cast), cast.investigation_supervisor
    former, file = investigation.lead, file_of(boss, investigation.file_id)
    to = cast.colleague if former.pk != cast.colleague.pk else cast.investigator
    with acting_as(boss):
        places.hand(file, line_of(boss, file), by=boss, to=to)
        investigation.refresh_from_db()
    assert investigation.lead_id == to.pk and not sees(former, file)


def test_a_tip_is_given_and_who_is_needed_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    file, boss = records.file_of(cast.hotline, Kind.INTAKE), cast.investigation_supervisor
    monkeypatch.setattr(policy, "why_needed", lambda by, place: "needed")
    with acting_as(boss):
        places.hand(file, line_of(boss, file), by=boss, to=cast.colleague)
    assert sees(cast.colleague, file) and sees(cast.hotline, file)
    assert line_of(boss, file).owner_code == cast.colleague.code


def test_a_preview_counts_and_says_what_cannot_be_given(cast: Cast) -> None:
    boss, one, two = cast.investigation_supervisor, records.file_of(cast.investigator), records.file_of(cast.investigator)
    with acting_as(cast.second_supervisor):
        grants.leave(two, boss, by=cast.second_supervisor)
    client, rows = sign_in(boss), [one.code, two.code, "IV-0000-0000"]
    assert client.post("/desk/roster/hand/", {"row": ["x"]})["Location"] == "/desk/roster/"
    first = client.post("/desk/roster/hand/", {"row": rows}).content.decode()
    assert "1 chosen code is not a file of your office" in first and cast.far_investigator.display_name not in first
    second = client.post("/desk/roster/hand/", {"row": rows, "to": cast.colleague.code}).content.decode()
    assert "Give 1 file to" in second and "You do not stand on this file" in second and not sees(cast.colleague, one)
    client.post("/desk/roster/hand/", {"row": rows, "to": cast.colleague.code, "confirmed": "yes"})
    assert sees(cast.colleague, one) and not sees(cast.colleague, two)


@pytest.mark.parametrize("name", ["investigator", "far_supervisor", "care_supervisor", "administrator", "auditor"])
def test_nobody_else_gives_a_file_away(cast: Cast, name: str) -> None:
    file, who = records.file_of(cast.investigator), getattr(cast, name)
    line = line_of(cast.investigation_supervisor, file)
    with acting_as(who), pytest.raises(Refused):
        places.hand(file, line, by=who, to=cast.colleague)
    assert not sees(cast.colleague, file)


def test_nobody_of_another_wing_takes_a_file(cast: Cast) -> None:
    file, boss = records.file_of(cast.investigator), cast.investigation_supervisor
    with acting_as(boss):
        assert policy.may_hand(boss, line_of(boss, file), cast.care_worker, stands=True).reason == "wing"


# Leaving and moving


def test_who_supervises_is_told_and_sees_what_a_leaver_left(cast: Cast) -> None:
    survivor = records.survivor_of(cast.care_worker)
    with acting_as(cast.care_worker):
        reminders.set_(by=cast.care_worker, file=survivor.file_id, about=survivor.code, subject=Subject.CALL_BACK,
                       path=f"/aftercare/survivors/{survivor.code}/", at=timezone.now() + dt.timedelta(days=3))
    with acting_as(cast.administrator):
        staying.disable(cast.care_worker, by=cast.administrator)
    boss = sign_in(cast.care_supervisor)
    with acting_as(cast.care_supervisor, "r"):
        notice = Notice.objects.get(kind="colleague.left")
    assert notice.about_code == cast.care_worker.code
    page = boss.get(notice.path).content.decode()
    assert survivor.file.code in page and "She is the worker" in page and "Call back" in page and survivor.code in page
    assert survivor.file.code in boss.get("/desk/roster/?show=unowned").content.decode()
    boss.post("/desk/roster/hand/", {"row": [survivor.file.code], "to": cast.care_worker_two.code, "confirmed": "yes"})
    assert sees(cast.care_worker_two, survivor.file)
    for name in ("far_care_supervisor", "investigation_supervisor"):
        other = sign_in(getattr(cast, name)).get(notice.path).content.decode()
        assert survivor.file.code not in other and "Call back" not in other


def test_who_moves_loses_roles_and_places_in_one_go_and_nothing_is_edited(cast: Cast) -> None:
    file, grant = records.file_of(cast.investigator), RoleGrant.objects.get(user=cast.investigator)
    with acting_as(cast.investigation_supervisor, "r"):
        before = CaseAccess.objects.get(file=file, user=cast.investigator)
    with acting_as(cast.administrator):
        staying.move(cast.investigator, by=cast.administrator, office=cast.far_office)
    assert last_events(1)[0]["act"] == "user.moved" and not sees(cast.investigator, file)
    grant.refresh_from_db()
    with acting_as(cast.investigation_supervisor, "r"):
        after = CaseAccess.objects.get(file=file, user=cast.investigator)
    assert grant.revoked_at is not None and grant.office_id == cast.office.pk
    assert after.revoked_at is not None and (after.ends_at, after.source) == (before.ends_at, before.source)
    with acting_as(cast.investigation_supervisor, "r"):
        assert Notice.objects.filter(kind="colleague.left").exists()


def test_a_file_nobody_stands_on_is_seen_on_the_roster(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    with acting_as(cast.second_supervisor):
        for who in (cast.investigator, cast.investigation_supervisor, cast.second_supervisor):
            grants.leave(file, who, by=cast.second_supervisor)
    assert line_of(cast.investigation_supervisor, file).places == 0
    assert file.code in sign_in(cast.investigation_supervisor).get("/desk/roster/?show=empty").content.decode()


def test_the_clock_counts_what_lapsed(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    since(file, cast.colleague, 46, cast.investigator)
    with acting_as(cast.investigator):
        connections["default"].cursor().execute("SELECT guard.renew_roster()")
    assert line_of(cast.investigation_supervisor, file).places == 3
