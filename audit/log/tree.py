"""The Merkle tree over the log, as RFC 9162 (section 2.1) has it: hashes, roots, proofs and how a proof is checked.

A tree of n leaves is made of whole subtrees; `Whole(level, place)` is the subtree over the leaves from place * 2^level on.
Nothing here reads a database: who asks gives a function that returns the hash of a whole subtree (32 bytes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256().digest()


class Whole(NamedTuple):
    """A whole subtree: 2^level leaves, the place-th of its size."""

    level: int
    place: int


Read = Callable[[Whole], bytes]


def leaf(body: bytes) -> bytes:
    """The hash of an event's bytes as a leaf (32 bytes)."""
    return sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (32 bytes)."""
    return sha256(b"\x01" + left + right).digest()


def top(hashes: Sequence[bytes]) -> bytes:
    """The hash over a whole subtree, from its leaves or from whole subtrees of one size; their number is a power of two."""
    while len(hashes) > 1:
        left = iter(hashes)
        hashes = [sha256(b"\x01" + one + other).digest() for one, other in zip(left, left, strict=True)]
    return hashes[0]


def wholes(start: int, end: int) -> Iterator[Whole]:
    """The whole subtrees that cover the leaves from `start` to before `end`, left to right, as the tree cuts them."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield Whole(level, start >> level)
        start += 1 << level


def fold(hashes: Iterable[bytes]) -> bytes:
    """One hash over subtrees of falling size, left to right."""
    parts = list(hashes)
    if not parts:
        return EMPTY
    whole = parts.pop()
    while parts:
        whole = node(parts.pop(), whole)
    return whole


def root(size: int, read: Read) -> bytes:
    """The root hash of the tree over the first `size` leaves."""
    return fold(read(part) for part in wholes(0, size))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _over(start: int, end: int, read: Read) -> bytes:
    return fold(read(part) for part in wholes(start, end))


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards (RFC 9162, 2.1.3.1).

    Raises IndexError for a leaf that the tree does not have.
    """
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} of {size}")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_over(middle, end, read))
            end = middle
        else:
            path.append(_over(start, middle, read))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.1).

    Empty for trees of one size and for an empty old tree. Raises IndexError when the old one is the larger.
    """
    if not 0 <= old <= new:
        raise IndexError(f"tree {old} of {new}")
    if old in (0, new):
        return []
    start, end, is_root, path = 0, new, True, list[bytes]()
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_over(middle, end, read))
            end = middle
        else:
            path.append(_over(start, middle, read))
            start, is_root = middle, False
    return ([] if is_root else [_over(start, end, read)]) + path[::-1]


def is_included(index: int, size: int, hashed: bytes, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof shows that this leaf hash stands at this place under this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, whole = index, size - 1, hashed
    for part in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            whole = node(part, whole)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            whole = node(whole, part)
        place, last = place >> 1, last >> 1
    return last == 0 and whole == expected


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and old_root == (new_root if old else EMPTY)
    parts = list(path) if old & old - 1 else [old_root, *path]
    if not parts:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(part, before), node(part, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, part)
        place, last = place >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, new_root)
