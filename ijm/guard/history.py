"""The trigger that writes a model's history, stamps it with the open entry, and tells the entry what changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from ijm.guard import rekeying

FUNCTION = """\
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text; who uuid; seen text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO public.{past} ({columns}, history_id, history_date, history_type, history_change_reason)
    SELECT {columns}, gen_random_uuid(), clock_timestamp(), '-', 'out-of-band' FROM was;
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
{turned}  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    who := guard.uid();
    IF made IS NULL OR who IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN
      RAISE EXCEPTION '{table} changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  ELSE
    made := 'out-of-band';
  END IF;
  IF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {columns}, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING id, history_id)
    SELECT string_agg(json_build_array('{table}', w.id, '+', w.history_id, {new_digests})::text, ',') INTO seen
      FROM w JOIN changed c USING (id);
  ELSE
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {c_columns}, gen_random_uuid(), clock_timestamp(), '~', made, who
      FROM changed c JOIN was o USING (id) WHERE {differs} RETURNING id, history_id)
    SELECT string_agg(json_build_array('{table}', w.id, '~', w.history_id, {changed_digests})::text, ',') INTO seen
      FROM w JOIN changed c USING (id) JOIN was o USING (id);
  END IF;
  PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_{table}() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_{table}() TO ijm_owner;
RESET ROLE;"""

TRIGGER = """\
CREATE TRIGGER guard_record_{letter} AFTER {verb} ON {table} REFERENCING {transition} FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_{table}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_record_{letter};"""

TURNED = "  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it\n"
KEEP_BUT = """\
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_keep;"""
KEEP = """\
CREATE TRIGGER guard_{name} BEFORE {verbs} ON {table} FOR EACH {level} EXECUTE FUNCTION guard.keep();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_{name};"""

OPERATIONS = (
    ("i", "INSERT", "NEW TABLE AS changed"),
    ("u", "UPDATE", "OLD TABLE AS was NEW TABLE AS changed"),
    ("d", "DELETE", "OLD TABLE AS was"),
)
OF_HISTORY = {"history_id", "history_date", "history_type", "history_change_reason", "history_user_id"}


def _digests(bundles: list[str], *, compared: bool) -> str:
    """JSON of {compartment: "revision:sha256"} for the bundles that are there, or that differ from before."""
    if not bundles:
        return "'{}'::json"
    values = ", ".join(
        f"('{name}', c.{name}_rev || ':' || encode(sha256(c.{name}), 'hex'), c.{name} IS NOT NULL"
        + (f" AND c.{name} IS DISTINCT FROM o.{name})" if compared else ")")
        for name in bundles)
    return f"coalesce((SELECT json_object_agg(k, v) FROM (VALUES {values}) AS b(k, v, there) WHERE there), '{{}}'::json)"


def capture(model: type[models.Model], past: type[models.Model]) -> str:
    """The function and triggers that feed one history table, and those that keep it whole."""
    table, history = model._meta.db_table, past._meta.db_table
    columns = [field.column for field in past._meta.concrete_fields if field.column not in OF_HISTORY]
    unrecorded: tuple[str, ...] = getattr(model, "unrecorded", ())
    telling = [column for column in columns if column not in unrecorded]
    bundles = rekeying.bundles(past)
    differs = "true" if not unrecorded else (
        f"({', '.join(f'c.{c}' for c in telling)}) IS DISTINCT FROM ({', '.join(f'o.{c}' for c in telling)})")
    names: dict[str, Any] = {
        "table": table, "past": history, "columns": ", ".join(columns),
        "c_columns": ", ".join(f"c.{column}" for column in columns), "differs": differs,
        "turned": TURNED if bundles else "",
        "new_digests": _digests(bundles, compared=False), "changed_digests": _digests(bundles, compared=True),
    }
    parts = [FUNCTION.format(**names)]
    parts += [TRIGGER.format(table=table, letter=letter, verb=verb, transition=transition)
              for letter, verb, transition in OPERATIONS]
    parts.append(KEEP.format(name="whole", verbs="TRUNCATE", table=table, level="STATEMENT"))
    parts.append(KEEP_BUT.format(table=history) if bundles else
                 KEEP.format(name="keep", verbs="UPDATE OR DELETE", table=history, level="ROW"))
    parts.append(KEEP.format(name="whole", verbs="TRUNCATE", table=history, level="STATEMENT"))
    return "\n".join(parts)
