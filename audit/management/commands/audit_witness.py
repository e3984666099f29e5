"""`manage.py audit_witness`: what a second organisation runs; `python -m audit.log.witness` is the same without Django."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from audit.log import witness


class Command(BaseCommand):
    """Follow the log of an office from its witness file: no database, no secret of that office."""

    help = "Follow a log from its witness file and its public key; exit code 0: it only grew, 1: refused, 2: unreadable."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, the key, what was seen before, a key of one's own."""
        witness.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow it."""
        raise SystemExit(witness.run(argparse.Namespace(**options)))
