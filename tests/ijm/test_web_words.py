"""Days, moments and numbers in two languages; days known in part."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from ijm.web import khmer, words
from ijm.web.approximate import ApproximateDay

MONDAY = dt.date(2026, 11, 23)
AFTERNOON = dt.datetime(2026, 11, 23, 7, 5, tzinfo=dt.UTC)


@pytest.fixture
def in_khmer() -> object:
    with translation.override("km"):
        yield


def test_khmer_digits_there_and_back() -> None:
    assert khmer.to_khmer("14:05") == "១៤:០៥"
    assert khmer.to_latin("១៤\u200b:០៥") == "14:05"
    assert khmer.to_latin(khmer.to_khmer(1234567890)) == "1234567890"


def test_the_long_khmer_day(in_khmer: None) -> None:
    assert words.day(MONDAY) == "ថ្ងៃចន្ទ ទី២៣ ខែវិច្ឆិកា ឆ្នាំ២០២៦"
    assert words.short_day(MONDAY) == "២៣ វិច្ឆិកា ២០២៦"
    assert words.moment(AFTERNOON) == "ថ្ងៃចន្ទ ទី២៣ ខែវិច្ឆិកា ឆ្នាំ២០២៦ ម៉ោង ១៤:០៥"
    assert words.number(42) == "៤២"


def test_the_english_day() -> None:
    assert words.day(MONDAY) == "Mon 23 Nov 2026"
    assert words.short_day(MONDAY) == "23 Nov 2026"
    assert words.moment(AFTERNOON) == "Mon 23 Nov 2026, 14:05"
    assert words.number(42) == "42"


def test_every_day_of_the_week_and_month_has_its_own_word() -> None:
    assert len(set(khmer.MONTHS)) == 12
    assert len(set(khmer.WEEKDAYS)) == 7
    assert khmer.month_number("មេសា") == 4
    assert khmer.month_number("April") is None


def test_the_filters_write_nothing_for_nothing() -> None:
    page = Template(
        "{% load daybook %}[{{ x|day }}{{ x|shortday }}{{ x|moment }}{{ x|shortmoment }}{{ x|clock }}{{ x|khnum }}]"
    )
    assert page.render(Context({"x": None})) == "[]"


def test_the_filters_write_days_and_moments() -> None:
    page = Template(
        "{% load daybook %}{{ d|said }} | {{ t|said }} | {{ w|said }} | {{ t|shortmoment }} | {{ t|clock }}"
    )
    told = page.render(Context({"d": MONDAY, "t": AFTERNOON, "w": "a word"}))
    assert told == "Mon 23 Nov 2026 | Mon 23 Nov 2026, 14:05 | a word | 23 Nov 2026, 14:05 | 14:05"


def test_a_moment_without_zone_is_taken_as_it_stands() -> None:
    assert words.clock(timezone.make_naive(AFTERNOON, dt.UTC)) == "07:05"


@pytest.mark.parametrize(
    ("day", "text", "spoken", "first", "last"),
    [
        (ApproximateDay(2001, 5, 17), "2001-05-17", "Thu 17 May 2001", dt.date(2001, 5, 17), dt.date(2001, 5, 17)),
        (ApproximateDay(2001, 2), "2001-02", "Feb 2001", dt.date(2001, 2, 1), dt.date(2001, 2, 28)),
        (ApproximateDay(2001, about=True), "2001~", "about 2001", dt.date(2001, 1, 1), dt.date(2001, 12, 31)),
        (ApproximateDay(), "XXXX", "not known", None, None),
    ],
)
def test_an_approximate_day_is_kept_and_told(
    day: ApproximateDay, text: str, spoken: str, first: dt.date | None, last: dt.date | None
) -> None:
    assert str(day) == text
    assert ApproximateDay.read(text) == day
    assert day.spoken() == spoken
    assert (day.earliest, day.latest) == (first, last)
    assert day.known == (text != "XXXX")


def test_an_approximate_day_in_khmer(in_khmer: None) -> None:
    assert ApproximateDay(2001, 5).spoken() == "ខែឧសភា ឆ្នាំ២០០១"
    assert ApproximateDay(2001).spoken() == "២០០១"


@pytest.mark.parametrize("text", ["", "01", "2001-13", "2001-02-30", "2001-5", "0000", "yesterday"])
def test_what_is_no_approximate_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ApproximateDay.read(text)
