"""An answer as tables under headings: rows for the shared table of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import answers, words
from audit.answers import Answer, Person
from audit.deeds import Deed
from audit.sheets import detail, place
from ijm.web.words import clock, number, short_day

Section = dict[str, Any]
Cell = dict[str, Any]


def did(answer: Answer) -> list[Section]:
    """What somebody did: not explained first, by record and day; then what a place explains; refusals; her own things."""
    return list(filter(None, (
        _by_record("un", _("Not explained"), _("No place on the file accounts for these"), answer.unexplained,
                   _("Why it stands out")),
        _by_record("ex", _("Explained"), _("The place found is shown, so that you can disagree"), answer.explained,
                   _("Explained by")),
        _lines("rf", _("Refused"), _("Tried, and nothing was shown"), answer.refused),
        _lines("ow", _("Nothing of a file"), _("Signing in, lists without rows, her own settings"),
               [deed for deed in answer.deeds if deed.kind in ("own", "asked")]),
    )))


def timeline(shown: Sequence[Deed], *, with_codes: bool = False) -> list[Section]:
    """One after another, the newest first; codes only where the answer is not about one record of hidden wings."""
    names = {person.key: person for person in answers.people(shown)}
    heads = [_("When"), _("Who"), _("What"), _("Purpose"), _("Place on the file")]
    rows = [_row(heads, _at(deed.at), _who(names[deed.user]),
                 {"text": words.act(deed.act), "sub": _told(deed, with_codes=with_codes)},
                 {"text": words.purpose(deed.reason)}, _standing(deed))
            for deed in shown]
    return [_section("tl", _("One after another"), _("The newest first"), heads, rows)] if rows else []


def refused(answer: Answer) -> list[Section]:
    """By person and reason, those with most first."""
    people = sorted(answers.people(answer.refused, key=lambda deed: (deed.user, deed.reason)),
                    key=lambda one: -len(one.deeds))
    heads = [_("Person"), _("Times"), _("Last"), _("What"), _("Why refused"), _("Codes tried")]
    rows = [_row(heads, _who(one), _number(len(one.deeds)), _when(one), {"text": ", ".join(one.acts)},
                 {"text": ", ".join(one.reasons)}, {"text": _codes(one.deeds)}) for one in people]
    return [_section("rf", _("Refused"), _("Tried, and nothing was shown"), heads, rows)] if rows else []


def looked(answer: Answer) -> list[Section]:
    """Who asked the log what, the latest first."""
    people = answers.people(answer.asked, key=lambda deed: (deed.user, deed.asked))
    heads = [_("Person"), _("Times"), _("Last"), _("Asked about")]
    rows = [_row(heads, _who(one), _number(len(one.deeds)), _when(one), {"text": one.deeds[0].asked or _("The log as a whole")})
            for one in people]
    return [_section("qs", _("Questions to the log"), _("Yours among them"), heads, rows)] if rows else []


def _by_record(key: str, title: str, note: str, chosen: list[Deed], last: str) -> Section | None:
    """One line a record, or what was seen of several at once."""
    groups: dict[str, list[Deed]] = {}
    for deed in chosen:
        groups.setdefault(deed.about, []).append(deed)
    heads = [_("Record"), _("Looks"), _("Changes"), _("Last"), _("What and why"), last]
    rows = [_row(heads, _record(code, mine), _number(sum(one.kind == "look" for one in mine)),
                 _number(sum(one.kind == "change" for one in mine)),
                 _at(mine[-1].at), _what(mine), {"text": _grounds(mine)})
            for code, mine in sorted(groups.items(), key=lambda pair: pair[1][-1].at, reverse=True)]
    return _section(key, title, note, heads, rows) if rows else None


def _lines(key: str, title: str, note: str, chosen: list[Deed]) -> Section | None:
    """What needs no group: each kind of act with its number."""
    groups: dict[tuple[str, str], list[Deed]] = {}
    for deed in chosen:
        groups.setdefault((deed.act, deed.reason), []).append(deed)
    heads = [_("What"), _("Times"), _("Last"), _("Purpose or reason"), _("Codes")]
    rows = [_row(heads, {"text": words.act(act)}, _number(len(mine)), _at(mine[-1].at),
                 {"text": words.purpose(reason)}, {"text": _codes(mine)}) for (act, reason), mine in groups.items()]
    return _section(key, title, note, heads, rows) if rows else None


def _section(key: str, title: str, note: str, heads: list[str], rows: list[list[Cell]]) -> Section:
    columns = [{"label": head, "num": head in (_("Times"), _("Looks"), _("Changes"))} for head in heads]
    return {"id": key, "title": title, "note": note, "columns": columns, "rows": rows}


def _row(heads: Sequence[str], *cells: Cell) -> list[Cell]:
    return [cell if place == 0 else {**cell, "label": heads[place]} for place, cell in enumerate(cells)]


def _who(person: Person) -> Cell:
    return {"text": person.name, "sub": " · ".join(filter(None, (person.duty, person.office, person.code)))}


def _number(many: int) -> Cell:
    return {"text": number(many), "num": True}


def _when(person: Person) -> Cell:
    return _at(person.last)


def _at(at: datetime) -> Cell:
    """The day on one line, the time below it."""
    return {"text": short_day(at).replace(" ", "\u00a0"), "sub": clock(at)}


def _record(code: str, mine: list[Deed]) -> Cell:
    if code:
        return {"code": code, "sub": words.kind_of_code(code)}
    return {"text": _("Several at once"), "sub": words.act(mine[-1].act)}


def _what(mine: list[Deed]) -> Cell:
    person = Person("", "", "", "", mine)
    return {"text": "; ".join(person.fields or person.acts), "sub": ", ".join(person.reasons)}


def _standing(deed: Deed) -> Cell:
    if not deed.counts or not (deed.is_casework or deed.place):
        return {"text": "–"}
    return {"text": place(deed)} if deed.is_explained else {"state": _("Not explained"), "tone": "warn"}


def _told(deed: Deed, *, with_codes: bool) -> str:
    return " · ".join(filter(None, (detail(deed), _codes([deed]) if with_codes else "")))


def _grounds(mine: list[Deed]) -> str:
    """The places that explain it with the day since when, or what stands out."""
    person = Person("", "", "", "", mine)
    if person.places:
        held = [{"place": name, "since": short_day(since)} for name, since in person.places]
        return ", ".join(_("%(place)s since %(since)s") % one for one in held)
    odd = _("Outside office hours.") if person.is_at_odd_hours else ""
    return " ".join(filter(None, (_("No place on the file at that time."), odd)))


def _codes(mine: Iterable[Deed]) -> str:
    """The codes tried or named, at most five, and how many more."""
    found = list(dict.fromkeys(code for deed in mine for code in (*deed.codes, deed.asked) if code))
    more = len(found) - 5
    rest = [ngettext("and %(n)s more", "and %(n)s more", more) % {"n": number(more)}] if more > 0 else []
    return ", ".join(found[:5] + rest)


__all__ = ("did", "looked", "refused", "timeline")
