"""Four eyes: one asks for exactly one thing, another decides in time, once. And everybody who must not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone

from ijm.accounts.actions import people
from ijm.accounts.models import User
from ijm.approvals import agreed, kinds, panels, policy, tasks
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.bridges import FOUR_EYES
from ijm.notices.models import Notice
from ijm.roles.table import Can, Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused, Stale
from ijm.vault.disclosure import disclose
from tests import databases
from tests.cast import Cast
from tests.ijm.test_sessions import grow_old
from tests.trail import last_events

SignIn = Callable[[User], Client]
THING = {"code": "XP-0000-0000", "which": "all"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of an export, without a record behind it."""
    plain = kinds.Kind("A test", Can.RECORDS_EXPORT, Can.EXPORT_APPROVE)
    monkeypatch.setattr(kinds, "kind_of", lambda code: plain)
    monkeypatch.setattr(requests, "kind_of", lambda code: plain)
    monkeypatch.setattr("ijm.approvals.models.kind_of", lambda code: plain)


def asked(user: User, **given: Any) -> Request:
    with acting_as(user):
        return requests.ask("export", **{"about": "XP-0000-0000", "thing": THING, "office": user.office, "by": user} | given)


def approved(user: User, request: Request, **given: Any) -> Request:
    with acting_as(user):
        return requests.approve(Request.objects.get(pk=request.pk), by=user, **given)


def seen_by(user: User, request: Request) -> Request:
    with acting_as(user, "r"):
        return policy.get_request(user, request.code)


def test_a_request_is_decided_by_another_and_used_once(cast: Cast) -> None:
    request = asked(cast.care_worker, reason="For the yearly meeting")
    for user in (cast.care_supervisor, cast.data_protection):
        with acting_as(user, "r"):
            told = Notice.objects.get(kind="approval.waiting")
            assert (told.about_code, told.path) == ("XP-0000-0000", f"/approvals/{request.code}/")
    done = approved(cast.care_supervisor, request, motive="I asked her")
    assert done.state == "approved" and done.expires_at > timezone.now() + timedelta(hours=71)
    with acting_as(cast.care_worker):
        mine = Request.objects.get(pk=request.pk)
        assert Notice.objects.filter(kind="approval.decided").count() == 1
        assert disclose(mine, "reason", "motive", to=cast.care_worker) == {
            "reason": "For the yearly meeting", "motive": "I asked her"}
        agreed.require_approved(mine, THING)
        with pytest.raises(agreed.Voided, match="has changed"):
            agreed.require_approved(mine, {**THING, "which": "closed"})
        requests.used(mine, by=cast.care_worker)
        with pytest.raises(agreed.Voided, match="used already"):
            agreed.require_approved(mine, THING)
        with pytest.raises(Refused):
            requests.used(mine, by=cast.care_worker)
        with pytest.raises(Refused):
            requests.withdraw(mine, by=cast.care_worker)
    acts = [event["act"] for event in last_events(40)]
    assert {"approval.asked", "approval.given", "approval.used"} <= set(acts)


def test_the_digest_is_that_of_the_canonical_form() -> None:
    assert agreed.digest_of({"b": 1, "a": "é"}) == agreed.digest_of({"a": "é", "b": 1})
    assert agreed.digest_of({"a": 1}) != agreed.digest_of({"a": "1"})
    with pytest.raises(ValueError, match="float"):
        agreed.digest_of({"a": 1.5})


@pytest.mark.parametrize(("who", "why"), [
    ("care_worker", "self"), ("care_worker_two", "role"), ("far_care_supervisor", "role"), ("investigation_supervisor", "role"),
    ("liaison", "role"), ("administrator", "role"), ("auditor", "role"), ("partner", "role")])
def test_who_may_not_decide(cast: Cast, who: str, why: str) -> None:
    request, user = asked(cast.care_worker), getattr(cast, who)
    with acting_as(user):
        assert policy.may_decide(user, request).reason == why
        for act in (requests.approve, requests.refuse):
            with pytest.raises(Refused):
                act(request, by=user)
    if who != "care_worker":
        with acting_as(user, "r"), pytest.raises(Http404):
            policy.get_request(user, request.code)
        with acting_as(user):
            for end in (requests.withdraw, requests.used, requests.lapse):
                with pytest.raises(Refused):
                    end(request, by=user)


def test_who_lost_the_role_since_does_not_decide(cast: Cast) -> None:
    request, boss = asked(cast.care_worker), cast.care_supervisor
    with acting_as(cast.administrator):
        people.revoke(boss.grants.get(), by=cast.administrator)
    with acting_as(boss):
        assert policy.may_decide(boss, request).reason == "role"
        assert not Request.objects.filter(pk=request.pk).exists()


def test_who_may_not_ask(cast: Cast) -> None:
    for user in (cast.investigator, cast.data_protection, cast.auditor, cast.partner, cast.administrator):
        with pytest.raises(Refused):
            asked(user)
    with pytest.raises(DatabaseError, match="another office decides"), transaction.atomic():
        asked(cast.far_care_worker, office=cast.office)


def test_it_is_refused_or_taken_back(cast: Cast) -> None:
    first, second = asked(cast.care_worker), asked(cast.care_worker)
    with acting_as(cast.data_protection):
        requests.refuse(first, by=cast.data_protection, motive="Not needed")
        assert policy.may_decide(cast.data_protection, first).reason == "decided"
    approved(cast.data_protection, second)
    with acting_as(cast.care_worker):
        with pytest.raises(agreed.Voided, match="not approved"):
            agreed.require_approved(first, THING)
        requests.withdraw(Request.objects.get(pk=second.pk), by=cast.care_worker)
        assert policy.may_withdraw(cast.care_worker, first).reason == "state"
    third, fourth = asked(cast.care_worker), asked(cast.care_supervisor)
    with acting_as(cast.care_supervisor):
        assert [(one["part"], one["by"]) for one in panels.approvals(cast.care_supervisor)] == [
            ("asked", fourth.asked_by.display_name), ("decide", third.asked_by.display_name)]
    with acting_as(cast.care_worker):
        assert sorted(one["part"] for one in panels.approvals(cast.care_worker)) == ["asked", "back"]
    with acting_as(cast.auditor):
        assert panels.approvals(cast.auditor) == []


def test_nothing_is_decided_or_used_after_its_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.approvals.models.LIFE", timedelta(seconds=-1))
    late = asked(cast.care_worker)
    monkeypatch.setattr(requests, "LIFE", timedelta(seconds=-1))
    monkeypatch.setattr("ijm.approvals.models.LIFE", timedelta(hours=72))
    unused = approved(cast.data_protection, asked(cast.care_worker))
    with acting_as(cast.data_protection):
        assert policy.may_decide(cast.data_protection, late).reason == "expired"
        assert "decide" not in [one["part"] for one in panels.approvals(cast.data_protection)]
        assert "expired" in refused("UPDATE approvals_request SET state = 'approved', decided_by_id = %s, decided_at = now()"
                                    " WHERE id = %s", cast.data_protection.pk, late.pk)
    with acting_as(cast.care_worker):
        with pytest.raises(agreed.Voided, match="time"):
            agreed.require_approved(unused, THING)
        with pytest.raises(Refused, match="time"):
            requests.used(unused, by=cast.care_worker)
        assert "in time" in refused("UPDATE approvals_request SET state = 'done' WHERE id = %s", unused.pk)
    assert tasks.lapse() == 2 and tasks.lapse() == 0
    assert seen_by(cast.care_worker, late).state == "expired" and seen_by(cast.care_worker, late).is_over
    with acting_as(cast.care_worker, "r"):
        assert Notice.objects.filter(kind="approval.expired").count() == 2
    with acting_as(cast.care_worker), pytest.raises(Refused):
        requests.lapse(asked(cast.care_worker), by=cast.care_worker)


def test_trouble_with_one_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.approvals.models.LIFE", timedelta(seconds=-1))
    asked(cast.care_worker)
    asked(cast.care_worker_two)
    whole = requests.lapse

    def broken(request: Request, *, by: User) -> Request:
        if by == cast.care_worker:
            raise ZeroDivisionError
        return whole(request, by=by)

    monkeypatch.setattr(requests, "lapse", broken)
    assert tasks.lapse() == 1


def test_what_changed_since_can_only_be_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(cast.care_worker)
    monkeypatch.setattr(kinds.Kind, "current", lambda self, one: {**THING, "which": "closed"})
    with acting_as(cast.care_supervisor):
        decision = policy.may_approve(cast.care_supervisor, request)
        assert decision.reason == "void" and "has changed" in str(decision.why)
        with pytest.raises(Refused, match="has changed"):
            requests.approve(request, by=cast.care_supervisor)
        requests.refuse(request, by=cast.care_supervisor)


def test_what_a_kind_does_happens_with_the_approval_and_the_request_is_used_up(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []
    monkeypatch.setattr("tests.ijm.test_approvals.DONE", done, raising=False)
    doing = kinds.Kind("A test", Can.RECORDS_EXPORT, Can.EXPORT_APPROVE, apply="tests.ijm.test_approvals.applied",
                       moved="tests.ijm.test_approvals.moved", thing="tests.ijm.test_approvals.thing",
                       told="tests.ijm.test_approvals.told")
    for place in ("ijm.approvals.models", "ijm.approvals.actions.requests"):
        monkeypatch.setattr(f"{place}.kind_of", lambda code: doing)
    request = approved(cast.data_protection, asked(cast.care_worker))
    assert request.state == "done" and done == [("moved", "approved"), ("applied", "approved")]
    assert doing.says(cast.care_worker, request).url == "/x/"
    with acting_as(cast.care_worker), pytest.raises(agreed.Voided, match="used already"):
        agreed.require_approved(request, THING)


def applied(request: Request, *, by: User) -> None:
    DONE.append(("applied", request.state))  # type: ignore[name-defined]  # noqa: F821


def moved(request: Request, *, by: User) -> None:
    DONE.append(("moved", request.state))  # type: ignore[name-defined]  # noqa: F821


def thing(request: Request) -> dict[str, str]:
    return THING


def told(user: User, request: Request) -> kinds.Told:
    return kinds.Told("/x/")


def test_two_who_decide_at_once_are_one(cast: Cast) -> None:
    request = asked(cast.care_worker)
    with acting_as(cast.data_protection):
        mine, hers = (Request.objects.get(pk=request.pk) for _number in range(2))
        requests.approve(mine, by=cast.data_protection)
        with pytest.raises((Refused, Stale)):
            requests.refuse(hers, by=cast.data_protection)


def test_a_small_office_asks_the_one_that_supports_it(cast: Cast) -> None:
    assert asked_deciders(cast, cast.far_care_worker) == {
        cast.far_care_supervisor.pk, cast.care_supervisor.pk, cast.data_protection.pk}
    assert asked_deciders(cast, cast.care_worker) == {cast.care_supervisor.pk, cast.data_protection.pk}, "not the other way"


def asked_deciders(cast: Cast, user: User) -> set[uuid.UUID]:
    request = asked(user)
    with acting_as(user):
        return set(policy.deciders(request))


# lines, files, steps: rules of kinds, of which the database is told anew for one test


def test_who_decides_stands_outside_the_line_on_the_file_and_decided_no_other_step(committed_cast: Cast) -> None:
    cast, request = committed_cast, asked(committed_cast.care_worker)
    boss, officer = cast.care_supervisor, cast.data_protection

    def why(user: User, change: str) -> str:
        with databases.superuser(connections["default"].settings_dict["NAME"]) as keeper:
            keeper.execute(change)
        with acting_as(user):
            return policy.may_decide(user, request).reason if not policy.may_decide(user, request) else ""

    assert why(boss, "UPDATE guard.eyes SET outside = true WHERE kind = 'export'") == "line"
    assert why(officer, "SELECT 1") == ""
    assert why(officer, "UPDATE guard.eyes SET outside = false, on_file = true WHERE kind = 'export'") == "file"
    with acting_as(officer):
        assert not Request.objects.exists(), "who does not stand on the file does not see it either"
    other = "UPDATE guard.eyes SET on_file = false; UPDATE approvals_request SET kind = 'other' WHERE id <> '{}'"
    approved(officer, asked_again(cast, why, boss))
    assert why(officer, other.format(request.pk)) == "twice", "she approved another step of the same thing"
    assert why(boss, "SELECT 1") == ""


def asked_again(cast: Cast, why: Callable[[User, str], str], boss: User) -> Request:
    """Another request about the same thing, decided about by role again."""
    assert why(boss, "UPDATE guard.eyes SET on_file = false") == ""
    return asked(cast.care_worker)


# by SQL, as the application role


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql, params)
    return str(error.value)


SET = "UPDATE approvals_request SET rev = rev + 1, {} WHERE id = %s"


@pytest.mark.parametrize(("who", "change", "why"), [
    ("care_worker", "state = 'approved', decided_by_id = asked_by_id, decided_at = now()", "does not decide about it: self"),
    ("data_protection", "state = 'approved', decided_by_id = '{care_supervisor}', decided_at = now()", "somebody else|name"),
    ("data_protection", "state = 'approved'", "name"),
    ("data_protection", "state = 'done'", "cannot go from|in time"),
    ("data_protection", "state = 'withdrawn'", "taken back by who asked"),
    ("care_worker", "state = 'expired'", "when its time is over"),
    ("care_worker", "state = 'withdrawn', expires_at = now() + interval '1 year'", "72 hours"),
    ("care_worker", "state = 'withdrawn', expires_at = now() + interval '1 hour'", "what was decided stays"),
    ("care_worker", "digest = repeat('0', 64)", "permission denied"),
    ("care_worker", "about = 'XP-1111-1111'", "permission denied"),
    ("care_worker", "kind = 'other'", "permission denied"),
    ("data_protection", "expires_at = now() + interval '1 hour'", "nothing else"),
    ("data_protection", "said = 'x'", "nothing else"),
])
def test_the_database_refuses_what_the_rules_refuse(cast: Cast, who: str, change: str, why: str) -> None:
    import re

    request, user = asked(cast.care_worker), getattr(cast, who)
    sql = SET.format(change.format(care_supervisor=cast.care_supervisor.pk))
    with acting_as(user), entry("test", by=user, about=None):
        assert re.search(why, refused(sql, request.pk))
    for stranger in (cast.care_worker_two, cast.far_care_supervisor, cast.auditor):
        with acting_as(stranger), entry("test", by=stranger, about=None), connections["default"].cursor() as cursor:
            cursor.execute(SET.format("state = 'withdrawn'"), [request.pk])
            assert cursor.rowcount == 0, "hidden rows do not change"


INSERT = ("INSERT INTO approvals_request (id, rev, code, kind, office_id, about, digest, basis, state, asked_by_id, asked_at,"
          " expires_at, decided_by_id, decided_at, kept_under, given_rev, said_rev) VALUES (gen_random_uuid(), 1, %s, 'export',"
          " %s, 'XP-0000-0000', %s, '', %s, %s, now(), now() + interval '1 hour', %s, {}, gen_random_uuid(), 0, 0)")


def test_no_request_is_born_approved_or_by_somebody_else(cast: Cast) -> None:
    worker, other, officer, digest = cast.care_worker, cast.investigator, cast.data_protection, "0" * 64
    for by, state, asker, decider, when, mark in (
            (worker, "approved", worker, officer, "now()", digest), (worker, "asked", cast.care_supervisor, None, "NULL", digest),
            (worker, "asked", worker, None, "NULL", "short"), (other, "asked", other, None, "NULL", digest)):
        values = ("AQ-0000-0000", cast.office.pk, mark, state, asker.pk, decider.pk if decider else None)
        with acting_as(by), entry("test", by=by, about=None):
            assert "42501" in refused_state(INSERT.format(when), *values)
    assert "permission denied" in refused("DELETE FROM approvals_request")
    assert "permission denied" in refused("SELECT * FROM guard.eyes")
    assert "permission denied" in refused("SELECT guard.agreed(%s, 'XP-0000-0000')", uuid.uuid4())


def refused_state(sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(sql, params)
    return str(getattr(error.value.__cause__, "sqlstate", ""))


# pages


def test_a_request_has_a_page_for_those_whom_it_concerns(cast: Cast, signed_in: SignIn) -> None:
    request = asked(cast.care_worker, reason="For the yearly meeting")
    url = f"/approvals/{request.code}/"
    boss = signed_in(cast.care_supervisor).get(url).content.decode()
    assert "For the yearly meeting" in boss and 'value="approve"' in boss and "XP-0000-0000" in boss
    officer = signed_in(cast.data_protection)
    assert "For the yearly meeting" not in officer.get(url).content.decode(), "her role opens no text"
    mine = signed_in(cast.care_worker).get(url).content.decode()
    assert "another person decides" in mine and 'value="approve"' not in mine and "Take the question back" in mine
    assert officer.post(f"{url}decide/", {"answer": "refuse", "motive": "Not needed"})["Location"] == url
    assert "refused it on" in signed_in(cast.care_worker).get(url).content.decode()
    assert signed_in(cast.care_worker).post(f"{url}withdraw/").status_code == 404
    assert officer.get(f"{url}decide/").status_code == 302
    assert signed_in(cast.far_care_supervisor).get(url).status_code == 404


def test_who_showed_herself_long_ago_is_asked_again_before_she_decides(cast: Cast, signed_in: SignIn) -> None:
    request, client = asked(cast.care_worker), signed_in(cast.data_protection)
    grow_old(client)
    answer = client.post(f"/approvals/{request.code}/decide/", {"answer": "approve", "motive": "I asked her"})
    assert answer.status_code != 302 and "I asked her" in answer.content.decode(), "she types nothing twice"
    assert seen_by(cast.care_worker, request).state == "asked"


def test_what_changed_is_said_on_the_page_and_can_be_refused(
        cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(cast.care_worker)
    monkeypatch.setattr(kinds.Kind, "current", lambda self, one: {"other": 1})
    html = signed_in(cast.care_supervisor).get(f"/approvals/{request.code}/").content.decode()
    assert "has changed since" in html and 'value="approve"' not in html and 'value="refuse"' in html


# the table of kinds


def test_every_kind_is_whole(db: None) -> None:
    from django.utils.module_loading import import_string

    for code, name in FOUR_EYES.items():
        kind = import_string(name)
        assert isinstance(kind, kinds.Kind) and len(code) <= 24 and str(kind.title)
        assert kind.askers and kind.deciders, "somebody asks, somebody decides"
        assert Role.PARTNER not in kind.deciders
        for dotted in filter(None, (kind.apply, kind.moved, kind.thing, kind.told)):
            assert callable(import_string(dotted)), dotted


def test_refused_is_a_page_that_is_not_there() -> None:
    assert issubclass(agreed.Voided, PermissionDenied)
