"""The permission matrix: every address of the house, and what each kind of visitor should meet there.

The expectation is made from two things written down elsewhere: the roles on a page's door, and the members of each sample
record in `tests.world`. Nothing here asks a policy, so a policy that is wrong is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ijm.roles.table import Role
from ijm.web.pages import Door
from tests.cast import BATTAMBANG, FOUNDERS, PHNOM_PENH
from tests.world import MEMBERS, World

ROLES = {**PHNOM_PENH, **BATTAMBANG, "administrator": Role.ADMINISTRATOR, "data_protection": Role.DATA_PROTECTION}
# The ten roles, colleagues who are not on the file, and another office.
VISITORS = (*FOUNDERS, *PHNOM_PENH, *BATTAMBANG)


@dataclass(frozen=True)
class Page:
    """One address: its name, what its view's door says, and the names in its path."""

    name: str
    view: Any
    door: Door | None
    arguments: tuple[str, ...] = field(default=())

    def url(self, world: World) -> str:
        """The address with the sample record in it."""
        assert self.door is not None
        return reverse(self.name, kwargs=world.arguments(self.arguments, self.door.sample))

    def members(self) -> frozenset[str]:
        """Who may come in: her role is on the door, and she stands where the sample record lies."""
        assert self.door is not None
        allowed = {name for name, role in ROLES.items() if not self.door.roles or role in self.door.roles}
        members = MEMBERS[self.sample]
        return frozenset(allowed if members is None else allowed & members)

    @property
    def sample(self) -> str:
        """The record in the address; an address with an id names it itself."""
        assert self.door is not None
        return self.door.sample or next((name for name in self.arguments if name in MEMBERS), "")


def every_page(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Page]:
    """Every pattern of the whole URL configuration."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from every_page(entry, inner)
        else:
            yield _page(entry, prefix)


def _page(entry: URLPattern, prefix: str) -> Page:
    door = getattr(entry.callback, "door", None)
    arguments = tuple(sorted(entry.pattern.regex.groupindex))
    return Page(f"{prefix}{entry.name}", entry.callback, door, arguments)


def doors() -> list[Page]:
    """Every page behind a door, gates left out."""
    return [page for page in every_page() if page.door is not None and page.door.kind != "gate"]
