"""The tree as it grows under a verification: it may begin at a checkpoint, and each tile that it fills is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from audit.log.growing import Growing
from audit.log.tiles import HASH, WIDTH
from audit.log.tree import Read, wholes

Full = Callable[[int, bytes], object]  # (number of a full tile of leaves, its bytes)


class Rising(Growing):
    """A growing tree that tells which tiles its leaves fill."""

    def __init__(self, full: Full) -> None:
        super().__init__()
        self._full = full

    @classmethod
    def at(cls, size: int, read: Read, last: bytes, full: Full) -> Rising:
        """The tree of so many leaves, its edge read from elsewhere; `last` are the hashes of the tile that is not full yet."""
        made = cls(full)
        made._tiles = size // WIDTH
        made._edge = [(whole.level, read(whole)) for whole in wholes(0, made._tiles * WIDTH)]
        made._waiting = [last[at:at + HASH] for at in range(0, len(last), HASH)]
        return made

    def add_leaves(self, hashes: Iterable[bytes]) -> None:
        """Take the leaf hashes that follow."""
        held, first = [*self._waiting, *hashes], self._tiles
        super().add_leaves(held[len(self._waiting):])
        for n in range(first, self._tiles):
            self._full(n, b"".join(held[(n - first) * WIDTH:(n - first + 1) * WIDTH]))

    @property
    def last(self) -> bytes:
        """The hashes of the tile that is not full yet, as they are kept."""
        return b"".join(self._waiting)


__all__ = ("Rising",)
