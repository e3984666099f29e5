"""Signed notes, checkpoints and cosignatures (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature): what a court checks.

A note is its text, an empty line, and one line for each signature: "— name base64(key id, 4 bytes | signature)". A checkpoint
is a note whose text says the log's name, its size in decimal and its root hash in base64. Signatures are Ed25519 (0x01);
those of a witness are Ed25519 over the text with the moment at which she saw it (0x04).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, WITNESSED, MARK = b"\x01", b"\x04", "— "
PRIVATE = "PRIVATE+KEY+"


class NoteError(ValueError):
    """The bytes are no note, or nobody whom we know has signed it; says which."""


@dataclass(frozen=True)
class Verifier:
    """A public key with the name of whose it is: "name+key id in hexadecimal+base64(kind | 32 bytes)"."""

    name: str
    raw: bytes
    kind: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes from the name, the kind and the key (SHA-256)."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.raw).decode()}"

    @classmethod
    def read(cls, line: str) -> Verifier:
        """The key written as a line; raises NoteError when the line does not fit together."""
        parts = line.strip().split("+", 2)
        try:
            name, key_id, held = parts
            raw = _strictly(held)
        except (ValueError, binascii.Error) as error:
            raise NoteError("this is no verifier key") from error
        made = cls(name, raw[1:], raw[:1])
        if not _is_name(name) or made.kind not in (ED25519, WITNESSED) or len(made.raw) != 32 or made.key_id.hex() != key_id:
            raise NoteError("this verifier key does not fit its name")
        return made

    def is_by(self, text: bytes, signature: bytes) -> bool:
        """Whether this key signed the text; a witness's signature begins with the moment (8 bytes) that it covers."""
        if self.kind == WITNESSED:
            text, signature = _at(int.from_bytes(signature[:8])) + text, signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with the name under which it signs."""

    name: str
    key: Ed25519PrivateKey
    kind: bytes = ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half, to be given away."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw(), self.kind)

    def line(self, text: bytes, at: int = 0) -> str:
        """The line of its signature under a text; a witness signs with the moment, in seconds since 1970."""
        signed = self.key.sign(text)
        if self.kind == WITNESSED:
            signed = at.to_bytes(8) + self.key.sign(_at(at) + text)
        return f"{MARK}{self.name} {base64.b64encode(self.verifier.key_id + signed).decode()}\n"

    def written(self) -> str:
        """The private key as a line for a file of its own, as golang.org/x/mod/sumdb/note writes it."""
        held = base64.b64encode(self.kind + self.key.private_bytes_raw()).decode()
        return f"{PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{held}\n"

    @classmethod
    def read(cls, line: str) -> Signer:
        """The private key of such a line; raises NoteError when it does not fit together."""
        try:
            name, key_id, coded = line.strip().removeprefix(PRIVATE).split("+", 2)
            held = _strictly(coded)
            made = cls(name, Ed25519PrivateKey.from_private_bytes(held[1:]), held[:1])
        except (ValueError, binascii.Error) as error:
            raise NoteError("this is no private key of a signer") from error
        if not line.startswith(PRIVATE) or str(Verifier.read(str(made.verifier))).split("+")[1] != key_id:
            raise NoteError("this private key does not fit its name")
        return made


def _at(seconds: int) -> bytes:
    """What a witness puts before the text that she signs (c2sp.org/tlog-cosignature)."""
    return b"cosignature/v1\ntime %d\n" % seconds


def _strictly(coded: str) -> bytes:
    """The bytes of base64 written in the one right way: two ways to write a signature would be two notes."""
    held = base64.b64decode(coded, validate=True)
    if base64.b64encode(held).decode() != coded:
        raise binascii.Error("not canonical")
    return held


def _is_name(name: str) -> bool:
    return bool(name) and not any(letter.isspace() or letter == "+" for letter in name)


def sign(text: str, signers: Iterable[Signer]) -> str:
    """The note of a text, signed; the text ends with a new line. Raises NoteError for a text that does not."""
    if not text.endswith("\n"):
        raise NoteError("a note's text ends with a new line")
    return text + "\n" + "".join(signer.line(text.encode()) for signer in signers)


def opened(note: str, known: Sequence[Verifier]) -> tuple[str, list[Verifier]]:
    """The text of a note and who of the known keys signed it.

    A signature of a known key that does not fit refuses the whole note; signatures of strangers count for nothing.
    Raises NoteError for what is no note, for a wrong signature, and when nobody known has signed.
    """
    text, parted, lines = note.rpartition("\n\n")
    text += "\n"
    if not parted or not lines.endswith("\n") or any(ord(letter) < 32 and letter != "\n" for letter in note):
        raise NoteError("this is no signed note")
    signed = list[Verifier]()
    for line in lines[:-1].split("\n"):
        name, held = _signature(line)
        for verifier in known:
            if (verifier.name, verifier.key_id) == (name, held[:4]) and verifier not in signed:
                if not verifier.is_by(text.encode(), held[4:]):
                    raise NoteError(f"the signature of {name} is wrong")
                signed.append(verifier)
    if not signed:
        raise NoteError("nobody known has signed this note")
    return text, signed


def lines_of(note: str, known: Iterable[Verifier]) -> dict[Verifier, tuple[str, bytes]]:
    """{known key: (its signature line, the signature)} of a note; whether it fits is asked of `opened`."""
    found = dict[Verifier, tuple[str, bytes]]()
    for line in note.rpartition("\n\n")[2].splitlines():
        name, held = _signature(line)
        found.update({one: (f"{line}\n", held[4:]) for one in known if (one.name, one.key_id) == (name, held[:4])})
    return found


def seen_at(signature: bytes) -> int:
    """When a witness saw what she signed, in seconds since 1970."""
    return int.from_bytes(signature[:8])


def _signature(line: str) -> tuple[str, bytes]:
    name, parted, coded = line.removeprefix(MARK).partition(" ")
    try:
        held = _strictly(coded)
    except (ValueError, binascii.Error) as error:
        raise NoteError("a signature line is cut") from error
    if not line.startswith(MARK) or not parted or not _is_name(name) or len(held) < 5:
        raise NoteError("this is no signature line")
    return name, held


@dataclass(frozen=True)
class Checkpoint:
    """How large the log was and under which root: one moment of it that cannot be taken back once a witness has it."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        return "\n".join((self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.more)) + "\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """The checkpoint that a text says; raises NoteError for anything else."""
        lines = text.removesuffix("\n").split("\n")
        try:
            origin, size, root, *more = lines
            made = cls(origin, int(size), _strictly(root), tuple(more))
        except (ValueError, binascii.Error) as error:
            raise NoteError("this is no checkpoint") from error
        if not origin or size != str(made.size) or made.size < 0 or len(made.root) != 32 or "" in more:
            raise NoteError("this checkpoint is not well formed")
        return made


__all__ = ("ED25519", "WITNESSED", "Checkpoint", "NoteError", "Signer", "Verifier", "lines_of", "opened", "seen_at", "sign")
