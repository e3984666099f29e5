"""The command `provision`: roles and databases on a server of one's own."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ijm.embedded.cluster import Cluster
from ijm.embedded.roles import bootstrap, provision_sql
from ijm.env import env


class Command(BaseCommand):
    """Make roles and databases in the running embedded server, or print the SQL for a database administrator."""

    help = "Make the database roles and databases; --print shows the SQL for your database administrator."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer --print."""
        parser.add_argument("--print", action="store_true", dest="only_print", help="print the SQL, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, or do."""
        if options["only_print"]:
            self.stdout.write(provision_sql())
            return
        cluster = Cluster(env.var / "pg")
        if not cluster.running():
            raise CommandError("No embedded server runs: start it with `up`, or use --print for a server of your own.")
        bootstrap(cluster)
        self.stdout.write("Roles and databases are in place.")
