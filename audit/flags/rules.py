"""The rules: each looks at one day and says what deserves a second look. Thresholds stand at the top of each.

Rules alone drown a reviewer, so what a place on the file explains is flagged only where the place itself is the question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import mean, median

from audit.deeds import Deed
from audit.flags.day import Day
from audit.flags.found import Found
from audit.states import Ground
from ijm.messages import Event
from ijm.trail.looks import DISCLOSED

Rule = Callable[[Day], Iterator[Found]]
LOOKS_AT_LEAST, TIMES_OWN, TIMES_PEERS, DAYS_KNOWN = 30, 3, 2, 5
ODD_AT_LEAST = 5
MISSES_AT_LEAST = 12
TAKEN_AT_LEAST, HOUR = 8, timedelta(hours=1)
SOON = timedelta(days=7)
TAKING = frozenset({Event.PAPER_ISSUED, Event.PAPER_FETCHED, Event.LIST_TAKEN, Event.STORED_FETCHED, Event.PAGE_PRINTED,
                    "export.made", "job.fetched"})
OPENING = frozenset({DISCLOSED, Event.RECORD_SEEN})


def volume(day: Day) -> Iterator[Found]:
    """Far more records than on her own days of the last four weeks, and than her role looks at."""
    for user, mine in day.by_user(deed for deed in day.deeds if deed.kind == "look"):
        number = sum(deed.rows for deed in mine)
        own = [one.looks for one in day.mine_before(str(user))]
        peers = [one.looks for one in day.peers_before(str(user), mine[-1].roles)]
        usual = round(mean(own)) if len(own) >= DAYS_KNOWN else round(median(peers)) if peers else 0
        ceiling = max(LOOKS_AT_LEAST, TIMES_OWN * usual, TIMES_PEERS * round(median(peers)) if peers else 0)
        if number >= ceiling:
            yield _found(Ground.VOLUME, user, day, mine, number=number, usual=usual)


def hours(day: Day) -> Iterator[Found]:
    """Looks before seven, after nineteen or at the weekend, by somebody who seldom works then."""
    for user, mine in day.by_user(deed for deed in day.deeds if deed.kind == "look" and deed.is_at_odd_hours):
        known = [one.odd for one in day.mine_before(str(user))]
        usual = round(mean(known)) if known else 0
        if len(mine) >= max(ODD_AT_LEAST, TIMES_OWN * usual):
            yield _found(Ground.HOURS, user, day, mine, number=len(mine), usual=usual)


def never(day: Day) -> Iterator[Found]:
    """Looks at a file on which she did not stand at that time."""
    yield from _each_about(day, Ground.NEVER, [
        deed for deed in day.deeds if deed.kind == "look" and deed.is_casework and not deed.is_explained])


def closed(day: Day) -> Iterator[Found]:
    """Sealed fields opened on a file that was closed by then."""
    yield from _each_about(day, Ground.CLOSED, [
        deed for deed in day.deeds if deed.act == DISCLOSED and deed.fields and _is_closed(day, deed)])


def kin(day: Day) -> Iterator[Found]:
    """Somebody of her own name, or of her surname: looked at, changed, or asked about in the log."""
    for ground in (Ground.ONESELF, Ground.SURNAME):
        yield from _each_about(day, ground, [
            deed for deed in day.deeds if (deed.act in OPENING or deed.kind in ("change", "asked"))
            and ground in {day.namesakes.get((deed.user, person)) for person in deed.subjects}])


def guessing(day: Day) -> Iterator[Found]:
    """Many codes that led nowhere, searches that found nobody, or too many searches at all."""
    misses = [deed for deed in day.deeds if deed.act in (Event.NOT_THERE, Event.SEARCH_REFUSED)
              or (deed.act == Event.SEARCHED and deed.found == 0)]
    for user, mine in day.by_user(misses):
        if len(mine) >= MISSES_AT_LEAST:
            yield _found(Ground.GUESSING, user, day, mine, number=len(mine))


def taking(day: Day) -> Iterator[Found]:
    """Much printed, downloaded or exported within one hour."""
    for user, mine in day.by_user(deed for deed in day.deeds if deed.act in TAKING):
        burst = max(([one for one in mine if first.at <= one.at < first.at + HOUR] for first in mine), key=len)
        if len(burst) >= TAKEN_AT_LEAST:
            yield _found(Ground.TAKING, user, day, burst, number=len(burst))


def granted(day: Day) -> Iterator[Found]:
    """Opened now, by a place that she got soon after she was refused there."""
    refused = defaultdict(list)
    for deed in day.refused:
        for file in (*deed.files, *filter(None, (deed.asked,))):
            refused[deed.user, file].append(deed.at)
    yield from _each_about(day, Ground.GRANTED, [
        deed for deed in day.deeds if deed.kind == "look" and deed.place is not None
        and any(at <= deed.place.since < at + SOON for key in _keys(day, deed) for at in refused[deed.user, key])])


def about_herself(day: Day) -> Iterator[Found]:
    """Whoever asks the log what it says of herself."""
    for user, mine in day.by_user(deed for deed in day.deeds if deed.kind == "asked" and deed.asked == deed.user_code):
        yield _found(Ground.ABOUT_HERSELF, user, day, mine, about=mine[0].user_code, number=len(mine))


RULES: tuple[Rule, ...] = (volume, hours, never, closed, kin, guessing, taking, granted, about_herself)


def found(day: Day) -> list[Found]:
    """Everything the rules say of a day."""
    return [one for rule in RULES for one in rule(day)]


def _each_about(day: Day, ground: Ground, chosen: list[Deed]) -> Iterator[Found]:
    """One thing found for each person and record."""
    for user, mine in day.by_user(chosen):
        by_code = defaultdict(list)
        for deed in mine:
            by_code[day.code_of(deed)].append(deed)
        for code, some in by_code.items():
            yield _found(ground, user, day, some, about=code, number=len(some))


def _is_closed(day: Day, deed: Deed) -> bool:
    told = [day.files[file] for file in deed.files or deed.homes if file in day.files]
    return bool(told) and all(one.closed is not None and one.closed <= deed.at for one in told)


def _keys(day: Day, deed: Deed) -> set[str]:
    """The file she looked at, and the codes by which she may have been refused there."""
    file = deed.place.file if deed.place else ""
    told = day.files.get(file)
    return {file, *deed.codes, *([told.code] if told else [])}


def _found(ground: Ground, user: object, day: Day, mine: list[Deed], **more: object) -> Found:
    return Found(ground.value, user, day.on, tuple(deed.number for deed in mine), **more)  # type: ignore[arg-type]
