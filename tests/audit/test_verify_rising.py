"""The tree as a verification lets it rise: from any checkpoint, tile by tile, in memory that does not grow with the log."""

from __future__ import annotations

import tracemalloc

from audit.log import tiles, tree
from audit.verifying.rising import Rising


def test_the_tree_rises_from_any_size_and_tells_each_tile_in_memory_that_does_not_grow() -> None:
    leaves = [tree.leaf(b"%d" % n) for n in range(1_100)]
    grown = tiles.grown(0, leaves, lambda level, n: b"")
    for size in (0, 1, 255, 256, 257, 700, 1_024):
        seen: dict[int, bytes] = {}
        rising = Rising.at(size, tiles.reader(lambda level, n: grown[level, n]), grown[0, size // 256][:size % 256 * 32],
                           seen.__setitem__)
        rising.add(b"%d" % n for n in range(size, 1_100))
        assert rising.root() == tree.root(1_100, tiles.reader(lambda level, n: grown[level, n])) and rising.size == 1_100
        assert seen == {n: grown[0, n] for n in range(size // 256, 4)} and rising.last == grown[0, 4]


def test_a_log_four_times_as_long_takes_no_more_memory() -> None:
    peaks = []
    for number in (20_000, 80_000):
        rising = Rising(lambda n, held: None)
        tracemalloc.start()
        for first in range(0, number, 2_000):
            rising.add(b"%d" % n for n in range(first, first + 2_000))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2 and peaks[1] < 2_000_000
