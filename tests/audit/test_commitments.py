"""What an event promised of sealed values: opened one by one for a court, and by nobody once the key is gone."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import pytest
from django.db import transaction

from aftercare.models import Residence
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.vault import keyring
from ijm.vault.commitments import commit, openings, salt
from ijm.vault.errors import KeyDestroyed, Tampered, VaultError
from ijm.vault.shredding import shred
from tests import records
from tests.cast import Cast
from tests.trail import last_events
from tests.vault.hands import SUPERUSER, said, without_triggers

TABLE = "aftercare_residence"


@pytest.fixture
def home(cast: Cast) -> Residence:
    return records.residence(cast)


def saved(home: Residence, cast: Cast, **values: str | None) -> dict[str, Any]:
    """The event of a change of these sealed values."""
    with acting_as(cast.care_worker), entry("test.changed", by=cast.care_worker, about=home):
        for name, value in values.items():
            setattr(home, name, value)
        home.save()
    return last_events(1)[0]


def opened(home: Residence, body: dict[str, Any], cast: Cast, *names: str) -> dict[tuple[str, str], dict[str, str]]:
    with acting_as(cast.care_worker, "r", "COURT"):
        found = openings(Residence.objects.get(pk=home.pk), body, names, by=cast.care_worker)
    return {(one["path"].rpartition(".")[2], one["side"]): one for one in found}


def proves(one: dict[str, str]) -> bool:
    """What anybody does with an opening and nothing else: SHA-256 over four parts."""
    named, text = one["path"].encode(), one["value"].encode()
    made = b"ijm.commit.v1" + bytes.fromhex(one["salt"]) + len(named).to_bytes(4) + named + len(text).to_bytes(4) + text
    return hashlib.sha256(made).hexdigest() == one["commit"]


def test_each_changed_field_is_promised_from_and_to_and_no_other(home: Residence, cast: Cast) -> None:
    first = next(event for event in last_events(9) if event["act"] == "residence.began")
    assert {path.rpartition(".")[2]: [bool(side) for side in pair] for path, pair in first["chg"].items()} == {
        "address": [False, True], "phone_there": [False, True], "reason": [False, True]}
    body = saved(home, cast, address="House 13", phone_there=None, directions=None)
    assert set(body["chg"]) == {f"{TABLE}.{home.pk}.address", f"{TABLE}.{home.pk}.phone_there"}
    assert body["chg"][f"{TABLE}.{home.pk}.phone_there"][1] is None
    assert body["ck"] == {f"{home.pk}.whereabouts": home.whereabouts_key}
    assert "House" not in json.dumps(body)


def test_one_field_of_one_event_is_opened_and_anybody_can_check_it(home: Residence, cast: Cast) -> None:
    body = saved(home, cast, address="House 13", phone_there="099 999 999")
    found = opened(home, body, cast, "address")
    assert {side: one["value"] for (_name, side), one in found.items()} == {"old": "House 12, Street 271", "new": "House 13"}
    assert all(proves(one) and one["commit"] == body["chg"][one["path"]][one["side"] == "new"] for one in found.values())
    look = last_events(1)[0]
    assert (look["cat"], look["fields"], look["why"]["code"]) == ("look", ["address"], "COURT")
    assert not proves({**found["address", "new"], "value": "House 14"})


def test_equal_values_of_two_events_fields_and_sides_do_not_look_equal(home: Residence, cast: Cast) -> None:
    one = saved(home, cast, address="same", directions="same")
    saved(home, cast, address="other")
    two = saved(home, cast, address="same")
    told = [side for body in (one, two) for pair in body["chg"].values() for side in pair if side]
    assert len(set(told)) == len(told)
    salts = {opened(home, body, cast, "address")["address", "new"]["salt"] for body in (one, two)}
    assert len(salts) == 2


def test_two_saves_in_one_entry_are_one_change(home: Residence, cast: Cast) -> None:
    with acting_as(cast.care_worker), entry("test.changed", by=cast.care_worker, about=home):
        for address in ("first", "last"):
            home.address = address
            home.save()
    body = last_events(1)[0]
    found = opened(home, body, cast, "address")
    assert [found["address", side]["value"] for side in ("old", "new")] == ["House 12, Street 271", "last"]


def test_what_was_not_saved_is_not_promised(home: Residence, cast: Cast) -> None:
    with (acting_as(cast.care_worker), entry("test.changed", by=cast.care_worker, about=home),
          pytest.raises(ZeroDivisionError), transaction.atomic()):
        home.address = "never"
        home.save()
        1 / 0  # noqa: B018
    body = last_events(1)[0]
    assert "chg" not in body and "ck" not in body and "hist" not in body
    assert opened(home, body | {"hist": []}, cast, "address") == {}


def test_a_bundle_written_past_the_model_is_told_without_a_promise(home: Residence, cast: Cast) -> None:
    with acting_as(cast.care_worker), entry("test.changed", by=cast.care_worker, about=home) as made:
        home.address = "House 13"
        home.save()
        made.promised.clear()
    body = last_events(1)[0]
    assert f"{home.pk}.whereabouts" in body["dig"] and "chg" not in body
    assert opened(home, body, cast, "address") == {}


def test_what_is_made_is_opened_from_its_first_event(home: Residence, cast: Cast) -> None:
    first = next(event for event in last_events(9) if event["act"] == "residence.began")
    found = opened(home, first, cast, "address", "reason", "directions")
    assert set(found) == {("address", "new"), ("reason", "new")} and all(map(proves, found.values()))
    strange = {**first, "hist": [[TABLE, str(home.pk), "+", str(uuid.uuid4()), "0"]]}
    assert opened(home, strange, cast, "address") == {}


def test_after_the_key_is_gone_nobody_opens_it_and_the_event_stays(committed_cast: Cast) -> None:
    cast = committed_cast
    home = records.residence(cast)
    body = saved(home, cast, address="House 13")
    key = keyring.keys([home.whereabouts_key])[home.whereabouts_key]
    assert len(salt(key, body["id"], home.pk, "address", 1)) == 32
    shred([("subject", home.survivor.alias.person_id)], by=cast.data_protection.pk, certificate="EC-1")
    keyring.forget()
    with pytest.raises(KeyDestroyed):
        opened(home, body, cast, "address")
    assert last_events(9)[-2]["chg"] == body["chg"] or any(event["id"] == body["id"] for event in last_events(9))


def test_a_value_that_is_not_what_was_promised_is_told(home: Residence, cast: Cast) -> None:
    body = saved(home, cast, address="House 13")
    path = f"{TABLE}.{home.pk}.address"
    with pytest.raises(Tampered):
        opened(home, body | {"chg": {path: [None, "0" * 64]}}, cast, "address")
    with pytest.raises(VaultError):
        opened(home, body | {"ck": {f"{home.pk}.whereabouts": 2**31 - 1}}, cast, "address")


def test_only_who_may_open_a_field_opens_its_promise(home: Residence, cast: Cast) -> None:
    body = saved(home, cast, address="House 13")
    with acting_as(cast.care_worker, "r"):
        record = Residence.objects.select_related("survivor__alias").get(pk=home.pk)
    with acting_as(cast.auditor, "r"), pytest.raises(Refused):
        openings(record, body, ["address"], by=cast.auditor)


def test_a_former_value_that_does_not_open_is_said_so(committed_cast: Cast) -> None:
    cast = committed_cast
    home = records.residence(cast)
    with without_triggers(TABLE):
        said(f"UPDATE {TABLE} SET whereabouts = set_byte(whereabouts, 40, get_byte(whereabouts, 40) # 1) WHERE id = %s", home.pk,
             hand=SUPERUSER)
    with acting_as(cast.care_worker):
        home = Residence.objects.get(pk=home.pk)
    with pytest.raises(Tampered):
        saved(home, cast, address="a part of it")
    with acting_as(cast.care_worker):
        home = Residence.objects.get(pk=home.pk)
    body = saved(home, cast, address="all of it", directions=None, phone_there=None)
    assert body["chg"][f"{TABLE}.{home.pk}.address"][0] == "" and body["chg"][f"{TABLE}.{home.pk}.phone_there"] == ["", None]


def test_outside_an_entry_nothing_is_promised_and_nothing_opened(home: Residence) -> None:
    (field,) = [field for field in Residence._meta.concrete_fields if field.name == "whereabouts"]
    with acting_as(home.survivor.worker):
        home.address, home.directions, home.phone_there = "x", None, None
        assert field.seal(home)  # type: ignore[attr-defined]
    assert commit(bytes(32), "t.1.f", "v") != commit(bytes(32), "t.1.f", "w")
