"""The tree of the log: known roots, every proof of small trees, and that no other proof passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.log import tiles, tree
from audit.log.growing import Growing
from audit.log.tree import Whole

# The eight leaves and roots that the certificate-transparency projects check each other by.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def plain(hashes: list[bytes]) -> bytes:
    """The root as the definition says it, straight from RFC 9162, 2.1.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else tree.EMPTY
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return tree.node(plain(hashes[:half]), plain(hashes[half:]))


def over(hashes: list[bytes]) -> tree.Read:
    def read(whole: Whole) -> bytes:
        start, count = whole.place << whole.level, 1 << whole.level
        assert start + count <= len(hashes), "only whole subtrees are read"
        return plain(hashes[start:start + count])

    return read


def kept(count: int, *, steps: int = 1) -> tuple[list[bytes], dict[tuple[int, int], bytes]]:
    """Leaf hashes and the tiles that hold them, grown in some steps."""
    hashes = [tree.leaf(number.to_bytes(4)) for number in range(count)]
    held: dict[tuple[int, int], bytes] = {}

    def last(level: int, n: int) -> bytes:
        return held[level, n]

    for start in range(0, count, steps):
        held.update(tiles.grown(start, hashes[start:start + steps], last))
    return hashes, held


def test_roots_that_everybody_knows() -> None:
    hashes = [tree.leaf(body) for body in LEAVES]
    for size, known in enumerate(ROOTS, 1):
        assert tree.root(size, over(hashes)).hex() == known
    assert tree.root(0, over([])) == tree.EMPTY


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_proved_and_at_no_other_place(size: int) -> None:
    hashes = [tree.leaf(bytes([number])) for number in range(size)]
    top = plain(hashes)
    for index in range(size):
        path = tree.inclusion(index, size, over(hashes))
        assert tree.is_included(index, size, hashes[index], path, top)
        for other in range(-1, size + 1):
            assert tree.is_included(other, size, hashes[index], path, top) == (other == index)
        assert not tree.is_included(index, size, tree.leaf(b"forged"), path, top)
        assert not tree.is_included(index, size, hashes[index], [*path, top], top)
        assert not path or not tree.is_included(index, size, hashes[index], path[:-1], top)
    with pytest.raises(IndexError):
        tree.inclusion(size, size, over(hashes))


@pytest.mark.parametrize("new", range(1, 18))
def test_every_beginning_is_proved_and_no_other(new: int) -> None:
    hashes = [tree.leaf(bytes([number])) for number in range(new)]
    top = plain(hashes)
    for old in range(new + 1):
        path, before = tree.consistency(old, new, over(hashes)), plain(hashes[:old])
        assert tree.is_consistent(old, new, before, top, path)
        forged = plain([*hashes[:max(old - 1, 0)], tree.leaf(b"forged")])
        assert not tree.is_consistent(old, new, forged, top, path), (old, new)
        assert old == 0 or not tree.is_consistent(old, new, before, tree.leaf(b"forged"), path)
        assert not tree.is_consistent(old, new, before, top, [*path, top])
        assert not path or not tree.is_consistent(old, new, before, top, path[:-1])
    with pytest.raises(IndexError):
        tree.consistency(new + 1, new, over(hashes))
    assert not tree.is_consistent(new + 1, new, top, top, [])


@settings(deadline=None, max_examples=25)
@given(size=st.integers(1, 1200), steps=st.integers(1, 700), data=st.data())
def test_tiles_give_the_same_tree_however_it_grew(size: int, steps: int, data: st.DataObject) -> None:
    hashes, held = kept(size, steps=steps)
    read = tiles.reader(lambda level, n: held[level, n])
    top = plain(hashes)
    assert tree.root(size, read) == top
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert tree.is_included(index, size, hashes[index], tree.inclusion(index, size, read), top)
    assert tree.is_consistent(old, size, plain(hashes[:old]), top, tree.consistency(old, size, read))


def test_a_tile_that_is_too_short_is_no_silent_zero() -> None:
    _hashes, held = kept(300, steps=300)
    short = held | {(0, 1): held[0, 1][:-tiles.HASH]}
    with pytest.raises(LookupError):
        tree.root(300, tiles.reader(lambda level, n: short[level, n]))


def test_hashes_take_little_room() -> None:
    _hashes, held = kept(70_000, steps=70_000)
    assert sum(map(len, held.values())) / 70_000 < 33
    assert sorted({level for level, _n in held}) == [0, 1, 2]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 255, 256, 257, 511, 700, 1023])
def test_a_log_that_is_read_from_its_beginning_has_the_same_root(size: int) -> None:
    bodies = [b"event %d" % number for number in range(size)]
    grown = Growing()
    grown.add(bodies[: size // 3])
    grown.add_leaves(map(tree.leaf, bodies[size // 3 :]))
    leaves = [tree.leaf(body) for body in bodies]
    assert grown.size == size
    assert grown.root() == tree.root(size, lambda part: tree.top(leaves[part.place << part.level:(part.place + 1) << part.level]))
