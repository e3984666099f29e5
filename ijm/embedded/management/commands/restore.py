"""The command `restore`: a lost office out of its back-ups."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ijm.embedded.drill import found
from ijm.embedded.manifests import KINDS, Unusable, moment
from ijm.embedded.report import Report
from ijm.embedded.restoring import restore


class Command(BaseCommand):
    """Bring data, keys and files back into an office that holds nothing yet; the exit code is 1 when anything failed."""

    help = "Restore data, keys and files into the empty folder of an office with its own database server."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Three folders."""
        for kind in KINDS:
            parser.add_argument(f"--{kind}", type=Path, help=f"a {kind} back-up, or a folder of them (then the newest)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say how to go on."""
        if os.environ.get("DATABASE_URL"):
            raise CommandError("This office runs, or has a server of its own. Stop it first; on a server of your own the dumps "
                               "are restored with pg_restore: docs/operations.md says how.")
        report = Report(made_at=moment().isoformat())
        try:
            restore(Path(settings.VAR), found({kind: options[kind] for kind in KINDS}, report), report)
        except Unusable as error:
            report.fail(error.code, error.text)
        for line in (*report.steps, *(f"FAILED {one['code']}: {one['text']}" for one in report.failures)):
            self.stdout.write(line)
        if not report.went_well:
            raise SystemExit(1)
        self.stdout.write("The office is back. Start it with `python manage.py up`; everybody signs in anew.")
