"""What sealed rows say, for the search index alone: it is folded and sealed again at once and shown to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ijm.vault.bundle import Value
from ijm.vault.errors import VaultError
from ijm.vault.sealed import PENDING, SealedModel, compartments


def texts(records: Iterable[SealedModel]) -> list[dict[str, Value]]:
    """{sealed name: value} of each row: what was assigned and not saved yet, else what is stored.

    Nothing is decrypted of a row that has just been written whole; one query for the keys of all others. No look is recorded,
    because nobody looks. Raises VaultError when a stored bundle is not whole.
    """
    rows: list[Any] = list(records)
    found: list[dict[str, Value]] = [{} for _row in rows]
    for field in compartments(type(rows[0])) if rows else ():
        pending = [row.__dict__.get(PENDING, {}).get(field.name, {}) for row in rows]
        partial = [row for row, said in zip(rows, pending, strict=True) if len(said) < len(field.names)]
        keys = field.keys_of(partial)
        for row, said, values in zip(rows, pending, found, strict=True):
            values.update(said if len(said) == len(field.names) else field.open(row, keys) | said)
    return found


def each(records: Sequence[SealedModel]) -> Iterator[tuple[Any, dict[str, Value] | VaultError]]:
    """Each stored row with what it says, or with what is wrong with it; one query for the keys of all."""
    fields = compartments(type(records[0])) if records else ()
    keys = {field.name: field.keys_of(records) for field in fields}
    for row in records:
        try:
            yield row, {name: text for field in fields for name, text in field.open(row, keys[field.name]).items()}
        except VaultError as error:
            yield row, error


__all__ = ("each", "texts")
