"""What somebody may mean by a word: the items of an open list whose name holds it, in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import override

SHORTEST = 3


def meant(word: str, choices: Callable[[], Iterable[tuple[Any, Any]]]) -> list[str]:
    """The codes of a list that are called by this word, or by a part of it; nothing for less than three letters."""
    wanted = word.strip().casefold()
    found: set[str] = set()
    for language, _name in settings.LANGUAGES if len(wanted) >= SHORTEST else ():
        with override(language):
            found |= {str(code) for code, name in choices() if wanted in str(name).casefold()}
    return sorted(found)
