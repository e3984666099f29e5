"""What the night finds: kept once, told to whoever may ask the log, shown until somebody says what was done; and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from aftercare.models import Residence
from audit import panels, policy, tasks
from audit.actions import findings
from audit.found import Finding
from audit.log import epochs, sequencer
from audit.log.checkpoints import make_key
from audit.states import FindingState, Problem
from audit.verifying import nightly, single
from audit.verifying.records import Reconciler, destroyed_keys
from audit.verifying.report import Report, Trouble
from audit.verifying.whole import Check
from ijm.notices.models import Notice, NoticeKind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records
from tests.audit.logs import until
from tests.cast import EVERYBODY, Cast
from tests.conftest import sign_in
from tests.vault.hands import SUPERUSER, bundle_of, planted, said, without_triggers

MAY = ("auditor", "data_protection")
ONE = Trouble("differs", "reconciler", "", table="people_name", row="00000000-0000-4000-8000-000000000001")
OTHER = replace(ONE, row="00000000-0000-4000-8000-000000000002")


def open_to(cast: Cast) -> list[Finding]:
    """The findings that wait, as the auditor sees them."""
    with acting_as(cast.auditor, "r"):
        return list(policy.waiting_findings(cast.auditor))


def found(cast: Cast, *troubles: Trouble) -> int:
    with acting_as(cast.auditor):
        return findings.raise_(troubles, by=cast.auditor)


def placed() -> None:
    """Every event has its place."""
    epochs.settle()
    until(lambda: (sequencer.catch_up(), sequencer.horizon("log").waiting)[1] == 0)


def settled(cast: Cast, finding: Finding, state: str) -> None:
    with acting_as(cast.data_protection):
        findings.settle(Finding.objects.get(pk=finding.pk), by=cast.data_protection, state=state)


@pytest.fixture
def none(shared_cast: Cast) -> Iterator[Cast]:
    """Nothing waits."""
    for finding in open_to(shared_cast):
        settled(shared_cast, finding, FindingState.MENDED)
    yield shared_cast


def test_a_finding_is_kept_once_and_told_until_somebody_says_what_was_done(none: Cast) -> None:
    assert found(none, ONE, ONE) == 1 and found(none, ONE) == 0
    (finding,) = open_to(none)
    for name in EVERYBODY:
        user = getattr(none, name)
        with acting_as(user, "r"):
            told = Notice.objects.filter(kind=NoticeKind.FINDING_MADE, about_code=finding.code).count()
        assert told == (name in MAY), name
    settled(none, finding, FindingState.MENDED)
    assert found(none, ONE) == 1, "it was not put right"
    settled(none, open_to(none)[0], FindingState.KEPT)
    assert found(none, ONE) == 0 and open_to(none) == [], "left as evidence: quiet for a while"
    old = timezone.now() - findings.QUIET
    said("UPDATE audit_finding SET settled_at = %s WHERE state = 'kept'", old, hand=SUPERUSER)
    assert found(none, ONE) == 1, "and asked about again"
    assert found(none, Trouble("root", "witness", "", place=3), Trouble("root", "tree", "", place=3)) == 2
    assert {one.problem for one in open_to(none)} == {Problem.DIFFERS, Problem.WITNESS, Problem.LOG}


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in MAY])
def test_nobody_else_sees_settles_or_plants_a_finding(shared_cast: Cast, name: str) -> None:
    found(shared_cast, ONE)
    finding, user = open_to(shared_cast)[0], getattr(shared_cast, name)
    client = sign_in(user)
    assert client.get("/audit/findings/").status_code == client.get(f"/audit/findings/{finding.code}/").status_code == 404
    with acting_as(user):
        assert not Finding.objects.exists()
        with pytest.raises(Refused):
            findings.settle(finding, by=user, state=FindingState.MENDED)
        with pytest.raises(Refused):
            findings.raise_([ONE], by=user)
        with entry("attack", by=user, about=None), pytest.raises(DatabaseError), transaction.atomic():
            Finding.objects.create(problem=Problem.DIFFERS)
        with entry("attack", by=user, about=None), connections["default"].cursor() as cursor:
            cursor.execute("UPDATE audit_finding SET state = 'mended', settled_at = now(), settled_by_id = %s", [user.pk])
            assert cursor.rowcount == 0


def test_nobody_settles_twice_or_in_the_name_of_another(none: Cast) -> None:
    found(none, ONE)
    (finding,) = open_to(none)
    she = none.auditor
    with acting_as(she), entry("attack", by=she, about=None), pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(state="mended", settled_at=timezone.now(), settled_by=none.data_protection)
    settled(none, finding, FindingState.AGREED)
    with pytest.raises(Refused):
        settled(none, finding, FindingState.KEPT)
    she = none.auditor
    with acting_as(she), entry("attack", by=she, about=None), pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(state="waiting", settled_at=None, settled_by=None)


def test_the_pages_say_what_and_where_and_take_the_answer(none: Cast) -> None:
    found(none, OTHER)
    (finding,) = open_to(none)
    client = sign_in(none.auditor)
    assert finding.code in client.get("/audit/findings/").content.decode()
    page = client.get(f"/audit/findings/{finding.code}/").content.decode()
    assert OTHER.row in page and "people_name" in page and "differs" not in page
    for user, told in ((none.auditor, True), (none.administrator, False)):
        status = sign_in(user).get("/audit/log/").content.decode()
        assert ("finding waits" in status) == told
    with acting_as(none.auditor, "r"):
        assert [card["count"] for card in panels.work(none.auditor) if card["url"] == "/audit/findings/"] == [1]
    assert client.get(f"/audit/findings/{finding.code}/settle/").status_code == 302
    assert "Where it is" in client.post(f"/audit/findings/{finding.code}/settle/", {"state": "waiting"}).content.decode()
    assert client.post(f"/audit/findings/{finding.code}/settle/", {"state": "mended"}).status_code == 302
    assert open_to(none) == [] and "Settled by" in client.get(f"/audit/findings/{finding.code}/").content.decode()
    assert finding.code in client.get("/audit/findings/").content.decode()


def test_the_night_verifies_everything_and_says_each_thing_once(none: Cast, log_var: Path) -> None:
    make_key()
    placed()
    assert {trouble.kind for trouble in nightly.verified().troubles} <= {"out-of-band", "missing"}
    tasks.verify()
    assert {one.problem for one in open_to(none)} >= {Problem.MISSING}, "nobody has handed a witness file on"
    assert tasks.verify() == 0
    home = records.residence(none)
    with without_triggers(Residence._meta.db_table):
        said("UPDATE aftercare_residence SET placement = 'x' WHERE id = %s", home.pk, hand=SUPERUSER)
    assert tasks.verify() == 1
    assert home.pk in {one.row_key for one in open_to(none)}
    said("UPDATE aftercare_residence SET placement = %s WHERE id = %s", home.placement, home.pk, hand=SUPERUSER)
    placed()
    assert tasks.verify() == 1, "and what a superuser does by the rules is told as past the application"
    assert Problem.OUT_OF_BAND in {one.problem for one in open_to(none)}


def test_an_earlier_revision_put_back_by_whomever_is_found(shared_cast: Cast) -> None:
    home, she = records.residence(shared_cast), shared_cast.care_worker
    with acting_as(she):
        first = bundle_of(home, "whereabouts")
        with entry("test.changed", by=she, about=None):
            home.address = "House 3"
            home.save()
    planted(home, first, hand="application", by=she)
    report = Reconciler(Report()).rows([("aftercare_residence", home.pk)])
    assert [(one.kind, one.row) for one in report.troubles] == [("went-back", str(home.pk))] and report.looked["rows"] == 1
    code = home.survivor.alias.code
    assert any(one.row == str(home.pk) for one in single.record(Check.of_office(), code).troubles)


def test_a_record_of_which_no_event_tells_cannot_be_told(shared_cast: Cast) -> None:
    report = single.record(Check.of_office(), "SV-0000-0000")
    assert report.code == 2 and "none names it" in report.missing[0]


def test_an_honest_house_has_no_key_that_came_back(shared_cast: Cast) -> None:
    assert destroyed_keys(Report()).troubles == []
