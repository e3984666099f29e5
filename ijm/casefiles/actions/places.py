"""Taking a colleague off a file, putting her back, saying that she is still needed, handing the file to another."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import ENTRUST
from ijm.casefiles import grants, policy
from ijm.casefiles.models import CaseAccess, CaseFile, RosterLine, Source
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

SEATED = "ASSIGNMENT"

def take_off(place: CaseAccess, *, by: User) -> None:
    """End a colleague's place on a file, at once."""
    require(policy.may_take_off(by, place))
    with entry(Event.ACCESS_REVOKED, by=by, about=place.file, why=Purpose.SUPERVISION):
        grants.end(place, by=by)


def put_back(place: CaseAccess, *, by: User) -> None:
    """Give a colleague the place again that was just taken from her: a new place, until the same day."""
    require(policy.may_put_back(by, place))
    with entry(Event.ACCESS_RESTORED, by=by, about=place.file, why=Purpose.SUPERVISION):
        grants.again(place, by=by)


def confirm(places: Iterable[CaseAccess], *, by: User) -> int:
    """Say of these places that they are still needed: each lasts anew for the time of its source. How many they are."""
    found = list(places)
    for _place, decision in policy.may_confirm_many(by, found):
        require(decision)
    with entry(Event.ACCESS_CONFIRMED, by=by, about=[place.file for place in found], why=Purpose.SUPERVISION):
        return CaseAccess.objects.filter(pk__in=[place.pk for place in found]).update(
            confirmed_by=by, confirmed_at=timezone.now())


def note_uses(*, by: User) -> int:
    """Take from the log on which files somebody worked herself: so these places of hers do not lapse. How many changed."""
    require(policy.may_see_places(by))
    if not _number("SELECT count(*) FROM guard.my_uses()"):
        return 0
    with entry(Event.ACCESS_NOTED, by=by, about=None, why=Purpose.SYSTEM):
        return _number("SELECT guard.note_my_uses()")


def hand(file: CaseFile, line: RosterLine, *, by: User, to: User) -> None:
    """Give a file to a colleague, who has charge of it from now on; the former one's place ends, unless the wing needs her."""
    require(policy.may_hand(by, line, to, stands=policy.stands_on(by, file)))
    former = CaseAccess.objects.live().filter(file=file, source__in=policy.ASSIGNED, user__code=line.owner_code)
    with entry(Event.FILES_HANDED, by=by, about=file, why=Purpose.SUPERVISION):
        if file.kind in ENTRUST:
            import_string(ENTRUST[file.kind])(file, by=by, to=to)
        for place in CaseAccess.objects.live().filter(file=file, source=Source.ASSIGNMENT, user=to, reason_code=SEATED):
            grants.end(place, by=by)
        grants.seat(file, [to], by=by, owns=True)
        for place in former.exclude(user=to).select_related("file", "user"):
            if not policy.why_needed(by, place):
                grants.end(place, by=by)


def _number(sql: str) -> int:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
