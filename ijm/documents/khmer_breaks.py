"""Where a Khmer line may break: Khmer is written without spaces, and the PDF programs know no Khmer words."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

SPACE = "\u200b"  # takes no room; a line may break there
KHMER = re.compile("[\u1780-\u17d3\u17d7\u17dc\u17dd]+")


@cache
def _cutter() -> Any:
    from khmercut import tokenize  # type: ignore[import-untyped]  # one tenth of a second and a language model: read when first needed

    return tokenize


def with_breaks(text: str) -> str:
    """The same words, with a break of no width between Khmer ones; other scripts, digits and codes are untouched."""
    plain = text.replace(SPACE, "")
    return KHMER.sub(lambda found: SPACE.join(_cutter()(found.group())), plain)


__all__ = ("with_breaks",)
