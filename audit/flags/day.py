"""One day of the log, with everything the rules compare it with."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from audit import deeds, queries
from audit.deeds import Deed
from audit.flags import names

BEFORE = timedelta(days=28)
REFUSED_BEFORE = timedelta(days=14)


@dataclass
class Day:
    """What was done on a day; what was usual before it; who stood where; who bears the name of whom."""

    on: date
    deeds: list[Deed]
    before: list[queries.Day] = field(default_factory=list)
    files: dict[str, queries.Told] = field(default_factory=dict)
    refused: list[Deed] = field(default_factory=list)
    namesakes: dict[tuple[str, str], str] = field(default_factory=dict)

    def by_user(self, chosen: Iterable[Deed]) -> Iterator[tuple[uuid.UUID, list[Deed]]]:
        """These deeds by who did them; what names nobody of ours is left out."""
        groups: dict[str, list[Deed]] = {}
        for deed in chosen:
            groups.setdefault(deed.user, []).append(deed)
        for user, mine in groups.items():
            if queries.is_key(user):
                yield uuid.UUID(user), mine

    def code_of(self, deed: Deed) -> str:
        """What a deed was about, as a code: the one record, else the one file, else the first file of the one person."""
        if deed.about or len(deed.files) > 1 or len(deed.subjects) > 1:
            return deed.about
        codes = sorted(self.files[file].code for file in deed.files or deed.homes if file in self.files)
        return codes[0] if codes else ""

    def mine_before(self, user: str) -> list[queries.Day]:
        """The days on which she worked before."""
        return [day for day in self.before if day.user == user]

    def peers_before(self, user: str, roles: Iterable[str]) -> list[queries.Day]:
        """The days of others who held one of her roles."""
        wanted = set(roles)
        return [day for day in self.before if day.user != user and wanted & set(day.role.split(","))]


def read(on: date) -> Day:
    """Read a day from the log as the auditor's role does; nothing of it is content."""
    since, until = span(on)
    done, files = deeds.gathered(queries.between(since, until))
    earlier = deeds.read(queries.of_kind("cat", "refusal", since=since - REFUSED_BEFORE, until=until), [])
    return Day(on, done, _before(since), queries.files_told(files), earlier, names.shared(done))


def _before(since: datetime) -> list[queries.Day]:
    return queries.days(since=since - BEFORE, until=since, hours=(deeds.OPENS, deeds.CLOSES), zone=settings.TIME_ZONE)


def span(on: date) -> tuple[datetime, datetime]:
    """A day of the office as [first moment, first moment after it)."""
    return _start(on), _start(on + timedelta(days=1))


def _start(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
