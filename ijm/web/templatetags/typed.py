"""Giving back what somebody typed: the words alone, without the page's own marks."""

from __future__ import annotations

import re

from django import template
from django.http import QueryDict

register = template.Library()

OURS = ("csrfmiddlewaretoken", "rev", "seen", "replaces")
CLOCK = re.compile(r"[0-9០-៩]{1,2}:[0-9០-៩]{2}")


@register.filter
def typed(sent: QueryDict) -> list[str]:
    """Every answer of a form, in its order."""
    return [value for name, values in sent.lists() for value in values
            if value and name not in OURS and not name.startswith("_")]


@register.filter
def kept_at(sent: QueryDict) -> str:
    """The time at which the page last kept these words on the server, as the page itself says; or nothing."""
    said = str(sent.get("_kept", ""))
    return said if CLOCK.fullmatch(said) else ""
