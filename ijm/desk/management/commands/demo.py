"""The command `demo`: fills the demonstration office once."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ijm.desk.demo import fill, is_filled

STEPS = 150  # about as many ticks as a filling makes
WIDTH = 30


class Command(BaseCommand):
    """Fill the demonstration office, with a bar that shows how far it is."""

    help = "Fill the demonstration office with invented people and files; does nothing when it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill once; refuse anywhere but in a demonstration."""
        if settings.MODE not in ("demo", "test"):
            raise CommandError("Invented people belong in a demonstration only: set IJM_MODE=demo.")
        if is_filled():
            return
        self.ticks = 0
        fill(self._tick)
        self._bar(STEPS, "ready")
        self.stdout.write("")

    def _tick(self, what: str) -> None:
        self.ticks += 1
        self._bar(min(self.ticks, STEPS - 1), what)

    def _bar(self, done: int, what: str) -> None:
        filled = WIDTH * done // STEPS
        line = f"Filling the demonstration office [{'#' * filled}{'.' * (WIDTH - filled)}] {what:12}"
        if sys.stdout.isatty():
            self.stdout.write("\r" + line, ending="")
            self.stdout.flush()
        elif done % 30 == 0 or done == STEPS:
            self.stdout.write(line)
