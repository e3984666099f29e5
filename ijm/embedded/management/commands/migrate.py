"""Django's migrate, run as the owner, with the generated rights and triggers put back at the end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from ijm.embedded import locking
from ijm.embedded.owner import as_owner
from ijm.guard import apply as guard


class Command(Migrate):
    """Bring both databases up to date: `default` first, then `keys`."""

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """Check without the database: what such checks ask for is what this command makes."""
        return BaseCommand.get_check_kwargs(self, options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate the database asked for; with nothing else said, the keys as well."""
        if options["database"] == "default":
            with as_owner("default") as connection:
                self._migrate_guarded(connection, *args, **options)
        if options["database"] == "keys" or not options["app_label"]:
            # Only the vault lives there; the other rooms' migrations would be replayed one by one to change nothing.
            with as_owner("keys") as connection:
                refuse_unknown(connection)
                super().handle(*args, **{**options, "database": "keys", "app_label": options["app_label"] or "vault"})

    def _migrate_guarded(self, connection: BaseDatabaseWrapper, *args: Any, **options: Any) -> None:
        """Drop what is generated, migrate, generate it anew; row security stays on, so a failure shows nothing."""
        refuse_unknown(connection)
        looks_only = options["plan"] or options["check_unapplied"]
        if not looks_only and closed(connection):
            guard.renew_key(connection)
            return
        if not looks_only:
            guard.drop(connection)
        super().handle(*args, **options)
        if looks_only:
            return
        if pending(connection):
            self.stdout.write(self.style.WARNING("Migrations are pending: tables stay closed until all are applied."))
            return
        guard.apply(connection)
        wrong = guard.check(connection)
        if wrong:
            raise CommandError("The database is not as declared:\n" + "\n".join(wrong))
        with connection.cursor() as cursor:
            locking.close(cursor)
        if options["verbosity"]:
            self.stdout.write(f"event triggers: {event_triggers(connection)}")


def refuse_unknown(connection: BaseDatabaseWrapper) -> None:
    """Raise CommandError where migrations ran that this program does not have: what the tables hold is then not known."""
    loader = MigrationLoader(connection)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    names = [f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps]
    if names:
        raise CommandError(
            f"Another version of this program made this database ({names[0]}). A demonstration begins anew when the folder var is"
            " removed; an office needs the version that made it, or a newer one.")


def closed(connection: BaseDatabaseWrapper) -> bool:
    """Whether log and history are locked, and rightly so: nothing is to be changed. Raises CommandError where something is."""
    with connection.cursor() as cursor:
        if not locking.is_closed(cursor):
            return False
    if pending(connection) or not guard.is_applied(connection):
        raise CommandError("The log is locked by event triggers, and this version changes how it is kept. Let a superuser run "
                           "`manage.py provision --unlock-audit` (recorded), then migrate again: it locks by itself.")
    return True


def pending(connection: BaseDatabaseWrapper) -> bool:
    """Whether a migration has yet to be applied here."""
    executor = MigrationExecutor(connections[connection.alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def event_triggers(connection: BaseDatabaseWrapper) -> str:
    """Whether changes of how log and history are kept are refused as well: a superuser's work, done by `up` or `provision`."""
    with connection.cursor() as cursor:
        return "on" if locking.is_closed(cursor) else "off: a superuser makes them with `manage.py provision`"
