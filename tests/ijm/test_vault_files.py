"""Files in chunks: what they must give back, and what they must refuse."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor
from hypothesis import given, settings
from hypothesis import strategies as st

from ijm.vault import files
from ijm.vault.errors import BadFormat, Tampered, VaultError

KEY, PLACE = bytes(range(32)), b"exhibit-1"
SIZES = (0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK, 3 * files.CHUNK + 77)


def sealed(content: bytes, *, key: bytes = KEY, context: bytes = PLACE, step: int = 10_000) -> bytes:
    """A file as it would lie on the disk."""
    stored = io.BytesIO()
    pieces = (content[start:start + step] for start in range(0, len(content), step))
    said = files.write(pieces, stored, key=key, context=context)
    assert (said.size, said.stored) == (len(content), len(stored.getvalue()))
    assert said.sha256 == hashlib.sha256(content).hexdigest()
    return stored.getvalue()


def reader(stored: bytes, *, key: bytes = KEY, context: bytes = PLACE) -> files.Reader:
    """A reader of these bytes."""
    return files.Reader(io.BytesIO(stored), len(stored), key=key, context=context)


def whole(stored: bytes, **how: Any) -> bytes:
    """Everything that a file holds."""
    return b"".join(reader(stored, **how).read())


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was(size: int) -> None:
    content = os.urandom(size)
    stored = sealed(content)
    assert whole(stored) == content
    assert reader(stored).size == size
    heard: list[int] = []
    assert reader(stored).sha256(heard.append) == reader(stored).sha256() == hashlib.sha256(content).hexdigest()
    assert heard[-1:] == ([size] if size else [])
    library = Cobblestone256Decryptor(KEY, context=PLACE)
    assert library.update(stored) + library.finalize() == content, "another implementation reads it"


CONTENT = os.urandom(3 * files.CHUNK + 500)
STORED = sealed(CONTENT)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, len(CONTENT) + 10), length=st.one_of(st.none(), st.integers(0, len(CONTENT) + 10)))
def test_any_part_can_be_read(start: int, length: int | None) -> None:
    end = None if length is None else start + length
    assert b"".join(reader(STORED).read(start, length)) == CONTENT[start:end]


@pytest.mark.parametrize("where", [0, files.SALT, files.HEAD, files.HEAD + files.CHUNK, len(STORED) - 1])
def test_a_changed_byte_is_found(where: int) -> None:
    broken = bytearray(STORED)
    broken[where] ^= 1
    with pytest.raises(Tampered):
        whole(bytes(broken))


def cut_or_grown() -> Iterator[bytes]:
    """The file shortened at every boundary and beside it, and lengthened."""
    for chunk in range(5):
        for beside in (-1, 0, 1, files.TAG, files.TAG + 1):
            end = files.HEAD + chunk * (files.CHUNK + files.TAG) + beside
            if 0 <= end < len(STORED):
                yield STORED[:end]
    yield STORED + b"\0"
    yield STORED + STORED[files.HEAD:files.HEAD + files.CHUNK + files.TAG]
    yield b""


@pytest.mark.parametrize("wrong", list(cut_or_grown()), ids=len)
def test_a_file_of_another_length_is_refused(wrong: bytes) -> None:
    with pytest.raises(VaultError):
        whole(wrong)


def test_chunks_cannot_change_places() -> None:
    size = files.CHUNK + files.TAG
    first, second = STORED[files.HEAD:files.HEAD + size], STORED[files.HEAD + size:files.HEAD + 2 * size]
    with pytest.raises(Tampered):
        whole(STORED[:files.HEAD] + second + first + STORED[files.HEAD + 2 * size:])


@pytest.mark.parametrize("other", [{"key": bytes(32)}, {"context": b"exhibit-2"}])
def test_another_key_or_place_opens_nothing(other: dict[str, bytes]) -> None:
    with pytest.raises(Tampered):
        reader(STORED, **other)


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    source = io.BytesIO(STORED)
    opened = files.Reader(source, len(STORED), key=KEY, context=PLACE)
    source.truncate(files.HEAD + 100)
    with pytest.raises(BadFormat):
        list(opened.read())


def test_two_sealings_of_the_same_file_share_nothing() -> None:
    first, second = sealed(CONTENT), sealed(CONTENT)
    assert first[files.HEAD:files.HEAD + 64] != second[files.HEAD:files.HEAD + 64]


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    piece, path = os.urandom(1 << 20), tmp_path / "large"
    tracemalloc.start()
    with path.open("w+b") as to:
        said = files.write((piece for _ in range(64)), to, key=KEY, context=PLACE)
        middle = b"".join(files.Reader(to, said.stored, key=KEY, context=PLACE).read(40 << 20, 1 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert middle == piece and said.size == 64 << 20
    assert peak < 16 << 20
