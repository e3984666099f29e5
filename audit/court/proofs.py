"""Proofs that events stand in the log: one for each (c2sp.org/tlog-proof), or one that many share."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence

from audit.log import tree
from audit.log.tree import Read

HEAD = "c2sp.org/tlog-proof@v1"


def tlog_proof(index: int, path: Iterable[bytes], note: str) -> bytes:
    """The proof of one event as a file that any reader of the format checks with the log's key alone."""
    return "\n".join((HEAD, f"index {index}", *map(coded, path), "", note)).encode()


def coded(hashed: bytes) -> str:
    """A hash in base64."""
    return base64.b64encode(hashed).decode()


def shared(places: Iterable[int], size: int, read: Read) -> list[bytes]:
    """The hashes that lead from these leaves to the root of `size` leaves: of every subtree without one of them, left to right.

    Raises IndexError for a place that the tree does not have.
    """
    wanted = sorted(set(places))
    if not wanted or not 0 <= wanted[0] <= wanted[-1] < size:
        raise IndexError(f"not all of these stand in a tree of {size}")
    return list(_between(0, size, wanted, read))


def _between(start: int, end: int, wanted: Sequence[int], read: Read) -> Iterator[bytes]:
    if not wanted:
        yield tree.fold(read(part) for part in tree.wholes(start, end))
    elif end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        left = [place for place in wanted if place < middle]
        yield from _between(start, middle, left, read)
        yield from _between(middle, end, wanted[len(left):], read)
