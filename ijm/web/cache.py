"""The cache table of Django, read without trust: who can write into it must not be able to run code here."""

from __future__ import annotations

import base64
import binascii
import io
import pickle  # nosec B403
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.db import connections
from django.utils import timezone

READ = "SELECT cache_key, value FROM ijm_cache WHERE cache_key = ANY (%s) AND expires > %s"
BROKEN = (pickle.UnpicklingError, binascii.Error, ValueError, EOFError, IndexError, KeyError, AttributeError, TypeError)


class PlainUnpickler(pickle.Unpickler):
    """Reads numbers, texts, lists and dictionaries; a pickle that names any class or function is refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Nothing is found."""
        raise pickle.UnpicklingError("only plain values are kept in the cache")


class PlainCache(DatabaseCache):
    """Django's database cache for plain values: counters of tries, marks of used codes."""

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:
        """Only what has ended goes: whoever fills the table with new counters pushes nobody's counter out of it."""
        cursor.execute("DELETE FROM ijm_cache WHERE expires < %s", [now])

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """The values that are there and can be read; anything else counts as not there."""
        known = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connections["default"].cursor() as cursor:
            cursor.execute(READ, [list(known), timezone.now()])
            rows = cursor.fetchall()
        read = {known[name]: _plain(value) for name, value in rows}
        return {key: held[0] for key, held in read.items() if held}


def count(name: str, seconds: int) -> int:
    """One more of this within so many seconds, and how many there are; what cannot be read is counted from the beginning."""
    if cache.add(name, 1, seconds):
        return 1
    try:
        return cache.incr(name)
    except ValueError:  # it ended just now, or somebody wrote what is no number
        cache.set(name, 1, seconds)
        return 1


def _plain(value: str) -> list[Any]:
    """The value alone in a list, or an empty list when it is no plain value."""
    try:
        return [PlainUnpickler(io.BytesIO(base64.b64decode(value.encode()))).load()]  # nosec B301
    except BROKEN:
        return []
