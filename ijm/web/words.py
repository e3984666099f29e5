"""How a day, a moment and a number are written in the language of the page."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone, translation
from django.utils.functional import lazy

from ijm.web import khmer

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_khmer() -> bool:
    """Whether the page is being written in Khmer."""
    return (translation.get_language() or "").startswith("km")


def as_local(value: dt.date) -> dt.date:
    """Turn a moment into the office's own time; a plain day stays as it is."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: dt.date) -> str:
    """Write a day: `Wed 25 Nov 2026`, or the long Khmer form."""
    here = as_local(value)
    return khmer.long_day(here) if in_khmer() else f"{WEEKDAYS[here.weekday()]} {short_english(here)}"


def letter_day(value: dt.date) -> str:
    """Write a day as a letter has it: `22 November 2026`, or `ថ្ងៃទី២២ ខែវិច្ឆិកា ឆ្នាំ២០២៦`."""
    here = as_local(value)
    return khmer.letter_day(here) if in_khmer() else f"{here.day} {LONG_MONTHS[here.month - 1]} {here.year}"


def short_day(value: dt.date) -> str:
    """Write a day for a narrow column: `25 Nov 2026`."""
    here = as_local(value)
    return khmer.short_day(here) if in_khmer() else short_english(here)


def short_english(value: dt.date) -> str:
    """Write `25 Nov 2026`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def clock(value: dt.datetime) -> str:
    """Write the time of day, 24 hours: `14:05`."""
    return number(f"{as_local(value):%H:%M}")


def moment(value: dt.datetime) -> str:
    """Write a day with its time."""
    if in_khmer():
        return f"{day(value)} ម៉ោង {clock(value)}"
    return f"{day(value)}, {clock(value)}"


def number(value: object) -> str:
    """Write the digits in the script of the page."""
    return khmer.to_khmer(value) if in_khmer() else str(value)


number_later = lazy(number, str)  # for choices, which are written before anybody has chosen a language
