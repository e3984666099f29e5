"""The restore drill: data, keys and files of a back-up brought to life in a throw-away server, tried, and thrown away."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from ijm.embedded import dumps, locking, roles
from ijm.embedded.backups import DUMP, copied, linked
from ijm.embedded.cluster import Cluster
from ijm.embedded.files import private_folder, write_private
from ijm.embedded.manifests import KINDS, Backup, Unusable, find, moment
from ijm.embedded.programs import PROJECT
from ijm.embedded.report import Report

DATABASES = {"data": roles.MAIN, "keys": roles.KEYS}
OURS = ("DATABASE_", "AUDIT_", "KEYS_", "BACKUP_", "ROTOR_", "LOG_", "IJM_COMPARTMENTS", "CELERY_", "CONTEXT_", "SECRET_")
ANSWER = "report.json"


def run(folders: dict[str, Path | None], *, rows: int) -> Report:
    """Restore, try, report. Nothing of the running office is touched, whatever the back-up holds."""
    began, report = time.monotonic(), Report(made_at=moment().isoformat())
    try:
        backups = found(folders, report)
        with throw_away() as (var, cluster):
            bring_back(cluster, backups, report)
            put(backups["files"], var / "files", may_link=True)
            report = _tried_inside(var, cluster, report, rows)
    except Unusable as error:
        report.fail(error.code, error.text)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def found(folders: dict[str, Path | None], report: Report) -> dict[str, Backup]:
    """The three back-ups, each whole; every one that is missing is named, not the first only."""
    backups = {}
    for kind in KINDS:
        try:
            backups[kind] = find(folders.get(kind), kind)
            report.backups[kind] = backups[kind].manifest.made_at.isoformat()
            for wrong in backups[kind].check():
                report.fail(wrong.code, wrong.text)
        except Unusable as error:
            report.fail(error.code, error.text)
    if not report.went_well:
        last = report.failures.pop()
        raise Unusable(last["code"], last["text"])
    return backups


@contextmanager
def throw_away() -> Iterator[tuple[Path, Cluster]]:
    """A server of its own with empty databases, and a folder beside it; both are gone afterwards."""
    var = Path(tempfile.mkdtemp(prefix="drill-", dir=private_folder(Path(settings.VAR) / "drill")))
    cluster = Cluster(var / "pg", durable=False)
    try:
        cluster.start()
        roles.bootstrap(cluster)
        yield var, cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)
        shutil.rmtree(var, ignore_errors=True)


def bring_back(cluster: Cluster, backups: Mapping[str, Backup], report: Report) -> None:
    """Both dumps into the empty databases of this server; counts what arrived."""
    for kind, name in DATABASES.items():
        backup = backups[kind]
        dumps.restore(cluster.superuser_dsn(name), backup.path(DUMP[kind]))
        with psycopg.connect(cluster.superuser_dsn(name)) as connection:
            found = dumps.counted(connection)
        for table in sorted(table for table, count in backup.manifest.rows.items() if found.get(table) != count):
            report.fail("ROWS-MISSING", f"{table} has {found.get(table, 0)} rows, {backup.manifest.rows[table]} were backed up.")
        report.counted += sum(found.values())
    locking.unlock(cluster.superuser_dsn(roles.MAIN))  # `migrate` comes next, and closes it
    report.steps.append(f"{report.counted} rows came back.")


def put(backup: Backup, files: Path, *, may_link: bool = False) -> None:
    """The sealed files of a back-up into this folder; links do for a trial, which only reads them."""
    for name in backup.manifest.files:
        target = private_folder((files / name).parent) / Path(name).name
        if not (may_link and linked(backup.path(name), target)):
            copied(backup.path(name), target)


def _tried_inside(var: Path, cluster: Cluster, report: Report, rows: int) -> Report:
    """Try the restored office in a process that knows no other: a mistake there cannot reach the one at work."""
    write_private(var / ANSWER, report.json().encode())
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "vault_drill", "--inside", str(var / ANSWER), "--rows", str(rows)],
        env=_environment(var, cluster), cwd=PROJECT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    said = Report.of((var / ANSWER).read_text())
    if done.returncode or (said.went_well and not said.tables):
        said.fail("DRILL-STOPPED", f"The restored office did not come up: {_last_words(done.stderr)}")
    return said


def _last_words(text: str) -> str:
    """The line that names the error; below it a database quotes the statement, which is left out."""
    lines = [line for line in text.splitlines() if re.match(r"[\w.]+: ", line) and not line.startswith(("LINE ", "DETAIL"))]
    return lines[-1] if lines else "it said nothing."


def _environment(var: Path, cluster: Cluster) -> dict[str, str]:
    """The restored databases and the office's own root key; signing keys are made for the occasion."""
    write_private(var / "context.key", os.urandom(32))
    write_private(var / "secret.key", secrets.token_urlsafe(64).encode())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, **roles.variables(cluster), "IJM_MODE": settings.MODE, "IJM_VAR": str(var),
            "IJM_ROOT_KEY_FILE": str(settings.ROOT_KEY_FILE), "IJM_ROOT_PASSPHRASE_FILE": str(settings.ROOT_PASSPHRASE_FILE),
            "IJM_TRANSIT_TOKEN_FILE": str(settings.TRANSIT.token_file)}
