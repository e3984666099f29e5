"""The measures of access: pages, single files and the door itself, each way asked in turn in one run."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from ijm.accounts.models import User
from ijm.casefiles.bench import offices, peer
from ijm.casefiles.bench.filling import NAME
from ijm.casefiles.bench.offices import Office
from ijm.casefiles.models import CaseFile
from ijm.measuring import Measure
from ijm.roles.table import Kind
from ijm.trail.context import acting_as

PAGE, LOOKS = 50, 10
Way = Callable[[], object]


def measures(usual: Office, larger: Office, *, grants: int) -> Iterator[Measure]:
    """The measures of this room; each way is asked once beforehand whether it shows what it should."""
    user = User.objects.get(username=NAME)
    for office in (usual, larger):
        _check(office, user, grants)
    yield from _pages(usual, larger, user)
    with acting_as(user, "r"):
        yield _object(usual)
    yield Measure("context", "the door of a request: BEGIN, the signed context, COMMIT; in look-ups of one row by its key",
                  lambda: _door(user), lambda: User.objects.using(offices.BARE).get(pk=user.pk), 2.0)


def _check(office: Office, user: User, grants: int) -> None:
    shown, found = page(office, user)(), theirs(office, user)()
    if shown != (min(PAGE, grants), grants) or found != shown:
        raise RuntimeError(f"{shown} and {found} are shown where {grants} files were granted: fill the measuring office anew")


def _pages(usual: Office, larger: Office, user: User) -> Iterator[Measure]:
    for size, office, goal in (("200k", usual, 15.0), ("2m", larger, 80.0)):
        yield Measure(f"page50_{size}", f"door, page of {PAGE} and count, beside the bare page without a count",
                      page(office, user), bare(office), 4.0)
        yield Measure(f"guardian_{size}", "how many times longer the same page and count take with django-guardian's defaults",
                      theirs(office, user), page(office, user), goal, at_most=False, heavy=True)
    yield Measure("growth", "page and count among ten times as many files", page(larger, user), page(usual, user), 1.5)


def _rows(using: str) -> QuerySet[CaseFile]:
    """Investigations, the newest first, by the index that serves this order."""
    return CaseFile.objects.using(using).filter(kind=Kind.INVESTIGATION).order_by("-sort_key")


def page(office: Office, user: User) -> Way:
    """What the application does: the door, one page and how many there are, all under row security."""

    def look() -> tuple[int, int]:
        with office.here(), acting_as(user, "r"):
            rows = _rows("default")
            return len(rows[:PAGE]), rows.count()

    return look


def bare(office: Office) -> Way:
    """The same page for somebody whom nothing narrows, without a count."""
    return lambda: len(_rows(office.bare)[:PAGE])


def theirs(office: Office, user: User) -> Way:
    """The same page and count as the peer gives them."""

    def look() -> tuple[int, int]:
        with office.here():
            rows = peer.files(user, office.bare).filter(kind=Kind.INVESTIGATION).order_by("-sort_key")
            return len(rows[:PAGE]), rows.count()

    return look


def _object(office: Office) -> Measure:
    """Each time another file of hers, in an open request."""
    keys = itertools.cycle(list(CaseFile.objects.values_list("pk", flat=True)[:200]))

    def one(using: str, key: uuid.UUID) -> CaseFile:
        return CaseFile.objects.using(using).get(pk=key)

    return Measure("object", "one file by its key in an open request, beside the same without row security",
                   lambda: one("default", next(keys)), lambda: one(office.bare, next(keys)), 2.5)


def _door(user: User) -> None:
    with acting_as(user, "r"):
        pass
