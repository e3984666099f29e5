"""Sessions: how long, how many, where; listing and ending them; showing again who one is, and losing nothing typed."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone

from ijm.accounts import devices, policy, signing
from ijm.accounts.actions import settings as own
from ijm.accounts.actions import staying
from ijm.accounts.models import SignIn, User
from ijm.accounts.sessions import SessionStore, digest
from ijm.embedded.totp import six_digits
from ijm.notices.models import Notice
from ijm.roles.table import TABLE, Can, Role
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests.cast import PASSWORD, Cast
from tests.conftest import sign_in
from tests.trail import acts

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
SECRETS = iter(f"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3P{sign}{other}" for sign in "ABCDEFGH" for other in "ABCDEFGH")
SENT = {"role": "HOTLINE", "office": "", "until_0": "", "until_1": "", "until_2": "", "note": "what I typed"}


def enrol(user: User) -> str:
    """Her app, whose digits nobody has used; its secret."""
    secret = next(SECRETS)
    with acting_as(user):
        Authenticator.objects.filter(user=user).delete()
        Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt(secret)})
    return secret


def signed_in(user: User, client: Client | None = None) -> Client:
    """Through the real pages, with both factors."""
    client = client or Client(headers={"user-agent": FIREFOX})
    secret = enrol(user)
    client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD})
    answer = type_digits(client, "/account/second-factor/code/", secret)
    assert answer.status_code == 302 and client.get("/desk/").status_code == 200
    client.secret = secret  # type: ignore[attr-defined]
    return client


def type_digits(client: Client, path: str, secret: str) -> Any:
    """The six digits of now; of the next half minute where this one ended on the way."""
    answer = client.post(path, {"code": six_digits(secret, time.time())})
    return answer if answer.status_code == 302 else client.post(path, {"code": six_digits(secret, time.time())})


def grow_old(client: Client, seconds: float = 400) -> None:
    """Her second factor was shown so long ago."""
    store = SessionStore(digest(client.cookies[settings.SESSION_COOKIE_NAME].value))
    for record in store["account_authentication_methods"]:
        record["at"] -= seconds
    store.save()


def notices(user: User) -> list[str]:
    """What she was told, by its kind."""
    with acting_as(user, "r"):
        return list(Notice.objects.filter(user=user).order_by("made_at").values_list("kind", flat=True))


def test_who_runs_the_system_has_shorter_sessions(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    store = SessionStore(digest(client.cookies[settings.SESSION_COOKIE_NAME].value))
    assert (store.get_expiry_age(), store.longest) == (600, 4 * 3600)
    store["begun_at"] = timezone.now().timestamp() - 4 * 3600 - 1
    store.save()
    assert client.get("/desk/").status_code == 302
    hers = signed_in(cast.investigator)
    store = SessionStore(digest(hers.cookies[settings.SESSION_COOKIE_NAME].value))
    assert (store.get_expiry_age(), store.longest) == (900, 8 * 3600)


def test_a_role_that_came_while_she_was_signed_in_shortens_the_session(cast: Cast) -> None:
    client = sign_in(cast.administrator)
    assert client.get("/desk/").status_code == 200
    assert SessionStore(digest(client.cookies[settings.SESSION_COOKIE_NAME].value)).get_expiry_age() == 600


@pytest.mark.parametrize(("name", "most"), [("administrator", 1), ("investigator", 2)])
def test_the_oldest_session_ends_when_there_are_too_many(cast: Cast, name: str, most: int) -> None:
    user = getattr(cast, name)
    clients = [signed_in(user) for _one in range(most + 1)]
    assert [client.get("/desk/").status_code for client in clients] == [302] + [200] * most


def test_she_sees_where_she_is_signed_in_and_ends_one_of_them(cast: Cast) -> None:
    here, there = signed_in(cast.hotline), signed_in(cast.hotline, Client(headers={"user-agent": CHROME}))
    stranger = signed_in(cast.investigator)
    page = here.get("/account/settings/")
    said = page.content.decode()
    assert "Firefox, Windows" in said and "Chrome, Android" in said and said.count("End this session") == 1
    [other] = [one for one in page.context["sessions"] if not one["is_here"]]
    stranger.post("/account/settings/sessions/end/", {"which": str(other["id"])})
    assert there.get("/desk/").status_code == 200, "nobody ends a session of somebody else so"
    assert here.post("/account/settings/sessions/end/", {"which": str(other["id"])}).status_code == 302
    assert (here.get("/desk/").status_code, there.get("/desk/").status_code) == (200, 302)
    assert "sessions.ended" in acts()


def test_ending_all_others_keeps_this_one_in_the_list(cast: Cast) -> None:
    here, there = signed_in(cast.hotline), signed_in(cast.hotline)
    here.post("/account/settings/sessions/end/")
    assert there.get("/desk/").status_code == 302
    assert [one["is_here"] for one in here.get("/account/settings/").context["sessions"]] == [True]


def test_who_looks_after_accounts_ends_anothers_sessions_and_she_is_told(cast: Cast) -> None:
    hers, admin = signed_in(cast.hotline), sign_in(cast.administrator)
    page = admin.get(f"/desk/people/{cast.hotline.code}/").content.decode()
    assert "Signed in now" in page and "Firefox, Windows" in page and "127.0.0.1" not in page
    assert admin.get(f"/desk/people/{cast.hotline.code}/sessions/").status_code == 302, "a look ends nothing"
    admin.post(f"/desk/people/{cast.hotline.code}/sessions/")
    assert hers.get("/desk/").status_code == 302 and not Session.objects.filter(
        session_key=digest(hers.cookies[settings.SESSION_COOKIE_NAME].value)).exists()
    assert "session.cut" in notices(cast.hotline) and "sessions.cut" in acts()
    assert policy.may_end_sessions(cast.administrator, cast.administrator).reason == "self"
    assert policy.may_end_sessions(cast.data_protection, cast.hotline)
    for by in (cast.care_supervisor, cast.auditor, cast.partner):
        with acting_as(by), pytest.raises(Refused):
            staying.end_sessions(cast.hotline, by=by)


def test_the_database_ends_and_shows_sessions_to_her_and_her_office_only(cast: Cast) -> None:
    signed_in(cast.hotline)
    with acting_as(cast.investigator), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guard.sessions_of(%s)", [cast.hotline.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM accounts_signin")
        assert cursor.fetchone() == (0,), "row security: hers alone"
        for sql in ("SELECT guard.end_sessions(%s)", "SELECT guard.end_account(%s)"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql, [cast.hotline.pk])
    with acting_as(cast.hotline, "r"):
        assert SignIn.objects.count() == 1
        assert not own_session_ends(cast.hotline)


def own_session_ends(user: User) -> bool:
    """Ending a session that is not hers, or no session, ends nothing."""
    return own.end_session("00000000-0000-0000-0000-000000000000", by=user)


@pytest.mark.parametrize("change", [{"HTTP_USER_AGENT": CHROME}, {"REMOTE_ADDR": "203.0.113.9"}])
def test_a_session_that_goes_on_elsewhere_ends(cast: Cast, change: dict[str, str]) -> None:
    client = signed_in(cast.investigator)
    assert client.get("/desk/", **change).status_code == 302  # type: ignore[arg-type]
    assert client.get("/desk/").status_code == 302, "whoever took it has ended it"
    assert "session.moved" in acts()


def test_what_was_typed_in_a_session_that_moved_stands_on_the_page(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    answer = client.post(f"/desk/people/{cast.hotline.code}/roles/new/", SENT, HTTP_USER_AGENT=CHROME)
    assert answer.status_code == 401 and "what I typed" in answer.content.decode()
    client = signed_in(cast.administrator)
    assert client.get("/account/second-factor/", HTTP_USER_AGENT=CHROME).status_code == 302, "her factors neither"


def test_an_address_of_the_same_provider_and_a_newer_browser_are_the_same_place(cast: Cast) -> None:
    client = signed_in(cast.investigator)
    newer = FIREFOX.replace("140", "141")
    assert client.get("/desk/", REMOTE_ADDR="127.0.77.8", HTTP_USER_AGENT=newer).status_code == 200


def test_before_something_sensitive_the_factor_is_asked_again_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    url = f"/desk/people/{cast.hotline.code}/roles/new/"
    sent = {**SENT, "role": "LIAISON", "office": cast.office.code}
    grow_old(client)
    assert client.get("/desk/").status_code == 200, "a page that is not sensitive asks nothing"
    asked = client.get(url)
    assert asked.status_code == 302 and asked["Location"].startswith("/account/again/?next=%2Fdesk%2Fpeople")
    page = client.post(url, sent)
    assert page.status_code == 401 and 'value="what I typed"' in page.content.decode()
    assert "what I typed" not in str([SessionStore(one.session_key).decode(one.session_data) for one in Session.objects.all()])
    wrong = client.post(url, {**sent, "_code": "000000"})
    assert wrong.status_code == 401 and 'value="what I typed"' in wrong.content.decode()
    assert wrong.context["errors"]
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    with acting_as(cast.administrator):
        Authenticator.objects.get(user=cast.administrator)
    done = client.post(url, {**sent, "_code": fresh_digits(cast.administrator, client)})
    assert (done.status_code, done["Location"]) == (302, "/desk/people/"), "the very sending went on"
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert before != after and "session.confirmed" in acts(), "the session has a new key"
    thief = Client(headers={"user-agent": FIREFOX})
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert thief.get("/desk/").status_code == 302, "the key from before opens nothing"
    assert client.get(url).status_code == 200
    assert [one["is_here"] for one in client.get("/account/settings/").context["sessions"]] == [True]


def fresh_digits(user: User, client: Any) -> str:
    """Digits that were not used yet in this half minute: of another app, set up meanwhile."""
    return six_digits(enrol(user), time.time())


def test_a_part_of_a_page_that_asks_leads_the_whole_page_there(cast: Cast) -> None:
    client = signed_in(cast.data_protection)
    grow_old(client)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/people/"}
    answer = client.post(f"/desk/people/{cast.hotline.code}/code/", headers=headers)
    assert answer.status_code == 204 and answer["HX-Redirect"] == "/account/again/?next=%2Fdesk%2Fpeople%2F"


SENSITIVE = {
    "desk:grant-decide", "desk:grant-renew", "desk:person-propose", "desk:person-add", "desk:person-welcome",
    "desk:person-password", "desk:person-reset", "desk:person-reopen", "desk:reset-decide", "desk:vault-ask", "desk:vault-start",
    "approvals:decide", "erasures:go-on", "erasures:hold-lift", "investigations:rescue-approve",
}


def test_every_sensitive_page_asks_within_five_minutes() -> None:
    from tests import matrix

    asking = {page.name: page.door.reauth for page in matrix.doors() if page.door and page.door.reauth}
    assert set(asking.values()) == {300}
    assert SENSITIVE - set(asking) == set()
    assert settings.ACCOUNT_REAUTHENTICATION_TIMEOUT == 300, "her own factors ask by themselves"


def test_a_new_browser_is_told_of_and_a_known_one_is_not(cast: Cast) -> None:
    client = signed_in(cast.hotline)
    assert notices(cast.hotline).count("session.new") == 0, "the first of all is nobody's surprise"
    cookie = client.cookies[devices.COOKIE]
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/"
    client.post("/account/sign-out/")
    signed_in(cast.hotline, client)
    assert notices(cast.hotline).count("session.new") == 0
    signed_in(cast.hotline)
    assert notices(cast.hotline).count("session.new") == 1 and "session.odd" in acts()


def test_tries_in_vain_are_told_of_at_the_next_sign_in(cast: Cast) -> None:
    for _try in range(3):
        Client().post("/account/sign-in/", {"login": "hotline", "password": "x" * 20})
    assert signing.tries("Hotline") == 3
    signed_in(cast.hotline)
    assert "session.tries" in notices(cast.hotline) and signing.tries("hotline") == 0


def test_signing_out_clears_what_the_browser_kept(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    assert "Clear-Site-Data" not in client.get("/account/sign-out/").headers
    assert client.post("/account/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'


def test_she_is_told_when_her_password_changes(cast: Cast) -> None:
    client = signed_in(cast.hotline)
    new = "seven patient ferries wait"
    assert client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302
    assert "password.changed" in notices(cast.hotline)
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize(("said", "family"), [
    (FIREFOX, "firefox/windows"), (CHROME, "chrome/android"), ("", "other/other"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_5) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15", "safari/mac"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/140.0 Mobile Safari/604.1", "chrome/ios"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "edge/windows")])
def test_a_browser_is_known_by_its_family(rf: Any, said: str, family: str) -> None:
    assert devices.family_of(rf.get("/", HTTP_USER_AGENT=said)) == family
    assert str(devices.family_name(family))
    assert str(devices.family_name("other/other")) == "A browser we do not know"


@pytest.mark.parametrize(("address", "network"), [("203.0.113.9", "203.0.0.0/16"), ("2001:db8:7::1", "2001:db8::/32"), ("", "")])
def test_a_network_is_as_wide_as_its_provider(rf: Any, address: str, network: str) -> None:
    assert devices.network_of(rf.get("/", REMOTE_ADDR=address)) == network


def test_a_guest_opens_no_identity_and_stands_on_no_file() -> None:
    """Six digits are enough for her because nothing behind them is: whoever widens this row reads this first."""
    row = TABLE[Role.PARTNER]
    assert not row.opens and not row.stands and row.can <= {Can.BUDGET_ASK}


def test_idle_for_a_quarter_of_an_hour_is_signed_out(cast: Cast) -> None:
    client = signed_in(cast.hotline)
    key = digest(client.cookies[settings.SESSION_COOKIE_NAME].value)
    left = Session.objects.get(session_key=key).expire_date - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/desk/").status_code == 302
