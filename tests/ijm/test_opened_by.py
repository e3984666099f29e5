"""The same day: each is told what was opened in her name, and who else opened her files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from audit import queries
from ijm.accounts.models import User
from ijm.desk import opened, tasks
from ijm.desk.actions import days
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.vault.disclosure import disclose
from tests.aftercare.steps import housed
from tests.audit.logs import until
from tests.cast import Cast

SignIn = Callable[[User], Client]


def indexed() -> None:
    until(lambda: (queries.bring_up_to_date(), queries.state().beyond)[1] == 0)  # another test's transaction may hold it up


def looked(cast: Cast) -> str:
    """A care supervisor opens what stands on a page of the worker's; the code of the file."""
    survivor, _home = housed(cast)
    with acting_as(cast.care_supervisor, "r", "SAFETY"):
        disclose(survivor, "account", to=cast.care_supervisor)
        disclose(survivor, "account", to=cast.care_supervisor)
    with acting_as(cast.care_worker, "r"):
        disclose(survivor, "account", to=cast.care_worker)
    indexed()
    return str(survivor.file.code)


def kinds(user: User) -> list[str]:
    with acting_as(user, "r"):
        return sorted(Notice.objects.filter(user=user, kind__startswith="day.").values_list("kind", flat=True))


def test_the_worker_sees_who_else_opened_her_file(committed_cast: Cast, signed_in: SignIn) -> None:
    code = looked(committed_cast)
    page = signed_in(committed_cast.care_worker).get("/desk/opened/by-others/").content.decode()
    for said in (code, "Care supervisor", "2 looks", "A risk to her safety"):
        assert said in page, said
    assert "Care worker</th>" not in page, "not her own look"


def test_nobody_else_sees_it(committed_cast: Cast, signed_in: SignIn) -> None:
    code = looked(committed_cast)
    for who in ("investigator", "liaison", "far_care_worker", "care_worker_two", "auditor", "administrator", "partner"):
        page = signed_in(getattr(committed_cast, who)).get("/desk/opened/by-others/")
        assert page.status_code == 200 and code not in page.content.decode(), who
        assert "Nobody else opened your files today" in page.content.decode(), who
    assert Client().get("/desk/opened/by-others/").status_code == 302
    assert opened.others(opened.today()) == [], "outside a door nothing is told"


def test_what_an_auditor_asks_is_told_to_nobody(committed_cast: Cast, signed_in: SignIn) -> None:
    code = looked(committed_cast)
    signed_in(committed_cast.auditor).get("/audit/who-saw/", {"code": code})
    indexed()
    with acting_as(committed_cast.care_worker, "r"):
        assert committed_cast.auditor.pk not in {visit.who for visit in opened.others(opened.today())}


def test_each_is_told_once_a_day(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    looked(committed_cast)
    assert tasks.day() >= 3
    assert kinds(committed_cast.care_worker) == ["day.looked", "day.opened"]
    assert "day.opened" in kinds(committed_cast.care_supervisor)
    assert kinds(committed_cast.partner) == []
    assert tasks.day() == 0, "once a day"

    def fails(*, by: User) -> int:
        raise RuntimeError(by.code)

    monkeypatch.setattr(days, "tell_of_day", fails)
    assert tasks.day() == 0, "trouble with one stops no other"
