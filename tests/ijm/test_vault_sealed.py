"""Sealed names on a model: what a save encrypts, what never opens, what never prints."""

from __future__ import annotations

import logging
import pickle
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import FieldError
from django.db import connections

from aftercare.models import Residence
from ijm.ids import new_code
from ijm.people.models import Name, Person
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Stale
from ijm.vault import bundle, keyring, wrapping
from ijm.vault.disclosure import Broken, disclose
from ijm.vault.errors import Replayed, Tampered
from ijm.vault.sealed import Compartment, Sealed, SealedModel, compartments
from tests import records
from tests.cast import Cast
from tests.trail import last_events

OPEN = {"address": "House 12, Street 271", "directions": None, "phone_there": "012 345 678"}


@pytest.fixture
def home(cast: Cast) -> Residence:
    """A residence of two compartments, in the care worker's hands."""
    return records.residence(cast)


@pytest.fixture
def changing(cast: Cast) -> Callable[[], object]:
    """Inside it the care worker may change what is hers."""

    @contextmanager
    def opened() -> Iterator[None]:
        with acting_as(cast.care_worker), entry("test.changed", by=cast.care_worker, about=None):
            yield

    return opened


class Count:
    """A cipher that counts."""

    sealed = opened = 0

    def __init__(self, plain: bytes) -> None:
        self.cipher = REAL(plain)

    def encrypt(self, *args: bytes) -> bytes:
        Count.sealed += 1
        return self.cipher.encrypt(*args)

    def decrypt(self, *args: bytes) -> bytes:
        Count.opened += 1
        return self.cipher.decrypt(*args)


REAL = wrapping.AESGCM


@pytest.fixture
def counted(home: Residence, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Count]]:
    """Counts every encryption and decryption under data keys from here on; the keys themselves are open already."""
    keyring.forget()
    monkeypatch.setattr(wrapping, "AESGCM", Count)
    for key in keyring.keys([home.whereabouts_key, home.narrative_key]).values():
        assert key.for_promises  # made once for as long as a key is open
    Count.sealed = Count.opened = 0
    yield Count
    keyring.forget()


def read(home: Residence, cast: Cast, *names: str) -> dict[str, object]:
    with acting_as(cast.care_worker, "r"):
        return disclose(Residence.objects.get(pk=home.pk), *(names or OPEN), to=cast.care_worker)


def test_what_is_saved_can_be_disclosed(home: Residence, cast: Cast) -> None:
    assert read(home, cast) == OPEN
    assert read(home, cast, "reason") == {"reason": "her aunt asked"}


def test_each_compartment_has_a_revision_and_a_key_of_its_own(home: Residence, cast: Cast, changing) -> None:
    assert (home.whereabouts_rev, home.narrative_rev) == (1, 1)
    assert home.whereabouts_key != home.narrative_key
    narrative = home.narrative
    with changing():
        home.address = "House 3"
        home.save()
    assert (home.rev, home.whereabouts_rev, home.narrative_rev, home.narrative) == (2, 2, 1, narrative)
    assert read(home, cast, "address", "phone_there", "reason") == {
        "address": "House 3",
        "phone_there": "012 345 678",
        "reason": "her aunt asked",
    }


def test_a_part_assigned_costs_one_decryption_and_one_encryption(home, counted, changing) -> None:
    with changing():
        home.address = "House 3"
        home.save()
    assert (counted.opened, counted.sealed) == (1, 1)


def test_all_assigned_costs_one_decryption_so_that_the_event_can_say_what_it_was(home, counted, changing) -> None:
    with changing():
        home.address, home.directions, home.phone_there = "House 3", None, None
        home.save()
    assert (counted.opened, counted.sealed) == (1, 1)


def test_both_compartments_changed_cost_one_encryption_each(home, counted, changing) -> None:
    with changing():
        home.address, home.reason = "House 3", "nearer to school"
        home.save()
    assert counted.sealed == 2


def test_an_open_column_costs_no_cipher_at_all(home, counted, changing) -> None:
    with changing():
        home.placement = "shelter"
        home.save()
    assert (counted.opened, counted.sealed) == (0, 0)


def test_the_history_row_holds_the_same_bytes_without_another_encryption(home, counted, cast, changing) -> None:
    with changing():
        home.address = "House 3"
        home.save()
    assert counted.sealed == 1
    with acting_as(cast.care_worker, "r"):
        past = Residence.history.filter(id=home.pk).latest("history_date")
        assert (bytes(past.whereabouts), past.whereabouts_rev) == (home.whereabouts, 2)
        first = Residence.history.filter(id=home.pk).earliest("history_date")
        field = next(field for field in compartments(Residence) if field.name == "whereabouts")
        assert field.open(first, field.keys_of([first])) == OPEN, "an old row opens in its own revision"


def test_the_event_holds_the_digest_of_each_changed_bundle(home: Residence, changing) -> None:
    import hashlib

    with changing():
        home.address = "House 3"
        home.save()
    assert last_events(1)[0]["dig"] == {f"{home.pk}.whereabouts": f"2:{hashlib.sha256(home.whereabouts).hexdigest()}"}


def test_update_fields_carry_the_compartment_along(home: Residence, cast: Cast, changing) -> None:
    with changing():
        home.address, home.placement = "House 3", "shelter"
        home.save(update_fields=["placement"])
    assert read(home, cast, "address") == {"address": "House 3"}


def test_a_save_that_fails_leaves_bytes_and_revisions_as_they_were(home: Residence, cast: Cast, changing) -> None:
    from django.db import transaction

    with acting_as(cast.care_worker):
        mine, hers = (Residence.objects.get(pk=home.pk) for _ in range(2))
    with changing():
        hers.save()
        mine.address = "House 9"
        with pytest.raises(Stale), transaction.atomic():
            mine.save()
        assert (mine.whereabouts, mine.whereabouts_rev, mine.rev) == (home.whereabouts, 1, 1)
        assert mine.address.is_set, "what was typed is still pending"


@pytest.mark.parametrize("value", ["", "a\0b", "សុខ ដារា", "é", "é", "😀"], ids=ascii)
def test_any_text_comes_back_from_the_database(home: Residence, cast: Cast, changing, value: str) -> None:
    with changing():
        home.address = value
        home.save()
    assert read(home, cast, "address") == {"address": value}


def test_only_text_is_sealed(home: Residence) -> None:
    with pytest.raises(TypeError, match="takes text or None"):
        home.address = 5


def test_a_row_with_nothing_sealed_reads_as_absent(cast: Cast) -> None:
    bare = records.residence(cast, address=None, phone_there=None, reason=None)
    assert read(bare, cast) == dict.fromkeys(OPEN)
    assert not Person().born_on.is_set and not Person().born_on


def test_a_row_never_sealed_has_no_bundle_and_no_key(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.investigator), cast.investigator)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=None):
        name = Name(person_id=alias.person_id, script="latn")
        name.save()
    assert (name.identity, name.identity_key, name.identity_rev) == (None, None, 0)
    with acting_as(cast.investigator, "r"):
        assert disclose(name, "family", to=cast.investigator) == {"family": None}


def test_a_sealed_value_prints_nothing(home: Residence, caplog: pytest.LogCaptureFixture) -> None:
    fresh = Residence(address="House 12")
    with caplog.at_level(logging.WARNING):
        logging.getLogger("x").warning("%s %r %s", fresh.address, home.address, home)
    assert f"{fresh.address}{fresh.address!r}" == "‹sealed›‹sealed›"
    assert "House 12" not in caplog.text and fresh.address.is_set and bool(home.address)
    assert not hasattr(fresh.address, "__dict__")
    assert isinstance(fresh.address, Sealed)


def test_the_text_is_not_in_the_instance_after_saving_nor_in_its_pickle(home: Residence, changing) -> None:
    assert "House 12" not in repr(home.__dict__)
    home.address = "House 77"
    assert b"House 77" not in pickle.dumps(home)
    assert pickle.loads(pickle.dumps(home)).address.is_set


def test_reading_again_drops_what_was_not_saved(home: Residence, cast: Cast, changing) -> None:
    with acting_as(cast.care_worker):
        home.address = "House 77"
        home.refresh_from_db()
    with changing():
        home.save()
    assert read(home, cast) == OPEN


def test_disclosing_caches_nothing_on_the_row(home: Residence, cast: Cast) -> None:
    with acting_as(cast.care_worker, "r"):
        row = Residence.objects.get(pk=home.pk)
        disclose(row, "address", to=cast.care_worker)
        assert "House 12" not in repr(row.__dict__)


@pytest.mark.parametrize(
    "values",
    [
        {"address": "x"},
        {"whereabouts": b"x"},
        {"whereabouts_rev": 9},
        {"narrative_key": 1},
        {"placement": "kin", "reason": "x"},
    ],
)
def test_no_sealed_name_is_updated_in_sql(changing, home: Residence, values: dict[str, object]) -> None:
    with changing(), pytest.raises(FieldError, match="sealed"):
        Residence.objects.update(**values)


def test_open_columns_can_be_updated_in_sql(home: Residence, changing, cast: Cast) -> None:
    with changing():
        assert Residence.objects.filter(pk=home.pk).update(placement="shelter") == 1
    assert read(home, cast) == OPEN


@pytest.mark.parametrize(
    "lookup", [{"address": "x"}, {"whereabouts": b"x"}, {"whereabouts__gt": b"x"}, {"reason__icontains": "x"}]
)
def test_no_sealed_name_is_compared_in_sql(cast: Cast, lookup: dict[str, object]) -> None:
    with acting_as(cast.care_worker, "r"), pytest.raises(FieldError):
        list(Residence.objects.filter(**lookup))


def test_whether_something_is_there_can_be_asked(home: Residence, cast: Cast) -> None:
    with acting_as(cast.care_worker, "r"):
        assert Residence.objects.filter(whereabouts__isnull=False).get() == home


def test_rows_made_in_bulk_are_sealed_too(cast: Cast, counted) -> None:
    survivors = [records.survivor_of(cast.care_worker) for _ in range(2)]
    with acting_as(cast.care_worker), entry("x", by=cast.care_worker, about=None):
        made = Residence.objects.bulk_create(
            Residence(
                code=f"RS-{n}",
                file_id=survivor.file_id,
                survivor=survivor,
                placement="kin",
                since_on=survivor.began_on,
                address=f"House {n}",
            )
            for n, survivor in enumerate(survivors)
        )
    assert all("House" not in repr(row.__dict__) and row.rev == 1 for row in made)
    with acting_as(cast.care_worker, "r"):
        rows = Residence.objects.filter(pk__in=[row.pk for row in made])
        shown = disclose(rows, "address", to=cast.care_worker)
    assert [shown[row.pk] for row in made] == [{"address": "House 0"}, {"address": "House 1"}]


def swapped(one: Residence, other: Residence, name: str = "whereabouts") -> Residence:
    """A row that shows another row's bundle as its own."""
    for column in (name, f"{name}_rev", f"{name}_key"):
        setattr(one, column, getattr(other, column))
    return one


def only(row: SealedModel, cast: Cast, *names: str) -> object:
    with acting_as(cast.care_worker, "r"):
        return disclose(row, *names, to=cast.care_worker)


def test_a_bundle_of_another_row_is_refused(home: Residence, cast: Cast) -> None:
    other = records.residence(cast, address="House 2")
    assert only(swapped(home, other), cast, "address") == {"address": Broken(Tampered.code, Tampered.mend)}


def test_a_bundle_of_another_compartment_is_refused(home: Residence, cast: Cast) -> None:
    home.whereabouts, home.whereabouts_key = home.narrative, home.narrative_key
    assert only(home, cast, "address")["address"].code == "VAULT-TAMPERED"


def test_a_bundle_of_another_model_is_refused(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.investigator), cast.investigator)
    name = records.named(alias, cast.investigator)
    with acting_as(cast.investigator, "r"):
        person = Person.objects.get(pk=alias.person_id)
        person.identity, person.identity_rev, person.identity_key = name.identity, name.identity_rev, name.identity_key
        assert disclose(person, "born_on", to=cast.investigator)["born_on"].code == "VAULT-TAMPERED"


def test_an_older_bundle_put_back_is_refused(home: Residence, cast: Cast, changing) -> None:
    former = home.whereabouts
    with changing():
        home.address = "House 3"
        home.save()
    home.whereabouts = former
    assert only(home, cast, "address") == {"address": Broken(Replayed.code, Replayed.mend)}


def test_an_older_bundle_put_back_in_the_table_is_refused_too(home: Residence, cast: Cast, changing) -> None:
    former = home.whereabouts
    with changing():
        home.address = "House 3"
        home.save()
        with connections["default"].cursor() as cursor:
            cursor.execute("UPDATE aftercare_residence SET whereabouts = %s WHERE id = %s", [former, home.pk])
            assert cursor.rowcount == 1
    assert read(home, cast, "address")["address"].code == "VAULT-STALE"


def test_a_part_cannot_be_changed_over_a_broken_bundle(home: Residence, changing) -> None:
    home.whereabouts = home.whereabouts[:-1] + bytes([home.whereabouts[-1] ^ 1])
    home.address = "House 3"
    with changing(), pytest.raises(Tampered):
        home.save()


def test_a_row_keeps_its_key_when_its_scope_has_a_newer_one(home: Residence, monkeypatch, changing) -> None:
    monkeypatch.setattr(keyring, "key_for", lambda *args: pytest.fail("the row has a key"))
    with changing():
        home.address = "House 3"
        home.save()


def test_a_row_leaves_a_retired_key_at_its_next_change(home: Residence, cast: Cast, changing) -> None:
    old = home.whereabouts_key
    keyring.renew("subject", home.survivor.alias.person_id, "whereabouts")
    with changing():
        home.address = "House 3"
        home.save()
    assert home.whereabouts_key != old and read(home, cast, "address") == {"address": "House 3"}


def test_a_column_that_a_query_left_out_is_fetched_and_nothing_beside_it_is_lost(home: Residence, cast: Cast, changing) -> None:
    with acting_as(cast.care_worker, "r"):
        part = Residence.objects.only("code").get(pk=home.pk)
        assert disclose(part, "address", to=cast.care_worker) == {"address": OPEN["address"]}
        part = Residence.objects.defer("whereabouts").get(pk=home.pk)
    with changing():
        part.address = "House 3"
        part.save()
    assert read(home, cast, "address", "phone_there") == {"address": "House 3", "phone_there": OPEN["phone_there"]}


def test_what_was_sealed_once_is_never_simply_not_there(home: Residence, cast: Cast) -> None:
    home.whereabouts = None
    assert only(home, cast, "address")["address"].code == "VAULT-STALE"


def test_a_row_moved_to_another_person_opens_no_more(home: Residence, cast: Cast) -> None:
    home.survivor.alias.person_id = uuid.uuid4()
    assert only(home, cast, "address")["address"].code == "VAULT-TAMPERED"


def test_a_copy_takes_no_bundle_along(home: Residence, cast: Cast, changing) -> None:
    home.pk, home._state.adding = uuid.uuid4(), True
    with changing(), pytest.raises(FieldError):
        home.save()
    with changing(), pytest.raises(FieldError):
        Residence.objects.bulk_create([home])
    for name, value in OPEN.items():
        setattr(home, name, value)
    home.code, home.reason, home.until_on = new_code("RS"), "moved", home.since_on
    with changing():
        Residence.objects.bulk_create([home])
    assert read(home, cast, "address") == {"address": OPEN["address"]}


def test_a_compartment_finds_its_scope_along_the_path(home: Residence) -> None:
    field = next(field for field in compartments(Residence) if field.name == "whereabouts")
    assert field.scope_of(home) == home.survivor.alias.person_id
    assert field.place(home) == bundle.Place("aftercare.residence.whereabouts.v1", "whereabouts", home.pk)


def test_a_compartment_is_a_nullable_bytea_in_a_migration() -> None:
    field = Residence._meta.get_field("narrative")
    assert isinstance(field, Compartment)
    _name, path, args, kwargs = field.deconstruct()
    assert (path, args, kwargs) == ("ijm.vault.sealed.Compartment", [], {})
    assert field.get_db_prep_value(None, connections["default"]) is None


def test_a_row_of_another_person_needs_another_key(cast: Cast, home: Residence) -> None:
    assert records.residence(cast).whereabouts_key != home.whereabouts_key


def test_a_made_up_key_number_tells_what_is_wrong(home: Residence, cast: Cast) -> None:
    home.whereabouts, home.whereabouts_key = bundle.header(2_000_000, 1) + home.whereabouts[10:], 2_000_000
    assert only(home, cast, "address")["address"].code == "VAULT-KEY-UNKNOWN"


def test_ids_are_made_before_the_seal(home: Residence) -> None:
    assert isinstance(home.pk, uuid.UUID)
