"""Tags and filters for every page: icons, codes, states, days in two languages, sealed values.

Usage with examples: `ijm/web/README.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ijm.bridges import HISTORIES
from ijm.trail.purposes import LOOKING
from ijm.web import icons, wings, words
from ijm.web.undo import held_in

register = template.Library()

TONES = {"good": "green", "bad": "red", "warn": "yellow", "info": "blue", "line": "line", "": ""}


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, size: str = "") -> SafeString:
    """Draw an icon beside a word: `{% icon "lock" %}`."""
    classes = f"i i--{size}" if size else "i"
    # Our own drawings, from one file of the house.
    return SafeString(icons.svg(name, context.get("request"), classes))  # nosec B703


@register.simple_tag(takes_context=True)
def icon_sheet(context: Context) -> SafeString:
    """Write, at the end of the body, the symbols that the page has used."""
    return SafeString(icons.sheet(context.get("request")))  # nosec B703


@register.simple_tag(takes_context=True)
def wing_here(context: Context) -> wings.Wing:
    """Say which wing the page belongs to: the view's `wing`, else that of its address."""
    return wings.by_code(context.get("wing")) or wings.of_request(context.get("request"))


@register.simple_tag
def initials(name: object) -> str:
    """Two letters for the round badge beside a colleague's name."""
    parts = str(name).split()
    return "".join(part[0] for part in parts[:2]).upper()


@register.inclusion_tag("web/parts/code.html", takes_context=True)
def code(context: Context, value: object, copy: bool = True) -> dict[str, Any]:
    """Write a code that can be copied: `{% code survivor.code %}`."""
    return {"request": context.get("request"), "code": str(value), "copy": copy}


@register.simple_tag
def plain_code(value: object) -> SafeString:
    """Write a code inside a sentence or a table, without the copy button."""
    return format_html('<span class="code">{}</span>', value)


@register.simple_tag(takes_context=True)
def state(context: Context, label: object, tone: str = "", symbol: str = "") -> SafeString:
    """Write a state as a tag, word first: `{% state "Late, 4 days" "bad" %}`."""
    name = symbol or ("alert" if tone == "bad" else "")
    drawing = SafeString(icons.svg(name, context.get("request"))) if name else ""  # nosec B703
    colour = f" govuk-tag--{TONES[tone]}" if TONES[tone] else ""
    return format_html('<strong class="govuk-tag{}">{}{}</strong>', colour, drawing, label)


@register.inclusion_tag("web/parts/risk.html")
def risk(level: str) -> dict[str, Any]:
    """Write a risk as three bars and a word: `{% risk "high" %}`, `"medium"` or `"low"`."""
    labels = {"high": _("High risk"), "medium": _("Medium risk"), "low": _("Low risk")}
    return {"tone": {"medium": "med"}.get(level, level), "label": labels[level]}


@register.inclusion_tag("web/parts/sealed.html", takes_context=True)
def sealed(context: Context, label: object, **given: Any) -> dict[str, Any]:
    """Show a sealed value closed, open or refused; see the README for what each needs."""
    request = context.get("request")
    state_word = given.pop("state", "closed")
    token = context.get("csrf_token", "")
    asked: Iterable[Any] = given.pop("purposes", LOOKING)
    choices = [(purpose.value, purpose.label) for purpose in asked]
    return {
        **SEALED_DEFAULTS, **given, "label": label, "state": state_word, "choices": choices,
        "request": request, "csrf_token": token, "dots": "••••••••",
    }  # fmt: skip


SEALED_DEFAULTS: dict[str, Any] = {
    "url": "", "back": "", "name": "", "field": "", "value": "", "lang": "", "purpose": "", "purpose_label": "",
    "at": None, "seconds": 30, "why": "", "ask_url": "", "ask_label": "",
}  # fmt: skip


@register.inclusion_tag("web/parts/who-changed.html", takes_context=True)
def who_changed(context: Context, code: object, field: str, label: object) -> dict[str, Any]:
    """A small disclosure beside a field: who changed it last; `{% who_changed survivor.code "worker" _("Worker") %}`."""
    known = history_of(code)
    return {"request": context.get("request"), "label": label, "whole": known,
            "url": reverse("files:history-field", args=[str(code), field]) if known else ""}


@register.simple_tag
def history_of(code: object) -> str:
    """The address of a record's history; nothing for a code that has none."""
    return reverse("files:history", args=[str(code)]) if str(code)[:2] in HISTORIES else ""


@register.filter
def undo_token(message: Any) -> str:
    """What the Undo button of a message carries; nothing where nothing can be taken back."""
    return held_in(str(message.extra_tags or ""))


@register.filter
def day(value: dt.date | None) -> str:
    """Write a day: `Wed 25 Nov 2026`."""
    return words.day(value) if value else ""


@register.filter
def shortday(value: dt.date | None) -> str:
    """Write a day for a narrow column: `25 Nov 2026`."""
    return words.short_day(value) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write a moment in the office's own time: `Wed 25 Nov 2026, 14:05`."""
    return words.moment(value) if value else ""


@register.filter
def shortmoment(value: dt.datetime | None) -> str:
    """Write a moment for a narrow column: `25 Nov 2026, 14:05`."""
    return f"{words.short_day(value)}, {words.clock(value)}" if value else ""


@register.filter
def said(value: object) -> object:
    """Write a day or a moment as we write them; leave everything else as it is."""
    if isinstance(value, dt.datetime):
        return words.moment(value)
    return words.day(value) if isinstance(value, dt.date) else value


@register.filter
def clock(value: dt.datetime | None) -> str:
    """Write the time of day: `14:05`."""
    return words.clock(value) if value else ""


@register.filter
def khnum(value: object) -> str:
    """Write a number in the digits of the page's language."""
    return "" if value is None else words.number(value)


@register.simple_tag
def now_moment() -> str:
    """Write this moment, for the head of a printed page."""
    return words.moment(timezone.now())
