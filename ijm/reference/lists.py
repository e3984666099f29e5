"""The lists as forms and pages use them, in the language of the reader, read once a process and again when they change."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from django.utils.translation import get_language, override

from ijm.reference.changes import held
from ijm.reference.models import Clock, Court, Offence
from ijm.reference.values import Value, values

Choice = tuple[str, str]


def countries() -> Sequence[Choice]:
    """Every country as (two-letter code, name), by name."""
    held.refresh()
    return _countries(_language())


def provinces() -> Sequence[Choice]:
    """The provinces as (NCDD code, name), in their official order."""
    held.refresh()
    return _choices("provinces", _language())


def courts(level: str = Court.Level.FIRST_INSTANCE) -> Sequence[Choice]:
    """The courts of one level as (code, name)."""
    held.refresh()
    return _courts(level, _language())


def choices(codelist: str) -> Sequence[Choice]:
    """The items of one picklist as (code, label); `CodeList.DoesNotExist` when there is no such list."""
    held.refresh()
    return _choices(codelist, _language())


def label(codelist: str, item: str) -> str:
    """The label of one item, also of a retired one, or the item itself when the list does not hold it."""
    held.refresh()
    return _labels(codelist, _language()).get(item, item)


def export_code(codelist: str, item: str) -> str:
    """What an item is called in the words of the standard: our own values become the word given with them."""
    held.refresh()
    return _exports(codelist)[item]


def clock(code: str) -> Clock:
    """One legal time limit by its code; whoever shows it shows `is_confirmed` too."""
    held.refresh()
    return _clock(code)


def offences() -> Sequence[Offence]:
    """The articles that a person can be charged with, in the order of the law."""
    held.refresh()
    return _offences()


def appeal_court(court: Court, on: date) -> Court | None:
    """The court that heard appeals from this one on that day; before April 2021 it was Phnom Penh's."""
    upper = court.appeals_to
    if upper is None or upper.sits_since is None or upper.sits_since <= on:
        return upper
    return Court.objects.get(pk="CA-PNH")


def forget() -> None:
    """Read the lists anew at the next look, after a migration or somebody changed them."""
    for read in (_values, _countries, _courts, _choices, _labels, _exports, _clock, _offences):
        read.cache_clear()


held.listeners.append(forget)


def _language() -> str:
    return "km" if (get_language() or "").startswith("km") else "en"


@cache
def _values(table: str) -> Sequence[Value]:
    return values(table)


def _offered(table: str, language: str) -> Sequence[Choice]:
    with override(language):
        return tuple((one.item, one.name) for one in _values(table) if not one.is_retired)


@cache
def _choices(table: str, language: str) -> Sequence[Choice]:
    return _offered(table, language)


@cache
def _countries(language: str) -> Sequence[Choice]:
    return tuple(sorted(_offered("countries", language), key=lambda choice: choice[1].casefold()))


@cache
def _courts(level: str, language: str) -> Sequence[Choice]:
    of_level = set(Court.objects.filter(level=level).values_list("code", flat=True))
    return tuple(choice for choice in _offered("courts", language) if choice[0] in of_level)


@cache
def _labels(table: str, language: str) -> dict[str, str]:
    with override(language):
        return {one.item: one.name for one in _values(table)}


@cache
def _exports(table: str) -> dict[str, str]:
    return {one.item: one.export_as for one in _values(table)}


@cache
def _clock(code: str) -> Clock:
    return Clock.objects.get(pk=code)


@cache
def _offences() -> Sequence[Offence]:
    return tuple(Offence.objects.filter(is_chargeable=True))
