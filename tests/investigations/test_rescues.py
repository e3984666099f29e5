"""Rescue operations: planned by one, approved by another, concluded; then this wing can read no name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, ProgrammingError, connections, transaction
from django.test import Client
from django.utils import timezone

from aftercare.models import Referral
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.approvals.policy import may_approve
from ijm.casefiles.grants import linked
from ijm.casefiles.models import CaseAccess, CaseFile
from ijm.messages import PersonsRescued
from ijm.notices.models import Notice
from ijm.people.ages import AgeBandField
from ijm.people.models import Alias, Name, Person, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from investigations import policy
from investigations.actions import rescues
from investigations.models import Investigation, RescuedPerson, RescueOperation
from tests.cast import Cast
from tests.investigations import making
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
PLAN = {"place": making.PLACE, "time_0": "1", "time_1": "12", "time_2": "2026", "time_3": "4:30",
        "plan": "Police first.", "risk": "high", "expected_persons": "5", "expected_children": "2",
        "languages": ["khm"], "checks": ["doctor"]}
STRANGERS = ("hotline", "colleague", "care_worker", "care_supervisor", "liaison", "partner", "auditor",
             "administrator", "data_protection", "far_investigator", "far_supervisor")


def persons(count: int, **changed: str) -> dict[str, Any]:
    """What a browser sends for this many blocks."""
    sent: dict[str, Any] = {"form-TOTAL_FORMS": str(count), "form-INITIAL_FORMS": "0", "outcome": "reached"}
    for number in range(count):
        block = {"sex": "female", "age_band_0": "១៩", "age_band_1": "", "age_band_2": "", "language": "khm",
                 "family_km": "ស៊ិន", "given_km": f"ស្រី{number}", "family": "", "given": "", "called": "", "needs": "Rest"}
        sent |= {f"form-{number}-{name}": value for name, value in (block | changed).items()}
    return sent


def test_a_plan_is_sealed_and_a_second_person_is_asked(cast: Cast, investigation: Investigation,
                                                       signed_in: SignIn) -> None:
    answer = signed_in(cast.investigator).post(f"/investigations/files/{investigation.code}/rescues/new/", PLAN)
    page = signed_in(cast.investigator).get(answer["Location"]).content.decode()
    assert making.PLACE not in page
    with acting_as(cast.investigation_supervisor, "r"):
        operation = policy.visible_rescues(cast.investigation_supervisor).get()
        assert (operation.state, operation.expected_persons, operation.checks) == ("planned", 5, ["doctor"])
        shown = disclose(operation, "place", "time", to=cast.investigation_supervisor)
        assert shown == {"place": making.PLACE, "time": "2026-12-01T04:30:00+07:00"}
        assert set(Notice.objects.values_list("kind", "about_code")) >= {("approval.waiting", operation.code)}


@pytest.mark.parametrize(("changed", "words"), [
    ({"expected_children": "6"}, "more children than persons"), ({"place": ""}, "Write an answer")])
def test_a_plan_that_does_not_fit_is_asked_again(cast: Cast, investigation: Investigation, signed_in: SignIn,
                                                 changed: dict[str, str], words: str) -> None:
    at = f"/investigations/files/{investigation.code}/rescues/new/"
    answer = signed_in(cast.investigator).post(at, PLAN | changed)
    assert words in answer.content.decode()
    assert "Police first." in answer.content.decode()


def test_time_is_opened_in_words(cast: Cast, rescue: RescueOperation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    at = f"/investigations/rescues/{rescue.code}/reveal/"
    assert "Tue 1 Dec 2026, 04:30" in client.post(at, {"field": "time", "purpose": "RESCUE"}).content.decode()
    fragment = client.post(at, {"field": "place", "purpose": "RESCUE"}, headers={"HX-Request": "true"}).content.decode()
    assert making.PLACE in fragment
    assert "<html" not in fragment


def test_the_approver_reads_the_plan_and_that_is_recorded(cast: Cast, rescue: RescueOperation,
                                                          signed_in: SignIn) -> None:
    client = signed_in(cast.investigation_supervisor)
    page = client.get(f"/investigations/rescues/{rescue.code}/approve/").content.decode()
    assert making.PLACE in page
    look = next(event for event in reversed(last_events(5)) if event["act"] == "field.disclosed")
    assert (look["fields"], look["why"]["code"]) == (["place", "plan", "time"], "RESCUE")
    decide = f"/approvals/{rescue.request.code}/decide/"
    assert decide in page and client.post(decide, {"answer": "approve"})["Location"] == f"/investigations/rescues/{rescue.code}/"
    with acting_as(cast.investigator, "r"):
        fresh = policy.get_rescue(cast.investigator, rescue.code)
        assert (fresh.state, fresh.approved_by, fresh.request.state) == ("approved", cast.investigation_supervisor, "done")
        assert fresh.investigation.stage == "operation"
        assert Notice.objects.filter(kind="approval.decided").count() == 1
    assert {"rescue.approved", "investigation.operated"} <= set(acts())


def test_nobody_approves_her_own_plan(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    boss = cast.investigation_supervisor
    rescue = making.rescue(cast, investigation, by=boss)
    client = signed_in(boss)
    why = client.get(f"/investigations/rescues/{rescue.code}/approve/", follow=True).content.decode()
    assert "You asked for this; another person decides." in why
    assert client.post(f"/approvals/{rescue.request.code}/decide/", {"answer": "approve"}).status_code == 404
    with acting_as(boss), pytest.raises(Refused):
        requests.approve(rescue.request, by=boss)
    assert (last_events(1)[0]["act"], last_events(1)[0]["why"]["code"]) == ("approval.refused", "self")
    with acting_as(boss), pytest.raises(Refused):
        rescues.begin(rescue, by=boss)
    with acting_as(boss), pytest.raises(DatabaseError), transaction.atomic(), entry("x.y", by=boss, about=rescue):
        RescueOperation.objects.filter(pk=rescue.pk).update(state="approved")


def test_what_was_changed_refused_or_called_off_does_not_go_ahead(cast: Cast, investigation: Investigation) -> None:
    boss, planner = cast.investigation_supervisor, cast.investigator
    changed, refused, off, other = (making.rescue(cast, investigation) for _number in range(4))
    with acting_as(planner):
        mine = policy.get_rescue(planner, changed.code)
        with entry("rescue.planned", by=planner, about=mine):
            mine.place = "Elsewhere"
            mine.save()
        rescues.cancel(off, by=planner)
        assert off.request.state == "withdrawn"
    with acting_as(boss):
        rescues.cancel(policy.get_rescue(boss, other.code), by=boss)
        for one, why in ((changed, "void"), (off, "decided"), (other, "barred")):
            fresh = policy.get_rescue(boss, one.code)
            assert may_approve(boss, fresh.request).reason == why
            with pytest.raises(Refused):
                requests.approve(fresh.request, by=boss)
        requests.refuse(policy.get_rescue(boss, refused.code).request, by=boss, motive="Too few people")
        assert policy.get_rescue(boss, refused.code).state == "cancelled"


def test_who_does_not_stand_on_the_file_does_not_decide(cast: Cast, rescue: RescueOperation) -> None:
    """Another office's supervisor, and one of this office from whom the file was taken."""
    boss = cast.investigation_supervisor
    with acting_as(cast.far_supervisor):
        assert may_approve(cast.far_supervisor, rescue.request).reason == "file"
    with acting_as(boss), entry("access.revoked", by=boss, about=None):
        CaseAccess.objects.filter(user=boss, file=rescue.file_id).update(revoked_at=timezone.now(), revoked_by=boss)
    with acting_as(boss):
        assert may_approve(boss, rescue.request).reason == "file"
        assert not Request.objects.filter(pk=rescue.request_id).exists()


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_meets_a_page_that_is_not_there(cast: Cast, rescue: RescueOperation, signed_in: SignIn,
                                                   name: str) -> None:
    client = signed_in(getattr(cast, name))
    missing = client.get("/nothing/")
    for verb in ("", "approve/", "cancel/", "conclude/", "reveal/"):
        at = f"/investigations/rescues/{rescue.code}/{verb}"
        for answer in (client.get(at), client.post(at, {"field": "place", "purpose": "RESCUE"})):
            assert (answer.status_code, answer.content) == (404, missing.content)


@pytest.mark.parametrize("name", STRANGERS)
def test_no_stranger_acts(cast: Cast, approved: RescueOperation, name: str) -> None:
    user = getattr(cast, name)
    with acting_as(user):
        for act in (lambda: rescues.plan(approved.investigation, by=user, place="x", time="x", plan="x", risk="low",
                                         expected_persons=1),
                    lambda: rescues.begin(approved, by=user), lambda: rescues.cancel(approved, by=user),
                    lambda: rescues.conclude(approved, by=user, outcome="nobody", persons=())):
            with pytest.raises(Refused):
                act()
        assert not RescueOperation.objects.exists()


def test_a_second_operation_leaves_the_stage_alone(cast: Cast, approved: RescueOperation) -> None:
    with acting_as(cast.investigator, "r"):
        one = policy.get_investigation(cast.investigator, approved.investigation.code)
    making.approved(cast, making.rescue(cast, one))
    assert acts().count("investigation.operated") == 1


def test_five_persons_become_five_referrals(cast: Cast, approved: RescueOperation, signed_in: SignIn) -> None:
    answer = signed_in(cast.investigator).post(f"/investigations/rescues/{approved.code}/conclude/", persons(5))
    assert answer["Location"] == f"/investigations/rescues/{approved.code}/"
    with acting_as(cast.care_supervisor, "r"):
        assert Referral.objects.filter(state="waiting").count() == 5
        assert CaseFile.objects.filter(kind=Kind.CARE).count() == 5
        assert Name.objects.count() == 5
        opened = disclose(Name.objects.all(), "given", to=cast.care_supervisor, purpose="SAFETY")
        assert {value["given"] for value in opened.values()} == {f"ស្រី{number}" for number in range(5)}


def test_afterwards_the_wing_reads_none_of_it(cast: Cast, concluded: RescueOperation, signed_in: SignIn) -> None:
    for user in (cast.investigator, cast.investigation_supervisor):
        with acting_as(user, "r"):
            assert RescuedPerson.objects.count() == 5
            assert not Name.objects.exists()
            assert not Name.history.model.objects.exists()
            assert not Person.objects.exists()
            assert not Referral.objects.exists()
            assert not Alias.objects.filter(wing="aftercare").exists()
            assert [one.number for one in linked(concluded.file) if one.kind == Kind.CARE] == [5]
        page = signed_in(user).get(f"/investigations/rescues/{concluded.code}/").content.decode()
        assert "Questions about them go to the aftercare supervisor" in page
        for found in making.FOUND:
            assert found.names.family not in page
            assert found.names.family_km not in page


def test_nobody_of_the_wing_opens_the_identity_again(committed_cast: Cast) -> None:
    cast, by = committed_cast, committed_cast.investigator
    rescue = making.approved(cast, making.rescue(cast, making.investigation(
        cast, making.assessed(cast, making.tip(cast)))))
    making.conclude(cast, rescue)
    with acting_as(by):
        alias = Alias.objects.filter(rescued_person__isnull=False)[0]
        with pytest.raises(DatabaseError), transaction.atomic(), entry("x.y", by=by, about=rescue):
            Alias.objects.filter(pk=alias.pk).update(opens_identity=True)
        with pytest.raises(DatabaseError), transaction.atomic(), entry("x.y", by=by, about=rescue):
            Alias(wing=Wing.INVESTIGATIONS, code="RP-0000-0000", file=rescue.file, person_id=alias.person_id,
                  opens_identity=True).save()
        assert not Name.objects.exists()


def test_the_hand_over_is_whole_or_nothing(committed_cast: Cast) -> None:
    cast = committed_cast
    rescue = making.approved(cast, making.rescue(cast, making.investigation(
        cast, making.assessed(cast, making.tip(cast)))))
    with mock.patch("ijm.bridges.send", side_effect=RuntimeError("the lights went out")), pytest.raises(RuntimeError):
        making.conclude(cast, rescue)
    with acting_as(cast.investigator, "r"):
        assert policy.get_rescue(cast.investigator, rescue.code).state == "approved"
        assert not RescuedPerson.objects.exists()
        assert not Name.objects.exists()
    with acting_as(cast.care_supervisor, "r"):
        assert not Referral.objects.exists()


def test_the_message_carries_ids_times_and_what_is_open(cast: Cast, approved: RescueOperation) -> None:
    with mock.patch("ijm.bridges.send") as send:
        making.conclude(cast, approved)
    message: PersonsRescued = send.call_args.args[0]
    assert (message.operation, message.file, len(message.persons)) == (approved.pk, approved.file_id, 5)
    assert (message.persons[0].age_band, message.persons[0].languages) == ("15-17", "khm,vie")
    event = next(event for event in last_events(20) if event["act"] == "rescued_person.handed_over")
    assert set(event["obj"]["subjects"]) == {str(person.person) for person in message.persons}


@pytest.mark.parametrize(("typed", "band"), [
    (("១៦", "", ""), "15-17"), (("11", "", "about"), "0-11"), (("14", "17", ""), "12-14"), (("50", "", ""), "50+"),
    (("", "", "unknown"), "unknown")])
def test_an_age_is_written_and_its_band_is_kept(cast: Cast, approved: RescueOperation, signed_in: SignIn,
                                                typed: tuple[str, ...], band: str) -> None:
    sent = persons(1, **{f"age_band_{number}": part for number, part in enumerate(typed)})
    signed_in(cast.investigator).post(f"/investigations/rescues/{approved.code}/conclude/", sent)
    with acting_as(cast.care_supervisor, "r"):
        assert Referral.objects.get().age_band == band
    assert AgeBandField().clean(AgeBandField().widget.decompress(band)) == band, "shown again, it says the same"


def test_one_more_block_keeps_what_was_typed(cast: Cast, approved: RescueOperation, signed_in: SignIn) -> None:
    sent = persons(2, needs="A doctor for her eyes", age_band_1="២៣", age_band_2="about") | {"more": "1"}
    at = f"/investigations/rescues/{approved.code}/conclude/"
    page = signed_in(cast.investigator).post(at, sent).content.decode()
    assert page.count("A doctor for her eyes") == page.count('value="១៩"') == page.count('value="២៣"') == 2
    assert 'name="form-2-sex"' in page
    assert "Choose one of the answers" not in page
    blank = signed_in(cast.investigator).get(at).content.decode()
    assert 'name="form-4-sex"' in blank
    odd = signed_in(cast.investigator).post(at, {"more": "1"})
    assert 'name="form-0-sex"' in odd.content.decode()


@pytest.mark.parametrize(("sent", "words"), [
    (persons(1) | {"outcome": "nobody"}, "Persons are written down below"),
    (persons(0), "Write down at least one person"),
    (persons(1, sex=""), "Choose one of the answers"),
    (persons(1, age_band_0=""), "Write an age, or choose “Not known”"),
    (persons(1, age_band_1="17"), "The highest age is below the lowest"),
    ({"outcome": "reached"}, "ManagementForm"),
])
def test_a_conclusion_that_does_not_fit_is_asked_again(cast: Cast, approved: RescueOperation, signed_in: SignIn,
                                                       sent: dict[str, Any], words: str) -> None:
    answer = signed_in(cast.investigator).post(f"/investigations/rescues/{approved.code}/conclude/", sent)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert words in said and ("form-0-needs" not in sent or ("ស្រី0" in said and ">\nRest</textarea>" in said)), "nothing is lost"


def test_an_operation_may_find_nobody(cast: Cast, approved: RescueOperation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    empty = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "outcome": "nobody"}
    answer = client.post(f"/investigations/rescues/{approved.code}/conclude/", empty, follow=True)
    assert "Nobody was handed over" in answer.content.decode()
    again = client.post(f"/investigations/rescues/{approved.code}/conclude/", empty, follow=True)
    assert "Only an approved operation can be concluded." in again.content.decode()


def test_an_operation_is_called_off(cast: Cast, rescue: RescueOperation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    assert "cannot be taken up again" in client.get(f"/investigations/rescues/{rescue.code}/cancel/").content.decode()
    client.post(f"/investigations/rescues/{rescue.code}/cancel/")
    why = client.get(f"/investigations/rescues/{rescue.code}/cancel/", follow=True).content.decode()
    assert "This operation is over." in why
    with acting_as(cast.investigator, "r"):
        assert policy.get_rescue(cast.investigator, rescue.code).state == "cancelled"


def test_the_database_refuses_to_conclude_what_nobody_approved(cast: Cast, rescue: RescueOperation) -> None:
    by = cast.investigator
    with acting_as(by), pytest.raises(DatabaseError), transaction.atomic(), entry("x.y", by=by, about=rescue):
        RescueOperation.objects.filter(pk=rescue.pk).update(state="concluded", outcome="nobody",
                                                            concluded_at=rescue.asked_at)


def test_the_database_refuses_a_plan_on_a_file_of_others(committed_cast: Cast) -> None:
    cast = committed_cast
    one = making.investigation(cast, making.assessed(cast, making.tip(cast)))
    by = cast.far_investigator
    with acting_as(by), pytest.raises(ProgrammingError), transaction.atomic(), entry("x.y", by=by, about=None):
        RescueOperation(code="RO-0000-0000", file_id=one.file_id, investigation_id=one.pk, risk="low",
                        expected_persons=1, request_id=one.pk).save()


def test_place_and_names_are_nowhere_in_the_tables_in_plain(cast: Cast, concluded: RescueOperation) -> None:
    with connections["default"].cursor() as cursor, acting_as(cast.investigator, "r"):
        cursor.execute("SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]')::text FROM investigations_rescueoperation r")
        rows = json.loads(cursor.fetchone()[0])
    assert len(rows) == 1
    assert making.PLACE not in json.dumps(rows, ensure_ascii=False)
    assert making.PLACE.encode().hex() not in json.dumps(rows)


def test_the_list_shows_no_place(cast: Cast, rescue: RescueOperation, signed_in: SignIn) -> None:
    page = signed_in(cast.investigator).get("/investigations/rescues/").content.decode()
    assert rescue.code in page
    assert making.PLACE not in page
    assert "No rescue operations" in signed_in(cast.far_investigator).get("/investigations/rescues/").content.decode()
    assert str(rescue) == rescue.code
