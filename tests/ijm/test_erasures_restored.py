"""Nobody who was forgotten comes back: not with an older back-up of the data, not with an older back-up of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from aftercare.models import Survivor
from ijm.erasures.models import Erasure
from ijm.erasures.work import renew_search
from ijm.jobs.models import Job
from ijm.people import finding, index
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.vault import keyring
from ijm.vault.disclosure import Broken, disclose
from tests import databases, stories
from tests.cast import Cast
from tests.ijm import forgetting

Names = tuple[str, str]


@pytest.fixture
def backup(committed_db: Names, committed_cast: Cast) -> Iterator[tuple[Cast, Survivor, Survivor, Names]]:
    """A survivor, somebody else of the same case, and a back-up of both databases from the day before."""
    stories.concluded_rescue(committed_cast)
    hers, other = stories.taken_in(committed_cast), stories.taken_in(committed_cast)
    forgetting.close_everything(committed_cast, hers)
    kept = databases.names("_kept")
    databases.copy(committed_db, kept)
    try:
        yield committed_cast, _whole(committed_cast, hers), _whole(committed_cast, other), kept
    finally:
        databases.drop(*kept)


def _whole(cast: Cast, survivor: Survivor) -> Survivor:
    with acting_as(cast.care_worker, "r"):
        return Survivor.objects.select_related("alias").get(pk=survivor.pk)


def given(cast: Cast, survivor: Survivor) -> object:
    with acting_as(cast.care_worker, "r"):
        return disclose(Name.objects.filter(person=survivor.alias.person_id)[0], "given", to=cast.care_worker)["given"]


def is_found(cast: Cast, survivor: Survivor, name: object) -> bool:
    with acting_as(cast.care_worker):
        return survivor.alias.person_id in finding.find(cast.care_worker, f"Sin {name}").persons


def restored(names: Names) -> None:
    """These databases from now on, in a process that has just begun."""
    databases.point_at(*names)
    keyring.forget()
    finding._held.clear()


def test_no_backup_brings_her_back(committed_db: Names, backup: tuple[Cast, Survivor, Survivor, Names]) -> None:
    cast, hers, other, kept = backup
    name, others = given(cast, hers), given(cast, other)
    assert isinstance(name, str) and is_found(cast, hers, name)
    erasure = forgetting.asked(cast, hers)
    forgetting.approved(cast, erasure)
    assert not is_found(cast, hers, name), "the search forgets her before her keys are gone"
    done = forgetting.worked(erasure, cast.data_protection)
    _search_is_new(cast, erasure)
    _gone(cast, hers, name)
    assert (given(cast, other), is_found(cast, other, others)) == (others, True)

    restored((kept[0], committed_db[1]))  # yesterday's data, today's keys
    index.rebuild()
    _gone(cast, hers, name)
    assert (given(cast, other), is_found(cast, other, others)) == (others, True)

    restored((committed_db[0], kept[1]))  # today's data, yesterday's keys: until the command of the restore has run
    assert given(cast, hers) == name
    said = StringIO()
    call_command("erasures_repeat", stdout=said)
    assert said.getvalue().startswith(f"1 erasures, {done.keys} keys")
    keyring.forget()
    _gone(cast, hers, name)
    with acting_as(cast.data_protection, "r"):
        assert Erasure.objects.get().certificate == done.certificate


def _search_is_new(cast: Cast, erasure: Erasure) -> None:
    """The last step: the search under other keys than before, and those of before are gone."""
    with acting_as(cast.data_protection):
        before = finding.active()
        renew_search(Job.objects.get(kind="erasure.search", about=erasure.pk))
        assert finding.active() == before + 1


def _gone(cast: Cast, survivor: Survivor, name: object) -> None:
    assert isinstance(given(cast, survivor), Broken)
    finding._held.clear()
    assert not is_found(cast, survivor, name)
