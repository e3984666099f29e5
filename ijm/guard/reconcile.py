"""The function of each recorded table that holds live row, history and log against each other; it tells keys and no content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import models

from ijm.guard import lines, rekeying
from ijm.guard.history import OF_HISTORY

GROUND = Path(__file__).with_name("reconcile.sql").read_text()
# What can be wrong with a row: it is gone though nobody deleted it; it is not as its newest history says; it has no history;
# a history row is told by no event, is not as its event says, or is gone; a sealed bundle has gone back to an earlier revision.
PROBLEMS = ("gone", "differs", "no-history", "untold", "history-changed", "history-gone", "went-back")
BACKWARDS = """\
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, {falls} AS falls FROM public.{past} h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
"""
FUNCTION = """\
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_{table}(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.{table} l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.{past} h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = '{table}' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.{past} h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to({line}, 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.{past} h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.{table} l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR {differs}))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
{backwards}    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = '{table}' AND NOT EXISTS (SELECT FROM public.{past} h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_{table}(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_{table}(uuid, int) TO ijm_audit;
RESET ROLE;"""


def reconciling(model: type[models.Model], past: type[models.Model]) -> str:
    """The function of one table: rows in the order of their keys, `most` of them after this one.

    Gives (key, problem) for each that is wrong, then (last key looked at, NULL); nothing at all when there are no more.
    """
    table, history, sealed = model._meta.db_table, past._meta.db_table, rekeying.bundles(past)
    left_out = OF_HISTORY | set(getattr(model, "unrecorded", ())) | {name + end for name in sealed for end in ("", "_key")}
    open_ones = [field.column for field in past._meta.concrete_fields if field.column not in left_out]
    differs = [f"({', '.join(f'l.{c}' for c in open_ones)}) IS DISTINCT FROM ({', '.join(f'h.{c}' for c in open_ones)})"]
    differs += [f"(l.{name} IS DISTINCT FROM h.{name} AND {lines.before_keys(table, 'l.id', name, f'l.{name}')} IS DISTINCT FROM "
                f"{lines.before_keys(history, 'h.history_id', name, f'h.{name}')})" for name in sealed]

    def first(column: str) -> str:
        return lines.before_keys(history, "h.history_id", column, f"h.{column}")

    falls = " OR ".join(f"h.{name}_rev < max(h.{name}_rev) OVER before" for name in sealed)
    backwards = BACKWARDS.format(falls=falls, past=history) if sealed else ""
    names: dict[str, Any] = {"backwards": backwards, "table": table, "past": history, "differs": " OR ".join(differs),
                             "line": lines.expression(past, "h", sha=first if sealed else None)}
    return FUNCTION.format(**names)
