"""The root key, from whichever provider keeps it. A provider wraps and unwraps; most never show the key itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from django.conf import settings

from ijm.vault.roots.file import FileRoot


class Root(Protocol):
    """What a provider of the root key can do; each call is one round trip, whatever the number of keys.

    Both raise RootSealed when the provider refuses us and ProviderDown when it does not answer.
    """

    name: str

    def is_at_hand(self) -> bool:
        """Whether this machine was given what it needs to ask."""

    def wrap(self, plains: Sequence[bytes | bytearray], aads: Sequence[bytes]) -> list[bytes]:
        """Wrapped copies of these keys, each bound to its associated data."""

    def unwrap_many(self, wrapped: Sequence[bytes], aads: Sequence[bytes]) -> list[bytearray | None]:
        """The keys, for the caller to wipe; None in the place of one whose seal does not match."""


@lru_cache(maxsize=1)
def root() -> Root:
    """The root key of this process, as `IJM_ROOT` says."""
    if settings.ROOT == "transit":
        from ijm.vault.roots.transit import TransitRoot  # only here: its client is slow to load

        transit = settings.TRANSIT
        return TransitRoot(transit.address, transit.mount, transit.key, transit.token_file, transit.ca_file)
    return FileRoot(settings.ROOT_KEY_FILE, settings.ROOT_PASSPHRASE_FILE)


forget = root.cache_clear
os.register_at_fork(after_in_child=forget)

__all__ = ("FileRoot", "Root", "forget", "root")
