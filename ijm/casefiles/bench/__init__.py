"""What need-to-know costs: what a person sees of 200,000 and of 2,000,000 files, beside the bare table and a peer."""

from __future__ import annotations

from collections.abc import Iterator

from ijm.casefiles.bench.filling import fill
from ijm.measuring import Measure

FILES, MANY, GRANTS = 200_000, 2_000_000, 500


def load(superuser: str) -> None:
    """The office that never was: its files, and people who stand on five hundred of them each; once."""
    fill(superuser, files=FILES, grants=GRANTS)


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of access; a superuser of the measuring cluster fills both offices first."""
    from ijm.casefiles.bench import costs, offices  # the peer's library is there only where measuring is

    larger = offices.larger(superuser, files=MANY, grants=GRANTS)
    load(superuser)
    yield from costs.measures(offices.usual(superuser), larger, grants=GRANTS)
