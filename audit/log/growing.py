"""The root of a log that is read from its beginning, in bounded memory: for whoever checks the whole of it.

Leaves are taken 256 at a time, as tiles have them; of what lies behind only the whole subtrees on the edge are kept, one for
each bit of the size (RFC 9162, section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import islice

from audit.log.tiles import HEIGHT, WIDTH
from audit.log.tree import fold, node, top, wholes


class Growing:
    """A tree that only grows."""

    def __init__(self) -> None:
        self._tiles = 0
        self._edge: list[tuple[int, bytes]] = []  # (level, hash) of whole subtrees, the largest first
        self._waiting: list[bytes] = []  # leaf hashes that do not fill a tile yet

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._tiles * WIDTH + len(self._waiting)

    def add(self, bodies: Iterable[bytes]) -> None:
        """Take the events that follow, as the bytes that were stored."""
        left = iter(bodies)
        while hashes := [sha256(b"\x00" + body).digest() for body in islice(left, WIDTH)]:
            self.add_leaves(hashes)

    def add_leaves(self, hashes: Iterable[bytes]) -> None:
        """Take the leaf hashes (32 bytes each) that follow."""
        self._waiting += hashes
        whole = len(self._waiting) // WIDTH * WIDTH
        for start in range(0, whole, WIDTH):
            self._merge(HEIGHT, top(self._waiting[start:start + WIDTH]))
            self._tiles += 1
        self._waiting = self._waiting[whole:]

    def _merge(self, level: int, whole: bytes) -> None:
        while self._edge and self._edge[-1][0] == level:
            whole, level = node(self._edge.pop()[1], whole), level + 1
        self._edge.append((level, whole))

    def root(self) -> bytes:
        """The root hash (32 bytes) over all leaves so far."""
        rest = [top(self._waiting[part.place << part.level:(part.place + 1) << part.level])
                for part in wholes(0, len(self._waiting))]
        return fold([*(whole for _level, whole in self._edge), *rest])


__all__ = ("Growing",)
