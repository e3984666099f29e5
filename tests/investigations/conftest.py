"""The records of this wing that its tests begin with."""

from __future__ import annotations

import pytest

from ijm.trail.context import acting_as
from investigations import policy
from investigations.models import Investigation, RescueOperation, Suspect, Tip
from tests.cast import Cast
from tests.investigations import making


@pytest.fixture
def tip(cast: Cast) -> Tip:
    """A tip that the hotline officer has just taken."""
    return making.tip(cast)


@pytest.fixture
def assessed(cast: Cast, tip: Tip) -> Tip:
    """The tip after a supervisor graded it."""
    return making.assessed(cast, tip)


@pytest.fixture
def investigation(cast: Cast, assessed: Tip) -> Investigation:
    """The file opened from the tip, led by the investigator."""
    return making.investigation(cast, assessed)


@pytest.fixture
def suspect(cast: Cast, investigation: Investigation) -> Suspect:
    """A suspect on the file."""
    return making.suspect(cast, investigation)


@pytest.fixture
def rescue(cast: Cast, investigation: Investigation) -> RescueOperation:
    """An operation planned by the investigator."""
    return making.rescue(cast, investigation)


@pytest.fixture
def approved(cast: Cast, rescue: RescueOperation) -> RescueOperation:
    """The operation after the supervisor approved it."""
    return making.approved(cast, rescue)


@pytest.fixture
def concluded(cast: Cast, approved: RescueOperation) -> RescueOperation:
    """The operation after five persons were handed over."""
    making.conclude(cast, approved)
    with acting_as(cast.investigator, "r"):
        return policy.get_rescue(cast.investigator, approved.code)
