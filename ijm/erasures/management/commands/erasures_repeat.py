"""`manage.py erasures_repeat`: after a restore of the key database, destroy again what was erased since that back-up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ijm.erasures.again import repeat


class Command(BaseCommand):
    """Nobody comes back from a back-up of keys: run it after every restore of the key database."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many erasures there are, and how many of their keys had come back."""
        erasures, keys = repeat()
        self.stdout.write(f"{erasures} erasures, {keys} keys had come back and are destroyed again")
