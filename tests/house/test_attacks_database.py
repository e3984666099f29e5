"""SQL of an intruder who has a valid context of his own, tried against the functions, triggers and tables of the base."""

from __future__ import annotations

import base64
import datetime as dt
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone

from ijm.accounts.models import RoleGrant, User
from ijm.accounts.sessions import digest
from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess, CaseFile
from ijm.desk import opened
from ijm.people.models import Alias, Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests import records
from tests.cast import Cast
from tests.conftest import sign_in
from tests.investigations import making

BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def run(sql: str, *params: Any) -> Any:
    """What one raw statement gives back."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(match: str, by: User, act: Callable[[], Any]) -> None:
    """The act fails in the database, even inside an entry of one's own."""
    with acting_as(by), pytest.raises(DatabaseError, match=match), transaction.atomic(), entry("attack", by=by, about=None):
        act()


def place(file: CaseFile, user: User, by: User, days: int = 30) -> CaseAccess:
    return CaseAccess(file_id=file.pk, user=user, source="assignment", reason_code="X", granted_by=by, approved_by=by,
                      ends_at=timezone.now() + dt.timedelta(days=days), expires_at=timezone.now() + dt.timedelta(days=days))


def test_a_second_code_made_beforehand_closes_with_the_first(committed_cast: Cast) -> None:
    he = committed_cast.investigator
    first = records.person_on(records.file_of(he), he)
    records.named(first, he)
    hidden = records.file_of(he)
    with acting_as(he), entry("attack", by=he, about=hidden):
        Alias(wing=first.wing, code="SU-0000-0000", file=hidden, person_id=first.person_id, opens_identity=True).save()
    with acting_as(he), entry("handed.over", by=he, about=first):
        Alias.objects.filter(pk=first.pk).update(opens_identity=False)
    with acting_as(he, "r"):
        assert (Name.objects.count(), Name.history.count()) == (0, 0)
        assert not Alias.objects.filter(opens_identity=True).exists()


def test_nobody_signs_a_rescue_operation_for_the_second_person(committed_cast: Cast) -> None:
    he, she = committed_cast.investigator, committed_cast.investigation_supervisor
    tip = making.assessed(committed_cast, making.tip(committed_cast))
    planned = making.rescue(committed_cast, making.investigation(committed_cast, tip))
    forged = "UPDATE approvals_request SET state = 'approved', decided_by_id = %s, decided_at = now() WHERE id = %s"
    refused("nobody signs for somebody else", she, lambda: run(forged, he.pk, planned.request_id))
    refused("does not decide about it: self", he, lambda: run(forged, he.pk, planned.request_id))
    refused("has not approved this", he,
            lambda: run("UPDATE investigations_rescueoperation SET state = 'approved' WHERE id = %s", planned.pk))


def test_a_colleague_takes_nobody_off_a_file(committed_cast: Cast) -> None:
    he, colleague = committed_cast.investigator, committed_cast.colleague
    file = records.file_of(he)
    with acting_as(he):
        grants.seat(file, [colleague], by=he)
    refused("only a supervisor", colleague, lambda: grants.leave(file, committed_cast.investigation_supervisor, by=colleague))
    with acting_as(committed_cast.investigation_supervisor):
        grants.leave(file, he, by=committed_cast.investigation_supervisor)
    with acting_as(colleague):
        grants.leave(file, colleague, by=colleague)
    with acting_as(he, "r"):
        assert not CaseFile.objects.exists()


def test_a_place_ends_by_its_source_and_claims_no_approval(committed_cast: Cast) -> None:
    he, colleague = committed_cast.investigator, committed_cast.colleague
    file = records.file_of(he)
    with acting_as(he), entry("granted", by=he, about=file):
        place(file, colleague, he, days=400).save()
    with acting_as(he, "r"):
        made = CaseAccess.objects.get(file=file, user=colleague)
    assert made.approved_by_id is None and made.ends_at <= timezone.now() + dt.timedelta(days=180)


@pytest.mark.parametrize("name", ["investigator", "auditor", "partner"])
def test_places_are_ended_by_who_decides_about_roles(committed_cast: Cast, name: str) -> None:
    refused("who decides about roles", getattr(committed_cast, name),
            lambda: run("SELECT guard.unseat(%s)", committed_cast.care_worker.pk))


@pytest.mark.parametrize("name", ["investigator", "administrator", "data_protection"])
def test_a_role_is_decided_about_and_nothing_else(committed_cast: Cast, name: str) -> None:
    grant = RoleGrant.objects.filter(user=committed_cast.auditor).values_list("pk", flat=True).get()
    refused("approved or taken back", getattr(committed_cast, name),
            lambda: run("UPDATE accounts_rolegrant SET rev = rev + 7, approved_at = now() WHERE id = %s", grant))


def test_a_file_stays_in_its_office(committed_cast: Cast) -> None:
    he = committed_cast.investigator
    file = records.file_of(he)
    with acting_as(he), entry("attack", by=he, about=file):
        CaseFile.objects.filter(pk=file.pk).update(office=committed_cast.far_office)
    with acting_as(he, "r"):
        assert CaseFile.objects.get().office_id == committed_cast.office.pk


def test_what_he_did_names_no_code_of_another_wing(committed_cast: Cast) -> None:
    he = committed_cast.investigator
    tip = making.assessed(committed_cast, making.tip(committed_cast))
    planned = making.rescue(committed_cast, making.investigation(committed_cast, tip))
    rescue = making.approved(committed_cast, planned)
    with acting_as(he):
        making.conclude(committed_cast, making.policy.get_rescue(he, rescue.code))
    with acting_as(he, "r"):
        mine, bodies = opened.mine(BEGINNING), run("SELECT body::text FROM guard.my_events(%s, 1000)", BEGINNING)
        told = {code.partition("-")[0] for look in mine for code in look.codes}
    assert {"RO", "RP"} <= told and not told & {"CR", "RF", "SV", "PF"}
    with acting_as(committed_cast.care_supervisor, "r"):
        hidden = [str(one) for one in CaseFile.objects.values_list("pk", flat=True)]
    assert len(hidden) == 5 and not any(one in body for (body,) in bodies for one in hidden)


def test_a_colleagues_statement_and_its_signed_context_are_not_read(committed_cast: Cast) -> None:
    with acting_as(committed_cast.care_worker):
        own = run("SELECT pg_backend_pid()")[0][0]
        with connections["trail"].cursor() as thief:
            thief.execute("SELECT pid, query FROM pg_stat_activity WHERE usename = 'ijm_app'")
            seen = dict(thief.fetchall())
    assert own in seen and not any(seen.values())


def test_a_colleagues_session_copied_into_ones_own_row_opens_nothing(committed_cast: Cast) -> None:
    her, him = (sign_in(user) for user in (committed_cast.care_supervisor, committed_cast.investigator))
    hers, his = (digest(client.cookies[settings.SESSION_COOKIE_NAME].value) for client in (her, him))
    Session.objects.filter(session_key=his).update(session_data=Session.objects.get(session_key=hers).session_data)
    assert him.get("/aftercare/survivors/").status_code == 302
    assert her.get("/aftercare/survivors/").status_code == 200


class Bomb:
    """What an intruder would put into a table that is read back by pickle."""

    went_off = False

    def __reduce__(self) -> Any:
        return explode, ()


def explode() -> None:
    """What must never run."""
    Bomb.went_off = True


def test_the_cache_table_runs_no_code(committed_cast: Cast) -> None:
    cache.set("tries", [1.5, 2])
    assert cache.get("tries") == [1.5, 2]
    assert cache.get_many([]) == {} and cache.get("nothing", "empty") == "empty"
    for planted in (base64.b64encode(pickle.dumps(Bomb())).decode(), "no base64 \u1780", "AAAA"):
        run("UPDATE ijm_cache SET value = %s WHERE cache_key LIKE %s", planted, "%tries")
        assert cache.get("tries", "gone") == "gone"
    assert not Bomb.went_off


def test_a_planted_counter_does_not_stop_the_sign_in(committed_cast: Cast) -> None:
    client = Client()
    wrong = {"login": "nobody", "password": "three calm rivers"}
    assert client.post("/account/sign-in/", wrong).status_code == 200
    run("UPDATE ijm_cache SET value = %s", base64.b64encode(pickle.dumps(Bomb())).decode())
    assert client.post("/account/sign-in/", wrong).status_code == 200
    assert not Bomb.went_off
