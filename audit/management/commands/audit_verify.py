"""`manage.py audit_verify`: is the log what was written, and are the records what the log says?"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from audit.log.notes import NoteError, Verifier
from audit.queries import AUDITOR
from audit.verifying import single, telling
from audit.verifying.records import Reconciler, destroyed_keys
from audit.verifying.report import INCOMPLETE, Report
from audit.verifying.whole import Check
from ijm.ids import normalise_code

EVERY = 2.0  # seconds between two words of progress


class Command(BaseCommand):
    """Verify the whole log, what came after a checkpoint, one event, one record, or every record against the log."""

    help = ("Verify the log: hashes, tree, checkpoints, signatures, witnesses, time stamps, bounds of time. "
            "Exit code 0: whole, 1: tampered, 2: something is missing, so nobody can tell.")
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to verify, against which keys and witness file."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--since", type=int, default=0, metavar="SIZE", help="begin at the checkpoint of at most this size")
        which.add_argument("--event", type=int, metavar="ID", help="one event, by its number")
        which.add_argument("--record", metavar="CODE", help="every event about one record, and its rows")
        which.add_argument("--records", action="store_true", help="every record against its history and the log")
        parser.add_argument("--key", action="append", default=[], metavar="VKEY", help="the log's public key, kept elsewhere")
        parser.add_argument("--witness", type=Path, metavar="FILE", help="the witness file that a partner keeps")
        parser.add_argument("--json", action="store_true", help="say it for a machine")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, say the verdict, tell the trail that somebody asked; the exit code is the verdict."""
        self._said = time.monotonic()
        if not connections[AUDITOR].settings_dict["USER"]:
            raise CommandError("AUDIT_DATABASE_URL is not set: the log is read by a login of its own.", returncode=INCOMPLETE)
        try:
            report = self._verified(options)
        except (ValueError, NoteError, OSError, DatabaseError) as error:
            raise CommandError(f"Nobody can tell: {error}", returncode=INCOMPLETE) from error
        telling.verified(report)
        self.stdout.write(json.dumps(report.told()) if options["json"] else "\n".join(report.lines()))
        if report.code:
            raise SystemExit(report.code)

    def _verified(self, options: dict[str, Any]) -> Report:
        check = Check.of_office(keys=[Verifier.read(line) for line in options["key"]], file=options["witness"],
                                progress=self._progress)
        if options["records"]:
            return destroyed_keys(Reconciler(check.report).everything())
        if options["event"] is not None:
            return single.events(check, [options["event"]])
        if options["record"]:
            return single.record(check, normalise_code(options["record"]) or options["record"])
        return check.run(options["since"])

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._said >= EVERY or done == total:
            self._said = time.monotonic()
            self.stderr.write(f"{done} of {total} events ({100 * done // max(total, 1)} %)")
