"""Columns: what stands in a cell, and by what a list is sorted when somebody presses its head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_tables2 as tables
from django.middleware.csrf import get_token
from django.template.context import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ijm.web import words
from ijm.web.templatetags import daybook

Words = str | Promise
NONE = "–"
BUTTON = "govuk-button govuk-button--secondary btn-s"


class Table(tables.Table):
    """The columns of a list, one after another; the first one names the row and leads to its record."""


class Kept(tables.Column):
    """An open field as it is kept, or the word of its choice; `num` sets numbers under each other."""

    def __init__(self, label: Words, *, num: bool = False, hidden: bool = False, **given: Any) -> None:
        self.num, self.hidden = num, hidden
        super().__init__(verbose_name=label, default=given.pop("default", NONE), **given)


class Code(Kept):
    """The code of a record, leading to its page, with a few words under it."""

    def __init__(self, label: Words, view: str, *, sub: Callable[[Any], object] = lambda record: "",
                 of: Callable[[Any], str] = lambda record: str(record.code), **given: Any) -> None:
        super().__init__(label, empty_values=(), **given)
        self.view, self.sub, self.of = view, sub, of

    def render(self, record: Any) -> SafeString:
        """The code as a link, and what the record is in a few words."""
        code, sub = self.of(record), self.sub(record)
        link = format_html('<a class="code" href="{}">{}</a>', reverse(self.view, args=[code]), code)
        return format_html('{}<span class="sub">{}</span>', link, sub) if sub else link


class Text(Kept):
    """Words made from the whole record; sorted by nothing unless `order_by` names columns."""

    def __init__(self, label: Words, say: Callable[[Any], object], **given: Any) -> None:
        super().__init__(label, empty_values=(), orderable="order_by" in given, **given)
        self.say = say

    def render(self, record: Any) -> object:
        """What the record says here, or a dash."""
        return self.say(record) or NONE


class Day(Kept):
    """A day, the latest first when it is pressed."""

    def __init__(self, label: Words, **given: Any) -> None:
        super().__init__(label, initial_sort_descending=given.pop("latest_first", True), **given)

    def render(self, value: Any) -> SafeString:
        """The day, on one line."""
        return format_html('<span class="nowrap">{}</span>', words.short_day(value))


class Moment(Day):
    """A day with its time."""

    def render(self, value: Any) -> SafeString:
        """The day, and its time below it."""
        return format_html('{}<span class="sub">{}</span>', super().render(value), words.clock(value))


class Number(Kept):
    """A number in the digits of the page."""

    def __init__(self, label: Words, **given: Any) -> None:
        super().__init__(label, num=True, initial_sort_descending=True, **given)

    def render(self, value: Any) -> str:
        """Its digits."""
        return words.number(value)


class Person(Kept):
    """A colleague, by the name the page's language knows her by; sorted by her name."""

    def __init__(self, label: Words, accessor: str, **given: Any) -> None:
        super().__init__(label, accessor=accessor, order_by=f"{accessor}__name", **given)

    def render(self, value: Any) -> str:
        """Her name."""
        return str(value.display_name)


class State(Kept):
    """A state as a tag in its tone: `tones` gives one for each state, `drawn` an icon, `said` another word where one belongs."""

    def __init__(self, label: Words, tones: Mapping[Any, str], *, drawn: Mapping[Any, str] | None = None,
                 said: Mapping[Any, Words] | None = None, **given: Any) -> None:
        super().__init__(label, **given)
        self.tones, self.drawn, self.said = tones, drawn or {}, said or {}

    def render(self, value: Any, record: Any, bound_column: Any, table: Any) -> SafeString:
        """The word of the state in its tag."""
        state = getattr(record, bound_column.name)
        display = getattr(record, f"get_{bound_column.name}_display", lambda: value)
        word, tone = self.said.get(state) or display(), self.tones.get(state, "")
        return daybook.state(Context({"request": table.request}), word, tone, self.drawn.get(state, ""))


class Act(Kept):
    """A button in a row: what it does begins on a page of its own (`view`), or at once where `at_once` says so."""

    def __init__(self, label: Words, word: Words, view: str, *, of: Callable[[Any], Any] = lambda record: record.pk,
                 at_once: bool = False, named: Callable[[Any], object] = lambda record: record.code, **given: Any) -> None:
        super().__init__(label, empty_values=(), orderable=False, hidden=True, accessor="pk", **given)
        self.word, self.view, self.of, self.at_once, self.named = word, view, of, at_once, named

    def render(self, record: Any, table: Any) -> SafeString:
        """The button, which says to a screen reader which row it belongs to."""
        url = reverse(self.view, args=[self.of(record)])
        text = format_html('{}<span class="vh"> {}</span>', self.word, self.named(record))
        if not self.at_once:
            return format_html('<a class="{}" href="{}">{}</a>', BUTTON, url, text)
        return format_html('<form method="post" action="{}" data-no-draft><input type="hidden" name="csrfmiddlewaretoken" '
                           'value="{}"><button type="submit" class="{}">{}</button></form>', url, get_token(table.request),
                           BUTTON, text)
