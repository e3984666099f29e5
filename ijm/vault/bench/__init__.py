"""What sealing costs beside plain columns and beside Fernet fields, on tables of its own that no office has."""

from __future__ import annotations

from collections.abc import Iterator

from ijm.measuring import Measure


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of the vault; a superuser of the measuring cluster makes and fills the tables."""
    from ijm.vault.bench import costs, names  # the peer's library is there only where measuring is

    yield from costs.measures(superuser)
    yield from names.measures(superuser)
