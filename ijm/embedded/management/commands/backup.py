"""The command `backup`: data, keys and files, apart from each other."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ijm.embedded import dumps, notes
from ijm.embedded.backups import Plan, back_up
from ijm.embedded.manifests import KINDS, Unusable
from ijm.messages import Event

LOGINS = {"data": "BACKUP_DATABASE_URL", "keys": "BACKUP_KEYS_URL"}


class Command(BaseCommand):
    """Back the office up, and throw away the back-ups that are past their day."""

    help = "Back up data, keys and files into three folders, each kept for a time of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer --to, and a medium of their own for the keys."""
        parser.add_argument("--to", type=Path, required=True, help="the folder that takes data/, keys/ and files/")
        parser.add_argument("--keys-to", type=Path, help="a folder on another medium, for the keys alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, say where they lie and until when, and note the day for the office's checklist."""
        try:
            made, gone = back_up(self._plan(options["to"].absolute(), options["keys_to"]))
        except Unusable as error:
            raise CommandError(f"{error.code}: {error.text}") from None
        for one in made:
            self.stdout.write(f"{one.manifest.kind:5}  {one.folder}  kept until {one.manifest.expires_at:%Y-%m-%d}")
        for path in gone:
            self.stdout.write(f"thrown away: {path}")
        if made[1].folder.is_relative_to(options["to"].absolute()):
            self.stdout.write("Carry the keys to another place than the data: who takes both needs only the root key.")
        notes.note(settings.VAR, backup_at=made[0].manifest.made_at)
        if not notes.told(Event.BACKUP_MADE, thrown_away=len(gone)):
            self.stdout.write("The trail could not be told of it: this process has no way to the office's database.")

    def _plan(self, to: Path, keys_to: Path | None) -> Plan:
        folders = {kind: to / kind for kind in KINDS} | ({"keys": keys_to.absolute() / "keys"} if keys_to else {})
        days = {"data": settings.DATA_BACKUP_DAYS, "keys": settings.KEY_BACKUP_DAYS, "files": settings.FILE_BACKUP_DAYS}
        return Plan(folders, days, {kind: self._login(kind) for kind in LOGINS}, Path(settings.FILES))

    def _login(self, kind: str) -> str:
        login = settings.BACKUPS[kind]
        if not login["USER"]:
            raise CommandError(f"{LOGINS[kind]} is not set: back-ups are made as the role ijm_backup.")
        return dumps.conninfo(login)
