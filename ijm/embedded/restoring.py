"""A lost office comes back: a back-up into the empty databases of this folder's own server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import get_commands

from ijm.embedded import dumps, roles, secrets
from ijm.embedded.backups import stored_files
from ijm.embedded.cluster import Cluster
from ijm.embedded.drill import bring_back, put
from ijm.embedded.manifests import Backup, Unusable
from ijm.embedded.programs import PROJECT
from ijm.embedded.report import Report

# Rights and triggers; what is derived; and what was erased after the keys were backed up is erased again.
AFTERWARDS = ("migrate", "search_rebuild", "erasures_repeat")


def restore(var: Path, backups: Mapping[str, Backup], report: Report) -> Report:
    """Bring these back-ups back into an office that holds nothing yet; raises Unusable rather than overwrite anything."""
    cluster = Cluster(var / "pg")
    if cluster.running():
        raise Unusable("OFFICE-RUNS", "This office is running: stop it first. Only an empty office takes a back-up.")
    _keys_are_here()
    secrets.prepare(var)
    try:
        cluster.start()
        roles.bootstrap(cluster)
        _is_empty(cluster, var)
        bring_back(cluster, backups, report)
        put(backups["files"], var / "files")
        for name in (name for name in AFTERWARDS if name in get_commands()):
            _command(name, cluster, report)
    finally:
        cluster.stop()
    return report


def _keys_are_here() -> None:
    """A new root key would be made for a new office; here it would open nothing."""
    wanted = (settings.ROOT_KEY_FILE, settings.ROOT_PASSPHRASE_FILE)
    for path in (settings.TRANSIT.token_file,) if settings.ROOT == "transit" else wanted:
        if not path.is_file():
            raise Unusable("NO-ROOT", f"{path} is missing: put what opens the keys of the lost office there first.")


def _is_empty(cluster: Cluster, var: Path) -> None:
    for name in (roles.MAIN, roles.KEYS):
        with psycopg.connect(cluster.superuser_dsn(name)) as connection:
            if connection.execute(dumps.TABLES).fetchone():  # type: ignore[arg-type]
                raise Unusable("OFFICE-EXISTS", f"{var} holds an office already: set IJM_VAR to a new folder.")
    if next(stored_files(var / "files"), None):
        raise Unusable("OFFICE-EXISTS", f"{var / 'files'} holds files already: set IJM_VAR to a new folder.")


def _command(name: str, cluster: Cluster, report: Report) -> None:
    done = subprocess.run([sys.executable, str(PROJECT / "manage.py"), name, "-v", "0"], cwd=PROJECT, stdin=subprocess.DEVNULL,
                          env={**os.environ, **roles.variables(cluster), "IJM_VAR": str(cluster.root.parent)}, check=False)
    if done.returncode:
        report.fail("RESTORE-STOPPED", f"{name} ended with exit code {done.returncode}; start the office, then run it again.")
    else:
        report.steps.append(f"{name}: done")
