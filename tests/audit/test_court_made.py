"""A package made by the worker out of the real log, fetched once, and checked as a court would."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftercare.actions import residences
from aftercare.models import Survivor
from audit.court import policy, subjects
from audit.court.actions import packages
from audit.court.models import Package
from audit.log import checkpoints
from audit.log.store import Store
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.casefiles import grants
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseAccess
from ijm.jobs.models import Job
from ijm.jobs.running import run, sweep
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.looks import disclosed
from ijm.vault import keyring, lifecycle
from ijm.vault.disclosure import disclose
from tests import cast as casting
from tests import stories
from tests.audit import courts
from tests.audit.logs import Log
from tests.cast import Cast
from tests.ijm import attached

SignIn = Callable[[User], Client]
Files = dict[str, bytes]
HOUSE = "House 9 behind the pagoda"


@dataclass
class Court:
    """An office with a survivor in care, a log with a key, and somebody to whom packages are given."""

    cast: Cast
    log: Log
    survivor: Survivor
    key: str

    def signed(self) -> None:
        """The log signs what has happened."""
        self.log.caught_up()
        checkpoints.make(checkpoints.keys())

    def asked(self, code: str, by: User, second: User | None, *, content: bool = False) -> Package:
        """Asked for, and agreed to where a second person is needed."""
        with acting_as(by):
            subject = subjects.find(by, code, bare=policy.is_auditor(by))
            assert subject is not None
            package = packages.ask(subject, by=by, has_content=content)
        if second:
            with acting_as(second):
                requests.approve(policy.get_package(second, package.code).request, by=second)
        return package

    def made(self, package: Package, by: User) -> Package:
        """Made by the worker."""
        with acting_as(by):
            packages.begin(policy.get_package(by, package.code), by=by)
            job = Job.objects.get(kind="package.make", about=package.pk)
        run(str(job.pk))
        with acting_as(by, "r"):
            job.refresh_from_db()
            assert job.state == "done", job.message_code
            return policy.get_package(by, package.code)

    def fetched(self, package: Package, client: Client) -> bytes:
        """The bytes that her browser is given."""
        answer = client.post(reverse("audit:package-fetch", args=[package.code]))
        assert answer.status_code == 200 and answer["Content-Disposition"] == f'attachment; filename="{package.code}.zip"'
        return bytes(answer.content)


@pytest.fixture(scope="module")
def told(module_log: Log) -> Iterator[tuple[Cast, Survivor]]:
    """What happened before: a survivor was taken in, her worker opened her name and attached a file."""
    keyring.forget()
    cast = casting.load()
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    with acting_as(cast.care_worker):
        disclose(Name.objects.filter(person=survivor.alias.person_id)[0], "family", to=cast.care_worker, purpose="COURT")
    with acting_as(cast.care_worker):
        residences.move(survivor, by=cast.care_worker, placement="kin", address=HOUSE, since_on=timezone.localdate())
    attached.attached(cast.care_worker, survivor.file, name="IMG_0042.png")
    yield cast, survivor
    keyring.forget()


@pytest.fixture
def court(told: tuple[Cast, Survivor], log: Log, log_var: Path) -> Court:
    (log_var / "log.key").write_text(courts.signer().written())
    (log_var / "log.key").chmod(0o600)
    checkpoints.make_key()
    made = Court(told[0], log, told[1], str(courts.signer().verifier))
    made.signed()
    return made


def unpacked(archive: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        return {name.partition("/")[2]: held.read(name) for name in held.namelist()}


def lines(files: Files, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files.get(name, b"").decode().splitlines()]


def test_with_content_it_is_whole_and_fetched_once(court: Court, signed_in: SignIn) -> None:
    worker, boss = court.cast.care_worker, court.cast.care_supervisor
    package = court.made(court.asked(court.survivor.file.code, worker, boss, content=True), worker)
    client = signed_in(worker)
    show = client.get(reverse("audit:package-show", args=[package.code])).content.decode()
    assert "Download it, once" in show and package.digest[:8] in show and package.state == "made"
    with acting_as(worker, "r"):
        code = Job.objects.get(kind="package.make", about=package.pk).code
    assert client.get(reverse("jobs:result", args=[code])).status_code == 404, "only its own page gives it out"
    assert signed_in(boss).post(reverse("audit:package-fetch", args=[package.code])).status_code == 404
    archive = court.fetched(package, client)
    answer, said = courts.alone(archive, "--key", court.key, "--digest", package.digest)
    assert answer == 0, said
    assert client.post(reverse("audit:package-fetch", args=[package.code])).status_code == 404, "once"
    files = unpacked(archive)
    opened = [line for line in lines(files, "data/openings.jsonl") if "value" in line]
    closed = [line for line in lines(files, "data/openings.jsonl") if line.get("closed") == "kept out of every package"]
    assert "aftercare_residence" in {line["path"].partition(".")[0] for line in closed}
    assert not any(HOUSE.encode() in held for held in files.values()), "where she lives leaves in no package"
    assert opened and f"{len(opened)} values are those that were recorded" in said
    (file,) = lines(files, "data/files.jsonl")
    assert (file["size"], len(file["sha256"])) == (len(attached.PICTURE), 64) and "IMG_0042" not in str(file)
    for language, word in (("en", "CERTIFICATE"), ("km", "")):
        certificate = files[f"CERTIFICATE.{language}.txt"].decode()
        assert word in certificate and package.digest[:8] in certificate and court.key in certificate


def test_without_content_no_value_leaves(court: Court, signed_in: SignIn) -> None:
    worker = court.cast.care_worker
    package = court.made(court.asked(court.survivor.file.code, worker, court.cast.data_protection), worker)
    archive = court.fetched(package, signed_in(worker))
    answer, said = courts.alone(archive, "--key", court.key)
    files = unpacked(archive)
    assert answer == 0 and "content was not asked for" in said
    assert "data/openings.jsonl" not in files
    history = [line for name in files if name.startswith("data/history/") for line in lines(files, name)]
    assert history and not any({"row", "salt"} & line.keys() for line in history)
    with acting_as(worker):
        shown = disclose(Name.objects.filter(person=court.survivor.alias.person_id)[0], "family", "given", to=worker,
                         purpose="COURT")
    told = b"".join(held for name, held in files.items() if name != "verify_package.py")
    assert not [value for value in shown.values() if value and str(value).encode() in told]


def test_what_names_other_files_is_told_by_its_place_alone(court: Court, signed_in: SignIn) -> None:
    inv, boss = court.cast.investigator, court.cast.investigation_supervisor
    mine, other = stories.promoted_tip(court.cast), stories.promoted_tip(court.cast)
    with acting_as(inv, "r"):
        disclosed([mine, other], (), to=inv, purpose="COURT", event="list.seen")
    court.signed()
    package = court.made(court.asked(mine.code, inv, boss), inv)
    files = unpacked(court.fetched(package, signed_in(inv)))
    withheld = [line for line in lines(files, "data/events.jsonl") if line.get("withheld")]
    assert withheld and mine.code.encode() in files["data/events.bin"]
    assert not [name for name, held in files.items() if other.code.encode() in held]
    report = courts.checked(files, courts.SmallLog([]))
    assert report.code == 0 and f"{len(withheld)} events whose words are withheld" in "".join(report.unchecked)


def test_the_auditors_package_holds_events_and_proofs_alone(court: Court, signed_in: SignIn) -> None:
    auditor = court.cast.auditor
    package = court.made(court.asked(court.survivor.code, auditor, None), auditor)
    files = unpacked(court.fetched(package, signed_in(auditor)))
    assert not any(name.startswith(("data/history", "data/openings", "data/files")) for name in files)
    report = courts.checked(files, courts.SmallLog([]))
    assert report.code == 0 and any("events only" in line for line in report.unchecked)


def test_without_a_checkpoint_nothing_is_made(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "newest", lambda self: None)
    worker = court.cast.care_worker
    package = court.asked(court.survivor.code, worker, court.cast.care_supervisor)
    with acting_as(worker):
        packages.begin(policy.get_package(worker, package.code), by=worker)
        job = Job.objects.get(kind="package.make", about=package.pk)
    run(str(job.pk))
    with acting_as(worker, "r"):
        job = Job.objects.get(pk=job.pk)
        assert (job.state, job.message_code) == ("failed", "package-no-checkpoint")
        assert policy.get_package(worker, package.code).state == "agreed"


def test_who_lost_her_place_on_the_file_gets_nothing(court: Court, signed_in: SignIn) -> None:
    worker, boss = court.cast.care_worker_two, court.cast.care_supervisor

    def seated() -> CaseAccess:
        with acting_as(boss):
            grants.seat(court.survivor.file, [worker], by=boss)
            return CaseAccess.objects.select_related("file").get(user=worker, file=court.survivor.file_id, revoked_at=None)

    place = seated()
    agreed, made = (court.asked(court.survivor.file.code, worker, boss) for _number in range(2))
    made = court.made(made, worker)
    with acting_as(worker):
        packages.begin(policy.get_package(worker, agreed.code), by=worker)
        job = Job.objects.get(kind="package.make", about=agreed.pk)
    with acting_as(boss):
        places.take_off(place, by=boss)
    run(str(job.pk))
    with acting_as(worker, "r"):
        job.refresh_from_db()
        assert (job.state, job.message_code) == ("failed", "refused")
        assert policy.get_package(worker, agreed.code).state == "agreed"
    assert signed_in(worker).post(reverse("audit:package-fetch", args=[made.code])).status_code == 404


def test_after_her_keys_are_destroyed_it_still_proves_and_says_what_is_closed(court: Court, signed_in: SignIn) -> None:
    worker = court.cast.care_worker
    lifecycle.destroy_all("subject", court.survivor.alias.person_id, by=worker.pk, certificate="CE-0000-0000")
    package = court.made(court.asked(court.survivor.file.code, worker, court.cast.care_supervisor, content=True), worker)
    archive = court.fetched(package, signed_in(worker))
    answer, said = courts.alone(archive, "--key", court.key)
    assert answer == 0, said
    assert "values that cannot be opened: their key was destroyed on" in said and "CE-0000-0000" in said
    sweep()
