"""Who steals the tables and knows how common each name is, names nobody better than who always says the commonest name."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Hashable

import psycopg
import pytest
from django.db import connections

from ijm.people.models import Alias, Identifier, IdentifierKind, Name, Person, Wing
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests import records
from tests.cluster import CLUSTER
from tests.vault.conftest import Ground
from tests.vault.guessing import FAMILIES, guess, guesses, population

PEOPLE, LUCK = 240, 0.05  # persons; what pure luck may add, as a share of them


@pytest.fixture(scope="module")
def register(_ground: Ground) -> dict[Hashable, str]:
    """Persons with names and telephones, entered as the pages would; the family name of each."""
    he, families = _ground.cast.investigator, population(PEOPLE)
    file = records.file_of(he)
    with acting_as(he), entry("test.added", by=he, about=file):
        people = Person.objects.bulk_create(Person(born_on="1999-01-02") for _ in families)
        Alias.objects.bulk_create(
            Alias(wing=Wing.INVESTIGATIONS, code=f"SU-STAT-{number:04}", file=file, person=person, opens_identity=True)
            for number, person in enumerate(people))
        Name.objects.bulk_create(Name(person=person, script="latn", family=family, given="Dara")
                                 for person, family in zip(people, families, strict=True))
        Identifier.objects.bulk_create(Identifier(person=person, kind=IdentifierKind.PHONE, value=f"0127{number:05}")
                                       for number, person in enumerate(people))
    return {person.pk: family for person, family in zip(people, families, strict=True)}


def tables_about_persons(connection: psycopg.Connection) -> dict[str, str]:
    """Every table of the house that says of a row which person it is about, history included; the person's own table too."""
    rows = connection.execute("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
                              " AND column_name = 'person_id' AND table_name IN (SELECT tablename FROM pg_tables)")
    return {"people_person": "id", **{name: "person_id" for (name,) in rows}}


def test_no_stored_column_names_anybody(ground: Ground, register: dict[Hashable, str]) -> None:
    with psycopg.connect(CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"]), autocommit=True) as connection:
        tables = tables_about_persons(connection)
        assert {"people_name", "people_historicalname", "people_identifier", "people_alias", "people_person"} <= tables.keys()
        made = guesses(connection, tables, register)
    assert len(made) > 60, "the bundles, their lengths, keys, revisions, times, places in the file: all were tried"
    worst = made[0]
    assert worst.right <= worst.chance + LUCK, worst


def test_the_wrapped_keys_name_nobody(ground: Ground, register: dict[Hashable, str]) -> None:
    with psycopg.connect(CLUSTER.superuser_dsn(connections["keys"].settings_dict["NAME"]), autocommit=True) as connection:
        made = guesses(connection, {"vault_key": "scope_uuid"}, register)
    assert len(made) > 10 and made[0].right <= made[0].chance + LUCK, made[0]


def test_the_attack_itself_works(register: dict[Hashable, str]) -> None:
    """The same attack names most persons where a column holds a keyed digest of the family name, as blind indexes do."""
    key = os.urandom(32)
    marks = {person: hmac.new(key, family.encode(), hashlib.sha256).digest() for person, family in register.items()}
    found = guess("a blind index of the family name", marks, register)
    lengths = guess("the length of the name", {person: len(family) for person, family in register.items()}, register)
    assert found.right > found.chance + 0.2 and found.right > 0.45 and lengths.classes < len(FAMILIES)
