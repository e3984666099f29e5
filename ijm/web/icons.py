"""The forty-one drawings of the house; a page carries only those it shows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest

SYMBOL = re.compile(r'<symbol id="i-([a-z-]+)" viewBox="0 0 20 20">(.*?)</symbol>', re.S)
NAMES_ON_REQUEST = "_daybook_icons"


@cache
def drawings() -> dict[str, str]:
    """Read every drawing once: name -> the inside of its symbol."""
    return dict(SYMBOL.findall(Path(__file__).with_name("icons.svg").read_text(encoding="utf-8")))


def svg(name: str, request: HttpRequest | None, classes: str = "i") -> str:
    """Write an icon; on a whole page it points to the sheet of symbols at the end of the body.

    Without a request, and in a fragment that joins a page already shown, the drawing is written in place:
    that page's sheet may not hold it. Raises `KeyError` for a name nobody drew.
    """
    drawing = drawings()[name]
    if request is not None and not getattr(request, "htmx", False):
        used = request.__dict__.setdefault(NAMES_ON_REQUEST, {})
        used[name] = drawing
        drawing = f'<use href="#i-{name}"/>'
    return f'<svg class="{classes}" aria-hidden="true" focusable="false" viewBox="0 0 20 20">{drawing}</svg>'


def sheet(request: HttpRequest | None) -> str:
    """Write the symbols this page has used, sorted, so that equal pages are equal to the byte."""
    used = {} if request is None else request.__dict__.get(NAMES_ON_REQUEST, {})
    if not used:
        return ""
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 20 20">{used[name]}</symbol>' for name in sorted(used))
    return f'<svg hidden width="0" height="0" aria-hidden="true" focusable="false">{symbols}</svg>'
