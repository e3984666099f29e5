"""What can be asked for: each kind says who asks, who decides and what happens then. Registered in `bridges.FOUR_EYES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from ijm.bridges import FOUR_EYES
from ijm.roles.table import Can, Role, who_can
from ijm.trail.purposes import Purpose

Words = str | Promise


@dataclass(frozen=True)
class Told:
    """What a page says of a request: the address of the thing, what exactly is approved, and what is not part of it."""

    url: str = ""
    leaves: Sequence[Words] = field(default=())
    stays: Sequence[Words] = field(default=())


@dataclass(frozen=True)
class Kind:
    """One sort of request.

    `only` narrows who decides; `on_file`: whoever decides stands on the file, otherwise she holds the role in the office of the
    request or in the one that supports it; `outside_line`: nobody who stands on files of the asker's wing in her office decides.
    Dotted names: `apply` (request, *, by) does what was approved, in the same transaction, and the request is used up by it;
    `moved` (request, *, by) lets a record follow each decision; `thing` (request) -> mapping is the thing as it is now;
    `bars` (request) -> words says why it cannot be approved as things stand, or nothing;
    `told` (user, request) -> Told is what pages say.
    """

    title: Words
    asks: Can
    decides: Can
    outside_line: bool = False
    apply: str = ""
    only: tuple[Role, ...] = ()
    on_file: bool = False
    thing: str = ""
    bars: str = ""
    moved: str = ""
    told: str = ""
    why: str = Purpose.ADMINISTRATION

    @property
    def askers(self) -> tuple[Role, ...]:
        """The roles that may ask."""
        return who_can(self.asks)

    @property
    def deciders(self) -> tuple[Role, ...]:
        """The roles that may decide."""
        return tuple(role for role in who_can(self.decides) if not self.only or role in self.only)

    def current(self, request: Any) -> Mapping[str, Any] | None:
        """The thing as it is now; nothing where the kind does not say."""
        look: Callable[[Any], Mapping[str, Any]] | None = import_string(self.thing) if self.thing else None
        return look(request) if look else None

    def barred(self, request: Any) -> Words:
        """Why nobody can approve it as things stand; empty when somebody can."""
        why: Words = import_string(self.bars)(request) if self.bars else ""
        return why

    def says(self, user: Any, request: Any) -> Told:
        """What pages say of this request to this person."""
        said: Told = import_string(self.told)(user, request) if self.told else Told()
        return said


@cache
def kind_of(code: str) -> Kind:
    """The kind of this code; raises KeyError for one that nobody registered."""
    found: Kind = import_string(FOUR_EYES[code])
    return found


def every() -> dict[str, Kind]:
    """Every kind by its code, in the order of the table."""
    return {code: kind_of(code) for code in FOUR_EYES}
