"""Packages are asked for, agreed to by a second person, made by the worker, fetched once; and who must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from audit.court import policy, subjects
from audit.court.actions import packages
from audit.court.models import Package
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.policy import may_approve
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from investigations.models import Investigation
from tests import stories
from tests.cast import Cast

SignIn = Callable[[User], Client]


@pytest.fixture
def investigation(cast: Cast) -> Investigation:
    return stories.promoted_tip(cast)


def asked(cast: Cast, code: str, *, by: User | None = None, content: bool = False) -> Package:
    asker = by or cast.investigator
    with acting_as(asker):
        subject = subjects.find(asker, code, bare=policy.is_auditor(asker))
        assert subject is not None
        return packages.ask(subject, by=asker, has_content=content)


def test_a_second_person_agrees_and_is_told(cast: Cast, investigation: Investigation) -> None:
    package = asked(cast, investigation.code, content=True)
    assert (package.state, package.scope, package.is_bare) == ("asked", "file", False)
    for second in (cast.investigation_supervisor, cast.data_protection):
        with acting_as(second, "r"):
            assert Notice.objects.filter(kind="approval.waiting", about_code=package.code).exists()
            assert may_approve(second, policy.get_package(second, package.code).request)
    with acting_as(cast.investigation_supervisor):
        boss = cast.investigation_supervisor
        requests.approve(policy.get_package(boss, package.code).request, by=boss)
    with acting_as(cast.investigator):
        assert Notice.objects.filter(kind="approval.decided", about_code=package.code).exists()
        package = policy.get_package(cast.investigator, package.code)
        assert policy.may_make(cast.investigator, package) and not policy.may_fetch(cast.investigator, package)


def test_strangers_find_no_package(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    package = asked(cast, investigation.code)
    for person in (cast.colleague, cast.care_worker, cast.care_supervisor, cast.liaison, cast.partner, cast.auditor,
                   cast.administrator, cast.far_investigator, cast.far_supervisor, cast.hotline):
        with acting_as(person, "r"):
            assert not policy.visible_packages(person).exists()
            with pytest.raises(Http404):
                policy.get_package(person, package.code)
    assert signed_in(cast.colleague).get(reverse("audit:package-show", args=[package.code])).status_code == 404


def test_nobody_asks_about_a_file_on_which_she_does_not_stand(cast: Cast, investigation: Investigation) -> None:
    with acting_as(cast.investigator, "r"):
        hers = subjects.find(cast.investigator, investigation.code, bare=False)
    assert hers is not None
    for person in (cast.colleague, cast.care_worker, cast.liaison, cast.far_investigator):
        with acting_as(person):
            assert subjects.find(person, investigation.code, bare=False) is None
            with pytest.raises((Refused, DatabaseError)), transaction.atomic():
                packages.ask(hers, by=person)


def test_who_asked_does_not_decide_and_nobody_decides_twice(cast: Cast, investigation: Investigation) -> None:
    boss = cast.investigation_supervisor
    package = asked(cast, investigation.code, by=boss)
    with acting_as(boss):
        for act in (requests.approve, requests.refuse):
            with pytest.raises(Refused):
                act(policy.get_package(boss, package.code).request, by=boss)
    with acting_as(cast.data_protection):
        requests.refuse(policy.get_package(cast.data_protection, package.code).request, by=cast.data_protection)
        with pytest.raises(Refused):
            requests.approve(policy.get_package(cast.data_protection, package.code).request, by=cast.data_protection)
    with acting_as(boss):
        package = policy.get_package(boss, package.code)
        assert package.state == "refused" and Notice.objects.filter(kind="approval.decided").exists()
        for end in (packages.begin, packages.follow):
            with pytest.raises(Refused):
                end(package, by=boss)


def test_the_database_refuses_what_the_rules_refuse(cast: Cast, investigation: Investigation) -> None:
    package = asked(cast, investigation.code)
    mine = Package.objects.filter(pk=package.pk)
    cheats = ({"state": "agreed"}, {"state": "made"}, {"request": None}, {"is_bare": True},
              {"has_content": True}, {"about_code": "PF-0000-0000"}, {"file_id": package.pk})
    for cheat in cheats:
        with acting_as(cast.investigator), pytest.raises(DatabaseError), entry("cheated", by=cast.investigator, about=package):
            mine.update(**cheat)
    bare = {"asked_by": cast.investigator, "office": cast.office, "file_id": package.file_id, "kind": "investigation",
            "about_code": investigation.code, "is_bare": True, "state": "agreed"}
    made = Package(**bare)
    with acting_as(cast.investigator), pytest.raises(DatabaseError), entry("cheated", by=cast.investigator, about=made):
        made.save()


def test_the_auditor_asks_about_any_code_and_is_given_no_content(cast: Cast, investigation: Investigation) -> None:
    with acting_as(cast.investigator, "r"):
        hers = subjects.find(cast.investigator, investigation.code, bare=False)
    assert hers is not None
    with acting_as(cast.auditor):
        with pytest.raises(Refused):
            packages.ask(hers, by=cast.auditor, has_content=True)
        package = packages.ask(hers, by=cast.auditor)
        assert (package.state, package.is_bare, package.has_content) == ("agreed", True, False)
        assert policy.may_make(cast.auditor, package)
        with pytest.raises(Refused):
            packages.follow(package, by=cast.auditor)
    with acting_as(cast.data_protection, "r"):
        assert not policy.visible_packages(cast.data_protection).exists(), "nobody decides about it"


def test_the_pages_from_asking_to_agreeing(cast: Cast, investigation: Investigation, signed_in: SignIn) -> None:
    asker, boss = signed_in(cast.investigator), signed_in(cast.investigation_supervisor)
    new = reverse("audit:package-new")
    assert b"Nobody asked for a package" in asker.get(reverse("audit:package-list")).content
    wrong = asker.post(new, {"code": "PF-0000-0000"})
    assert wrong.status_code == 200
    answer = asker.post(new, {"code": investigation.code, "has_content": "on"}, follow=True)
    code = answer.redirect_chain[-1][0].rstrip("/").split("/")[-1]
    show = reverse("audit:package-show", args=[code])
    assert answer.status_code == 200 and b"waits" in answer.content.lower()
    assert code in boss.get(reverse("audit:package-list")).content.decode()
    assert code in boss.get(reverse("desk:approvals")).content.decode()
    assert b'value="approve"' in boss.get(show).content and b'value="approve"' not in asker.get(show).content
    with acting_as(cast.investigator, "r"):
        second = policy.get_package(cast.investigator, code).request.code
    assert boss.post(reverse("approvals:decide", args=[second]), {"answer": "approve"})["Location"] == show
    assert b"Have it made" in asker.get(show).content and b"Have it made" not in boss.get(show).content
    assert asker.post(reverse("audit:package-fetch", args=[code])).status_code == 404, "nothing was made yet"
    assert asker.get(reverse("audit:package-fetch", args=[code])).status_code == 302
    assert asker.post(reverse("approvals:withdraw", args=[second])).status_code == 302
    assert b"Withdrawn" in asker.get(show).content
