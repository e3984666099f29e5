"""Tiles: how the hashes of the tree are kept, 256 to a row (c2sp.org/tlog-tiles), 32 bytes and a little for each event.

Tile (level, n) holds the hashes of the whole subtrees at tree level 8 * level, from the n * 256th on; the last tile of a level
is written again as it fills. What lies between two levels is computed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from audit.log.tree import Read, Whole, top

HEIGHT, WIDTH, HASH = 8, 256, 32
Tile = Callable[[int, int], bytes]  # (level, n) -> its bytes, as far as they are filled


def reader(tile: Tile) -> Read:
    """How whole subtrees are read from tiles; each tile is fetched once by a reader."""
    fetch = lru_cache(maxsize=None)(tile)

    def read(whole: Whole) -> bytes:
        level, height = divmod(whole.level, HEIGHT)
        first = whole.place << height
        n, at = divmod(first, WIDTH)
        held = fetch(level, n)
        hashes = [held[HASH * place:HASH * (place + 1)] for place in range(at, at + (1 << height))]
        if len(hashes[-1]) != HASH:
            raise LookupError(f"tile {level}/{n} is not filled as far as {at + (1 << height)}")
        return top(hashes)

    return read


def grown(size: int, leaves: Iterable[bytes], last: Tile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when these leaf hashes follow the first `size`: {(level, n): bytes}; `last` gives what is there."""
    changed: dict[tuple[int, int], bytes] = {}
    level, new, before = 0, list(leaves), size
    while new:
        n, filled = divmod(before, WIDTH)
        held = (last(level, n)[:HASH * filled] if filled else b"") + b"".join(new)
        above = list[bytes]()
        for start in range(0, len(held), HASH * WIDTH):
            part = held[start:start + HASH * WIDTH]
            changed[level, n] = part
            if len(part) == HASH * WIDTH:
                above.append(top([part[at:at + HASH] for at in range(0, len(part), HASH)]))
            n += 1
        level, new, before = level + 1, above, before // WIDTH
    return changed


__all__ = ("HASH", "HEIGHT", "WIDTH", "Tile", "grown", "reader")
