"""`manage.py vault_rotate`: change keys from the terminal of the machine, while people work."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.trail import events
from ijm.trail.context import Source, Who
from ijm.trail.purposes import Purpose
from ijm.vault import rotating, rotation
from ijm.vault.errors import VaultError
from ijm.vault.keyring import Counts

LEFT, CANNOT = 1, 2


class Command(BaseCommand):
    """Change the root key, the key of a compartment, the keys of a person or case file, or those of the search."""

    help = ("Change keys while people work. Prints what was rotated, remains and failed; ends with 1 when anything remains "
            "or failed, with 2 when it cannot begin. Run it again to go on.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word for each kind of key."""
        kinds = parser.add_subparsers(dest="kind", required=True)
        subject = kinds.add_parser("subject", help="the keys of one person or case file, and everything under them")
        subject.add_argument("code", nargs="?", default="", help="such as SV-7K4M-92QX; without it: --rest or --every")
        subject.add_argument("--rest", action="store_true", help="only go on with what still lies under retired keys")
        subject.add_argument("--every", metavar="COMPARTMENT", default="", help="of all persons and files, in this compartment")
        compartment = kinds.add_parser("compartment", help="the key that wraps the keys of a compartment; no record is touched")
        compartment.add_argument("name", help="its name, or all")
        kinds.add_parser("index", help="the keys of the search, which is made anew")
        root = kinds.add_parser("root", help="the root key: the keys of the compartments are wrapped under a new one")
        root.add_argument("--make", action="store_true", help="make a new root key and passphrase first, in those two files")
        root.add_argument("--key-file", type=Path, help="a new root key (default: the old file's name with .new)")
        root.add_argument("--passphrase-file", type=Path, help="its passphrase (default: the old file's name with .new)")
        root.add_argument("--to", choices=("file", "transit"), default="file", help="where the root key is kept from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, tell the trail, print the counts."""
        try:
            counts = self._change(options)
        except (ValueError, VaultError, OSError) as error:
            raise CommandError(f"Nothing was changed: {error}", returncode=CANNOT) from error
        told(options["kind"], counts)
        said = f"rotated {counts.rotated}, remaining {counts.remaining}, failed {counts.failed}"
        if counts.remaining or counts.failed:
            raise CommandError(said, returncode=LEFT)
        self.stdout.write(said)

    def _change(self, options: dict[str, Any]) -> Counts:
        now, kind = timezone.now(), options["kind"]
        if kind == "root" and options["make"]:
            rotating.make()
        if kind == "root":
            return rotating.root(options["key_file"], options["passphrase_file"], to=options["to"], progress=self._progress)
        if kind == "subject" and options["rest"]:
            return rotation.rest(progress=self._progress)
        if kind == "subject" and options["every"]:
            return rotating.everyone(options["every"], before=now, progress=self._progress)
        target = options.get("name", "") or normalise_code(options.get("code", "")) or ""
        return rotating.change(kind, target, before=now, progress=self._progress)

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {total}", ending="\n" if done >= total else "")


def told(kind: str, counts: Counts) -> None:
    """Leave an event: which kind, and the counts."""
    act = Event.KEYS_LEFT if counts.remaining or counts.failed else Event.KEYS_CHANGED
    events.write(events.body(act, "system", who=Who(""), source=Source(), why={"code": Purpose.SYSTEM.value}, kind=kind, q={
        "rotated": counts.rotated, "remaining": counts.remaining, "failed": counts.failed}), using=events.TRAIL)
