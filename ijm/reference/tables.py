"""The CSV files beside this module, read as plain rows: for the loading migration and for pure readers."""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

TABLES: Final = (
    "countries",
    "provinces",
    "courts",
    "kh_legal_clocks",
    "offences",
    "code_lists",
    "code_items",
    "htcds_fields",
)


@cache
def rows(table: str) -> Sequence[MappingProxyType[str, str]]:
    """Give every row of one table, cells as text; `ValueError` when there is no such table."""
    if table not in TABLES:
        raise ValueError(f"no such reference table: {table!r}")
    text = (files(__package__) / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(text.splitlines()))


def is_yes(cell: str) -> bool:
    """Read a yes/empty cell of a table; anything else is a mistake in the file."""
    if cell not in ("", "yes"):
        raise ValueError(f"neither 'yes' nor empty: {cell!r}")
    return cell == "yes"
