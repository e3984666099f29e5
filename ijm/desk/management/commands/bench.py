"""The command `bench`: measures what our way costs beside an alternative, on a cluster of its own."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.module_loading import import_string

from ijm.bridges import BENCHES
from ijm.embedded import roles, secrets
from ijm.embedded.cluster import Cluster
from ijm.guard.render import render
from ijm.measuring import Part, run

SUPERUSER, BARE = "BENCH_SUPERUSER_DSN", "BENCH_BARE_URL"
# tables that only measures have are the superuser's: what an earlier run left of them would stand in the way of the guard
LEFT = """
SELECT format('DROP TABLE %I.%I CASCADE', 'public', relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner <> 'ijm_owner'::regrole"""


class Command(BaseCommand):
    """Measure and print ratios; the exit code is not zero only when something could not be measured."""

    help = "Measure what our way costs beside an alternative, in turn, in one run; prints median ratios."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Names of rooms or measures, how many rounds, the form of the answer, and other server programs."""
        parser.add_argument("names", nargs="*", help="only these measures, or those of these rooms, such as vault")
        parser.add_argument("--json", action="store_true", help="one object a line")
        parser.add_argument("--rounds", type=int, default=40)
        parser.add_argument("--programs", type=Path, help="where other server programs lie, such as those that have pg_trgm")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure here when this process stands on the measuring cluster, else start it and measure there."""
        if settings.MODE == "bench":
            self._measure(set(options["names"]), as_json=options["json"], rounds=options["rounds"])
            return
        _wanted(set(options["names"]))
        raise SystemExit(self._on_own_cluster(options["programs"]))

    def _on_own_cluster(self, programs: Path | None) -> int:
        var = settings.VAR / "bench"
        state = hashlib.sha256(f"{programs or ''}{render()}".encode()).hexdigest()[:12]
        cluster = Cluster(var / f"pg-{state}", durable=False, bin_dir=programs)
        secrets.prepare(var)
        cluster.start()
        try:
            roles.bootstrap(cluster)
            # the inner process is this very program, with this very command line, on the other cluster
            return subprocess.run([sys.executable, *sys.argv], env=self._environment(var, cluster), check=False).returncode
        finally:
            cluster.stop()

    def _environment(self, var: Path, cluster: Cluster) -> dict[str, str]:
        return {**os.environ, **roles.variables(cluster), "IJM_MODE": "bench", "IJM_VAR": str(var),
                SUPERUSER: cluster.superuser_dsn(roles.MAIN), BARE: cluster.url("ijm_backup", roles.MAIN)}

    def _measure(self, names: set[str], *, as_json: bool, rounds: int) -> None:
        parts = _wanted(names)
        self._clear()
        # the vault's tables are its own: only the keys have to be there
        call_command("migrate", verbosity=0, **({} if any(part.in_office for part in parts) else {"database": "keys"}))
        self._bare_alias()
        for measure in (measure for part in parts for measure in part.prepared()):
            if measure.name in names or not names - BENCHES.keys():
                figure = run(measure, rounds=rounds)
                self.stdout.write(figure.json() if as_json else f"{figure.line()}\n    {measure.about}")
                self.stdout.flush()  # each figure is there as soon as it is known

    def _clear(self) -> None:
        with psycopg.connect(os.environ[SUPERUSER], autocommit=True) as connection:
            for (statement,) in connection.execute(LEFT).fetchall():
                connection.execute(statement)

    def _bare_alias(self) -> None:
        from ijm.env import database

        connections.settings["bare"] = {**connections.settings["default"], **database(os.environ[BARE])}


def _wanted(names: set[str]) -> list[Part]:
    """The parts of which measures are wanted, room by room; raises CommandError for a name that none has."""
    single = names - BENCHES.keys()
    rooms = sorted(BENCHES.keys() & names or BENCHES)
    every = [part for room in rooms for part in import_string(BENCHES[room])(os.environ.get(SUPERUSER, ""))]
    if unknown := single - {name for part in every for name in part.names}:
        raise CommandError(f"no such measure: {', '.join(sorted(unknown))}")
    return [part for part in every if not single or single & set(part.names)]
