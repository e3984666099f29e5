"""A file goes to another office: a supervisor asks, the data-protection officer agrees, the former office is off it at once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from ijm.accounts.models import Office, User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.casefiles import grants, policy
from ijm.casefiles.actions import transfers
from ijm.casefiles.models import CaseAccess, CaseFile, Transfer
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records
from tests.cast import Cast
from tests.conftest import sign_in
from tests.ijm.test_places import refused, run, sees
from tests.ijm.test_roster import line_of, roster


@pytest.fixture
def file(cast: Cast) -> CaseFile:
    """A file of the near office."""
    return records.file_of(cast.investigator)


def asked(cast: Cast, file: CaseFile) -> Request:
    """Its supervisor asks that it go to the far office."""
    boss = cast.investigation_supervisor
    line = line_of(boss, file)
    with acting_as(boss):
        return transfers.ask(line, by=boss, to=cast.far_office, reason="lives_there")


def fresh(by: User, request: Request) -> Request:
    with acting_as(by, "r"):
        return policy_request(by, request.code)


def policy_request(by: User, code: str) -> Request:
    from ijm.approvals.policy import get_request

    return get_request(by, code)


def test_two_people_give_a_file_to_another_office(cast: Cast, file: CaseFile) -> None:
    request = asked(cast, file)
    assert sees(cast.investigator, file) and not sees(cast.far_supervisor, file)
    officer = cast.data_protection
    with acting_as(officer):
        requests.approve(policy_request(officer, request.code), by=officer)
    for name in ("investigator", "investigation_supervisor", "second_supervisor"):
        assert not sees(getattr(cast, name), file), name
    assert sees(cast.far_supervisor, file)
    with acting_as(cast.far_supervisor, "r"):
        moved, place = CaseFile.objects.get(pk=file.pk), CaseAccess.objects.live().get(file=file)
        assert Notice.objects.filter(kind="file.came", about_code=file.code).exists()
    assert moved.office_id == cast.far_office.pk
    assert (place.granted_by_id, place.approved_by_id) == (cast.investigation_supervisor.pk, officer.pk)
    assert file.code in roster(cast.far_supervisor) and file.code not in roster(cast.investigation_supervisor)


@pytest.mark.parametrize("name", ["investigation_supervisor", "second_supervisor", "far_supervisor", "administrator", "auditor",
                                  "investigator", "partner"])
def test_nobody_else_agrees_to_it(cast: Cast, file: CaseFile, name: str) -> None:
    request, who = asked(cast, file), getattr(cast, name)
    with acting_as(who), pytest.raises((Refused, Request.DoesNotExist)):
        requests.approve(Request.objects.get(pk=request.pk), by=who)
    assert sees(cast.investigator, file)


@pytest.mark.parametrize("name", ["investigator", "care_supervisor", "far_supervisor", "administrator", "data_protection"])
def test_nobody_else_asks_for_it(cast: Cast, file: CaseFile, name: str) -> None:
    who, line = getattr(cast, name), line_of(cast.investigation_supervisor, file)
    with acting_as(who), pytest.raises(Refused):
        transfers.ask(line, by=who, to=cast.far_office, reason="court")


def test_a_file_goes_only_where_somebody_takes_it(cast: Cast, file: CaseFile) -> None:
    boss = cast.investigation_supervisor
    line, empty = line_of(boss, file), Office(name_en="Nowhere", supported_by=cast.office)
    with acting_as(cast.administrator), entry("x", by=cast.administrator, about=None):
        empty.save()
    with acting_as(boss):
        assert policy.may_transfer(boss, line, empty).reason == "nobody"
        assert policy.may_transfer(boss, line, cast.office).reason == "here"
        line.status = "closed"
        assert policy.may_transfer(boss, line, cast.far_office).reason == "closed"


def test_a_file_on_which_nobody_stands_goes_back_to_the_supervisors(cast: Cast, file: CaseFile) -> None:
    boss, second = cast.investigation_supervisor, cast.second_supervisor
    with acting_as(boss):
        line = line_of(boss, file)
        for who in (cast.investigator, second, boss):
            grants.leave(file, who, by=boss)
    line = line_of(boss, file)
    with acting_as(boss):
        request = transfers.ask(line, by=boss, to=cast.office, reason="nobody")
    with acting_as(cast.data_protection):
        requests.approve(policy_request(cast.data_protection, request.code), by=cast.data_protection)
    assert sees(boss, file) and sees(second, file) and not sees(cast.investigator, file)


def test_nothing_but_the_agreement_moves_a_file(cast: Cast, file: CaseFile) -> None:
    request, boss = asked(cast, file), cast.investigation_supervisor
    with acting_as(boss, "r"):
        transfer = Transfer.objects.get(request=request)
    for who in (boss, cast.data_protection, cast.far_supervisor):
        refused("two people have not agreed", who, lambda: run("SELECT guard.transfer(%s)", transfer.pk))
    with acting_as(boss), entry("attack", by=boss, about=file):
        run("UPDATE casefiles_casefile SET rev = rev + 1, office_id = %s WHERE id = %s", cast.far_office.pk, file.pk)
    with acting_as(boss, "r"):
        assert CaseFile.objects.get(pk=file.pk).office_id == cast.office.pk
    refused("permission denied", boss, lambda: run("UPDATE casefiles_transfer SET target_id = source_id"))
    refused("permission denied", boss, lambda: run("INSERT INTO guard.moving VALUES (%s, %s, pg_current_xact_id())", file.pk,
                                                   cast.far_office.pk))
    with acting_as(cast.data_protection), pytest.raises(Refused):
        transfers.carry_out(fresh(cast.data_protection, request), by=cast.data_protection)


def test_a_transfer_is_made_by_who_asked(cast: Cast, file: CaseFile) -> None:
    request = asked(cast, file)
    with acting_as(cast.second_supervisor), pytest.raises(DatabaseError), transaction.atomic(), entry(
            "attack", by=cast.second_supervisor, about=None):
        Transfer(request=request, file_id=file.pk, kind="investigation", source=cast.office, target=cast.far_office).save()


def test_the_page_asks_and_the_approvals_page_decides(cast: Cast, file: CaseFile) -> None:
    client, url = sign_in(cast.investigation_supervisor), f"/desk/roster/{file.code}/transfer/"
    assert "Give a file to another office" in client.get(url).content.decode()
    assert "Choose one" in client.post(url, {"to": "x", "reason": "court"}).content.decode()
    assert "Somebody here stands on this file" in client.post(url, {"to": cast.office.code, "reason": "nobody"}).content.decode()
    answer = client.post(url, {"to": cast.far_office.code, "reason": "court"})
    assert answer.status_code == 302 and "/AQ-" in answer["Location"]
    page = sign_in(cast.data_protection).get(answer["Location"]).content.decode()
    assert "Battambang office" in page and "ends at once" in page
