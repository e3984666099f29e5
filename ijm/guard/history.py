"""The trigger that writes a model's history, stamps it with the open entry, and tells the entry what changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from ijm.guard import lines, rekeying

FUNCTION = """\
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
{turned}  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION '{table} changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {c_columns}, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c{differing} RETURNING *)
    SELECT string_agg({told_changed}, ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w{compared};
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {columns}, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg({told_new}, ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {columns}, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg({told_gone}, ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.{past}
      ({columns}, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT {columns}, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.{table} RETURNING *)
    SELECT string_agg({told_gone}, ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_{table}() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_{table}() TO ijm_owner;
RESET ROLE;"""

TRIGGER = """\
CREATE TRIGGER guard_record_{letter} {when} ON {table}{transition} FOR EACH STATEMENT
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
    ("i", "AFTER INSERT", " REFERENCING NEW TABLE AS changed"),
    ("u", "AFTER UPDATE", " REFERENCING OLD TABLE AS was NEW TABLE AS changed"),
    ("d", "AFTER DELETE", " REFERENCING OLD TABLE AS was"),
    ("t", "BEFORE TRUNCATE", ""),  # refused by guard_whole; recorded where somebody mightier took that away
)
OF_HISTORY = {"history_id", "history_date", "history_type", "history_change_reason", "history_user_id"}


def _bundles(names: list[str], *, compared: bool) -> str:
    """JSON text of {compartment: "revision:sha256"} for the bundles that are there, or that differ from before."""
    said = ", ".join(
        f"CASE WHEN w.{name} IS NOT NULL" + (f" AND w.{name} IS DISTINCT FROM o.{name}" if compared else "")
        + f" THEN format('\"{name}\":\"%s:%s\"', w.{name}_rev, encode(sha256(w.{name}), 'hex')) END" for name in sorted(names))
    return f"'{{' || concat_ws(',', {said}) || '}}'" if names else "'{}'"


def _told(table: str, line: str, bundles: str) -> str:
    """What an entry hears of one history row: table, key, kind, history row, digest, bundles; `w` is the row, `k` holds the keys.

    The digest is SHA-256 over the row's own salt and its line, taken from what the table now holds.
    """
    digest = f"encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to({line}, 'UTF8')), 'hex')"
    return f"""format('["{table}","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      {digest}, {bundles})"""


def capture(model: type[models.Model], past: type[models.Model]) -> str:
    """The function and triggers that feed one history table, and those that keep it whole."""
    table, history = model._meta.db_table, past._meta.db_table
    columns = [field.column for field in past._meta.concrete_fields if field.column not in OF_HISTORY]
    unrecorded: tuple[str, ...] = getattr(model, "unrecorded", ())
    telling = [column for column in columns if column not in unrecorded]
    bundles = rekeying.bundles(past)
    differing = "" if not unrecorded else (
        f" LEFT JOIN was o USING (id) WHERE ({', '.join(f'c.{c}' for c in telling)}) IS DISTINCT FROM "
        f"({', '.join(f'o.{c}' for c in telling)})")
    line = lines.expression(past, "w")
    names: dict[str, Any] = {
        "table": table, "past": history, "columns": ", ".join(columns),
        "c_columns": ", ".join(f"c.{column}" for column in columns), "differing": differing,
        "turned": TURNED if bundles else "", "compared": " LEFT JOIN was o USING (id)" if bundles else "",
        "told_new": _told(table, line, _bundles(bundles, compared=False)),
        "told_changed": _told(table, line, _bundles(bundles, compared=True)), "told_gone": _told(table, line, "'{}'"),
    }
    parts = [FUNCTION.format(**names)]
    parts += [TRIGGER.format(table=table, letter=letter, when=when, transition=transition)
              for letter, when, transition in OPERATIONS]
    parts.append(KEEP.format(name="whole", verbs="TRUNCATE", table=table, level="STATEMENT"))
    parts.append(KEEP_BUT.format(table=history) if bundles else
                 KEEP.format(name="keep", verbs="UPDATE OR DELETE", table=history, level="ROW"))
    parts.append(KEEP.format(name="whole", verbs="TRUNCATE", table=history, level="STATEMENT"))
    return "\n".join(parts)
