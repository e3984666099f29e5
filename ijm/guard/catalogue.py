"""The live catalogue against what the models declare, and against what was applied."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from ijm.guard.declare import Machinery
from ijm.guard.render import declared, histories, render

MADE = re.compile(r"CREATE (POLICY|TRIGGER) (\w+) (?:ON|(?:BEFORE|AFTER) [A-Z ]+? ON) (\w+)")
LIVE = """
SELECT 'POLICY', polname::text, c.relname::text, true FROM pg_policy p JOIN pg_class c ON c.oid = polrelid
  WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'TRIGGER', tgname::text, c.relname::text, tgenabled = 'A' FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
  WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
LOOSE_FUNCTIONS = """
SELECT proname FROM pg_proc WHERE pronamespace = 'guard'::regnamespace
  AND (proconfig IS NULL OR NOT 'search_path=pg_catalog, pg_temp' = ANY (proconfig)
       OR pg_get_userbyid(proowner) <> 'ijm_keeper')
"""
STRONG_ROLES = """
SELECT rolname FROM pg_roles WHERE rolname IN ('ijm_app', 'ijm_audit', 'ijm_rotor', 'ijm_log')
  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
       OR pg_has_role(rolname, 'ijm_owner', 'MEMBER') OR pg_has_role(rolname, 'ijm_keeper', 'MEMBER'))
"""
RIGHTS = """
SELECT c.relname, v FROM pg_class c, unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) v
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND (has_table_privilege('ijm_app', c.oid, v) OR has_table_privilege('ijm_audit', c.oid, v)
         OR has_table_privilege('ijm_rotor', c.oid, v) OR has_table_privilege('ijm_log', c.oid, v))
"""
# What each object says, as the server itself spells it: compared with what it said right after the guard was applied.
SPELLED = """
SELECT 'policy ' || polname || ' on ' || polrelid::regclass, md5(concat_ws('|', polcmd, polpermissive, polroles::regrole[],
  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)))
  FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass, md5(tgenabled::text || pg_get_triggerdef(t.oid))
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function ' || p.oid::regprocedure, md5(concat_ws('|', pg_get_functiondef(p.oid), proacl))
  FROM pg_proc p WHERE pronamespace = 'guard'::regnamespace
UNION ALL
SELECT 'rights on ' || c.relname, md5(concat_ws('|', c.relacl, (SELECT string_agg(attname || attacl::text, ',' ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL)))
  FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, 'guard'::regnamespace)
    AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND c.relname <> 'spelled'
"""
REMEMBER = f"DELETE FROM guard.spelled; INSERT INTO guard.spelled (object, mark) {SPELLED}"
CHANGED = f"""
SELECT coalesce(live.object, kept.object) FROM ({SPELLED}) AS live (object, mark)
FULL JOIN guard.spelled kept USING (object) WHERE live.mark IS DISTINCT FROM kept.mark ORDER BY 1
"""
UNFORCED = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  AND relname = ANY (%s) AND NOT (relrowsecurity AND relforcerowsecurity)
"""


def _rows(connection: BaseDatabaseWrapper, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def protected() -> set[str]:
    """Every table whose rows are guarded, history tables included."""
    live = {model for model, guard in declared() if not isinstance(guard, Machinery)}
    past = {history for model, history in histories().items() if model in live}
    return {model._meta.db_table for model in live | past} | {"audit_event", "audit_leaf", "audit_tile", "audit_checkpoint"}


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """One sentence for each difference; empty when the catalogue is as rendered."""
    wanted = {(kind, name, table) for kind, name, table in MADE.findall(render())}
    found = {(kind, name, table): always for kind, name, table, always in _rows(connection, LIVE)}
    said = [f"{kind.lower()} {name} on {table} is missing" for kind, name, table in sorted(wanted - found.keys())]
    said += [f"{kind.lower()} {name} on {table} is not ours" for kind, name, table in sorted(found.keys() - wanted)]
    said += [f"trigger {name} on {table} can be switched off" for (_k, name, table), always in found.items() if not always]
    said += [f"{row[0]} does not force row security" for row in _rows(connection, UNFORCED, sorted(protected()))]
    said += [f"function guard.{row[0]} is loose" for row in _rows(connection, LOOSE_FUNCTIONS)]
    said += [f"role {row[0]} is too mighty" for row in _rows(connection, STRONG_ROLES)]
    said += [f"{table}: {verb} is granted to a serving role" for table, verb in _rows(connection, RIGHTS)
             if not (verb == "DELETE" and table in _deletable())]
    said += [f"{row[0]} is not as it was applied" for row in _rows(connection, CHANGED)]
    return said


def _deletable() -> set[str]:
    from ijm.guard.tables import OUTSIDE

    ours = {model._meta.db_table for model, guard in declared() if "D" in guard.verbs and not guard.recorded}
    return ours | {table for table, rights in OUTSIDE.items() if "D" in rights.verbs}
