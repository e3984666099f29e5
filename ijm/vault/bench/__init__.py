"""What sealing costs beside plain columns and beside Fernet fields, on tables of its own that no office has.

The peer's library is there only where measuring is: so it is imported by what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from ijm.measuring import Measure, Part


def parts(superuser: str) -> tuple[Part, ...]:
    """The measures of the vault; a superuser of the measuring cluster makes and fills the tables."""
    return (
        Part(("storage", "page50", "read_all", "get", "exact_lookup", "bulk_insert", "save_history"),
             lambda: _rows(superuser), in_office=False),
        Part(("files_vs_fernet",), _files, in_office=False),
        Part(("name_recall20", "name_latency"), lambda: _names(superuser), in_office=False),
    )


def _rows(superuser: str) -> Iterator[Measure]:
    from ijm.vault.bench import costs

    return costs.of_rows(superuser)


def _files() -> Iterator[Measure]:
    from ijm.vault.bench import costs

    return costs.of_files()


def _names(superuser: str) -> Iterator[Measure]:
    from ijm.vault.bench import names

    return names.measures(superuser)
