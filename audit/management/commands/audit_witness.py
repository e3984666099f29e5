"""`manage.py audit_witness`: what a second organisation runs; `python -m audit.log.witness` is the same without Django."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from audit.log import witness


class Command(BaseCommand):
    """Follow the log of an office from its witness file: no database, no secret of that office."""

    help = "Follow a log from its witness file and its public key; --help says how."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand the words on as they are."""
        raise SystemExit(witness.main(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        """The same, called from a program."""
        sys.exit(witness.main(list(args)))
