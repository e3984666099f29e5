"""The lists as forms and pages use them, in the language of the reader, read once a process."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from django.utils.translation import get_language, override

from ijm.reference.models import Clock, CodeItem, CodeList, Country, Court, Named, Offence, Province

Choice = tuple[str, str]


def countries() -> Sequence[Choice]:
    """Every country as (two-letter code, name), by name."""
    return _countries(_language())


def provinces() -> Sequence[Choice]:
    """The provinces as (NCDD code, name), in their official order."""
    return _provinces(_language())


def courts(level: str = Court.Level.FIRST_INSTANCE) -> Sequence[Choice]:
    """The courts of one level as (code, name)."""
    return _courts(level, _language())


def choices(codelist: str) -> Sequence[Choice]:
    """The items of one picklist as (code, label); `CodeList.DoesNotExist` when there is no such list."""
    return _choices(codelist, _language())


def label(codelist: str, item: str) -> str:
    """The label of one item, or the item itself when the list does not hold it."""
    return dict(choices(codelist)).get(item, item)


@cache
def export_code(codelist: str, item: str) -> str:
    """What an item is called in the words of the standard: our own extensions become `Other`."""
    return CodeItem.objects.values_list("export_as", flat=True).get(code_list=codelist, item=item)


@cache
def clock(code: str) -> Clock:
    """One legal time limit by its code; whoever shows it shows `is_confirmed` too."""
    return Clock.objects.get(pk=code)


@cache
def offences() -> Sequence[Offence]:
    """The articles that a person can be charged with, in the order of the law."""
    return tuple(Offence.objects.filter(is_chargeable=True))


def appeal_court(court: Court, on: date) -> Court | None:
    """The court that heard appeals from this one on that day; before April 2021 it was Phnom Penh's."""
    upper = court.appeals_to
    if upper is None or upper.sits_since is None or upper.sits_since <= on:
        return upper
    return Court.objects.get(pk="CA-PNH")


def forget() -> None:
    """Read the lists anew at the next look, after a migration changed them."""
    for read in (_countries, _provinces, _courts, _choices, export_code, clock, offences):
        read.cache_clear()


def _language() -> str:
    return "km" if (get_language() or "").startswith("km") else "en"


def _named(records: Sequence[Named], language: str) -> Sequence[Choice]:
    with override(language):
        return tuple((record.code, record.name) for record in records)


@cache
def _countries(language: str) -> Sequence[Choice]:
    named = _named(list(Country.objects.all()), language)
    return tuple(sorted(named, key=lambda choice: choice[1].casefold()))


@cache
def _provinces(language: str) -> Sequence[Choice]:
    return _named(list(Province.objects.all()), language)


@cache
def _courts(level: str, language: str) -> Sequence[Choice]:
    return _named(list(Court.objects.filter(level=level)), language)


@cache
def _choices(codelist: str, language: str) -> Sequence[Choice]:
    items = CodeList.objects.get(pk=codelist).items.all()
    with override(language):
        return tuple((item.item, item.name) for item in items)
