"""The harness says a ratio with its spread, and whether the goal is met."""

from __future__ import annotations

import json
import time

import pytest

from ijm.measuring import Measure, run


def wait(milliseconds: float):
    return lambda: time.sleep(milliseconds / 1000)


@pytest.mark.parametrize(("goal", "at_most", "ok"), [(5.0, True, True), (1.5, True, False), (2.0, False, True),
                                                     (9.0, False, False)])
def test_the_ratio_is_of_ours_to_the_other(goal: float, at_most: bool, ok: bool) -> None:
    figure = run(Measure("nap", "a nap", wait(6), wait(2), goal, at_most), rounds=10)
    assert 2.0 < figure.ratio < 4.5 and figure.low <= figure.ratio <= figure.high and figure.ok is ok
    told = json.loads(figure.json())
    assert set(told) == {"name", "ratio", "low", "high", "goal", "ok"} and told["ok"] is ok
    assert ("NOT MET" in figure.line()) is not ok
