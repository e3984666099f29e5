"""After a restore of the key database: what was erased is erased again."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.vault.shredding import shred


def repeat() -> tuple[int, int]:
    """Destroy anew the keys of every finished erasure; says (erasures, keys destroyed by this call). Harmless when repeated."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT certificate, by, kind, id FROM guard.erased() ORDER BY 1, 3, 4")
        rows = cursor.fetchall()
    destroyed = sum(shred([(kind, scope)], by=by, certificate=certificate) for certificate, by, kind, scope in rows)
    return len({row[0] for row in rows}), destroyed
