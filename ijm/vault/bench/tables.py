"""Three tables that hold the same: sealed by us, plain, and in Fernet fields; each with a history that a trigger writes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import psycopg
from cryptography.fernet import Fernet
from django.apps import apps
from django.db import connections, models
from encrypted_fields.fields import EncryptedTextField  # type: ignore[import-untyped]

from ijm.trail.history import Recorded
from ijm.vault import marks
from ijm.vault.sealed import Compartment, SealedModel

NAMES = ("family", "given", "called", "phone", "mother", "father", "village", "note")
FILES = 500  # so many keys; each file's rows are sealed under its own
WORDS = ("ស្រីនាង", "ពៅ", "ភ្នំពេញ", "បាត់ដំបង", "Sok", "Chea", "Dara", "Bopha", "Maly", "Sreymom", "Vuthy", "Kosal", "Kampong", "Speu",
         "Takeo", "Kandal")
MARK = "bench.phone"


class FernetText(EncryptedTextField):  # type: ignore[misc]
    """A Fernet field with a key of this run, so that no setting of the office's is needed."""

    keys = [Fernet.generate_key()]


class Sealed(SealedModel):
    """Our way: one bundle of eight names under the key of a file, and a mark of the telephone number."""

    file_id = models.UUIDField()
    mark = models.CharField(max_length=32, db_index=True)
    identity = Compartment(*NAMES, label="bench.sealed.v1", scope="file_id", kind="file", compartment="identity")

    class Meta:
        app_label, db_table, managed = "bench", "bench_sealed", False


class Plain(Recorded):
    """The same in plain columns, with an index on the telephone number."""

    file_id = models.UUIDField()
    family, given, called, mother = (models.TextField() for _ in range(4))
    phone = models.TextField(db_index=True)
    father, village, note = (models.TextField() for _ in range(3))

    class Meta:
        app_label, db_table, managed = "bench", "bench_plain", False


class Peer(Recorded):
    """The same in Fernet fields, one token for each value; nothing can be looked up in them."""

    file_id = models.UUIDField()
    family, given, called, phone, mother, father, village, note = (FernetText() for _ in range(8))

    class Meta:
        app_label, db_table, managed = "bench", "bench_peer", False


TABLES: tuple[type[Recorded], ...] = (Sealed, Plain, Peer)
for table in TABLES:  # no office has them: neither migrations nor checks are to find their histories
    del apps.all_models["vault"][table.history.model._meta.model_name]
apps.clear_cache()
HISTORY = """
CREATE FUNCTION {table}_past() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO {past} ({columns}, history_id, history_date, history_type)
  SELECT {columns}, gen_random_uuid(), clock_timestamp(), '~' FROM changed; RETURN NULL; END $$;
CREATE TRIGGER past_i AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {table}_past();
CREATE TRIGGER past_u AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {table}_past();
GRANT SELECT, INSERT, UPDATE ON {table}, {past} TO ijm_app;
"""


def make(superuser: str) -> None:
    """Make the tables anew; whatever a run before this one left is gone."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        for model in TABLES:
            for statement in _statements(model):
                connection.execute(statement.encode())


def _statements(model: Any) -> Iterator[str]:
    table, past = model._meta.db_table, model.history.model._meta.db_table
    yield f"DROP TABLE IF EXISTS {table}, {past}; DROP FUNCTION IF EXISTS {table}_past()"
    with connections["default"].schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(model)
        editor.create_model(model.history.model)
    yield from editor.collected_sql
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    yield HISTORY.format(table=table, past=past, columns=columns)


@cache
def facts(number: int) -> dict[str, str]:
    """Eight values of somebody who never was: names, a telephone number, a note of about two kilobytes; made up once."""
    say = random.Random(number)  # nosec B311: invented people, the same in each run
    said = {name: " ".join(say.choices(WORDS, k=2)) for name in NAMES}
    return said | {"phone": f"+85512{number:06}", "note": " ".join(say.choices(WORDS, k=160))}


def rows(model: Any, count: int, *, first: int = 0) -> list[Any]:
    """So many new rows, spread over the files."""
    made = []
    for number in range(first, first + count):
        said = facts(number)
        extra = {"mark": marks.mark(MARK, said["phone"].encode())} if model is Sealed else {}
        made.append(model(id=uuid.UUID(int=number + 1), file_id=uuid.UUID(int=number % FILES + 1), **extra, **said))
    return made
