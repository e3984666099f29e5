"""What recording every change and every look costs, beside the same work without it and beside other libraries."""

from __future__ import annotations

from collections.abc import Iterator

from ijm.measuring import Measure


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of the audit; a superuser of the measuring cluster makes and fills the tables."""
    from audit.bench import proving, recording  # the peers' libraries are there only where measuring is

    yield from recording.measures(superuser)
    yield from proving.measures(superuser)
