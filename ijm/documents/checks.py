"""Says to who runs the office what is missing for well-set PDF letters."""

from __future__ import annotations

from ctypes.util import find_library
from functools import cache
from typing import Any

from django.core.checks import CheckMessage, Warning, register

LIBRARIES = ("pango-1.0", "pangoft2-1.0")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0"


@cache
def is_well_set() -> bool:
    """Whether this machine has what WeasyPrint needs; asked once a process."""
    return all(find_library(name) for name in LIBRARIES)


@register("documents", deploy=True)
def letters_are_well_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without Pango letters are made the simple way: legible, but plain."""
    if is_well_set():
        return []
    return [Warning("PDF letters are made the simple way", hint=f"install the packages {PACKAGES}", id="documents.W001")]
