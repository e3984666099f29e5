"""Undo in the banner: the person who did it, for ten minutes, while nobody changed it since; and taking a colleague off."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils.module_loading import import_string

from aftercare import policy
from aftercare.actions import residences, survivors
from aftercare.models import Referral, Residence, Survivor
from aftercare.states import SurvivorState
from ijm.accounts.models import RoleGrant, User
from ijm.bridges import NEEDED, UNDOS
from ijm.casefiles.models import CaseAccess
from ijm.notices.models import Notice
from ijm.trail.context import acting_as
from ijm.trail.undoing import beside
from ijm.web import undo
from investigations.models import Investigation, Tip
from tests import stories
from tests.aftercare.steps import LONG_AGO, housed, rescued, taken_in
from tests.cast import Cast
from tests.trail import acts

SignIn = Callable[[User], Client]
TOKEN = re.compile(r'name="token" value="([^"]+)"')
AGAIN = "It was changed since."


def pressed(client: Client, page: str) -> str:
    """What the Undo button of this page carries; "" where there is none."""
    found = TOKEN.search(client.get(page).content.decode())
    return found.group(1) if found else ""


def taken_back(client: Client, token: str, page: str) -> str:
    """Press it; the words of the page that comes back."""
    answer = client.post("/undo/", {"token": token, "next": page})
    assert answer.status_code == 302 and answer["Location"] == page
    return client.get(page).content.decode()


def read(by: User, model: Any, **which: Any) -> Any:
    with acting_as(by, "r"):
        return model.objects.get(**which)


def stepped(cast: Cast, client: Client) -> tuple[Survivor, str]:
    survivor = taken_in(cast)
    page = f"/aftercare/survivors/{survivor.code}/"
    assert client.post(page + "step/", {"to": "followed_up"}).status_code == 302
    return survivor, page


def test_a_step_is_taken_back_and_stays_in_the_history(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    token = pressed(client, page)
    assert token and not pressed(client, page), "the button is shown once, with the words it belongs to"
    assert "Taken back." in taken_back(client, token, page)
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.IN_CARE
    assert "survivor.step_taken_back" in acts()
    with acting_as(cast.care_worker, "r"):
        kept = list(Survivor.history.filter(id=survivor.pk).order_by("rev").values_list("state", flat=True))
    assert kept == ["in_care", "followed_up", "in_care"]


def test_a_closed_file_is_opened_again_by_undo_and_by_nothing_else(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    pressed(client, page)
    client.post(page + "step/", {"to": "closed"})
    token = pressed(client, page)
    assert client.post(page + "step/", {"to": "followed_up"}).status_code == 404
    taken_back(client, token, page)
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.FOLLOWED_UP


def test_pressing_twice_changes_nothing_the_second_time(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    token = pressed(client, page)
    taken_back(client, token, page)
    assert AGAIN in taken_back(client, token, page)
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.IN_CARE


def test_what_a_colleague_changed_since_is_left_alone(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    token = pressed(client, page)
    with acting_as(cast.care_supervisor):
        survivors.advance(policy.get_survivor(cast.care_supervisor, survivor.code), by=cast.care_supervisor,
                          to=SurvivorState.CLOSED)
    assert AGAIN in taken_back(client, token, page)
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.CLOSED


def test_the_button_works_in_no_other_hand(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    token = pressed(client, page)
    nothing = client.get("/no/such/page/").content
    for name in ("care_supervisor", "care_worker_two", "far_care_worker", "liaison", "auditor", "administrator", "partner"):
        answer = signed_in(getattr(cast, name)).post("/undo/", {"token": token})
        assert (answer.status_code, answer.content) == (404, nothing), name
    for forged in ("", "x", token[:-2] + "zz", signing.dumps({"p": str(cast.care_worker.pk)}, salt="other")):
        assert client.post("/undo/", {"token": forged}).status_code == 404
    assert Client().post("/undo/", {"token": token}).status_code == 401
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.FOLLOWED_UP


def test_after_ten_minutes_it_is_too_late(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(cast.care_worker)
    survivor, page = stepped(cast, client)
    token = pressed(client, page)
    real = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: real() + undo.SECONDS + 1)
    assert "ten minutes" in taken_back(client, token, page)
    assert read(cast.care_worker, Survivor, pk=survivor.pk).state == SurvivorState.FOLLOWED_UP


def test_who_was_taken_off_the_file_meanwhile_takes_nothing_back(cast: Cast, signed_in: SignIn) -> None:
    with acting_as(cast.care_supervisor):
        survivor = taken_in(cast)
        survivors.add_colleague(survivor, by=cast.care_supervisor, colleague=cast.care_worker_two)
    client, page = signed_in(cast.care_worker_two), f"/aftercare/survivors/{survivor.code}/"
    client.post(page + "step/", {"to": "followed_up"})
    token = pressed(client, page)
    place = read(cast.care_supervisor, CaseAccess, file=survivor.file, user=cast.care_worker_two)
    assert signed_in(cast.care_supervisor).post(f"/files/{survivor.file.code}/places/{place.pk}/end/").status_code == 302
    assert client.post("/undo/", {"token": token, "next": page}).status_code == 404
    assert read(cast.care_supervisor, Survivor, pk=survivor.pk).state == SurvivorState.FOLLOWED_UP


def test_a_move_just_recorded_ends_as_a_mistake_and_the_former_goes_on(cast: Cast, signed_in: SignIn) -> None:
    survivor, before = housed(cast)
    client, page = signed_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/"
    new = {"placement": "own", "address": "Room 4", "directions": "", "phone_there": "", "since_on_0": "5", "since_on_1": "3",
           "since_on_2": "2024", "reason": "A room of her own", "replaces": before.code}
    assert client.post(page + "move/", new).status_code == 302
    words = taken_back(client, pressed(client, page), page)
    with acting_as(cast.care_worker, "r"):
        rows = {row.placement: row for row in Residence.objects.filter(survivor=survivor)}
    assert rows["own"].is_mistaken and rows["own"].until_on == rows["own"].since_on and "Recorded by mistake" in words
    assert rows["kin"].until_on is None and not rows["kin"].is_mistaken


def test_a_first_residence_taken_back_leaves_none(cast: Cast) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_worker):
        made = residences.move(survivor, by=cast.care_worker, placement="kin", address="x", since_on=LONG_AGO)
        assert undo.take_back(cast.care_worker, undo.token(cast.care_worker, "residence-moved", f"{made.code}:{made.rev}")) == ""
        assert policy.current_residence(cast.care_worker, survivor) is None


def test_what_was_never_saved_changed_beside_nothing(cast: Cast) -> None:
    with acting_as(cast.care_worker, "r"):
        assert beside(Residence(), Residence) == []


def test_a_declined_referral_waits_again(cast: Cast, signed_in: SignIn) -> None:
    referral, client = rescued(cast)[0], signed_in(cast.care_supervisor)
    page = f"/aftercare/referrals/{referral.code}/"
    assert client.post(page + "decline/", {"answer": "She wishes to go home"}).status_code == 302
    taken_back(client, pressed(client, page), page)
    row = read(cast.care_supervisor, Referral, pk=referral.pk)
    assert (row.state, row.answered_by, row.answered_at) == ("waiting", None, None)


def test_a_colleague_is_put_on_and_taken_off_again(cast: Cast, signed_in: SignIn) -> None:
    survivor, client = taken_in(cast), signed_in(cast.care_supervisor)
    page = f"/aftercare/survivors/{survivor.code}/people/"
    client.post(page, {"colleague": cast.care_worker_two.code})
    assert signed_in(cast.care_worker_two).get(page).status_code == 200
    taken_back(client, pressed(client, page), page)
    assert signed_in(cast.care_worker_two).get(page).status_code == 404
    client.post(page, {"colleague": cast.care_worker_two.code, "as_worker": "on"})
    taken_back(client, pressed(client, page), page)
    assert read(cast.care_supervisor, Survivor, pk=survivor.pk).worker_id == cast.care_worker.pk
    assert signed_in(cast.care_worker_two).get(page).status_code == 404, "the place given with it ended with it"


def test_a_colleague_taken_off_is_put_back(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_supervisor):
        survivors.add_colleague(survivor, by=cast.care_supervisor, colleague=cast.care_worker_two)
    place = read(cast.care_supervisor, CaseAccess, file=survivor.file, user=cast.care_worker_two)
    client, page = signed_in(cast.care_supervisor), f"/aftercare/survivors/{survivor.code}/"
    url = f"/files/{survivor.file.code}/places/{place.pk}/end/"
    assert url in client.get(page).content.decode() and "Take off the file" in client.get(url).content.decode()
    assert client.post(url)["Location"] == f"/files/{survivor.file.code}/"
    assert signed_in(cast.care_worker_two).get(page).status_code == 404
    taken_back(client, pressed(client, page), page)
    assert signed_in(cast.care_worker_two).get(page).status_code == 200
    with acting_as(cast.care_supervisor, "r"):
        ends = set(CaseAccess.objects.filter(file=survivor.file, user=cast.care_worker_two).values_list("expires_at", flat=True))
    assert ends == {place.expires_at}, "the new place ends on the day of the old one"
    assert {"access.revoked", "access.restored"} <= set(acts())


def test_who_may_not_take_a_colleague_off(cast: Cast, signed_in: SignIn) -> None:
    survivor = taken_in(cast)
    with acting_as(cast.care_supervisor):
        survivors.add_colleague(survivor, by=cast.care_supervisor, colleague=cast.care_worker_two)
    with acting_as(cast.care_supervisor, "r"):
        places = {place.user_id: place for place in CaseAccess.objects.filter(file=survivor.file, revoked_at__isnull=True)}
    two, worker, boss = (places[user.pk] for user in (cast.care_worker_two, cast.care_worker, cast.care_supervisor))
    path = f"/files/{survivor.file.code}/places/{{}}/end/"
    for name in ("care_worker", "care_worker_two", "far_care_supervisor", "liaison", "auditor", "administrator", "investigator"):
        assert signed_in(getattr(cast, name)).post(path.format(two.pk)).status_code == 404, name
    client = signed_in(cast.care_supervisor)
    for place, words in ((worker, "entrust it to somebody else first"), (boss, "Nobody takes herself off")):
        assert words in client.get(path.format(place.pk)).content.decode()
        assert client.post(path.format(place.pk)).status_code == 404
    with acting_as(cast.care_supervisor, "r"):
        assert CaseAccess.objects.filter(file=survivor.file, revoked_at__isnull=True).count() == len(places)


def test_a_declined_tip_stands_as_assessed_again(cast: Cast, signed_in: SignIn) -> None:
    tip, client = stories.taken_tip(cast), signed_in(cast.investigation_supervisor)
    page = f"/investigations/tips/{tip.code}/"
    graded = {"source_grade": "F", "information_grade": "6", "reason": "Twice the same", "followed_up": "no"}
    client.post(page + "assess/", graded)
    assert read(cast.hotline, Tip, pk=tip.pk).state == "declined"
    taken_back(client, pressed(client, page), page)
    assert read(cast.hotline, Tip, pk=tip.pk).state == "assessed"


def test_a_closed_investigation_goes_on_where_it_was(cast: Cast, signed_in: SignIn) -> None:
    one, client = stories.promoted_tip(cast), signed_in(cast.investigator)
    page = f"/investigations/files/{one.code}/"
    client.post(page + "close/")
    taken_back(client, pressed(client, page), page)
    with acting_as(cast.investigator, "r"):
        row = Investigation.objects.select_related("file").get(pk=one.pk)
    assert (row.stage, row.file.status) == ("enquiry", "open")


def test_notices_are_new_again(cast: Cast, signed_in: SignIn) -> None:
    for _number in range(2):
        stories.taken_tip(cast)
    user, page = cast.investigation_supervisor, "/desk/notices/"
    client, mine = signed_in(user), Notice.objects.filter(user=user)
    with acting_as(user, "r"):
        new = mine.filter(read_at__isnull=True).count()
        first = mine.first()
    goes = client.post(f"{page}{first.pk}/open/")["Location"]
    taken_back(client, pressed(client, goes), page)
    client.post(page + "read/")
    taken_back(client, pressed(client, page), page)
    with acting_as(user, "r"):
        assert mine.filter(read_at__isnull=True).count() == new >= 2


def test_a_role_just_proposed_is_withdrawn_until_somebody_decides(cast: Cast, signed_in: SignIn) -> None:
    client, page = signed_in(cast.administrator), "/desk/people/"
    path = f"/desk/people/{cast.colleague.code}/roles/new/"
    answer = client.post(path, {"role": "HOTLINE", "office": cast.office.code})
    assert answer.status_code == 302, answer.content.decode()
    token = pressed(client, page)
    grant = RoleGrant.objects.waiting().get(user=cast.colleague)
    taken_back(client, token, page)
    assert not RoleGrant.objects.waiting().filter(pk=grant.pk).exists() and "role.withdrawn" in acts()
    client.post(path, {"role": "HOTLINE", "office": cast.office.code})
    token, grant = pressed(client, page), RoleGrant.objects.waiting().get(user=cast.colleague)
    signed_in(cast.data_protection).post(f"/desk/people/grants/{grant.pk}/decide/", {"answer": "approve"})
    assert AGAIN in taken_back(client, token, page)
    assert RoleGrant.objects.live().filter(pk=grant.pk).exists(), "what two approved is not undone by one"


def test_every_undo_takes_a_person_and_what_it_is_about() -> None:
    for name in (*UNDOS.values(), *NEEDED.values()):
        assert inspect.signature(import_string(name)).bind(object(), "about")


def test_a_token_says_for_how_long() -> None:
    assert timedelta(seconds=undo.SECONDS) == timedelta(minutes=10)
    with pytest.raises(KeyError):
        undo.offer(None, "no-such-kind", "x", "y")  # type: ignore[arg-type]
