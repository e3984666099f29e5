"""One button stops everything that leaves; two people let it go on. Decoys. A host of its own for files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from aftercare import decoys as making
from aftercare.exports import people
from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.approvals.actions import requests as second
from ijm.approvals.models import Request
from ijm.budgets import decoys, kinds, policy
from ijm.budgets.actions import decoys as decoy_actions
from ijm.budgets.actions import halts
from ijm.budgets.models import Halt
from ijm.notices.models import Notice, NoticeKind
from ijm.reports.actions import exports
from ijm.trail import spending
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.web import filehost
from tests.cast import Cast
from tests.conftest import read_out
from tests.ijm.attached import PICTURE, attached, of
from tests.records import file_of, survivor_of
from tests.trail import acts

SignIn = Callable[[User], Client]
NAME = {"family": "Chea", "given": "Rachana", "sex": "female", "age_band": "18-24"}


@pytest.fixture
def download(cast: Cast) -> str:
    """The address of a file that the investigator may download."""
    return f"/attached/{attached(cast.investigator, file_of(cast.investigator)).code}/fetch/"


def pressed(cast: Cast, client: Client, where: str = "office") -> Halt:
    """An administrator presses the button."""
    assert client.post("/desk/budgets/halts/", {"reason": "leak", "where": where}).status_code == 302
    with acting_as(cast.administrator, "r"):
        return Halt.objects.select_related("office").latest("set_at")


def test_one_button_stops_what_leaves_and_two_people_end_it(cast: Cast, signed_in: SignIn, download: str) -> None:
    reader, admin = signed_in(cast.investigator), signed_in(cast.administrator)
    assert of(reader.get(download)) == PICTURE
    halt = pressed(cast, admin)
    answer = reader.get(download)
    assert answer.status_code == 423 and halt.code in answer.content.decode() and acts()[-1] == "halt.refused"
    assert reader.get("/desk/").status_code == 200, "everything else goes on"
    with acting_as(cast.data_protection, "r"):
        assert Notice.objects.filter(kind=NoticeKind.HALT_SET, about_code=halt.code).exists()
    with pytest.raises(spending.Halted), acting_as(cast.care_supervisor):
        exports.ask(by=cast.care_supervisor, purpose="CASEWORK", which="all")
        spending.settle()
    assert admin.post(f"/desk/budgets/halts/{halt.code}/end/").status_code == 302
    with acting_as(cast.administrator, "r"):
        asked = Request.objects.get()
        assert policy.stands(halt) and policy.may_lift(cast.administrator, halt).reason == "asked"
        assert kinds.lift_thing(asked)["halt"] == halt.code
    with pytest.raises(Refused), acting_as(cast.administrator):
        second.approve(asked, by=cast.administrator)
    assert reader.get(download).status_code == 423
    assert halt.code in signed_in(cast.data_protection).get("/desk/budgets/halts/").content.decode()
    with acting_as(cast.data_protection):
        second.approve(Request.objects.get(), by=cast.data_protection)
    assert of(reader.get(download)) == PICTURE and "halt.lifted" in acts()
    assert "Ended" in admin.get("/desk/budgets/halts/").content.decode()
    with pytest.raises(Refused), acting_as(cast.administrator):
        halts.ask_to_lift(halt, by=cast.administrator)


def test_an_office_is_stopped_alone_or_all_are(cast: Cast, signed_in: SignIn, download: str) -> None:
    with acting_as(cast.far_investigator, "r"):
        spending.some("exports.day")
        spending.settle()
    pressed(cast, signed_in(cast.administrator), "all")
    for who in (cast.far_investigator, cast.investigator):
        with pytest.raises(spending.Halted), acting_as(who, "r"):
            spending.some("exports.day")
            spending.settle()


def test_who_may_not_stop_the_house(cast: Cast, signed_in: SignIn) -> None:
    for who in ("investigator", "investigation_supervisor", "care_supervisor", "auditor", "partner", "far_supervisor"):
        user = getattr(cast, who)
        assert signed_in(user).post("/desk/budgets/halts/", {"reason": "leak", "where": "all"}).status_code == 404, who
        with pytest.raises(Refused), acting_as(user):
            halts.halt(by=user, reason="leak")
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.administrator), connection.cursor() as cursor:
        cursor.execute("UPDATE budgets_halt SET reason = 'drill'")


def test_a_decoy_looks_like_any_other_and_gives_alarm(
        cast: Cast, signed_in: SignIn, django_capture_on_commit_callbacks: Any) -> None:
    boss = signed_in(cast.care_supervisor)
    made = signed_in(cast.data_protection).post("/desk/budgets/decoys/", NAME)
    assert made.status_code == 302
    with acting_as(cast.care_supervisor, "r"):
        survivor = Survivor.objects.get()
        assert list(people("all", by=cast.care_supervisor)) == [], "no export and no figure counts her"
    assert survivor.code in boss.get("/aftercare/survivors/").content.decode()
    assert "decoy.opened" not in acts()
    with django_capture_on_commit_callbacks(execute=True):
        shown = boss.get(f"/aftercare/survivors/{survivor.code}/")
    assert shown.status_code == 200 and "ecoy" not in shown.content.decode()
    assert acts().count("decoy.opened") == 1 and "decoy.told" in acts()
    for who in (cast.auditor, cast.data_protection):
        with acting_as(who, "r"):
            assert Notice.objects.filter(kind=NoticeKind.DECOY_OPENED, about_code=cast.care_supervisor.code).count() == 1
        assert "Last opened" in signed_in(who).get("/desk/budgets/decoys/").content.decode()
    assert "ecoy" not in boss.get("/desk/opened/").content.decode(), "who set it off does not read of it"


def test_who_may_not_make_or_know_decoys(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as(cast.data_protection):
        decoy_actions.make(by=cast.data_protection, **NAME)
        assert [one.openings for one in decoys.every()] == [0]
    for who in ("care_supervisor", "care_worker", "administrator", "investigator", "liaison"):
        user = getattr(cast, who)
        assert signed_in(user).get("/desk/budgets/decoys/").status_code == 404, who
        with acting_as(user, "r"):
            assert decoys.every() == []
        with pytest.raises(Refused), acting_as(user):
            decoy_actions.make(by=user, **NAME)
    cast.data_protection.office = cast.far_office
    monkeypatch.setattr("ijm.casefiles.grants.supervisors", lambda kind, office: [])
    with pytest.raises(making.NobodyThere), acting_as(cast.data_protection):
        decoy_actions.make(by=cast.data_protection, **NAME)


def test_no_file_about_somebody_becomes_a_decoy(committed_cast: Cast) -> None:
    real = survivor_of(committed_cast.care_worker)
    for user in (committed_cast.care_supervisor, committed_cast.data_protection):
        with pytest.raises(DatabaseError, match="a decoy is made by"), acting_as(user):
            decoys.mark(real.file_id)


def test_files_leave_from_a_host_of_their_own_by_a_ticket(cast: Cast, signed_in: SignIn, download: str, settings: Any) -> None:
    settings.FILES_HOST = "127.0.0.1"
    client = signed_in(cast.investigator)
    led = client.get(download)
    assert led.status_code == 302 and led["Location"].startswith("http://127.0.0.1/take/")
    where = led["Location"].removeprefix("http://127.0.0.1")
    stranger = Client()
    for lost in ("/desk/", "/", "/take/", "/take/unknown/", "/static/web/app.css"):
        assert client.get(lost, headers={"host": "127.0.0.1"}).status_code == 404, lost
    assert stranger.post(where, headers={"host": "127.0.0.1"}).status_code == 404
    answer = read_out(stranger.get(where, headers={"host": "127.0.0.1", "Sec-Fetch-Site": "same-site"}))
    assert answer.status_code == 200 and answer.content_read == PICTURE and not answer.cookies
    assert stranger.get(where, headers={"host": "127.0.0.1"}).status_code == 404, "good once"
    again = client.get(download)["Location"].removeprefix("http://127.0.0.1")
    client.post("/account/sign-out/")
    over = stranger.get(again, headers={"host": "127.0.0.1"})
    assert over.status_code in (302, 404) and PICTURE not in over.content, "a ticket dies with its session"
    assert client.head(download).status_code in (200, 302)
    cache.clear()
    assert filehost.redeemed("") == {}
