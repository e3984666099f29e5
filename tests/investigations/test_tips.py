"""Tips: taken by the hotline, assessed and promoted by a supervisor, closed to everybody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, transaction
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseAccess, CaseFile
from ijm.notices.models import Notice
from ijm.roles.places import LIVES, Life
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from investigations import policy
from investigations.actions import tips
from investigations.models import Investigation, Tip
from tests.cast import Cast
from tests.investigations import making
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
Patch = pytest.MonkeyPatch
FORM = {"what_was_said": "Her papers were taken.", "urgency": "now", "channel": "hotline", "people_affected": "៥",
        "children": "yes", "province": "08", "landmark": "", "caller_name": "Sok Chan", "caller_phone": "០១២ ៣៤៥ ៦៧៨",
        "safe_contact": ""}
STRANGERS = ("colleague", "care_worker", "care_supervisor", "liaison", "partner", "auditor", "administrator",
             "data_protection", "far_hotline", "far_investigator", "far_supervisor")


def test_a_tip_taken_waits_for_a_supervisor(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.hotline).post("/investigations/tips/new/", FORM)
    assert answer.status_code == 302
    with acting_as(cast.investigation_supervisor, "r"):
        tip = policy.visible_tips(cast.investigation_supervisor).get()
        assert answer["Location"] == f"/investigations/tips/{tip.code}/"
        assert (tip.people_affected, tip.is_child_involved, tip.state) == (5, True, "received")
        assert disclose(tip, "caller_phone", "landmark", to=cast.investigation_supervisor) == {
            "caller_phone": "012 345 678", "landmark": None}
        assert Notice.objects.get().about_code == tip.code


def test_what_was_typed_stays_when_an_answer_is_missing(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.hotline).post("/investigations/tips/new/", FORM | {"urgency": ""})
    assert answer.status_code == 200
    assert b"Her papers were taken." in answer.content
    assert "“Not known” is an honest answer.".encode() in answer.content


def test_a_tip_without_a_caller_says_so(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.hotline)
    silent = FORM | {"caller_name": "", "caller_phone": "", "children": "unknown"}
    answer = client.post("/investigations/tips/new/", silent)
    assert b"gave no name" in client.get(answer["Location"]).content


def test_the_one_who_took_it_may_open_it_again(cast: Cast, tip: Tip, signed_in: SignIn) -> None:
    client = signed_in(cast.hotline)
    closed = client.get(f"/investigations/tips/{tip.code.lower()}/")
    assert closed.status_code == 200
    assert making.SAID.encode() not in closed.content
    shown = client.post(f"/investigations/tips/{tip.code}/reveal/", {"field": "what_was_said", "purpose": "CASEWORK"})
    assert making.SAID.encode() in shown.content
    look = last_events(1)[0]
    assert (look["act"], look["fields"], look["why"]["code"]) == ("field.disclosed", ["what_was_said"], "CASEWORK")
    assert look["why"]["ref"] == "assignment"


@pytest.mark.parametrize(("sent", "status"), [
    ({"field": "what_was_said"}, 302), ({"field": "what_was_said", "purpose": "CURIOSITY"}, 302),
    ({"field": "state", "purpose": "CASEWORK"}, 404), ({}, 404)])
def test_nothing_opens_without_a_purpose(cast: Cast, tip: Tip, signed_in: SignIn, sent: dict[str, str],
                                         status: int) -> None:
    answer = signed_in(cast.hotline).post(f"/investigations/tips/{tip.code}/reveal/", sent)
    assert answer.status_code == status
    assert signed_in(cast.hotline).get(f"/investigations/tips/{tip.code}/reveal/").status_code == 302
    assert making.SAID.encode() not in answer.content


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_meets_a_page_that_is_not_there(cast: Cast, tip: Tip, signed_in: SignIn, name: str) -> None:
    client = signed_in(getattr(cast, name))
    missing = client.get("/investigations/tips/TP-0000-0000/")
    for verb in ("", "reveal/", "assess/", "promote/"):
        for answer in (client.get(f"/investigations/tips/{tip.code}/{verb}"),
                       client.post(f"/investigations/tips/{tip.code}/{verb}", {"field": "what_was_said",
                                                                              "purpose": "CASEWORK"})):
            assert (answer.status_code, answer.content) == (404, missing.content)
    assert last_events(1)[0]["out"] == 8


@pytest.mark.parametrize("name", STRANGERS)
def test_the_database_shows_a_stranger_nothing(cast: Cast, tip: Tip, name: str) -> None:
    with acting_as(getattr(cast, name)):
        assert not Tip.objects.exists()
        assert not Tip.history.model.objects.exists()


def test_an_expired_place_opens_nothing(committed_cast: Cast, signed_in: SignIn, monkeypatch: Patch) -> None:
    cast = committed_cast
    monkeypatch.setitem(LIVES, "assignment", Life(timedelta(seconds=1)))
    tip = making.tip(cast)
    time.sleep(1.1)
    assert signed_in(cast.hotline).get(f"/investigations/tips/{tip.code}/").status_code == 404
    with acting_as(cast.hotline, "r"):
        assert not policy.stands_on(cast.hotline, tip.file)
        assert not Tip.objects.exists()


def test_a_supervisor_grades_and_promotes(cast: Cast, tip: Tip, signed_in: SignIn) -> None:
    client = signed_in(cast.investigation_supervisor)
    assert "Grade the source" in client.get(f"/investigations/tips/{tip.code}/assess/").content.decode()
    answer = client.post(f"/investigations/tips/{tip.code}/assess/", {
        "source_grade": "B", "information_grade": "2", "reason": "She knows the street.", "followed_up": "yes"})
    assert answer["Location"] == f"/investigations/tips/{tip.code}/promote/"
    assert "Lead investigator" in client.get(answer["Location"]).content.decode()
    answer = client.post(answer["Location"], {"form_of_exploitation": "ForcedLabour", "lead": cast.investigator.pk})
    with acting_as(cast.investigator, "r"):
        one = policy.visible_investigations(cast.investigator).get()
        tip = policy.visible_tips(cast.investigator).get()
        assert answer["Location"] == f"/investigations/files/{one.code}/"
        assert (one.province, one.lead, one.stage, tip.state) == ("08", cast.investigator, "enquiry", "promoted")
        assert policy.linked_file(tip.file, Kind.INVESTIGATION) == one.file
        assert policy.linked_file(one.file, Kind.INTAKE) == tip.file
    done = acts()
    assert {"tip.assessed", "tip.promoted", "investigation.opened", "file.linked", "access.granted"} <= set(done)


def test_the_one_who_took_it_learns_only_that_a_file_exists(cast: Cast, tip: Tip, investigation: Investigation,
                                                            signed_in: SignIn) -> None:
    page = signed_in(cast.hotline).get(f"/investigations/tips/{tip.code}/").content.decode()
    assert "1 file: Investigation" in page
    assert investigation.code not in page
    with acting_as(cast.hotline, "r"):
        assert policy.linked_file(tip.file, Kind.INVESTIGATION) is None


def test_a_tip_that_is_not_followed_up_stays(cast: Cast, tip: Tip, signed_in: SignIn) -> None:
    client = signed_in(cast.investigation_supervisor)
    client.post(f"/investigations/tips/{tip.code}/assess/", {
        "source_grade": "E", "information_grade": "5", "reason": "A quarrel.", "followed_up": "no"})
    assert b"not followed up" in client.get(f"/investigations/tips/{tip.code}/").content
    again = client.get(f"/investigations/tips/{tip.code}/promote/")
    assert again["Location"] == f"/investigations/tips/{tip.code}/"
    assert client.post(f"/investigations/tips/{tip.code}/assess/")["Location"] == again["Location"]


def test_a_supervisor_may_lead_herself(cast: Cast, assessed: Tip) -> None:
    by = cast.investigation_supervisor
    with acting_as(by):
        one = tips.promote(assessed, by=by, lead=by, form_of_exploitation="ForcedLabour")
        assert CaseAccess.objects.filter(user=by, file=one.file).count() == 1


@pytest.mark.parametrize("name", ["investigator", "far_supervisor", "care_worker", "auditor", "administrator"])
def test_nobody_else_assesses_or_promotes(cast: Cast, assessed: Tip, name: str) -> None:
    user = getattr(cast, name)
    with acting_as(user):
        with pytest.raises(Refused):
            tips.assess(assessed, by=user, source_grade="A", information_grade="1", reason="x")
        with pytest.raises(Refused):
            tips.decline(assessed, by=user)
        with pytest.raises(Refused):
            tips.promote(assessed, by=user, lead=cast.investigator, form_of_exploitation="Other")
    assert last_events(1)[0]["act"] == "tip_assess.refused"


def test_a_tip_is_assessed_once(cast: Cast, assessed: Tip) -> None:
    by = cast.investigation_supervisor
    with acting_as(by), pytest.raises(Refused):
        tips.assess(assessed, by=by, source_grade="A", information_grade="1", reason="x")


@pytest.mark.parametrize("name", ["far_investigator", "hotline", "care_worker"])
def test_only_an_investigator_of_this_office_leads(cast: Cast, assessed: Tip, name: str) -> None:
    by = cast.investigation_supervisor
    with acting_as(by), pytest.raises(Refused):
        tips.promote(assessed, by=by, lead=getattr(cast, name), form_of_exploitation="Other")


@pytest.mark.parametrize("name", ["care_worker", "liaison", "auditor", "administrator", "partner"])
def test_other_roles_take_no_tips(cast: Cast, name: str) -> None:
    user = getattr(cast, name)
    with acting_as(user), pytest.raises(Refused):
        tips.take(by=user, channel="hotline", urgency="no", what_was_said="x")


def test_the_database_refuses_a_tip_put_on_a_file_of_others(committed_cast: Cast) -> None:
    tip, user = making.tip(committed_cast), committed_cast.far_supervisor
    with acting_as(user), pytest.raises(ProgrammingError), transaction.atomic(), entry("x.y", by=user, about=None):
        Tip(code="TP-0000-0000", file_id=tip.file_id, taken_by=user, channel="other", urgency="no").save()


def test_the_database_refuses_a_state_out_of_order(cast: Cast, tip: Tip) -> None:
    by = cast.investigation_supervisor
    with acting_as(by), pytest.raises(DatabaseError), transaction.atomic(), entry("tip.promoted", by=by, about=tip):
        Tip.objects.filter(pk=tip.pk).update(state="promoted")


def test_the_list_shows_what_one_may_see(cast: Cast, tip: Tip, signed_in: SignIn) -> None:
    assert tip.code in signed_in(cast.hotline).get("/investigations/tips/").content.decode()
    assert last_events(1)[0]["act"] == "list.seen"
    empty = signed_in(cast.far_supervisor).get("/investigations/tips/").content.decode()
    assert tip.code not in empty
    assert "No tips yet" in empty


def test_the_file_of_a_tip_is_an_intake_file(cast: Cast, tip: Tip) -> None:
    with acting_as(cast.hotline, "r"):
        assert CaseFile.objects.get().kind == Kind.INTAKE
        assert (tip.grade, str(tip)) == ("", tip.code)
