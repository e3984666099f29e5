"""The same office as django-guardian keeps it: one row for each person and file, asked with the library's own defaults."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections, models

from ijm.accounts.models import User
from ijm.casefiles.bench.filling import asleep
from ijm.casefiles.models import CaseFile

PERMISSION = "view_casefile"
TABLES = ("guardian_userobjectpermission", "guardian_groupobjectpermission", "bench_user_groups")
FILL = f"""
INSERT INTO django_content_type (app_label, model) VALUES ('casefiles', 'casefile') ON CONFLICT DO NOTHING;
INSERT INTO auth_permission (name, content_type_id, codename)
  SELECT 'Can view', id, '{PERMISSION}' FROM django_content_type WHERE app_label = 'casefiles' AND model = 'casefile'
  ON CONFLICT DO NOTHING;
INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
  SELECT a.file_id::text, p.content_type_id, p.id, a.user_id FROM casefiles_caseaccess a, auth_permission p
  WHERE p.codename = '{PERMISSION}' AND a.reason_code = 'BENCH';
"""  # nosec B608: names of ours


@cache
def _installed() -> tuple[type[models.Model], ...]:
    """Take the library into this process, which serves nobody; its tables, and that of the groups it asks for."""
    if not apps.is_installed("guardian"):
        apps.set_installed_apps([*settings.INSTALLED_APPS, "guardian"])
    from guardian.models import GroupObjectPermission, UserObjectPermission

    class Membership(models.Model):
        """Who is in which group: nobody here, but the library asks."""

        id = models.BigAutoField(primary_key=True)
        user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
        group = models.ForeignKey("auth.Group", on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label, db_table = "guardian", "bench_user_groups"

    groups: Any = models.ManyToManyField("auth.Group", through=Membership, related_name="user_set")
    User.add_to_class("groups", groups)
    return UserObjectPermission, GroupObjectPermission, Membership


def fill(superuser: str) -> None:
    """Make the library's tables and write what the office says into them; once."""
    tables = _installed()
    with psycopg.connect(superuser, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass(%s)", [TABLES[0]]).fetchone() != (None,):
            return
        with connections["default"].schema_editor(collect_sql=True, atomic=False) as editor:
            for table in tables:
                editor.create_model(table)
        with connection.transaction():
            for statement in editor.collected_sql:
                connection.execute(statement.encode())
            connection.execute("; ".join(f"ALTER TABLE {table} OWNER TO ijm_owner" for table in TABLES).encode())
        with asleep(connection, TABLES):
            connection.execute(FILL.encode())
        connection.execute(f"VACUUM ANALYZE {', '.join(TABLES)}".encode())


def files(user: User, using: str) -> models.QuerySet[CaseFile]:
    """The files that the library lets this person see, asked as its manual says."""
    from guardian.shortcuts import get_objects_for_user

    found: models.QuerySet[CaseFile] = get_objects_for_user(user, f"casefiles.{PERMISSION}", klass=CaseFile.objects.using(using))
    return found
