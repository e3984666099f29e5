"""Investigation files: incidents, suspects, referral to prosecution, closing; and who must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.messages import CaseReferred
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from investigations import policy
from investigations.actions import incidents, investigations, suspects
from investigations.models import Incident, Investigation, RescueOperation, Suspect
from investigations.names import Names
from prosecutions.models import Accused, VictimWitness
from tests.cast import Cast
from tests.investigations import making
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
INCIDENT: dict[str, Any] = {
    "acts": ["recruitment", "receipt"], "means": ["fraud"], "purposes": ["labour"], "occurred_0": "", "occurred_1": "5",
    "occurred_2": "2026", "occurred_3": "about", "province": "08", "account": "Told by a neighbour"}
STRANGERS = ("hotline", "colleague", "care_worker", "care_supervisor", "liaison", "partner", "auditor",
             "administrator", "data_protection", "far_investigator", "far_supervisor")


def test_the_lead_sees_the_file_and_its_tip(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    page = client.get(f"/investigations/files/{investigation.code}/").content.decode()
    assert "Forced labour, Kandal" in page
    assert "Began with a tip" in page
    assert investigation.code in client.get("/investigations/files/").content.decode()
    empty = signed_in(cast.far_investigator).get("/investigations/files/").content.decode()
    assert "You are on no investigation file" in empty


def test_act_means_and_purpose_are_recorded(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    answer = client.post(f"/investigations/files/{investigation.code}/incidents/new/", INCIDENT)
    page = client.get(answer["Location"]).content.decode()
    assert "Recruitment, Receipt" in page
    assert "bout May 2026" in page or "May 2026 (about)" in page, page[page.find("May 2026") - 80:page.find("May 2026") + 40]
    assert "Told by a neighbour" not in page
    with acting_as(cast.investigator, "r"):
        incident = policy.visible_incidents(cast.investigator).get()
        assert str(incident) == incident.code
    shown = client.post(f"/investigations/incidents/{incident.code}/reveal/", {"field": "account", "purpose": "COURT"})
    assert "Told by a neighbour" in shown.content.decode()


def test_an_adult_needs_a_means_and_a_child_does_not(cast: Cast, investigation: Investigation,
                                                     signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    at = f"/investigations/files/{investigation.code}/incidents/new/"
    adult = client.post(at, INCIDENT | {"means": []})
    assert "For an adult, tick at least one means." in adult.content.decode()
    child = client.post(at, INCIDENT | {"means": [], "is_child": "on", "account": ""}, follow=True).content.decode()
    assert "Not needed: a child" in child
    assert client.post(at, {}).status_code == 200


@pytest.mark.parametrize(("acts_", "means", "purposes"), [([], ["fraud"], ["labour"]), (["receipt"], [], ["labour"]),
                                                           (["receipt"], ["fraud"], [])])
def test_the_database_keeps_the_legal_test_whole(cast: Cast, investigation: Investigation, acts_: list[str],
                                                 means: list[str], purposes: list[str]) -> None:
    with acting_as(cast.investigator), pytest.raises(IntegrityError), transaction.atomic():
        incidents.record(investigation, by=cast.investigator, acts=acts_, means=means, purposes=purposes,
                         is_child=False, occurred="2026")


def test_a_suspect_gets_a_code_and_sealed_names(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    at = f"/investigations/files/{investigation.code}/suspects/new/"
    assert "Write at least one name" in client.post(at, {"role_in_process": "Exploiter"}).content.decode()
    named = {"family_km": "កែវ", "given_km": "សំណាង", "called": "បងណាង"}
    answer = client.post(at, {"role_in_process": "Exploiter"} | named)
    page = client.get(answer["Location"]).content.decode()
    assert "<h1>Exploiter</h1>" in page
    assert "សំណាង" not in page
    shown = client.post(f"{answer['Location']}reveal/", {"purpose": "COURT"}).content.decode()
    assert "កែវ សំណាង" in shown
    assert "បងណាង" in shown
    assert client.post(f"{answer['Location']}reveal/", {})["Location"] == answer["Location"]
    look = next(event for event in reversed(last_events(3)) if event["act"] == "field.disclosed")
    assert len(look["obj"]["subjects"]) == 1


def test_a_suspect_without_names_opens_to_nothing(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    with acting_as(cast.investigator):
        suspect = suspects.record(investigation, by=cast.investigator, role_in_process="Other", names=Names())
    shown = signed_in(cast.investigator).post(f"/investigations/suspects/{suspect.code}/reveal/", {"purpose": "COURT"})
    assert "Nothing was written here." in shown.content.decode()


def test_a_supervisor_reads_the_names_of_a_suspect(cast: Cast, suspect: Suspect) -> None:
    boss = cast.investigation_supervisor
    with acting_as(boss, "r"):
        names = list(policy.visible_names(boss, suspect))
        assert [name.script for name in names] == ["km", "latn", "latn"]
        opened = disclose(names, "family", to=boss, purpose="SUPERVISION")
        assert [opened[name.pk]["family"] for name in names] == ["កែវ", "Keo", None]


@pytest.mark.parametrize("name", STRANGERS)
def test_the_names_of_a_suspect_are_hidden_from_strangers(cast: Cast, suspect: Suspect, name: str) -> None:
    with acting_as(getattr(cast, name)):
        assert not Name.objects.exists()
        assert not Suspect.objects.exists()


def test_a_suspect_is_arrested_and_released(cast: Cast, suspect: Suspect, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    at = f"/investigations/suspects/{suspect.code}/"
    assert "Arrested" in client.post(f"{at}move/", {"state": "arrested"}, follow=True).content.decode()
    assert client.get(f"{at}move/").status_code == 200
    assert "Choose one of the answers." in client.post(f"{at}move/", {"state": "cleared"}).content.decode()
    with acting_as(cast.investigator):
        fresh = policy.get_suspect(cast.investigator, suspect.code)
        assert (fresh.state, str(fresh)) == ("arrested", suspect.code)
        with pytest.raises(Refused):
            suspects.move(fresh, by=cast.investigator, state="cleared")
        suspects.move(fresh, by=cast.investigator, state="released")
        suspects.move(fresh, by=cast.investigator, state="cleared")
    assert "Nothing follows from here." in client.get(at).content.decode()


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_meets_a_page_that_is_not_there(cast: Cast, investigation: Investigation, suspect: Suspect,
                                                   signed_in: SignIn, name: str) -> None:
    client = signed_in(getattr(cast, name))
    missing = client.get("/nothing/")
    file, person = f"/investigations/files/{investigation.code}/", f"/investigations/suspects/{suspect.code}/"
    incident = making.incident(cast, investigation)
    for at in (file, f"{file}incidents/new/", f"{file}suspects/new/", f"{file}rescues/new/", f"{file}refer/",
               f"{file}close/", person, f"{person}reveal/", f"{person}move/",
               f"/investigations/incidents/{incident.code}/reveal/"):
        for answer in (client.get(at), client.post(at, {"purpose": "COURT", "field": "account"})):
            assert (answer.status_code, answer.content) == (404, missing.content), at


@pytest.mark.parametrize("name", STRANGERS)
def test_no_stranger_acts(cast: Cast, investigation: Investigation, suspect: Suspect, name: str) -> None:
    user = getattr(cast, name)
    with acting_as(user):
        for act in (lambda: incidents.record(investigation, by=user, acts=["receipt"], means=["fraud"],
                                             purposes=["labour"], is_child=False, occurred="2026"),
                    lambda: suspects.record(investigation, by=user, role_in_process="Other", names=Names(given="X")),
                    lambda: suspects.move(suspect, by=user, state="arrested"),
                    lambda: investigations.refer(investigation, by=user),
                    lambda: investigations.close(investigation, by=user)):
            with pytest.raises(Refused):
                act()
        assert not Investigation.objects.exists()


@pytest.mark.parametrize("make", [
    lambda one, by: Incident(code="IC-0000-0000", file_id=one.file_id, investigation_id=one.pk, acts=["a"], means=["b"],
                             purposes=["c"], occurred="2026", recorded_by=by),
    lambda one, by: Investigation(code="IV-0000-0000", file_id=one.file_id, form_of_exploitation="Other", lead=by),
])
def test_the_database_refuses_rows_on_a_file_of_others(committed_cast: Cast, make: Any) -> None:
    cast = committed_cast
    one = making.investigation(cast, making.assessed(cast, making.tip(cast)))
    by = cast.colleague
    with acting_as(by), pytest.raises(ProgrammingError), transaction.atomic(), entry("x.y", by=by, about=None):
        make(one, by).save()


def test_only_a_whole_file_is_referred(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    client = signed_in(cast.investigator)
    at = f"/investigations/files/{investigation.code}/refer/"
    assert "Record an incident and a suspect first." in client.get(at, follow=True).content.decode()
    assert client.post(at).status_code == 404
    with acting_as(cast.investigator), pytest.raises(Refused):
        investigations.refer(investigation, by=cast.investigator)
    assert last_events(1)[0]["why"]["code"] == "incomplete"


def test_a_case_goes_to_prosecution_with_exactly_what_was_shown(cast: Cast, concluded: RescueOperation,
                                                                signed_in: SignIn) -> None:
    one = concluded.investigation
    making.incident(cast, one)
    suspect, cleared = making.suspect(cast, one), making.suspect(cast, one)
    with acting_as(cast.investigator):
        suspects.move(cleared, by=cast.investigator, state="cleared")
    client = signed_in(cast.investigator)
    page = client.get(f"/investigations/files/{one.code}/refer/").content.decode()
    assert suspect.code in page
    assert cleared.code not in page
    assert "5 possible witnesses, without names" in page
    answer = client.post(f"/investigations/files/{one.code}/refer/", follow=True).content.decode()
    assert "With the prosecutor" in answer
    with acting_as(cast.liaison, "r"):
        assert Accused.objects.count() == 1
        assert VictimWitness.objects.count() == 5
    again = client.get(f"/investigations/files/{one.code}/refer/", follow=True).content.decode()
    assert "was referred or closed already" in again


def test_the_message_to_prosecution_holds_ids_only(cast: Cast, investigation: Investigation, suspect: Suspect) -> None:
    making.incident(cast, investigation)
    with mock.patch("ijm.bridges.send") as send, acting_as(cast.investigator):
        investigations.refer(policy.get_investigation(cast.investigator, investigation.code), by=cast.investigator)
    message: CaseReferred = send.call_args.args[0]
    assert (message.file, message.accused, message.witnesses, message.summary) == (
        investigation.file_id, (suspect.alias.person_id,), (), "ForcedLabour")


def test_a_closed_file_takes_nothing_more(cast: Cast, rescue: RescueOperation, signed_in: SignIn) -> None:
    client, at = signed_in(cast.investigator), f"/investigations/files/{rescue.investigation.code}/"
    assert "still to come" in client.get(f"{at}close/", follow=True).content.decode()
    client.post(f"/investigations/rescues/{rescue.code}/cancel/")
    assert "Nothing more can be recorded" in client.get(f"{at}close/").content.decode()
    assert "With the prosecutor" in client.get(at).content.decode()
    client.post(f"{at}close/")
    assert "With the prosecutor" not in client.get(at).content.decode(), "it was never there"
    with acting_as(cast.investigator, "r"):
        assert CaseFile.objects.get(pk=rescue.file_id).status == "closed"
    for verb in ("incidents/new/", "suspects/new/", "rescues/new/", "close/"):
        assert client.get(f"{at}{verb}")["Location"] == at
    assert "This investigation is closed." in client.get(f"{at}suspects/new/", follow=True).content.decode()
    assert acts().count("investigation.closed") == 1


def test_a_file_says_its_code(investigation: Investigation) -> None:
    assert str(investigation) == investigation.code
