"""A process that serves people may not be mighty: checked on each new connection it opens."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created

from ijm.env import WeakSetting

MIGHTY = """
SELECT rolname FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
  OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = pg_roles.oid AND c.relnamespace = 'public'::regnamespace)
  OR EXISTS (SELECT FROM pg_roles k WHERE k.rolname IN ('ijm_owner', 'ijm_keeper')
             AND pg_has_role(pg_roles.oid, k.oid, 'MEMBER')))
"""


def watch() -> None:
    """Refuse, from now on, every connection of this process whose role could step around the guard."""
    connection_created.connect(refuse_mighty, dispatch_uid="guard.serving")


def refuse_mighty(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Stop with one sentence when the role owns tables, bypasses row security or may become somebody who does."""
    with connection.cursor() as cursor:
        cursor.execute(MIGHTY)
        found = cursor.fetchone()
    if found is not None:
        connection.close()
        raise WeakSetting(f"The role '{found[0]}' is too mighty to serve people: use ijm_app, ijm_audit and ijm_keys.")
