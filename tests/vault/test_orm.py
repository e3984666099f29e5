"""Group 8: ways of the ORM that know no row, or the wrong one."""

from __future__ import annotations

import copy
import pickle

import pytest
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import DatabaseError, models, transaction
from django.db.models import F, Max, Value
from django.test.utils import isolate_apps

from aftercare.models import Residence
from ijm.people.models import Name, Person
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import NobodyDeletes
from ijm.vault.disclosure import disclose
from ijm.vault.errors import VaultError
from ijm.vault.keyring import header
from ijm.vault.sealed import Compartment, compartments
from tests.vault.attacks import AT_READ, AT_WRITE, HARMLESS, attack
from tests.vault.conftest import Ground
from tests.vault.hands import bundle_of, field_of

HERS = {"address": "House 12, Street 271", "directions": None, "phone_there": "012 345 678"}


ASKED = {
    "filter": lambda rows: rows.filter(address="x"),
    "exclude": lambda rows: rows.exclude(address="x"),
    "contains": lambda rows: rows.filter(reason__icontains="aunt"),
    "the column": lambda rows: rows.filter(whereabouts=b"x"),
    "in": lambda rows: rows.filter(whereabouts__in=[b"x"]),
    "across": lambda rows: Name.objects.filter(person__born_on="1999-01-02"),
    "values": lambda rows: rows.values("address"),
    "values_list": lambda rows: rows.values_list("address", flat=True),
    "order": lambda rows: rows.order_by("address"),
    "F": lambda rows: rows.annotate(x=F("address")),
    "aggregate": lambda rows: rows.aggregate(Max("address")),
    "distinct": lambda rows: rows.order_by("address").distinct("address"),
    "only": lambda rows: rows.only("address"),
}


@pytest.mark.parametrize("asked", ASKED)
@attack(8, AT_READ)
def test_what_is_sealed_is_not_asked_in_sql(ground: Ground, asked: str) -> None:
    """A silent empty answer would be the worst: it reads as "she is not known here"."""
    with acting_as(ground.cast.care_worker, "r"), pytest.raises((FieldError, FieldDoesNotExist)):
        list(ASKED[asked](Residence.objects.all()))


CHANGED = {
    "update": lambda rows, home: rows.update(address="x"),
    "update with F": lambda rows, home: rows.update(reason=F("code")),
    "the column": lambda rows, home: rows.update(whereabouts=b"x"),
    "its revision": lambda rows, home: rows.update(whereabouts_rev=9),
    "its key": lambda rows, home: rows.update(whereabouts_key=1),
    "to nothing": lambda rows, home: rows.update(whereabouts=Value(None)),
    "bulk_update": lambda rows, home: rows.bulk_update([home], ["address"]),
    "bulk_update of the column": lambda rows, home: rows.bulk_update([home], ["whereabouts"]),
}


@pytest.mark.parametrize("how", CHANGED)
@attack(8, AT_WRITE)
def test_what_is_sealed_is_not_changed_without_its_row(ground: Ground, how: str) -> None:
    home, she = ground.home(), ground.cast.care_worker
    refused = pytest.raises((FieldError, FieldDoesNotExist))
    with acting_as(she), entry("test.changed", by=she, about=None), refused, transaction.atomic():
        CHANGED[how](Residence.objects.filter(pk=home.pk), home)
    assert ground.read(home, *HERS) == HERS


PART = {
    "only": lambda rows: rows.only("code"), "defer": lambda rows: rows.defer("whereabouts"),
    "defer the key": lambda rows: rows.defer("whereabouts_key", "whereabouts_rev"),
    "raw": lambda rows: Residence.objects.raw("SELECT id, rev, code FROM aftercare_residence"),
}


@pytest.mark.parametrize("part", PART)
@attack(8, HARMLESS)
def test_a_row_read_in_part_shows_what_is_there(ground: Ground, part: str) -> None:
    """What was not read yet must not look as if nothing had been recorded."""
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she, "r"):
        mine = next(row for row in PART[part](Residence.objects.all()) if row.pk == home.pk)
        assert mine.address.is_set
        assert disclose(mine, *HERS, to=she) == HERS


@pytest.mark.parametrize("part", PART)
@attack(8, HARMLESS)
def test_a_row_read_in_part_loses_nothing_when_it_is_saved(ground: Ground, part: str) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None):
        mine = next(row for row in PART[part](Residence.objects.all()) if row.pk == home.pk)
        mine.address = "House 3"
        mine.save()
    assert ground.read(home, *HERS) == HERS | {"address": "House 3"}


WAYS = {
    "iterator": lambda rows: next(iter(rows.iterator())),
    "select_related": lambda rows: rows.select_related("survivor__alias").get(),
    "in_bulk": lambda rows: next(iter(rows.in_bulk().values())),
    "copy": lambda rows: copy.copy(rows.get()),
    "deepcopy": lambda rows: copy.deepcopy(rows.get()),
    "pickle": lambda rows: pickle.loads(pickle.dumps(rows.get())),
}


@pytest.mark.parametrize("way", WAYS)
@attack(8, HARMLESS)
def test_a_row_however_it_comes_opens(ground: Ground, way: str) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she, "r"):
        assert disclose(WAYS[way](Residence.objects.filter(pk=home.pk)), *HERS, to=she) == HERS


@attack(8, AT_WRITE)
def test_a_row_copied_under_a_new_id_is_not_saved_with_the_old_seal(ground: Ground) -> None:
    name, he = ground.name(), ground.cast.investigator
    with acting_as(he), entry("test.changed", by=he, about=None):
        mine = Person.objects.get(pk=name.person_id)
        mine.pk, mine._state.adding = None, True
        with pytest.raises((VaultError, FieldError)), transaction.atomic():
            mine.save()
    assert ground.read(name, "family") == {"family": "Sok"}


@attack(8, AT_WRITE)
def test_a_row_given_to_another_person_is_sealed_anew_under_her_key(ground: Ground) -> None:
    name, other = ground.name(), ground.name()
    field = field_of(Name, "identity")
    moved = Name(**bundle_of(name, "identity") | {"id": name.pk, "person_id": other.person_id, "family": "Sok", "given": "Dara"})
    assert field.seal(moved) and moved.identity_key == other.identity_key
    half = Name(**bundle_of(name, "identity") | {"id": name.pk, "person_id": other.person_id, "family": "Sok"})
    with pytest.raises(VaultError):
        field.seal(half)


@attack(8, AT_WRITE)
def test_fixtures_hold_no_plain_text_and_are_not_loaded(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she, "r"):
        held = serializers.serialize("json", Residence.objects.filter(pk=home.pk))
    assert "House 12" not in held and "012 345" not in held and "aunt" not in held
    with acting_as(she), pytest.raises((AttributeError, DatabaseError)), transaction.atomic():
        for row in serializers.deserialize("json", held):
            row.save()
    assert ground.read(home, *HERS) == HERS


@attack(8, AT_WRITE)
def test_nobody_deletes(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None):
        rows = Residence.objects.filter(pk=home.pk)
        for act in (home.delete, rows.delete):
            with pytest.raises(NobodyDeletes):
                act()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    assert ground.read(home, *HERS) == HERS


@attack(8, HARMLESS)
@isolate_apps("ijm.people")
def test_a_proxy_and_a_renamed_model_open_what_was_sealed_before(ground: Ground) -> None:
    """The label under the seal is frozen in the declaration: neither class nor table name is in it."""
    class Nickname(models.Model):
        """What `Name` might be called one day."""

        id = models.UUIDField(primary_key=True)
        person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
        identity = Compartment("family", "given", label="people.name.v1", scope="person_id")

        class Meta:
            app_label = "people"
            db_table = "people_name"

    class Calling(Nickname):
        """The same by another name."""

        class Meta:
            app_label = "people"
            proxy = True

    name = ground.name()
    for kind in (Nickname, Calling):
        row = kind(id=name.pk, person_id=name.person_id, identity=name.identity, identity_rev=1, identity_key=name.identity_key)
        field = compartments(kind)[0]
        assert field.open(row, field.keys_of([row])) == {"family": "Sok", "given": "Dara"}


@attack(8, HARMLESS)
def test_revision_number_and_bundle_agree_in_the_table(ground: Ground) -> None:
    """Where a revision is counted up while its column is being saved, every changed row becomes unreadable."""
    home, she = ground.home(), ground.cast.care_worker
    for rev, text in enumerate(("House 3", "House 4"), start=2):
        with acting_as(she), entry("test.changed", by=she, about=None):
            mine = Residence.objects.get(pk=home.pk)
            mine.address = text
            mine.save()
            stored = Residence.objects.get(pk=home.pk)
        assert (stored.rev, stored.whereabouts_rev, stored.whereabouts[:10]) == (rev, rev, header(mine.whereabouts_key, rev))
        assert ground.read(home, *HERS) == HERS | {"address": text}
