"""`manage.py vault_escrow`: a copy of the root key for an offline machine, and the way back from it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ijm.messages import Event
from ijm.trail import events
from ijm.trail.context import Source, Who
from ijm.trail.purposes import Purpose
from ijm.vault import escrow, roots
from ijm.vault.errors import VaultError
from ijm.vault.roots import file

LEAST = 20  # characters of a passphrase


class Command(BaseCommand):
    """Make the offline pair, seal a copy to it, open a copy."""

    help = ("--make-pair NAME on an offline machine writes NAME.key (keep it there) and NAME.pub. --to NAME.pub --out FILE here "
            "seals what opens everything to it. --open FILE --key NAME.key there writes a new root.key.")
    requires_system_checks = ()  # the way back must not need the root that was lost

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of three."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--make-pair", metavar="NAME", type=Path, help="offline: write NAME.key and NAME.pub")
        what.add_argument("--to", metavar="PUBLIC", type=Path, help="seal a copy to this key (PEM: X25519, or RSA from 3072)")
        what.add_argument("--open", metavar="COPY", type=Path, help="offline: open this copy")
        parser.add_argument("--out", type=Path, help="with --to: the file to write; with --open: the new root key")
        parser.add_argument("--key", type=Path, help="with --open: the private key")
        parser.add_argument("--passphrase-file", type=Path, help="of the private key; otherwise it is asked for")
        parser.add_argument("--root-passphrase-file", type=Path, help="with --open: of the new root key; else it is asked for")
        parser.add_argument("--lay-under", action="store_true",
                            help="with --open of an office whose root lay in a key server: put the compartments' keys of the "
                                 "restored key database under the root that the settings name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the one that was asked."""
        try:
            if options["make_pair"]:
                self._make_pair(options)
            elif options["to"]:
                self._seal(options)
            else:
                self._open(options)
        except (VaultError, OSError) as error:
            raise CommandError(str(error)) from error

    def _make_pair(self, options: dict[str, Any]) -> None:
        name: Path = options["make_pair"]
        private, public = escrow.make_pair(_words(options["passphrase_file"], "Passphrase of the private key", twice=True))
        _write(name.with_name(name.name + ".key"), private)
        _write(name.with_name(name.name + ".pub"), public)
        self.stdout.write(f"Fingerprint: {escrow.fingerprint(escrow.public_key(public))}")

    def _seal(self, options: dict[str, Any]) -> None:
        key = escrow.public_key(options["to"].read_bytes())
        copy = escrow.seal(key, escrow.content())
        told(roots.root().name)
        _write(_said(options, "out"), copy)
        self.stdout.write(f"Sealed to the key with this fingerprint: {escrow.fingerprint(key)}")

    def _open(self, options: dict[str, Any]) -> None:
        words = _words(options["passphrase_file"], "Passphrase of the private key")
        copy = escrow.open_copy(_said(options, "key").read_bytes(), words, options["open"].read_bytes())
        self.stdout.write(f"Made {copy.made}.")
        if options["lay_under"]:
            self.stdout.write(f"{escrow.lay_under(roots.root(), copy)} keys of compartments lie under the new root.")
        elif copy.root:
            new = _words(options["root_passphrase_file"], "New passphrase of the root key", twice=True)
            file.create(_said(options, "out"), new, copy.root)
            self.stdout.write("Root key written: put it and its passphrase in their places.")
        else:
            self.stdout.write("The root lay in a key server: restore the key database, then use --lay-under.")


def _said(options: dict[str, Any], name: str) -> Path:
    if options[name] is None:
        raise CommandError(f"--{name} is missing.")
    return Path(options[name])


def _words(path: Path | None, question: str, *, twice: bool = False) -> bytes:
    words = path.read_bytes().strip() if path else getpass(f"{question}: ").encode()
    if twice and len(words) < LEAST:
        raise CommandError(f"A passphrase of at least {LEAST} characters, please.")
    if twice and path is None and getpass("The same again: ").encode() != words:
        raise CommandError("The two were not the same.")
    return words


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)


def told(root: str) -> None:
    """Leave an event, before the copy is written: that one was made, and where the root lay."""
    events.write(events.body(Event.KEYS_ESCROWED, "system", who=Who(""), source=Source(), why={"code": Purpose.SYSTEM.value},
                             kind=root), using=events.TRAIL)
