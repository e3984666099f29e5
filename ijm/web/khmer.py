"""Khmer digits, days and months: what the library's own date words do not give."""

from __future__ import annotations

import datetime as dt
from typing import Final

DIGITS: Final = "០១២៣៤៥៦៧៨៩"
MONTHS: Final = (
    "មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា",
    "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ",
)  # fmt: skip
WEEKDAYS: Final = ("ចន្ទ", "អង្គារ", "ពុធ", "ព្រហស្បតិ៍", "សុក្រ", "សៅរ៍", "អាទិត្យ")

_TO_KHMER: Final = {ord(str(n)): DIGITS[n] for n in range(10)}
_TO_LATIN: Final = {ord(DIGITS[n]): str(n) for n in range(10)}
# Word processors and Khmer keyboards leave these between digits; nobody sees them.
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def to_khmer(text: object) -> str:
    """Write the digits of a text in Khmer: `14:05` becomes `១៤:០៥`."""
    return str(text).translate(_TO_KHMER)


def to_latin(text: object) -> str:
    """Read Khmer digits as Latin ones, and drop the joiners that keyboards put between them."""
    return str(text).translate(_INVISIBLE).translate(_TO_LATIN)


def long_day(day: dt.date) -> str:
    """Write a day in full: `ថ្ងៃចន្ទ ទី២៣ ខែវិច្ឆិកា ឆ្នាំ២០២៦`."""
    return f"ថ្ងៃ{WEEKDAYS[day.weekday()]} ទី{to_khmer(day.day)} {month_and_year(day.year, day.month)}"


def letter_day(day: dt.date) -> str:
    """Write a day as letters have it, without the day of the week: `ថ្ងៃទី២២ ខែវិច្ឆិកា ឆ្នាំ២០២៦`."""
    return f"ថ្ងៃទី{to_khmer(day.day)} {month_and_year(day.year, day.month)}"


def month_and_year(year: int, month: int) -> str:
    """Write a month of a year: `ខែវិច្ឆិកា ឆ្នាំ២០២៦`."""
    return f"ខែ{MONTHS[month - 1]} ឆ្នាំ{to_khmer(year)}"


def short_day(day: dt.date) -> str:
    """Write a day for a narrow column: `២៣ វិច្ឆិកា ២០២៦`."""
    return f"{to_khmer(day.day)} {MONTHS[day.month - 1]} {to_khmer(day.year)}"


def month_number(word: str) -> int | None:
    """Find which month a Khmer word names, or None."""
    return MONTHS.index(word) + 1 if word in MONTHS else None
