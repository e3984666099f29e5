"""Says to who runs the office what is missing for well-set PDF letters."""

from __future__ import annotations

from ctypes.util import find_library
from typing import Any

from django.core.checks import CheckMessage, Warning, register

LIBRARIES = ("pango-1.0", "pangoft2-1.0")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0"


@register("documents", deploy=True)
def letters_are_well_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without Pango letters are made the simple way: legible, but plain."""
    if all(find_library(name) for name in LIBRARIES):
        return []
    return [Warning("PDF letters are made the simple way", hint=f"install the packages {PACKAGES}", id="documents.W001")]
