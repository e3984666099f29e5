"""`manage.py audit_log`: the process that keeps the log; `up` starts it beside the pages and the worker."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from audit.log import checkpoints
from audit.log.running import Running
from audit.log.sequencer import LOG


class Command(BaseCommand):
    """Give every event its place, sign the log, hand it on; with `--once` one round, for a clock of your own."""

    help = "Keep the log: sequence, sign, hand on to witnesses, have the time stamped. Runs until it is ended."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What it may do instead of running."""
        parser.add_argument("--once", action="store_true", help="one round, then end; exit code 1 when something was refused")
        parser.add_argument("--make-key", action="store_true", help="make the log's key if there is none; show its public line")
        parser.add_argument("--cosigned", type=Path, metavar="FILE", help="take the signature of a witness from her file")
        parser.add_argument("--begin-anew", action="store_true",
                            help="after a restore from an older back-up: lay the witness file aside and begin another")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or do the one thing that was asked for."""
        if options["make_key"]:
            self.stdout.write(str(checkpoints.make_key()))
            return
        if not connections[LOG].settings_dict["USER"]:
            raise CommandError("LOG_DATABASE_URL is not set: the log is kept by a login of its own, ijm_log.")
        if options["cosigned"]:
            self._take(options["cosigned"])
        elif options["begin_anew"]:
            self._begin_anew()
        elif options["once"]:
            if not Running(self.stderr.write).round():
                raise SystemExit(1)
        else:
            Running(self.stderr.write).forever()

    def _take(self, path: Path) -> None:
        try:
            new = checkpoints.take_cosigned(path.read_text(), checkpoints.known())
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing was taken: {error}") from error
        self.stdout.write(f"New signatures: {', '.join(one.name for one in new) or 'none'}")

    def _begin_anew(self) -> None:
        try:
            aside = checkpoints.begin_anew()
        except FileNotFoundError:
            raise CommandError("There is no witness file yet.") from None
        self.stdout.write(f"Laid aside: {aside}. Tell every witness why, before she sees the new one.")
