"""The command `up`: runs the whole office."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from ijm.embedded.up import Up, arguments


class Command(BaseCommand):
    """Start database, pages and worker, and stop them with Ctrl-C."""

    help = "Run the office: database, pages and worker. Stop with Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer --demo, --port and --bind."""
        arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        raise SystemExit(Up(demo=options["demo"], port=options["port"], bind=options["bind"]).run())
