"""Opening files and putting people on them. Object capabilities of an outside package, when they come, live here too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from ijm.accounts.models import Office, RoleGrant, User
from ijm.casefiles import policy
from ijm.casefiles.models import CaseAccess, CaseFile, FileLink, Source
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.places import LIVES
from ijm.roles.table import TABLE, WING_SUPERVISORS, Kind
from ijm.trail.entries import entry

OWNER = "OWNER"


def open_file(kind: Kind, *, by: User, source: Source = Source.ASSIGNMENT, office: Office | None = None) -> CaseFile:
    """Open a file: its opener stands on it when her role is of that wing, each supervisor of the office always."""
    file = CaseFile.new(kind, by=by, office=office)
    with entry(Event.FILE_OPENED, by=by, about=file):
        file.save()
        seats = dict.fromkeys(supervisors(kind, file.office), Source.SUPERVISION)
        rooms = policy.rooms({*seats, by.pk})
        if any(kind in TABLE[role].stands for role in TABLE if role in by.role_codes):
            require(policy.may_take(by, by, rooms[by.pk]))
            seats[by.pk] = source
        CaseAccess.objects.bulk_create(_seat(file, user, why, by) for user, why in seats.items() if rooms[user])
    return file


def open_files(files: Mapping[CaseFile, User], *, by: User, source: Source = Source.ASSIGNMENT) -> None:
    """Open many files of one kind and office at once, inside an open entry: the same people stand on each as above,
    and on each the one named beside it. Who has no room for all of them stands on the last of them.
    """
    first = next(iter(files))
    seats = dict.fromkeys(supervisors(Kind(first.kind), first.office), Source.SUPERVISION)
    if any(first.kind in TABLE[role].stands for role in TABLE if role in by.role_codes):
        seats[by.pk] = source
    CaseFile.objects.bulk_create(files)
    rooms = policy.rooms({*seats, *(worker.pk for worker in files.values())})
    CaseAccess.objects.bulk_create(reversed([
        _seat(file, user, why, by, owns=user == worker.pk) for file, worker in reversed(list(files.items()))
        for user, why in ({worker.pk: source} | seats).items() if _takes_one(rooms, user)]))


def _takes_one(rooms: dict[uuid.UUID, int], user: uuid.UUID) -> bool:
    """Whether she has room for one more, which is taken then."""
    rooms[user] -= 1
    return rooms[user] >= 0


def supervisors(kind: Kind, office: Office) -> list[uuid.UUID]:
    """Who supervises files of this kind in this office now."""
    return list(RoleGrant.objects.live().filter(role__in=WING_SUPERVISORS[kind], office=office, user__is_active=True)
                .values_list("user_id", flat=True).distinct())


def _seat(file: CaseFile, user: uuid.UUID, source: Source, by: User, *, owns: bool = False) -> CaseAccess:
    ends = timezone.now() + LIVES[source.value].longest
    return CaseAccess(rev=1, file=file, user_id=user, source=source, granted_by=by,
                      reason_code=OWNER if owns else source.value.upper(), ends_at=ends, expires_at=ends, sort_key=file.sort_key)


def seat(file: CaseFile, users: Iterable[User], *, by: User, source: Source = Source.ASSIGNMENT, owns: bool = False) -> None:
    """Put colleagues on a file, `owns`: the roster names her as its owner; the database refuses who has no role of its wing."""
    standing = set(CaseAccess.objects.live().filter(file=file, source=source).values_list("user_id", flat=True))
    new = [user for user in users if user.pk not in standing]
    rooms = policy.rooms(user.pk for user in new)
    for user in new:
        require(policy.may_take(by, user, rooms[user.pk]))
    with entry(Event.ACCESS_GRANTED, by=by, about=file):
        CaseAccess.objects.bulk_create(_seat(file, user.pk, source, by, owns=owns) for user in new)


def leave(file: CaseFile, user: User, *, by: User) -> None:
    """End somebody's places on a file, at once."""
    with entry(Event.ACCESS_REVOKED, by=by, about=file):
        CaseAccess.objects.filter(file=file, user=user, revoked_at__isnull=True).update(
            revoked_at=timezone.now(), revoked_by=by)


def end(place: CaseAccess, *, by: User) -> None:
    """End one place, at once."""
    place.revoked_at, place.revoked_by = timezone.now(), by
    place.save(update_fields=["revoked_at", "revoked_by"])


def again(place: CaseAccess, *, by: User) -> CaseAccess:
    """A new place like one that was ended, until the same day."""
    new = _seat(place.file, place.user_id, Source(place.source), by)
    new.rev, new.ends_at, new.expires_at = 0, place.expires_at, place.expires_at
    new.save()
    return new


def link(one: CaseFile, other: CaseFile, *, kind: str, by: User) -> None:
    """Say that two files belong to one story; neither's people see the other."""
    with entry(Event.FILE_LINKED, by=by, about=one):
        FileLink(a=one, b=other, kind=kind).save()


@dataclass(frozen=True)
class Linked:
    """What a member of one file may know of the others: how many, of which wing, and which office to ask."""

    kind: Kind
    office: Office
    number: int


def linked(file: CaseFile) -> list[Linked]:
    """The other files of this story, without their codes."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT kind, office_id, number FROM guard.linked(%s)", [file.pk])
        rows = cursor.fetchall()
    offices = Office.objects.in_bulk({row[1] for row in rows})
    return [Linked(Kind(kind), offices[office], number) for kind, office, number in rows]
