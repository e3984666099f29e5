"""The command `provision`: roles and databases on a server of one's own, and the lock of the log."""

from __future__ import annotations

import argparse
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ijm.embedded import locking
from ijm.embedded.cluster import Cluster
from ijm.embedded.roles import MAIN, bootstrap, provision_sql
from ijm.env import env

VARIABLE = "SUPERUSER_DATABASE_URL"
NOBODY = (f"No superuser is at hand: no embedded server runs (start it with `up`), and {VARIABLE} is not set. Event triggers are "
          "not possible here; use --print and give the SQL to your database administrator. Without them every refusal and "
          "every record stays, but the tables' owner could take the rules away: that is found, not refused.")


class Command(BaseCommand):
    """Make roles, databases and the lock in the running embedded server, or print the SQL for a database administrator."""

    help = "Make roles, databases and the event triggers that lock the log; --print shows the SQL for an administrator."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer --print and --unlock-audit."""
        parser.add_argument("--print", action="store_true", dest="only_print", help="print the SQL, change nothing")
        parser.add_argument("--unlock-audit", action="store_true",
                            help="let the next `migrate` change how log and history are kept; recorded, and closed by `migrate`")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, or do."""
        if options["only_print"]:
            self.stdout.write(provision_sql())
            self.stdout.write(f"-- After the first `migrate`, in the database {MAIN}:\n{locking.LOCK}{locking.AFTERWARDS}\n")
            return
        superuser = self._superuser()
        if options["unlock_audit"]:
            self._say(locking.unlock(superuser), "The lock of the log is open, and the log says so; `migrate` closes it again.",
                      "There is no lock here yet: `provision` makes it.")
            return
        self._say(locking.lock(superuser), "Event triggers: on. Log and history are locked.",
                  "Event triggers: off until there are tables. Run `migrate`, then `provision` again.")

    def _superuser(self) -> str:
        """The superuser's way into the data database; the embedded server gets its roles and databases first."""
        cluster = Cluster(env.var / "pg")
        if cluster.running():
            bootstrap(cluster)
            self.stdout.write("Roles and databases are in place.")
            return cluster.superuser_dsn(MAIN)
        if not os.environ.get(VARIABLE):
            raise CommandError(NOBODY)
        return os.environ[VARIABLE]

    def _say(self, done: bool, yes: str, no: str) -> None:
        self.stdout.write(yes if done else no)
