"""What forbids whatever others permit: the restrictive policies of walls and seals, rendered from the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import models

from ijm.guard.declare import ByFile, Guard, Machinery, Private, Register
from ijm.roles import table as roles

WALLS = Path(__file__).with_name("walls.sql").read_text()
POLICY = "CREATE POLICY guard_wall ON {table} AS RESTRICTIVE TO ijm_app USING ({said});"
WALLED = "{mark} <> ALL (ARRAY(SELECT guard.walled_off()))"
MARKS = {"uuid": "uuid_hash_extended({column}, 0)", "varchar": "hashtextextended({column}::text, 0)"}
BARRED = {"file_id", "person_id", "about_code"}  # whatever points at a file or a person is behind its walls, foreign key or not
POINTED_AT = ("casefiles.CaseFile", "people.Person")
KEYS = ("UUIDField", "ForeignKey", "OneToOneField")
FILES_OF_CODE = """
SET LOCAL ROLE ijm_keeper;
-- the files to which a code of any record leads: asked only for a page that was not there
CREATE OR REPLACE FUNCTION guard.files_of_code(asked text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  {said} $$;
REVOKE ALL ON FUNCTION guard.files_of_code(text) FROM PUBLIC;
DELETE FROM guard.waller;
{wallers}
RESET ROLE;"""
TRIGGERS = {
    "casefiles_caseaccess": (("walled", "BEFORE INSERT ON casefiles_caseaccess FOR EACH ROW", "check_walled()"),),
    "people_alias": (("walls", "AFTER INSERT ON people_alias FOR EACH ROW", "wall_off_history()"),),
    "casefiles_seal": (
        ("seals", "AFTER INSERT OR UPDATE ON casefiles_seal FOR EACH ROW", "keep_seal()"),
        ("others", "AFTER INSERT ON casefiles_seal REFERENCING NEW TABLE AS changed FOR EACH STATEMENT", "end_others()")),
}
Model = type[models.Model]


def policy(model: Model, guard: Guard) -> str:
    """The condition under which a row is not behind a wall; empty for a table that points at no file and no person."""
    mine = {guard.column} if isinstance(guard, ByFile | Register) else set()
    pointing = [] if isinstance(guard, Private) else [field for field in model._meta.concrete_fields if _points(field, mine)]
    return " AND ".join(_behind(field) for field in pointing)


def _points(field: Any, mine: set[str]) -> bool:
    target = field.remote_field.model._meta.label if field.remote_field else ""
    return field.column in mine | BARRED or target in POINTED_AT


def _behind(field: Any) -> str:
    kind = "uuid" if field.get_internal_type() in KEYS else "varchar"
    walled = WALLED.format(mark=MARKS[kind].format(column=field.column))
    return f"({field.column} IS NULL OR {walled})" if field.null else walled


def policies(model: Model, guard: Guard, *tables: str) -> Iterator[str]:
    """The restrictive policy of a table and of its history."""
    said = policy(model, guard)
    if said:
        yield from (POLICY.format(table=table, said=said) for table in tables)


def triggers(table: str) -> Iterator[str]:
    """What walls do when a place, a code of a person or a name on a list is written."""
    for name, when, function in TRIGGERS.get(table, ()):
        yield (f"CREATE TRIGGER guard_{name} {when} EXECUTE FUNCTION guard.{function}; "
               f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_{name};")


def functions(declared: Iterable[tuple[Model, Guard]]) -> str:
    """The functions of walls, who sets them, and where a code leads."""
    found = ["SELECT id FROM public.casefiles_casefile WHERE code = asked"]
    for model, guard in declared:
        columns = {field.column for field in model._meta.concrete_fields}
        if {"code", "file_id"} <= columns and not isinstance(guard, Private | Machinery):
            found.append(f"SELECT file_id FROM public.{model._meta.db_table} WHERE code = asked")
    wallers = "\n".join(f"INSERT INTO guard.waller VALUES ('{role}');" for role in roles.who_can(roles.Can.WALL_SET))
    return WALLS + FILES_OF_CODE.format(said="\n  UNION ALL ".join(found), wallers=wallers)
