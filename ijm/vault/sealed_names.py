"""What stands in the place of a sealed name on a record: assigning keeps the text for the next save, reading tells nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from ijm.vault.bundle import Value

if TYPE_CHECKING:
    from ijm.vault.sealed import Compartment

PENDING = "_pending_text"


class Sealed:
    """A value that only `disclose` opens. Prints as "sealed", whatever it holds."""

    __slots__ = ("is_set",)

    def __init__(self, is_set: bool) -> None:
        self.is_set = is_set

    def __str__(self) -> str:
        return "‹sealed›"

    __repr__ = __str__

    def __bool__(self) -> bool:
        return self.is_set


class SealedName(property):
    """One sealed name of a model; a property, so that the text never lands in the instance's dictionary."""

    def __init__(self, compartment: Compartment, name: str) -> None:
        self.compartment, self.name = compartment, name
        super().__init__(self._read, self._write)

    def _read(self, record: models.Model) -> Sealed:
        pending = record.__dict__.get(PENDING, {}).get(self.compartment.name, {})
        return Sealed(self.name in pending or self.compartment.stored(record) is not None)

    def _write(self, record: models.Model, value: Value) -> None:
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{self.name} takes text or None")
        try:
            record.__dict__[PENDING][self.compartment.name][self.name] = value
        except KeyError:
            record.__dict__.setdefault(PENDING, {})[self.compartment.name] = {self.name: value}


__all__ = ("PENDING", "Sealed", "SealedName")
