"""What the login that moves sealed values to new keys may do: read and change bundles and their key numbers, nothing else.

It sees no open column. Each bundle it writes must be of the same row, revision and length as the one it replaces and must
bear the number that stands beside it; each change leaves an event with the digests before and after. So the trail tells a
change of key, which has no history row, from an edit, which has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import models

FUNCTIONS = Path(__file__).with_name("rotor.sql").read_text()
POLICIES = """\
GRANT SELECT ({seen}), UPDATE ({changed}) ON {table} TO ijm_rotor;
CREATE POLICY guard_rotor_see ON {table} FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON {table} FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);"""
TRIGGERS = """\
CREATE TRIGGER guard_same BEFORE UPDATE ON {table} FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed({names});
CREATE TRIGGER guard_told AFTER UPDATE ON {table} REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('{key}', {names});
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_told;"""


def bundles(model: type[models.Model]) -> list[str]:
    """The columns of a table that hold bundles, each with its revision and key beside it."""
    columns = {field.column for field in model._meta.concrete_fields}
    return [field.column for field in model._meta.concrete_fields
            if {f"{field.column}_rev", f"{field.column}_key"} <= columns]


def rekeying(model: type[models.Model]) -> Iterator[str]:
    """Rights, policies and triggers of one table with sealed values, live or history; nothing for another."""
    names, key = bundles(model), model._meta.pk.column
    if not names:
        return
    seen = [key, *(["id"] if key != "id" else []), *_columns(names, ("", "_rev", "_key"))]
    words = {"table": model._meta.db_table, "key": key, "names": ", ".join(f"'{name}'" for name in names)}
    yield POLICIES.format(seen=", ".join(seen), changed=", ".join(_columns(names, ("", "_key"))), **words)
    yield TRIGGERS.format(**words)


def _columns(names: Iterable[str], ends: tuple[str, ...]) -> list[str]:
    return [name + end for name in names for end in ends]
