"""`disclose`: the look is recorded first, a broken value harms no other, roles open compartments."""

from __future__ import annotations

import pytest
from django.db import connections

from aftercare.models import Residence
from ijm.people.models import Name, Person
from ijm.trail import looks
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import NoDoor, Refused
from ijm.vault import disclosure, keyring
from ijm.vault.disclosure import Broken, disclose, relation
from ijm.vault.keyring import KEYS, DataKey, State
from tests import records
from tests.cast import Cast
from tests.trail import acts, last_events


def test_one_event_names_every_row_field_and_person(cast: Cast) -> None:
    homes = [records.residence(cast) for _ in range(3)]
    before = len(acts())
    with acting_as(cast.care_worker, "r"):
        shown = disclose(homes, "phone_there", "address", to=cast.care_worker, purpose="HOME_VISIT")
    assert len(acts()) == before + 1
    event = last_events(1)[0]
    assert event["fields"] == ["address", "phone_there"]
    assert event["obj"]["rows"] == [str(home.pk) for home in homes]
    assert event["obj"]["subjects"] == sorted(str(home.survivor.alias.person_id) for home in homes)
    assert event["why"] == {"code": "HOME_VISIT", "ref": "assignment"}
    assert set(shown) == {home.pk for home in homes}
    assert "House 12" not in str(event) and "012 345" not in str(event)


def test_the_purpose_of_the_door_stands_when_none_is_said(cast: Cast) -> None:
    home = records.residence(cast)
    with acting_as(cast.care_worker, "r", "SAFETY"):
        disclose(home, "address", to=cast.care_worker)
    assert last_events(1)[0]["why"]["code"] == "SAFETY"


def test_the_look_is_recorded_before_anything_opens(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    home, order = records.residence(cast), []
    monkeypatch.setattr(disclosure, "disclosed", lambda *a, **k: order.append("recorded"))
    monkeypatch.setattr(disclosure, "_opened", lambda *a: order.append("opened") or {})
    with acting_as(cast.care_worker, "r"):
        disclose(home, "address", to=cast.care_worker)
    assert order == ["recorded", "opened"]


def test_nothing_opens_when_the_look_cannot_be_recorded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    home = records.residence(cast)
    monkeypatch.setattr(disclosure, "_opened", lambda *a: pytest.fail("opened"))
    with pytest.raises(NoDoor):
        disclose(home, "address", to=cast.care_worker)
    with acting_as(cast.care_worker, "r"), pytest.raises(NoDoor):
        disclose(home, "address", to=cast.care_supervisor)
    assert looks.DISCLOSED not in acts()


def test_a_role_that_does_not_open_the_compartment_is_refused_and_recorded(cast: Cast) -> None:
    home = records.residence(cast)
    for user in (cast.investigator, cast.auditor, cast.administrator, cast.partner, cast.data_protection):
        with acting_as(user, "r"), pytest.raises(Refused):
            disclose(home, "address", to=user)
        event = last_events(1)[0]
        assert (event["cat"], event["act"], event["who"]["ref"]) == ("refusal", "field.refused", str(user.pk))
        assert event["obj"]["rows"] == [str(home.pk)]


def test_one_closed_compartment_closes_the_whole_question(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.liaison, records.Kind.PROSECUTION), cast.liaison)
    name = records.named(alias, cast.liaison)
    with acting_as(cast.hotline, "r"), pytest.raises(Refused):
        disclose(name, "family", to=cast.hotline)


def test_a_name_that_is_not_sealed_is_a_mistake(cast: Cast) -> None:
    home = records.residence(cast)
    with acting_as(cast.care_worker, "r"), pytest.raises(KeyError):
        disclose(home, "placement", to=cast.care_worker)


def test_nothing_asked_is_nothing_shown_and_nothing_recorded(cast: Cast) -> None:
    home = records.residence(cast)
    before = len(acts())
    with acting_as(cast.care_worker, "r"):
        assert disclose([], "address", to=cast.care_worker) == {}
        assert disclose(home, to=cast.care_worker) == {}
    assert len(acts()) == before


def destroyed(number: int) -> None:
    DataKey.objects.using(KEYS).filter(id=number).update(state=State.DESTROYED, wrapped=b"")
    keyring.forget()


def test_a_destroyed_key_breaks_one_row_of_a_list(committed_cast: Cast) -> None:
    homes = [records.residence(committed_cast) for _ in range(2)]
    destroyed(homes[0].whereabouts_key)
    with acting_as(committed_cast.care_worker, "r"):
        shown = disclose(homes, "address", "reason", to=committed_cast.care_worker)
    broken = shown[homes[0].pk]["address"]
    assert isinstance(broken, Broken) and str(broken) == "VAULT-KEY-DESTROYED" and not broken
    assert shown[homes[0].pk]["reason"] == "her aunt asked", "the other compartment of the row is unharmed"
    assert shown[homes[1].pk] == {"address": "House 12, Street 271", "reason": "her aunt asked"}


def test_an_unknown_key_breaks_one_row_of_a_list(committed_cast: Cast) -> None:
    homes = [records.residence(committed_cast) for _ in range(2)]
    with connections[KEYS].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("DELETE FROM vault_key WHERE id = %s", [homes[0].whereabouts_key])
    homes[0].whereabouts_key = 999_999
    homes[0].whereabouts = keyring.header(999_999, 1) + homes[0].whereabouts[10:]
    with acting_as(committed_cast.care_worker, "r"):
        shown = disclose(homes, "address", to=committed_cast.care_worker)
    assert shown[homes[0].pk]["address"].code == "VAULT-KEY-UNKNOWN" and shown[homes[1].pk]["address"]


def test_a_process_without_the_compartment_shows_it_closed(cast: Cast, settings) -> None:
    home = records.residence(cast)
    settings.COMPARTMENTS = frozenset({"narrative"})
    keyring.forget()
    with acting_as(cast.care_worker, "r"):
        shown = disclose(home, "address", "reason", to=cast.care_worker)
    assert shown["address"].code == "VAULT-KEY-FORBIDDEN" and shown["reason"] == "her aunt asked"


def test_a_page_of_fifty_asks_the_key_database_twice(cast: Cast, django_assert_num_queries) -> None:
    alias = records.person_on(records.file_of(cast.investigator), cast.investigator)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        Name.objects.bulk_create(Name(person_id=alias.person_id, script="latn", family=f"F{n}") for n in range(50))
    keyring.forget()
    with acting_as(cast.investigator, "r"):
        rows = list(Name.objects.all())
        with django_assert_num_queries(2, using=KEYS):
            shown = disclose(rows, "family", to=cast.investigator)
    assert sorted(value["family"] for value in shown.values()) == sorted(f"F{n}" for n in range(50))


def test_the_relation_says_how_she_stood(cast: Cast) -> None:
    home = records.residence(cast)
    for user, said in (
        (cast.care_worker, "assignment"),
        (cast.care_supervisor, "supervision"),
        (cast.investigator, ""),
    ):
        with acting_as(user, "r"):
            assert relation([home]) == said
    with acting_as(cast.care_worker, "r"):
        assert relation([Person()]) == ""


def test_a_colleague_of_the_same_office_reads_no_row_to_disclose(cast: Cast) -> None:
    home = records.residence(cast)
    with acting_as(cast.care_worker_two, "r"):
        assert not Residence.objects.filter(pk=home.pk).exists()
