"""Passkeys by their protocol: finger or PIN shown or refused, keys that count backwards, who needs one, keys that go."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connections
from django.test import Client

from ijm.accounts import factors
from ijm.accounts.models import RoleGrant, User
from ijm.accounts.sessions import SessionStore, digest
from ijm.embedded.totp import six_digits
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from tests.cast import PASSWORD, Cast
from tests.conftest import sign_in
from tests.ijm.test_sessions import enrol, grow_old, notices, signed_in, type_digits
from tests.passkeys import AGAIN, SIGN_IN, Passkey, add, use
from tests.trail import acts


@pytest.fixture
def real(settings: Any) -> None:
    """As in a real office: passkeys for everybody but guests."""
    settings.PASSKEYS_REQUIRED = True


def password(user: User) -> Client:
    """A client that has typed the password."""
    client = Client()
    assert client.post("/account/sign-in/", {"login": user.username, "password": PASSWORD}).status_code == 302
    return client


def keyed(user: User, key: Passkey) -> Client:
    """A client of hers that has added this key."""
    client = signed_in(user)
    type_digits(client, "/account/second-factor/again/", enrol(user))
    assert add(client, key).status_code == 302
    return client


def test_a_key_that_shows_who_holds_it_opens_the_desk(cast: Cast) -> None:
    key = Passkey()
    keyed(cast.investigator, key)
    client = password(cast.investigator)
    options = client.get(SIGN_IN).context["js_data"]["request_options"]["publicKey"]
    assert options["userVerification"] == "required"
    assert use(client, key).status_code == 302 and client.get("/desk/").status_code == 200
    assert store_of(client)["account_authentication_methods"][-1]["type"] == "webauthn"


def test_a_key_without_finger_or_pin_is_refused(cast: Cast) -> None:
    """ASVS 6.3.3: the assertion is signed by the right key and carries no user verification."""
    key = Passkey()
    keyed(cast.investigator, key)
    key.verifies = False
    client = password(cast.investigator)
    assert use(client, key).status_code == 200 and client.get("/desk/").status_code == 302
    assert "session.refused" in acts()
    key.verifies = True
    assert use(client, key).status_code == 302, "with it the same key is taken"


def test_a_key_without_finger_or_pin_is_not_even_added(cast: Cast) -> None:
    client = signed_in(cast.investigator)
    type_digits(client, "/account/second-factor/again/", enrol(cast.investigator))
    assert add(client, Passkey(verifies=False)).status_code == 200
    assert not factors.passkeys_of(cast.investigator).exists()


@pytest.mark.parametrize("lie", [{"site": "daybook.example.net"}, {"ident": b"a key of nobody"}])
def test_a_key_of_another_site_or_of_nobody_is_refused(cast: Cast, lie: dict[str, Any]) -> None:
    key = Passkey()
    keyed(cast.investigator, key)
    client = password(cast.investigator)
    assert use(client, Passkey(secret=key.secret, **lie)).status_code == 200
    assert client.get("/desk/").status_code == 302


def test_a_copy_shows_itself_and_ends_every_session(cast: Cast) -> None:
    key = Passkey()
    hers = keyed(cast.investigator, key)
    for _time in range(3):
        assert use(password(cast.investigator), key).status_code == 302
    assert hers.get("/desk/").status_code == 302, "two sessions at a time"
    hers = password(cast.investigator)
    assert use(hers, key).status_code == 302 and hers.get("/desk/").status_code == 200
    twin = Passkey(secret=key.secret, counter=1)
    thief = password(cast.investigator)
    assert use(thief, twin).status_code == 200 and thief.get("/desk/").status_code == 302
    assert "factor.copied" in acts() and hers.get("/desk/").status_code == 302
    for person in (cast.investigator, cast.administrator, cast.data_protection):
        assert "factor.copied" in notices(person)
    assert "factor.copied" not in notices(cast.colleague)


def test_a_key_that_never_counts_is_no_copy(cast: Cast) -> None:
    key = Passkey(counts=False)
    keyed(cast.investigator, key)
    for _time in range(2):
        assert use(password(cast.investigator), key).status_code == 302
    assert "factor.copied" not in acts()


@pytest.mark.parametrize("name", ["investigator", "care_supervisor", "administrator", "data_protection", "auditor", "liaison"])
def test_without_a_passkey_only_the_pages_that_add_one_open(cast: Cast, real: None, name: str) -> None:
    client = sign_in(getattr(cast, name))
    for path in ("/desk/", "/desk/notices/", "/desk/permissions/", "/account/settings/", "/files/XX-0000-0000/"):
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer.headers.get("Location")) == (302, "/account/second-factor/"), path
    said = client.get("/account/second-factor/").content.decode()
    assert "A passkey is missing" in said


def test_a_guest_and_only_a_guest_works_with_six_digits(cast: Cast, real: None) -> None:
    assert sign_in(cast.partner).get("/desk/").status_code == 200
    assert not factors.needs_passkey(cast.partner)
    with acting_as(cast.administrator):
        nobody = User(username="x", office=cast.office)
    nobody.role_codes = frozenset()
    assert factors.needs_passkey(nobody), "who has no role yet is no guest"


def test_the_demonstration_takes_six_digits(cast: Cast) -> None:
    assert not factors.needs_passkey(cast.investigator)


def test_adding_the_key_opens_the_work_and_a_second_one_is_asked_for(cast: Cast, real: None) -> None:
    client = sign_in(cast.investigator)
    type_digits(client, "/account/second-factor/again/", enrol(cast.investigator))
    assert add(client, Passkey()).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert "Add a second key" in client.get("/account/second-factor/").content.decode()
    assert add(client, Passkey(ident=b"the second")).status_code == 302
    assert "Add a second key" not in client.get("/account/second-factor/").content.decode()
    assert notices(cast.investigator).count("factor.changed") == 2
    said = sign_in_with(cast.administrator).get(f"/desk/people/{cast.investigator.code}/").content.decode()
    assert "2 of them passkeys" in said


def store_of(client: Client) -> SessionStore:
    """What the server holds of this client's session."""
    return SessionStore(digest(client.cookies[settings.SESSION_COOKIE_NAME].value))


def sign_in_with(user: User) -> Client:
    """A session that was begun with a passkey."""
    client = sign_in(user)
    store = store_of(client)
    for record in store["account_authentication_methods"]:
        record["type"] = "webauthn"
    store.save()
    return client


def test_who_has_a_passkey_changes_her_factors_with_it_alone(cast: Cast, settings: Any) -> None:
    """A thief who read the six digits over her shoulder adds no key of his own."""
    keyed(cast.investigator, Passkey())
    settings.PASSKEYS_REQUIRED = True
    thief = password(cast.investigator)
    thief.post(SIGN_IN, {"code": six_digits(enrol_beside(cast.investigator), time.time())})
    for path in ("/account/second-factor/passkeys/add/", "/account/second-factor/totp/"):
        assert thief.get(path, follow=True).redirect_chain[-1][0].startswith(AGAIN)
    assert thief.get("/account/second-factor/again/", follow=True).redirect_chain[-1][0].startswith(AGAIN)


def enrol_beside(user: User) -> str:
    """An app beside the keys she has; its secret."""
    secret = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"
    with acting_as(user):
        Authenticator.objects.filter(user=user, type="totp").delete()
        Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt(secret)})
    return secret


def test_any_key_can_be_taken_away_but_the_last(cast: Cast) -> None:
    client = keyed(cast.investigator, Passkey())
    with acting_as(cast.investigator):
        Authenticator.objects.filter(user=cast.investigator, type="totp").delete()
    [only] = factors.passkeys_of(cast.investigator)
    url = f"/account/second-factor/passkeys/{only.pk}/end/"
    assert client.post(url)["Location"] == "/account/second-factor/passkeys/"
    assert factors.passkeys_of(cast.investigator).exists(), "the password alone would let somebody in"
    assert add(client, Passkey(ident=b"the second")).status_code == 302
    assert client.post(url).status_code == 302
    assert [one.pk for one in factors.passkeys_of(cast.investigator)] != [only.pk]
    assert Client().post(url).status_code == 302
    assert "factor.changed" in notices(cast.investigator)


def test_the_only_app_stays_too(cast: Cast) -> None:
    client = signed_in(cast.investigator)
    type_digits(client, "/account/second-factor/again/", enrol(cast.investigator))
    assert client.post("/account/second-factor/totp/end/").status_code == 200
    assert factors.has_factor(cast.investigator)


def test_a_passkey_answers_before_something_sensitive_beside_what_was_typed(cast: Cast) -> None:
    key = Passkey()
    client = keyed(cast.administrator, key)
    grow_old(client)
    url = f"/desk/people/{cast.hotline.code}/roles/new/"
    sent = {"role": "LIAISON", "office": cast.office.code, "until_0": "", "until_1": "", "until_2": ""}
    page = client.post(url, sent)
    assert page.status_code == 401 and "Use my passkey" in page.content.decode()
    wrong = client.post(url, {**sent, "_credential": "{}"})
    assert wrong.status_code == 401
    answer = key.used(wrong.context["js_data"]["request_options"])
    assert client.post(url, {**sent, "_credential": answer})["Location"] == "/desk/people/"
    assert RoleGrant.objects.waiting().filter(user=cast.hotline, role=Role.LIAISON).exists()


def test_six_digits_answer_no_question_of_somebody_who_needs_her_key(cast: Cast, settings: Any) -> None:
    client = keyed(cast.administrator, Passkey())
    settings.PASSKEYS_REQUIRED = True
    grow_old(client)
    url = f"/desk/people/{cast.hotline.code}/roles/new/"
    page = client.post(url, {"role": "LIAISON", "_code": six_digits(enrol_beside(cast.administrator), time.time())})
    assert page.status_code == 401 and "six digits" not in page.content.decode()


def test_six_digits_are_good_once_whichever_process_is_asked(committed_cast: Cast) -> None:
    """Two sign-ins with the same digits at the same moment, each on connections of its own: one is let in."""
    cast = committed_cast
    digits = six_digits(enrol(cast.investigator), time.time())
    clients, answers = [password(cast.investigator) for _one in range(2)], []
    together = threading.Barrier(2)

    def use_digits(client: Client) -> None:
        together.wait()
        answers.append(client.post(SIGN_IN, {"code": digits}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=use_digits, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 302]
