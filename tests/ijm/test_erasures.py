"""Forgetting a survivor: asked, held, agreed by a second person, done for good, certified. And who must not."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.http import Http404
from django.utils import timezone

from aftercare.models import Survivor
from ijm.approvals import panels
from ijm.approvals import policy as second
from ijm.approvals.actions import requests
from ijm.casefiles.models import CaseFile
from ijm.documents.models import Issued, Paper
from ijm.erasures import policy
from ijm.erasures.actions import erasures, holds
from ijm.erasures.meant import by_code, keys_of, obstacles
from ijm.erasures.models import Erasure, LegalHold
from ijm.erasures.states import ErasureState
from ijm.jobs.models import Job
from ijm.notices.models import Notice
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault import shelf
from ijm.vault.disclosure import Broken, disclose
from ijm.vault.errors import KeyDestroyed
from ijm.web.models import Draft
from ijm.web.opened import joined
from ijm.web.words import day
from prosecutions.models import VictimWitness
from tests import stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.ijm import attached, forgetting
from tests.trail import last_events

GIVEN = ("Chanthy", "Sokha", "Ratha", "Maly", "Thida")


@pytest.fixture
def survivor(cast: Cast) -> Survivor:
    """Somebody in care whose case is before the court."""
    stories.referred_prosecution(cast)
    return _hers(cast, stories.taken_in(cast))


def _hers(cast: Cast, survivor: Survivor) -> Survivor:
    with acting_as(cast.care_worker, "r"):
        return Survivor.objects.select_related("alias", "file").get(pk=survivor.pk)


@pytest.fixture
def closed(cast: Cast, survivor: Survivor) -> Survivor:
    """Nothing is open any more."""
    forgetting.close_everything(cast, survivor)
    return _hers(cast, survivor)


@pytest.fixture
def asked(cast: Cast, closed: Survivor) -> Erasure:
    """Her worker asked."""
    return forgetting.asked(cast, closed)


def names_of(cast: Cast, survivor: Survivor) -> dict[str, Any]:
    with acting_as(cast.care_worker, "r"):
        return disclose(Name.objects.filter(person=survivor.alias.person_id)[0], "family", "given", to=cast.care_worker)


def test_her_keys_are_gone_others_are_unharmed_and_a_certificate_says_until_when(cast: Cast, survivor: Survivor) -> None:
    other = _hers(cast, stories.taken_in(cast))
    photo = attached.attached(cast.care_worker, survivor.file)
    with acting_as(cast.investigator, "r"):
        case = CaseFile.objects.get(aliases__person=survivor.alias.person_id)
    exhibit = attached.attached(cast.investigator, case)
    forgetting.close_everything(cast, survivor)
    before, erasure = names_of(cast, survivor), forgetting.asked(cast, survivor)
    hers, unlike = (drafted(cast, one) for one in (survivor, other))
    forgetting.approved(cast, erasure)
    done = forgetting.worked(erasure, cast.data_protection)
    assert not any(isinstance(value, Broken) for value in before.values())
    assert done.state == ErasureState.DONE and done.keys >= 2 and done.done_at and done.certificate
    assert done.effective_on == timezone.localdate(done.done_at) + timedelta(days=settings.KEY_BACKUP_DAYS)
    for value in names_of(cast, survivor).values():
        assert isinstance(value, Broken) and (value.code, value.certificate) == (KeyDestroyed.code, done.certificate)
        assert value.since and joined([value, value]) == f"Erased on {day(value.since)}, certificate {done.certificate}"
    assert not any(isinstance(value, Broken) for value in names_of(cast, other).values())
    _is_certified(cast, done)
    with acting_as(cast.care_worker, "r"):
        assert set(Draft.objects.values_list("pk", flat=True)) & {hers, unlike} == {unlike}
    _is_told(done)
    with acting_as(cast.data_protection):
        assert set(keys_of(erasure)) == {
            ("subject", survivor.alias.person_id), ("file", survivor.file_id), ("evidence", photo.pk)}
    with pytest.raises(KeyDestroyed):
        shelf.measure(photo)
    assert shelf.measure(exhibit) == exhibit.sha256
    again = forgetting.worked(erasure, cast.data_protection)
    assert (again.rev, again.keys, again.certificate) == (done.rev, done.keys, done.certificate), "twice is once"
    with acting_as(cast.care_worker, "w"), pytest.raises(KeyDestroyed), entry("test", by=cast.care_worker, about=survivor):
        Name(person_id=survivor.alias.person_id, script="latn", given="Chanthy").save()  # nothing is written about her any more


def drafted(cast: Cast, survivor: Survivor) -> uuid.UUID:
    """A form about her that nobody has sent."""
    with acting_as(cast.care_worker):
        draft = Draft(owner_id=cast.care_worker.pk, path=f"/aftercare/survivors/{survivor.code}/correct/", form=survivor.code)
        draft.seal(b"Chanthy")
        draft.save(force_insert=True)
        return draft.pk


def _is_certified(cast: Cast, done: Erasure) -> None:
    with acting_as(cast.data_protection, "r"):
        paper = Paper.objects.get(code=done.issued.code)  # type: ignore[union-attr]
    assert (paper.template, paper.about_code, paper.file_id, paper.is_named) == ("erasure", done.about_code, None, False)
    assert Issued.objects.get(code=paper.code).number == paper.number


def _is_told(done: Erasure) -> None:
    told = {event["act"]: event for event in last_events(200) if event["act"].startswith("erasure.")}
    assert {"erasure.asked", "erasure.approved", "erasure.done", "erasure.certified"} <= told.keys()
    assert told["erasure.done"]["q"] == {"certificate": done.certificate, "keys": done.keys, "effective": str(done.effective_on)}
    assert told["erasure.done"]["obj"]["subjects"] == [str(done.person_id)]


# what stands against it


def test_an_open_file_of_any_wing_stops_it(cast: Cast, survivor: Survivor) -> None:
    erasure = forgetting.asked(cast, survivor)
    with acting_as(cast.data_protection):
        kinds = {one.kind for one in obstacles(erasure)}
        decision = second.may_approve(cast.data_protection, erasure.request)
        assert kinds == {"care", "investigation", "prosecution"}
        assert decision.reason == "barred" and "VAULT-HOLD" in str(decision.why)
        with pytest.raises(Refused):
            requests.approve(erasure.request, by=cast.data_protection)
        with pytest.raises(Refused):
            erasures.begin(erasure, by=cast.data_protection)
    with acting_as(cast.care_worker):
        assert {(one.kind, one.office and one.office.pk) for one in obstacles(erasure)} == {
            ("care", cast.office.pk), ("", None)}, "her worker does not learn which other wing it is"


def test_a_hold_stops_it_and_is_named_by_its_number(cast: Cast, asked: Erasure) -> None:
    hold = forgetting.held(cast, _witness_code(cast, asked))
    with acting_as(cast.data_protection):
        assert hold.code in str(second.may_approve(cast.data_protection, asked.request).why)
        assert [one.reason for one in obstacles(asked)] == ["appeal"]
        with pytest.raises(Refused):
            requests.approve(asked.request, by=cast.data_protection)
    with acting_as(cast.care_worker):
        assert [(one.code, one.reason, one.until_on) for one in obstacles(asked)] == [(hold.code, None, None)]
    with acting_as(cast.liaison):
        holds.lift(LegalHold.objects.get(pk=hold.pk), by=cast.liaison)
        with pytest.raises(Refused):
            holds.lift(LegalHold.objects.get(pk=hold.pk), by=cast.liaison)
    assert forgetting.approved(cast, asked).state == ErasureState.APPROVED


def _witness_code(cast: Cast, erasure: Erasure) -> str:
    with acting_as(cast.liaison, "r"):
        return VictimWitness.objects.get(alias__person=erasure.person_id).alias.code


def test_a_hold_that_comes_after_the_approval_still_saves_the_keys(
    cast: Cast, closed: Survivor, asked: Erasure, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[Any] = []
    monkeypatch.setattr(erasures.index, "learn", learnt.extend)
    forgetting.approved(cast, asked)
    forgetting.held(cast, _witness_code(cast, asked))
    assert forgetting.worked(asked, cast.data_protection).state == ErasureState.HALTED
    assert learnt == [asked.person_id], "she is found by her name again"
    assert not any(isinstance(value, Broken) for value in names_of(cast, closed).values())
    with acting_as(cast.care_worker, "r"):
        assert Notice.objects.filter(kind="erasure.halted", about_code=asked.code).exists()


def test_who_may_hold(cast: Cast, survivor: Survivor) -> None:
    with acting_as(cast.care_worker):
        meant = by_code(survivor.code)
        assert meant is not None
        day = timezone.localdate() + timedelta(days=3)
        assert policy.may_hold(cast.care_worker, meant, day).reason == "role"
        assert policy.may_hold(cast.liaison, meant, day).reason == "kind", "not by a code of another wing"
        assert policy.may_hold(cast.data_protection, meant, timezone.localdate()).reason == "day"
    with acting_as(cast.far_liaison):
        assert by_code(survivor.code) is None
    with acting_as(cast.data_protection):
        hold = holds.place(meant, by=cast.data_protection, reason="retention", until_on=day)
        holds.lift(hold, by=cast.data_protection)
        assert policy.may_lift(cast.data_protection, hold).reason == "ended"


# who may


def test_who_may_ask(cast: Cast, survivor: Survivor) -> None:
    with acting_as(cast.care_worker):
        meant = by_code(survivor.code)
        assert meant is not None
        assert policy.may_ask(cast.care_worker, meant)
        assert policy.may_ask(cast.data_protection, meant)
        assert policy.may_ask(cast.care_supervisor, meant).reason == "worker"
        assert policy.may_ask(cast.liaison, meant).reason == "role"
    for user in (cast.far_care_worker, cast.investigator, cast.liaison, cast.partner, cast.auditor, cast.administrator,
                 cast.care_worker_two):
        with acting_as(user):
            assert by_code(survivor.code) is None, user.username
    with acting_as(cast.liaison):
        hers = by_code(VictimWitness.objects.order_by("pk")[0].alias.code)
        assert hers is not None and policy.may_ask(cast.data_protection, hers).reason == "kind"
    forgetting.asked(cast, survivor)
    with acting_as(cast.care_worker):
        assert policy.may_ask(cast.care_worker, meant).reason == "already"


def test_what_is_not_hers_is_not_there(cast: Cast, survivor: Survivor) -> None:
    erasure, hold = forgetting.asked(cast, survivor), forgetting.held(cast)
    for user in (cast.far_care_supervisor, cast.investigator, cast.auditor, cast.administrator, cast.partner):
        for get, code in ((policy.get_erasure, erasure.code), (policy.get_hold, hold.code)):
            with acting_as(user, "r"), pytest.raises(Http404):
                get(user, code)
    with acting_as(cast.data_protection, "r"):
        assert policy.get_erasure(cast.data_protection, erasure.code.lower()) == erasure
        assert policy.get_hold(cast.data_protection, hold.code) == hold


def test_who_asked_does_not_approve(cast: Cast, closed: Survivor) -> None:
    erasure = forgetting.asked(cast, closed, cast.data_protection)
    with acting_as(cast.data_protection):
        assert second.may_approve(cast.data_protection, erasure.request).reason == "self"
        assert policy.may_go_on(cast.data_protection, erasure).reason == "self"
        with pytest.raises(Refused):
            requests.approve(erasure.request, by=cast.data_protection)
        assert Notice.objects.filter(kind="approval.waiting").count() == 0
    with acting_as(cast.care_supervisor):
        assert Notice.objects.filter(kind="approval.waiting", about_code=erasure.code).count() == 1
    assert forgetting.approved(cast, erasure, cast.care_supervisor).state == ErasureState.APPROVED


def test_it_is_refused_or_taken_back(cast: Cast, closed: Survivor) -> None:
    first = forgetting.asked(cast, closed)
    with acting_as(cast.data_protection):
        requests.refuse(first.request, by=cast.data_protection)
        assert first.state == "refused" and policy.may_begin(cast.data_protection, first).reason == "decided"
    again = forgetting.asked(cast, closed)
    with acting_as(cast.care_worker):
        requests.withdraw(again.request, by=cast.care_worker)
        assert (again.state, again.get_state_display()) == ("withdrawn", "Taken back")
        assert policy.may_print(cast.care_worker, again).reason == "state"
        assert [one["part"] for one in panels.approvals(cast.care_worker)] == ["back"]
    third = forgetting.asked(cast, closed)
    with acting_as(cast.data_protection):
        assert [(one["part"], one["code"]) for one in panels.approvals(cast.data_protection)] == [("decide", third.code)]
        assert panels.approvals(cast.auditor) == []
    with acting_as(cast.care_worker):
        assert {one["part"] for one in panels.approvals(cast.care_worker)} == {"asked", "back"}


def test_another_finishes_what_stopped_half_way(cast: Cast, asked: Erasure) -> None:
    forgetting.approved(cast, asked)
    with acting_as(cast.care_supervisor):
        mine = Erasure.objects.get(pk=asked.pk)
        erasures.go_on(mine, by=cast.care_supervisor)
        assert Job.objects.filter(kind="erasure.destroy", owner=cast.care_supervisor).exists()
    done = forgetting.worked(asked, cast.care_supervisor)
    assert (done.state, done.request.decided_by_id) == (ErasureState.DONE, cast.data_protection.pk)
    with acting_as(cast.care_supervisor):
        assert policy.may_go_on(cast.care_supervisor, done).reason == "state"


# the application role, by SQL


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql, params)
    return str(error.value)


def test_the_database_refuses_what_the_rules_refuse(cast: Cast, closed: Survivor, asked: Erasure) -> None:
    approve = "UPDATE erasures_erasure SET step = 'approved', certificate = 'CE-0000-0000' WHERE id = %s"
    with acting_as(cast.care_worker), entry("test", by=cast.care_worker, about=None):
        assert "has not approved" in refused(approve, asked.pk)
        assert "denied" in refused("UPDATE erasures_erasure SET person_id = gen_random_uuid() WHERE id = %s", asked.pk)
        refused("DELETE FROM erasures_erasure WHERE id = %s", asked.pk)
        assert "another person" in refused("UPDATE erasures_erasure SET step = 'done' WHERE id = %s", asked.pk)
    hold = forgetting.held(cast, _witness_code(cast, asked))
    with acting_as(cast.data_protection), entry("test", by=cast.data_protection, about=None):
        assert "has not approved" in refused(approve, asked.pk)
        with connections["default"].cursor() as cursor:
            cursor.execute("UPDATE approvals_request SET rev = rev + 1, state = 'approved', decided_by_id = %s,"
                           " decided_at = now() WHERE id = %s", [cast.data_protection.pk, asked.request_id])
        assert f"VAULT-HOLD: {hold.code}" in refused(approve, asked.pk), "whatever was approved"
    with acting_as(cast.investigator), entry("test", by=cast.investigator, about=None), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM erasures_erasure")
        assert cursor.fetchone() == (0,), "a stranger sees none"
        for ask in ("SELECT count(*) FROM guard.holds_on(%s)", "SELECT count(*) FROM guard.erasure_keys(%s)",
                    "SELECT guard.drop_drafts(%s)"):
            cursor.execute(ask, [asked.pk])
            assert cursor.fetchone() == (0,)
    with acting_as(cast.care_worker), entry("test", by=cast.care_worker, about=None):
        insert = ("INSERT INTO {table} (id, rev, person_id, file_id, office_id, about_code, code, {more}) VALUES"
                  " (gen_random_uuid(), 1, %s, %s, %s, %s, 'ER-0000-0000', ")
        place = insert.format(table="erasures_legalhold", more="reason, until_on, placed_by_id, placed_at")
        assert "a hold is placed by" in refused(
            place + "'order', current_date + 9, %s, now())", closed.alias.person_id, closed.file_id, cast.office.pk, closed.code,
            cast.care_worker.pk)
        ask_ = insert.format(table="erasures_erasure", more="basis, step, request_id, keys") + "'her_wish', 'waiting', %s, 0)"
        somebody = (asked.pk, closed.file_id, cast.office.pk, closed.code, asked.request_id)
        assert "asked for by who works" in refused(ask_, *somebody)
        herself = (asked.person_id, *somebody[1:])
        assert "asked for first" in refused(ask_, *herself), "no second erasure on one request"


# the pages


def test_the_pages_lead_through_it(cast: Cast, closed: Survivor) -> None:
    worker, officer = sign_in(cast.care_worker), sign_in(cast.data_protection)
    answer = worker.post("/erasures/new/", {"about": closed.code.lower(), "basis": "her_wish"})
    assert answer.status_code == 302
    url = answer["Location"]
    assert "Erasure of the data of" in worker.get(url).content.decode()
    assert url.split("/")[2] in worker.get("/erasures/").content.decode()
    again = worker.post("/erasures/new/", {"about": closed.code, "basis": "guardian"}).content.decode()
    assert "asked for already" in again
    with acting_as(cast.data_protection, "r"):
        erasure = Erasure.objects.select_related("request").get()
    assert officer.post(f"/approvals/{erasure.request.code}/decide/", {"answer": "approve"})["Location"] == url
    erasure = forgetting.worked(erasure, cast.data_protection)
    shown = worker.get(url).content.decode()
    assert str(erasure.certificate) in shown
    printed = worker.post(f"{url}certificate/", {"language": "km"})
    assert printed.status_code == 302 and printed["Location"].startswith("/papers/PA-")
    more = {"purpose": "police", "answer": "given", "giver": "self", "form": "spoken", "note": "She agrees", "language": "khm"}
    late = worker.post(f"/aftercare/survivors/{closed.code}/consents/", more)
    assert late.status_code == 409 and f"certificate {erasure.certificate}" in late.content.decode(), late.content
    page = worker.post(f"/aftercare/survivors/{closed.code}/reveal/", {"field": "name", "purpose": "CONTACT"})
    assert "Erased on" in page.content.decode() and not any(f"Sin {one}" in page.content.decode() for one in GIVEN)


def test_a_hold_has_its_pages(cast: Cast, survivor: Survivor) -> None:
    liaison = sign_in(cast.liaison)
    with acting_as(cast.liaison, "r"):
        code = VictimWitness.objects.select_related("alias").order_by("pk")[0].alias.code
    until = timezone.localdate() + timedelta(days=30)
    typed = {"about": code, "reason": "claim", "until_on_0": until.day, "until_on_1": until.month, "until_on_2": until.year}
    assert "to come" in liaison.post("/erasures/holds/new/", typed | {"until_on_2": 2020}).content.decode()
    assert "nobody of this code" in liaison.post("/erasures/holds/new/", typed | {"about": survivor.code}).content.decode()
    answer = liaison.post("/erasures/holds/new/", typed)
    assert answer.status_code == 302
    assert "Lift the hold" in liaison.get(answer["Location"]).content.decode()
    officer = sign_in(cast.data_protection).get("/erasures/holds/").content.decode()
    assert answer["Location"].split("/")[3] in officer and "Place a hold" in officer
    assert liaison.post(f"{answer['Location']}lift/").status_code == 302
    assert "Lift the hold" not in liaison.get(answer["Location"]).content.decode()
