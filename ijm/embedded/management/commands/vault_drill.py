"""The command `vault_drill`: a back-up that nobody has restored is a hope."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ijm.embedded import drill, notes
from ijm.embedded.files import write_private
from ijm.embedded.manifests import KINDS, moment
from ijm.embedded.report import Report
from ijm.embedded.trying import examine
from ijm.messages import Event

ROWS = 50


class Command(BaseCommand):
    """Restore a back-up into a throw-away server and try it; the exit code is 1 when anything at all failed."""

    help = "Restore data, keys and files into a throw-away server, open rows of every sealed table, check every file."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Three folders, how many rows of each table, where the report goes."""
        for kind in KINDS:
            parser.add_argument(f"--{kind}", type=Path, help=f"a {kind} back-up, or a folder of them (then the newest)")
        parser.add_argument("--rows", type=int, default=ROWS, help=f"how many rows of each sealed column; default: {ROWS}")
        parser.add_argument("--report", type=Path, help="write the report into this file as well, as JSON")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the drill, print what was found, note the day for the office's checklist."""
        if options["inside"]:
            self._inside(options["inside"], options["rows"])
            return
        report = drill.run({kind: options[kind] for kind in KINDS}, rows=options["rows"])
        if options["report"]:
            write_private(options["report"], report.json().encode())
        self.stdout.write(report.json() if options["json"] else "\n".join(report.lines()))
        notes.note(settings.VAR, drill_at=moment(), drill_went_well=report.went_well)
        notes.told(Event.DRILL_HELD, well=report.went_well, failures=len(report.failures))
        raise SystemExit(0 if report.went_well else 1)

    def _inside(self, path: Path, rows: int) -> None:
        """Beside the restored databases: go on with the report that the outer half has begun."""
        report = Report.of(path.read_text())
        try:
            examine(report, rows=rows)
        finally:  # what was found before a stop is not lost
            write_private(path, report.json().encode())
