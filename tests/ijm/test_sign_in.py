"""Signing in: password, second factor, what stands in the session table, and who is turned away."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from ijm.accounts.models import User
from ijm.accounts.sessions import BEGUN, SessionStore, digest
from ijm.embedded.totp import six_digits
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests.cast import PASSWORD, Cast
from tests.conftest import sign_in
from tests.trail import acts, last_events

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol(user: User) -> None:
    with acting_as(user):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP,
                                     data={"secret": get_adapter().encrypt(SECRET)})


def test_password_then_code_opens_the_desk(cast: Cast) -> None:
    enrol(cast.investigator)
    client = Client()
    answer = client.post("/account/sign-in/", {"login": "investigator", "password": PASSWORD})
    assert answer.status_code == 302 and answer.url.startswith("/account/second-factor/code/"), answer
    assert client.get("/desk/").status_code == 302, "half signed in opens nothing"
    answer = client.post(answer.url, {"code": six_digits(SECRET, time.time())})
    assert (answer.status_code, answer.url) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200
    assert last_events(1)[0]["who"].get("mfa") == "totp"
    assert "session.begun" in acts()


def test_the_seed_is_sealed_in_its_table(cast: Cast) -> None:
    enrol(cast.investigator)
    stored = Authenticator.objects.get(user=cast.investigator)
    assert SECRET not in str(stored.data)
    assert get_adapter().decrypt(stored.data["secret"]) == SECRET


def test_a_wrong_password_is_recorded_without_the_name_that_was_typed(cast: Cast) -> None:
    answer = Client().post("/account/sign-in/", {"login": "somebody-typed", "password": "x" * 20})
    assert answer.status_code == 200
    event = last_events(1)[0]
    assert event["act"] == "session.refused" and "somebody-typed" not in str(event)


def test_without_a_second_factor_she_is_sent_to_enrol(cast: Cast) -> None:
    answer = sign_in(cast.investigator, second_factor=False).get("/desk/")
    assert (answer.status_code, answer.url) == (302, "/account/second-factor/")


def test_nobody_signs_up(cast: Cast) -> None:
    assert Client().get("/account/signup/").status_code == 404


def test_the_table_holds_a_digest_and_the_digest_opens_nothing(cast: Cast) -> None:
    client = sign_in(cast.investigator)
    token = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert Session.objects.filter(session_key=digest(token)).exists()
    assert not Session.objects.filter(session_key=token).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = digest(token)
    assert thief.get("/desk/").status_code == 302


def test_the_cookie_is_bound_to_this_host(cast: Cast) -> None:
    client = sign_in(cast.investigator)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    cookie = client.get("/desk/").cookies[settings.SESSION_COOKIE_NAME]
    assert cookie.key == "__Host-sid" and cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Strict"
    assert cookie["path"] == "/" and not cookie["domain"]


def test_a_session_ends_after_eight_hours_however_busy(cast: Cast) -> None:
    client = sign_in(cast.investigator)
    store = SessionStore(digest(client.cookies[settings.SESSION_COOKIE_NAME].value))
    store[BEGUN] = timezone.now().timestamp() - settings.SESSION_ABSOLUTE_AGE - 1
    store.save()
    assert client.get("/desk/").status_code == 302


def test_signing_out_ends_the_session_and_is_recorded(cast: Cast) -> None:
    client = sign_in(cast.investigator)
    assert client.post("/account/sign-out/").status_code == 302
    assert client.get("/desk/").status_code == 302
    assert "session.ended" in acts()


def test_a_disabled_account_loses_access_at_the_next_request(cast: Cast) -> None:
    client = sign_in(cast.investigator)
    assert client.get("/desk/").status_code == 200
    with acting_as(cast.administrator), entry("user.disabled", by=cast.administrator, about=cast.investigator):
        cast.investigator.is_active = False
        cast.investigator.save()
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("path", ["/desk/", "/aftercare/survivors/", "/audit/who-saw/"])
def test_a_stranger_is_sent_to_sign_in(cast: Cast, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302 and answer.url.startswith("/account/sign-in/")
