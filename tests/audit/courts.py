"""A small log in memory, and packages made of it: for the tests of what a court is given."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.court import bag, package, verify_package
from audit.court.package import Content, Logged
from audit.log import notes, tree
from audit.log.notes import Signer
from audit.log.store import Held
from audit.log.tree import Whole

ORIGIN = "cases.example.org/log"
BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)
Files = dict[str, bytes]


def signer(name: str = ORIGIN, seed: int = 1) -> Signer:
    """Always the same key for the same number."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


@dataclass
class SmallLog:
    """A log of a few events, hashed and signed as the real one."""

    bodies: list[bytes]
    by: Signer = field(default_factory=signer)

    def read(self, whole: Whole) -> bytes:
        """The hash of a whole subtree."""
        first = whole.place << whole.level
        if whole.level == 0:
            return tree.leaf(self.bodies[first])
        left, right = (Whole(whole.level - 1, whole.place * 2 + side) for side in (0, 1))
        return tree.node(self.read(left), self.read(right))

    def inclusion(self, idx: int, size: int) -> list[bytes]:
        """The proof of one leaf."""
        return tree.inclusion(idx, size, self.read)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log only grew."""
        return tree.consistency(old, new, self.read)

    def held(self, size: int, *more: Signer, stamp: bytes | None = None) -> Held:
        """The checkpoint of so many events."""
        root = tree.root(size, self.read)
        note = notes.sign(notes.Checkpoint(ORIGIN, size, root).text(), [self.by, *more])
        return Held(size, root, note, BEGUN, stamp)


def body(number: int, **parts: Any) -> bytes:
    """An event of the log."""
    at = int((BEGUN + timedelta(minutes=number)).timestamp() * 1000)
    said = {"v": 1, "id": f"{number:032x}", "t": at, "cat": "change", "act": "exhibit.taken", "who": {"code": "US-0000-0000"}}
    return json.dumps(said | parts, sort_keys=True, separators=(",", ":")).encode()


def version(number: int, **columns: Any) -> tuple[dict[str, Any], list[Any]]:
    """A version of a row as a package tells it, and what its event says about it."""
    ident, row = f"00000000-0000-4000-8000-{number:012d}", {"id": "7" * 8, "rev": number, "state": "taken", **columns}
    salt = hashlib.sha256(str(number).encode()).digest()
    digest = verify_package.version(salt, row)
    line = {"table": "evidence_exhibit", "pk": "7" * 8, "kind": "~", "history": ident, "digest": digest}
    return line | {"row": row, "salt": salt.hex()}, [line["table"], line["pk"], "~", ident, digest]


def opening(number: int, path: str, value: str) -> tuple[dict[str, Any], str]:
    """A value with what opens it, and what its event says about it."""
    salt = hashlib.sha256(path.encode() + bytes([number])).digest()
    row = {"event": f"{number:032x}", "path": path, "side": "new", "salt": salt.hex(), "value": value}
    return row, verify_package.commitment(salt, path, value)


def content(log: SmallLog, places: Iterable[int], sizes: Sequence[int], *, withheld: Iterable[int] = (), **parts: Any) -> Content:
    """What is told about these events under these checkpoints."""
    hidden = set(withheld)
    events = [Logged(place, place + 100, BEGUN, log.bodies[place], place in hidden) for place in places]
    made = Content({"code": "CP-0000-0000", "about": "IV-0000-0000"}, ORIGIN, str(log.by.verifier), events,
                   [log.held(size) for size in sizes])
    return replace(made, **parts)


PATH = "evidence_exhibit.77777777.place"


def full(log: SmallLog | None = None, sizes: Sequence[int] = (9, 20), **parts: Any) -> tuple[Files, SmallLog]:
    """A package with everything in it: history with its columns, a value with its opening, a withheld event, an attached file."""
    told, (line, said), (row, commit) = log or SmallLog([]), version(4), opening(4, PATH, "ក house behind the market")
    told.bodies = told.bodies or [body(number) for number in range(20)]
    told.bodies[4] = body(4, hist=[said], chg={PATH: [None, commit]})
    made = {"history": {"evidence_exhibit": [line]}, "openings": [row, {"closed": "its key was destroyed"}],
            "files": [{"code": "FL-0000-0000", "size": 9, "sha256": "0" * 64}], "has_content": True, **parts}
    held = content(told, (2, 4, 11, 19), sizes, withheld=(11,), **made)
    return packed(package.payload(held, told)), told


def packed(payload: Mapping[str, bytes], **tags: bytes) -> Files:
    """The bag of these files."""
    return bag.bagged(payload, {"CERTIFICATE.en.txt": b"I certify\n", **tags}, {"Bag-Software-Agent": "Daybook"})


def again(files: Files, change: Callable[[Files], object]) -> Files:
    """The package after somebody changed its payload and made every checksum anew."""
    payload = {name.removeprefix("data/"): held for name, held in files.items() if name.startswith("data/")}
    change(payload)
    return packed(payload)


def checked(files: Files, log: SmallLog | None = None, **options: Any) -> verify_package.Report:
    """What the program finds, run in this process."""
    keys = [verify_package.Key.read(str(log.by.verifier))] if log else []
    case = verify_package.Case(dict(files), verify_package.Report(), keys, options.pop("witnesses", []), **options)
    return verify_package.check(case)


def alone(archive: bytes, *arguments: str) -> tuple[int, str]:
    """Run the single file as a court would: in a folder of its own, without the project on its path."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "package.zip").write_bytes(archive)
        (here / "verify_package.py").write_bytes(package.VERIFIER.read_bytes())
        done = subprocess.run([sys.executable, "-I", "verify_package.py", "package.zip", *arguments], cwd=here, check=False,
                              env={"PATH": ""}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr
