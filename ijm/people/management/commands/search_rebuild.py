"""`manage.py search_rebuild`: the index of names and numbers, made anew from the register."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from ijm.people import index


class Command(BaseCommand):
    """After a restore, after a crash of the database, or when a search says that it is not whole. People go on working."""

    help = "Make the index of names and numbers anew from the register, under new keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option."""
        parser.add_argument("--if-lost", action="store_true", help="do nothing while the index is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, say what was done; exit 1 when a row could not be read."""
        if not connections[index.ROTOR].settings_dict["USER"]:
            raise CommandError("ROTOR_DATABASE_URL is not set: the index is made by the login that is given to the worker.")
        if options["if_lost"] and index.is_whole():
            return
        try:
            made = index.rebuild()
        except index.Busy as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"learnt {made.rotated}  remaining {made.remaining}  failed {made.failed}")
        if made.failed:
            raise CommandError(f"{made.failed} rows of the register could not be read: run manage.py vault_drill and see which.")
