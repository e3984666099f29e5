"""Keys are changed by two people: asked for, agreed, begun; and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.desk import policy, vault
from ijm.desk.actions import key_changes
from ijm.desk.forms.vault import KeyChangeForm
from ijm.desk.key_changes import ChangeKind, KeyChange, Work
from ijm.jobs.models import Job
from ijm.jobs.running import run
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault import canary, rotation
from ijm.vault.errors import RootSealed
from ijm.vault.keyring import Counts
from tests import records
from tests.cast import Cast
from tests.trail import acts

SignIn = Callable[[User], Client]


def asked(cast: Cast, kind: ChangeKind = ChangeKind.COMPARTMENT, target: str = "legal") -> KeyChange:
    """What the administrator asked for."""
    with acting_as(cast.administrator):
        return key_changes.ask(kind, target, by=cast.administrator)


def agreed(cast: Cast, kind: ChangeKind = ChangeKind.COMPARTMENT, target: str = "legal") -> KeyChange:
    """What the data-protection officer agreed to."""
    change = asked(cast, kind, target)
    with acting_as(cast.data_protection):
        requests.approve(Request.objects.get(pk=change.request_id), by=cast.data_protection)
    with acting_as(cast.administrator, "r"):
        return KeyChange.objects.select_related("request").get(pk=change.pk)


def test_the_page_shows_counts_and_is_for_those_who_keep_the_system(cast: Cast, signed_in: SignIn) -> None:
    records.residence(cast)
    for user in (cast.administrator, cast.data_protection):
        page = signed_in(user).get(reverse("desk:vault"))
        assert page.status_code == 200 and "Whereabouts" in page.content.decode()
        assert "Street 271" not in page.content.decode() and re.search(r"<span>\s*0\s*</span>", page.content.decode())
    for user in (cast.auditor, cast.care_supervisor, cast.partner, cast.far_investigator):
        assert signed_in(user).get(reverse("desk:vault")).status_code in (403, 404)
    assert signed_in(cast.data_protection).get(reverse("desk:vault-ask")).status_code in (403, 404)


def test_an_administrator_asks_and_the_officer_agrees_on_the_pages(cast: Cast, signed_in: SignIn) -> None:
    administrator, officer = signed_in(cast.administrator), signed_in(cast.data_protection)
    for wrong in ({}, {"kind": "subject", "code": "SV-1"}, {"kind": "compartment"}):  # each says what is missing
        assert administrator.post(reverse("desk:vault-ask"), wrong).status_code == 200
    said = {"kind": "subject", "code": records.residence(cast).survivor.code.lower()}
    assert administrator.post(reverse("desk:vault-ask"), said).url == reverse("desk:vault")
    with acting_as(cast.data_protection):
        change = KeyChange.objects.select_related("request").get()
        assert Notice.objects.filter(kind="approval.waiting", about_code=change.code).exists()
    assert "Request <" in administrator.get(reverse("desk:vault")).content.decode().replace("\n", " ")
    assert "The keys of one person" in officer.get(reverse("approvals:show", args=[change.request.code])).content.decode()
    page = reverse("approvals:decide", args=[change.request.code])
    assert administrator.post(page, {"answer": "approve"}).status_code in (403, 404)
    assert officer.post(page, {"answer": "approve"}).url == reverse("desk:vault")
    assert administrator.get(reverse("desk:vault-start", args=[change.code])).url == reverse("desk:vault")
    assert officer.post(reverse("desk:vault-start", args=[change.code])).status_code in (403, 404)
    assert administrator.post(reverse("desk:vault-start", args=[change.code])).url == reverse("jobs:list")
    with acting_as(cast.administrator):
        change.refresh_from_db()
        assert change.work == Work.RUNNING
        assert Job.objects.get(about=change.run).kind == "keys.change"
    assert {"keys.asked", "approval.given", "approval.used", "keys.begun"} <= set(acts())


def test_nobody_agrees_to_what_she_asked_for_or_begins_what_nobody_agreed_to(cast: Cast) -> None:
    change = asked(cast)
    for act, about, user in ((requests.approve, change.request, cast.administrator),
                             (key_changes.start, change, cast.administrator),
                             (requests.approve, change.request, cast.care_supervisor),
                             (key_changes.start, change, cast.data_protection)):
        with acting_as(user), pytest.raises(Refused):
            act(about, by=user)  # type: ignore[operator]
    with acting_as(cast.data_protection):
        requests.refuse(change.request, by=cast.data_protection)
    with acting_as(cast.administrator), pytest.raises(Refused):
        key_changes.start(change, by=cast.administrator)
    with acting_as(cast.liaison), pytest.raises(Refused):
        key_changes.ask(ChangeKind.ROOT, "", by=cast.liaison)
    with acting_as(cast.auditor, "r"):
        assert not KeyChange.objects.exists() and not policy.visible_key_changes(cast.auditor).exists()


def test_the_database_begins_nothing_that_nobody_agreed_to(cast: Cast) -> None:
    change = asked(cast)
    with acting_as(cast.administrator), pytest.raises(Exception, match="has not approved this"), \
            transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('ijm.entry', %s, true)", ["0" * 32])
        cursor.execute("UPDATE desk_keychange SET work = 'running', run = gen_random_uuid() WHERE id = %s", [change.pk])


def test_the_worker_changes_a_persons_keys_and_says_what_it_did(committed_cast: Cast) -> None:
    home = records.residence(committed_cast)
    change = agreed(committed_cast, ChangeKind.SUBJECT, home.survivor.code)
    with acting_as(committed_cast.administrator):
        key_changes.start(change, by=committed_cast.administrator)
    run(str(job_of(change, committed_cast).pk))
    assert state_of(change, committed_cast) == (Work.DONE, 0, 0)
    assert rotation.left([home.whereabouts_key]) == 0
    assert job_of(change, committed_cast).state == "done"


@pytest.mark.parametrize(("kind", "target", "why"), [
    (ChangeKind.SUBJECT, "SV-0000-0000", "keys-unknown"), (ChangeKind.ROOT, "", "keys-no-root")])
def test_what_cannot_be_done_ends_the_work_with_a_word(committed_cast: Cast, kind: ChangeKind, target: str, why: str) -> None:
    change = agreed(committed_cast, kind, target)
    with acting_as(committed_cast.administrator):
        key_changes.start(change, by=committed_cast.administrator)
    job = job_of(change, committed_cast)
    run(str(job.pk))
    with acting_as(committed_cast.administrator, "r"):
        job.refresh_from_db()
    assert (job.state, job.message_code) == ("failed", why) and "Nothing was changed" in job.says
    with acting_as(committed_cast.administrator, "r"):
        assert policy.may_start_keys(committed_cast.administrator, KeyChange.objects.get(pk=change.pk))


def test_what_is_left_can_be_begun_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    change = agreed(cast)
    with acting_as(cast.administrator):
        key_changes.start(change, by=cast.administrator)
        key_changes.finish(change, by=cast.administrator, rotated=1, remaining=2, failed=0)
        assert change.work == Work.LEFT and change.remaining == 2
        first = change.run
        key_changes.start(change, by=cast.administrator)
        assert change.run != first and change.remaining is None
    with acting_as(cast.data_protection), pytest.raises(Refused):
        key_changes.finish(change, by=cast.data_protection, rotated=1, remaining=0, failed=0)


def test_the_page_says_when_the_root_key_opens_nothing(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def sealed() -> list[str]:
        raise RootSealed

    monkeypatch.setattr(canary, "check", sealed)
    assert "VAULT-SEALED" in str(vault.root())


def test_each_kind_of_change_is_named(cast: Cast) -> None:
    form = KeyChangeForm({"kind": "root"})
    assert form.is_valid() and form.cleaned_data["target"] == ""
    form = KeyChangeForm({"kind": "compartment", "compartment": "all"})
    assert form.is_valid() and form.cleaned_data["target"] == "all"
    names = {vault.about(KeyChange(kind=kind, target=target)) for kind, target in (
        (ChangeKind.ROOT, ""), (ChangeKind.COMPARTMENT, "search"), (ChangeKind.SUBJECT, "SV-0000-0000"))}
    assert names == {"The root key", "The key of a compartment: The search",
                     "The keys of one person or case file: SV-0000-0000"}
    assert Counts(1, 2, 3).remaining == 2


def job_of(change: KeyChange, cast: Cast) -> Job:
    """The long work of a change."""
    with acting_as(cast.administrator, "r"):
        return Job.objects.get(about=KeyChange.objects.get(pk=change.pk).run)


def state_of(change: KeyChange, cast: Cast) -> tuple[str, int | None, int | None]:
    """How it ended."""
    with acting_as(cast.administrator, "r"):
        fresh = KeyChange.objects.get(pk=change.pk)
        return fresh.work, fresh.remaining, fresh.failed
