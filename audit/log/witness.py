"""The witness file and what a second organisation does with it: notice a log that shrank or was written anew.

The file is text that only grows. Each entry is the body of an "add-checkpoint" request of c2sp.org/tlog-witness: the line
"old SIZE", the consistency proof from that size in base64, an empty line, the signed checkpoint. Whoever has the file and the
log's public key can follow the log from its first checkpoint; nothing else is needed, no database and no setting.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.log.notes import WITNESSED, Checkpoint, NoteError, Signer, Verifier, opened
from audit.log.tree import is_consistent

GREW, REFUSED, UNREADABLE = 0, 1, 2  # exit codes
ENTRY = re.compile(r"old (\d+)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n((?:[^\n]+\n)+\n(?:— [^\n]+\n)+)")


class Damaged(ValueError):
    """The file cannot be read, or the key that was given did not sign it; says where."""


class Forked(ValueError):
    """The log is not the one that was seen before: it shrank, or what was in it has changed."""


@dataclass(frozen=True)
class Entry:
    """One checkpoint with the proof that the log only grew since the one before it."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def written(self) -> str:
        """The entry as it stands in the file."""
        return f"old {self.old}\n{''.join(base64.b64encode(part).decode() + chr(10) for part in self.proof)}\n{self.note}"


def entries(text: str) -> Iterator[tuple[Entry, int]]:
    """Every whole entry, and where it ends; the beginning of one at the very end is being written and passed over.

    Raises Damaged for anything else that is no entry.
    """
    at = 0
    while at < len(text):
        found = ENTRY.match(text, at)
        if found is None:
            if re.search(r"^old \d+$", text[at + 1:], re.MULTILINE) or not "old ".startswith(text[at:at + 4]):
                raise Damaged(f"what stands at letter {at} is no entry")
            return
        old, proof, note = found.groups()
        at = found.end()
        yield Entry(int(old), tuple(base64.b64decode(line) for line in proof.split()), note), at


def read(note: str, key: Verifier) -> Checkpoint:
    """The checkpoint of a note that this key signed for its own log; raises Damaged otherwise."""
    try:
        point = Checkpoint.read(opened(note, [key])[0])
    except NoteError as error:
        raise Damaged(str(error)) from error
    if point.origin != key.name:
        raise Damaged(f"this is a checkpoint of {point.origin}, and the key is that of {key.name}")
    return point


def follow(text: str, key: Verifier) -> list[tuple[Checkpoint, Entry]]:
    """Every checkpoint of a file, each proved to be a continuation of the one before it.

    Raises Damaged for what cannot be read, Forked where the log did not only grow.
    """
    seen = list[tuple[Checkpoint, Entry]]()
    for entry, _end in entries(text):
        point = read(entry.note, key)
        last = seen[-1][0] if seen else None
        if entry.old != (last.size if last else 0):
            raise Forked(f"the checkpoint of {point.size} events does not continue the one before it")
        if last and not is_consistent(last.size, point.size, last.root, point.root, entry.proof):
            raise Forked(f"the log of {point.size} events is not a continuation of that of {last.size} events")
        seen.append((point, entry))
    return seen


@dataclass(frozen=True)
class Seen:
    """What a witness remembers: the last checkpoint that she accepted."""

    origin: str
    size: int
    root: str

    @classmethod
    def of(cls, point: Checkpoint) -> Seen:
        """To be remembered of this checkpoint."""
        return cls(point.origin, point.size, point.root.hex())


def accept(text: str, key: Verifier, before: Seen | None) -> tuple[Checkpoint, Entry]:
    """The newest checkpoint of a file that continues what was seen before; raises Forked or Damaged otherwise."""
    seen = follow(text, key)
    if not seen:
        raise Damaged("there is no checkpoint in this file")
    newest = seen[-1]
    if before is None:
        return newest
    if newest[0].size < before.size:
        raise Forked(f"the log shrank: it had {before.size} events and has {newest[0].size}")
    if before not in [Seen.of(point) for point, _entry in seen]:
        raise Forked(f"the log of {before.size} events that was seen before is not in this file: it was written anew")
    return newest


def main(argv: Sequence[str]) -> int:
    """What a partner runs on her own machine; the exit code is 0 (it only grew), 1 (refused) or 2 (cannot be read)."""
    parser = argparse.ArgumentParser(prog="audit_witness", description="Follow the log of an office from its witness file.")
    arguments(parser)
    return run(parser.parse_args(argv))


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    if options.make_key:
        return _make_key(options.sign, options.make_key)
    try:
        key = Verifier.read(options.key)
        signer = Signer.read(options.sign.read_text()) if options.sign else None
        point, entry = accept(options.file.read_text(), key, _state(options.state))
    except Forked as forked:
        print(f"REFUSED: {forked}. Tell the office's data-protection officer and its supervisors; keep both files.")
        return REFUSED
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"This cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    _write(options.state, json.dumps(asdict(Seen.of(point))) + "\n")
    print(f"The log of {point.origin} only grew: {point.size} events, root {point.root.hex()}.")
    if signer:
        _write(options.out, entry.note + signer.line(point.text().encode(), int(time.time())))
        print(f"Signed as {signer.name}: give {options.out} to the office.")
    return GREW


def arguments(parser: argparse.ArgumentParser) -> None:
    """What a partner may say."""
    parser.add_argument("file", type=Path, help="the witness file that the office gave you")
    parser.add_argument("--key", default="", help="the log's public key, which the office reads out to you")
    parser.add_argument("--state", type=Path, default=Path("witness.state"), help="where you remember what you have seen")
    parser.add_argument("--sign", type=Path, help="your own key file: sign what you have seen")
    parser.add_argument("--out", type=Path, default=Path("cosigned.txt"), help="the signed checkpoint, for the office")
    parser.add_argument("--make-key", metavar="NAME", help="first make your own key, under this name, in the file of --sign")


def _make_key(path: Path | None, name: str) -> int:
    """A key of the partner's own; what exists is never overwritten."""
    try:
        signer = Signer(name, Ed25519PrivateKey.generate(), WITNESSED)
        public = str(Verifier.read(str(signer.verifier)))
        handle = os.open(path or "", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, NoteError) as error:
        print(f"No key was made: {error}", file=sys.stderr)
        return UNREADABLE
    with os.fdopen(handle, "w") as file:
        file.write(signer.written())
    print(f"Give this line to the office: {public}")
    return GREW


def _state(path: Path) -> Seen | None:
    return Seen(**json.loads(path.read_text())) if path.exists() else None


def _write(path: Path, text: str) -> None:
    """The whole file or nothing: a witness never forgets what she has seen."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
