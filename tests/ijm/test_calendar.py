"""The calendar feed: a secret address of one person's, codes and times only, recorded, revocable, not to be guessed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.notices.actions import calendars, reminders
from ijm.notices.calendar import digest_of
from ijm.notices.models import CalendarAddress, CalendarUse, Subject
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.web.reports import NoAddresses
from tests import stories
from tests.aftercare.steps import taken_in
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
SECRET = re.compile(r"/calendar/([\w-]{40,})\.ics")
HIDDEN = ("Chhim", "Kanha", "Sin", "Chanthy", "Vexanaly", "Room 2", "aftercare", "prosecution", "hearing", "Kandal",
          "court", "trial")


def made(user: User) -> str:
    with acting_as(user):
        return calendars.make(by=user)


def fetched(token: str) -> bytes:
    answer = Client().get(f"/calendar/{token}.ics")
    assert answer.status_code == 200, answer.status_code
    return answer.content


def with_a_reminder(cast: Cast) -> Survivor:
    """Her worker has a reminder in five days, with a note that must not leave."""
    survivor = taken_in(cast)
    with acting_as(cast.care_worker):
        reminders.set_(by=cast.care_worker, file=survivor.file_id, about=survivor.code, subject=Subject.CALL_BACK,
                       path="/", note="Vexanaly", at=timezone.now() + timedelta(days=5))
    return survivor


def test_codes_and_times_leave_and_nothing_else(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        hearing = scene.hearing(cast, prosecution, days=9)
    body = fetched(made(cast.liaison))
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (hearing.code, hearing.court_id)
    assert event["DTSTART"].params["TZID"] == "Asia/Phnom_Penh"
    assert event.decoded("DTSTART") == hearing.at.replace(microsecond=0) and str(event["CLASS"]) == "PRIVATE"
    for hidden in HIDDEN:
        assert hidden.lower() not in body.decode().lower(), hidden
    assert prosecution.code not in body.decode(), "the file's own code adds nothing"


def test_a_reminder_leaves_without_its_words(cast: Cast) -> None:
    survivor = with_a_reminder(cast)
    body = fetched(made(cast.care_worker)).decode()
    assert f"SUMMARY:{survivor.code}" in body
    assert not any(hidden.lower() in body.lower() for hidden in (*HIDDEN, "call back"))


def test_the_hour_of_a_rescue_operation_never_leaves_and_is_not_even_opened(cast: Cast) -> None:
    operation = stories.planned_rescue(cast)
    body = fetched(made(cast.investigator)).decode()
    assert "VEVENT" not in body and operation.code not in body
    assert last_events(1)[0]["act"] == "calendar.fetched" and "time" not in last_events(1)[0].get("fields", [])


def test_each_fetch_is_one_look_of_the_person(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        hearing = scene.hearing(cast, prosecution)
    token = made(cast.liaison)
    before = len(acts())
    fetched(token)
    (look,) = last_events(len(acts()) - before)
    assert (look["act"], look["cat"], look["who"]["ref"]) == ("calendar.fetched", "look", str(cast.liaison.pk))
    assert str(hearing.pk) in look["obj"]["rows"] and look["q"]["count"] == 1
    use = CalendarUse.objects.get()
    assert use.times == 1 and timezone.now() - use.used_at < timedelta(minutes=1)
    assert token not in str(look)


def test_the_address_is_shown_once_and_only_its_digest_is_kept(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.liaison)
    assert "You have none" in client.get("/desk/calendar/").content.decode()
    found = SECRET.search(client.post("/desk/calendar/", {"act": "make"}).content.decode())
    assert found
    assert not SECRET.search(client.get("/desk/calendar/").content.decode())
    token = found[1]
    row = CalendarAddress.objects.get()
    assert token not in str(row.__dict__) and len(row.digest) == 64
    assert timedelta(days=364) < row.expires_at - row.made_at <= timedelta(days=365)
    fetched(token)
    assert "Last fetched" in client.get("/desk/calendar/").content.decode()
    assert client.post("/desk/calendar/", {"act": "revoke"}).status_code == 302
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert {"calendar.made", "calendar.revoked", "calendar.fetched"} <= set(acts())


def test_a_new_address_ends_the_old_one(cast: Cast) -> None:
    old, new = made(cast.liaison), made(cast.liaison)
    assert Client().get(f"/calendar/{old}.ics").status_code == 404 and fetched(new)


def test_what_is_revoked_over_guessed_or_of_nobody_is_not_there(cast: Cast) -> None:
    missing = Client().get("/nothing/of/the/kind/").content
    token = made(cast.liaison)
    digest = CalendarAddress.objects.values_list("digest", flat=True).get()
    for wrong in ("x", token[:-1], token + "A", token.swapcase(), digest):
        answer = Client().get(f"/calendar/{wrong}.ics")
        assert (answer.status_code, answer.content) == (404, missing), wrong
    assert last_events(1)[0]["act"] == "page.not_there" and token[:10] not in str(last_events(5))
    with acting_as(cast.administrator), entry("test.gone", by=cast.administrator, about=cast.liaison):
        User.objects.filter(pk=cast.liaison.pk).update(is_active=False)
    assert Client().get(f"/calendar/{token}.ics").status_code == 404, "somebody who no longer works here"
    assert Client().post(f"/calendar/{token}.ics").status_code == 405


def test_after_a_year_it_is_over(cast: Cast) -> None:
    made_at = timezone.now() - calendars.LIFE - timedelta(minutes=1)
    with acting_as(cast.liaison), entry("test.old", by=cast.liaison, about=None):
        CalendarAddress(user=cast.liaison, digest=digest_of("a token of last year"), made_at=made_at,
                        expires_at=made_at + calendars.LIFE).save()
    assert Client().get("/calendar/a token of last year.ics").status_code == 404
    assert fetched(made(cast.liaison)), "a new one is made in its place"


def test_too_many_fetches_and_too_many_guesses_are_turned_away(cast: Cast) -> None:
    token = made(cast.liaison)
    cache.set(f"calendar:{CalendarAddress.objects.get().pk}", 30, 3600)
    assert Client().get(f"/calendar/{token}.ics").status_code == 429
    cache.set("calendar-guess:127.0.0.1", 20, 3600)
    assert Client().get("/calendar/guessed.ics").status_code == 429
    cache.clear()


def test_a_token_reaches_no_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(NoAddresses())
    token = made(cast.liaison)
    fetched(token)
    Client().get(f"/calendar/{token}x.ics")
    Client().post(f"/calendar/{token}.ics")
    assert token not in caplog.text


def test_nobody_takes_back_or_makes_anothers_address(cast: Cast, signed_in: SignIn) -> None:
    token = made(cast.liaison)
    address = CalendarAddress.objects.get()
    for user in (cast.administrator, cast.auditor, cast.investigator, cast.far_liaison):
        client = signed_in(user)
        assert "You have none" in client.get("/desk/calendar/").content.decode(), "another's address is not shown"
        client.post("/desk/calendar/", {"act": "revoke"})
        with pytest.raises(Refused), acting_as(user):
            calendars.revoke(address, by=user)
        with acting_as(user), entry("test.forged", by=user, about=None):
            assert CalendarAddress.objects.filter(pk=address.pk).update(revoked_at=timezone.now()) == 0
        with pytest.raises(DatabaseError), acting_as(user), entry("test.forged", by=user, about=None):
            CalendarAddress(user=cast.care_worker, digest="0" * 64, expires_at=timezone.now() + timedelta(days=1)).save()
    assert fetched(token)


def test_taking_an_address_back_twice_is_the_same_as_once(cast: Cast) -> None:
    made(cast.liaison)
    with acting_as(cast.liaison):
        address = CalendarAddress.objects.get()
        calendars.revoke(address, by=cast.liaison)
        since = address.revoked_at
        calendars.revoke(address, by=cast.liaison)
    assert CalendarAddress.objects.get().revoked_at == since and acts().count("calendar.revoked") == 1


def test_the_feed_shows_her_own_files_only(cast: Cast) -> None:
    with_a_reminder(cast)
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        scene.hearing(cast, prosecution)
    for user in (cast.administrator, cast.auditor, cast.far_liaison, cast.care_supervisor, cast.partner):
        assert "VEVENT" not in fetched(made(user)).decode(), user.username
