"""Files in chunks: C2SP chunked encryption as Cobblestone-256 (SHA-512, AES-256-GCM), written as a stream, read anywhere.

Layout: salt 24 | commitment 32 | chunks of 16 KiB, each followed by a 16-byte tag; the last chunk is always shorter than
16 KiB and may be empty, which is what tells a whole file from a shortened one. Method: c2sp.org/chunked-encryption.
Writing is the library's; reading in the middle is ours, because the library reads from the beginning only.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ijm.vault.errors import BadFormat, Tampered

KEY, SALT, COMMITMENT, NONCE, TAG = 32, 24, 32, 12, 16
CHUNK, HEAD = 16_384, SALT + COMMITMENT
PIECE = 16 * CHUNK  # bytes that are sealed at once; with what was left of the piece before they fill one chunk more
ROOM = HEAD + (PIECE // CHUNK + 1) * (CHUNK + TAG)
INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


@dataclass(frozen=True)
class Written:
    """What is known of a file once it lies sealed: size in bytes and SHA-256 of the original, size as it lies there."""

    size: int
    sha256: str
    stored: int


class Sealer:
    """Seals a stream piece by piece; holds the end of the last piece, and the room in which each is sealed.

    `key` is 32 random bytes used for nothing else, `context` names the place of the file and must be the same to read it.
    """

    def __init__(self, to: BinaryIO, *, key: bytes, context: bytes) -> None:
        self.to, self.sealer, self.stored = to, Cobblestone256Encryptor(key, context), 0
        self.room = memoryview(bytearray(ROOM))  # fresh memory for each piece would cost as much as the sealing

    def write(self, piece: bytes | memoryview) -> None:
        """Seal the next bytes of the original."""
        left = memoryview(piece)
        for start in range(0, len(left), PIECE):
            length = self.sealer.update_into(left[start:start + PIECE], self.room)
            self.stored += self.to.write(self.room[:length])

    def finish(self) -> int:
        """Seal the end, and say how many bytes lie there; without it the file was cut short, and no reader takes it."""
        self.stored += self.to.write(self.sealer.finalize())
        return self.stored


class Writer:
    """Seals a file piece by piece as it comes in, as `Sealer` does, and takes its SHA-256."""

    def __init__(self, to: BinaryIO, *, key: bytes, context: bytes) -> None:
        self.sealer, self.digest, self.size = Sealer(to, key=key, context=context), hashlib.sha256(), 0

    def write(self, piece: bytes | memoryview) -> None:
        """Seal the next bytes of the original."""
        self.digest.update(piece)
        self.size += len(piece)
        self.sealer.write(piece)

    def finish(self) -> Written:
        """Seal the end."""
        return Written(self.size, self.digest.hexdigest(), self.sealer.finish())


def write(pieces: Iterable[bytes], to: BinaryIO, *, key: bytes, context: bytes) -> Written:
    """Seal a whole file out of its pieces, as `Writer` does."""
    writer = Writer(to, key=key, context=context)
    for piece in pieces:
        writer.write(piece)
    return writer.finish()


class Reader:
    """A sealed file that can be read from any place; every byte it gives was authenticated first.

    `source` is the open sealed file, `stored` its length in bytes. Raises BadFormat for a length no such file can have,
    Tampered for another key, another place, a changed, moved, missing or added chunk.
    """

    def __init__(self, source: BinaryIO, stored: int, *, key: bytes, context: bytes, name: str = "file") -> None:
        self.source, self.name = source, name
        self.chunks, rest = divmod(stored - HEAD, CHUNK + TAG)
        if stored < HEAD + TAG or rest < TAG:
            raise BadFormat(name)
        self.size = self.chunks * CHUNK + rest - TAG
        head = _exactly(source, 0, HEAD, name)
        derived = HKDFExpand(SHA512(), KEY + NONCE + COMMITMENT, INFO + head[:SALT] + context).derive(key)
        if not hmac.compare_digest(derived[KEY + NONCE:], head[SALT:]):
            raise Tampered(name)
        self.cipher, self.base = AESGCM(derived[:KEY]), int.from_bytes(derived[KEY:KEY + NONCE], "big")
        self._chunk(self.chunks)  # the last one vouches for the length

    def read(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, `length` of them or all that are left, a chunk at a time."""
        end = self.size if length is None else min(self.size, start + length)
        for number in range(start // CHUNK, -(-end // CHUNK)):
            first = number * CHUNK
            yield self._chunk(number)[max(0, start - first):end - first]

    def sha256(self, progress: Callable[[int], None] | None = None) -> str:
        """The SHA-256 of the original, measured again over every byte; `progress` hears how many bytes are done."""
        digest, done = hashlib.sha256(), 0
        for piece in self.read():
            digest.update(piece)
            done += len(piece)
            if progress is not None:
                progress(done)
        return digest.hexdigest()

    def _chunk(self, number: int) -> bytes:
        length = CHUNK if number < self.chunks else self.size % CHUNK
        sealed = _exactly(self.source, HEAD + number * (CHUNK + TAG), length + TAG, self.name)
        try:
            return self.cipher.decrypt((self.base ^ number).to_bytes(NONCE, "big"), sealed, None)
        except InvalidTag as error:
            raise Tampered(self.name) from error


def _exactly(source: BinaryIO, start: int, length: int, name: str) -> bytes:
    source.seek(start)
    found = source.read(length)
    if len(found) != length:
        raise BadFormat(name)
    return found


__all__ = ("Reader", "Sealer", "Writer", "Written", "write")
