"""The index of the search: it learns with every save, forgets at once, lies unreadable, and is made anew while people work."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from ijm.accounts.models import User
from ijm.people import finding, index, learning
from ijm.people.indexed import Epoch, Segment
from ijm.people.models import Alias, Identifier, Name
from ijm.people.tasks import mend
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault import keyring, numbers
from ijm.vault.sealed import compartments
from ijm.vault.texts import texts
from tests.cast import Cast
from tests.databases import superuser
from tests.records import file_of, named, person_on


def lines(epoch: int | None = None) -> list[str]:
    rows = Segment.objects.all() if epoch is None else Segment.objects.filter(epoch=epoch)
    return sorted(line.words for segment in rows for line in learning.opened(segment) or ())


def seen(user: User) -> list[str]:
    with acting_as(user, "r"):
        return lines()


def suspect(cast: Cast, family: str = "Sok", given: str = "Sophea") -> tuple[Alias, Name]:
    alias = person_on(file_of(cast.investigator), cast.investigator)
    return alias, named(alias, cast.investigator, family, given)


def numbered(alias: Alias, by: User, kind: str, value: str) -> Identifier:
    with acting_as(by), entry("number.added", by=by, about=alias):
        made = Identifier(person_id=alias.person_id, kind=kind)
        made.value = value
        made.save()
        return made


def found(user: User, text: str) -> finding.Found:
    with acting_as(user, "r"):
        return finding.find(user, text)


def test_a_name_is_learnt_when_it_is_saved_and_again_when_it_changes(cast: Cast) -> None:
    alias, name = suspect(cast)
    assert seen(cast.investigator) == ["sok sophea"]
    with acting_as(cast.investigator), entry("name.mended", by=cast.investigator, about=alias):
        again = Name.objects.get(pk=name.pk)
        again.given = "Sopheap"
        again.save()
    assert seen(cast.investigator) == ["sok sopheap"], "the part that did not change is known too, and the old line is gone"
    named(alias, cast.investigator, None, "Pheap")
    assert seen(cast.investigator) == ["pheap", "sok sopheap"]
    with acting_as(cast.investigator, "r"):
        assert Segment.objects.exclude(persons=[]).count() == 1, "all her names lie in one list"


def test_a_whole_new_name_costs_no_decryption(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    name = Name(person_id=uuid.uuid4(), script="latn")
    name.family, name.given = "Sok", "Dara"
    for field in compartments(Name):
        monkeypatch.setattr(field, "_unseal", None)
    assert texts([name]) == [{"family": "Sok", "given": "Dara"}] and texts([]) == []


def test_many_at_once_fill_lists_of_their_own(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "PERSONS", 2)
    file = file_of(cast.care_supervisor, "care")
    aliases = [person_on(file, cast.care_supervisor) for _number in range(5)]
    with acting_as(cast.care_supervisor), entry("people.imported", by=cast.care_supervisor, about=file):
        rows = []
        for number, alias in enumerate(aliases):
            rows.append(Name(person_id=alias.person_id, script="latn"))
            rows[-1].given = f"Dara {'abcde'[number]}"
        Name.objects.bulk_create(rows)
        Name.objects.bulk_create([])
    assert len(seen(cast.care_supervisor)) == 5
    with acting_as(cast.care_supervisor, "r"):
        assert sorted(len(one.persons) for one in Segment.objects.all()) == [1, 2, 2]
    assert len(found(cast.care_supervisor, "Dara c").persons) == 5


def test_what_is_forgotten_is_found_by_nobody(cast: Cast) -> None:
    alias, _name = suspect(cast)
    other, _name = suspect(cast, "Chea", "Bopha")
    numbered(alias, cast.investigator, "phone", "012 345 678")
    assert found(cast.investigator, "012345678").persons and found(cast.investigator, "Sok Sophea").persons
    with acting_as(cast.data_protection):
        index.forget([alias.person_id])
        index.forget([alias.person_id])
    assert found(cast.investigator, "012345678").persons == {} and found(cast.investigator, "Sok Sophea").persons == {}
    assert seen(cast.investigator) == ["bopha chea"]
    assert found(cast.investigator, "Bopha Chea").persons == {other.person_id: 100.0}


@pytest.mark.parametrize("who", ["hotline", "partner", "auditor", "administrator"])
def test_the_lists_are_hidden_from_whoever_opens_no_identity(cast: Cast, who: str) -> None:
    suspect(cast)
    assert seen(getattr(cast, who)) == [] and found(getattr(cast, who), "Sok Sophea") == finding.Found()
    with acting_as(cast.data_protection, "r"):
        assert lines() == []


@pytest.mark.parametrize("sql", [
    "SELECT * FROM people_mark", "SELECT mark FROM people_mark", "DELETE FROM people_mark", "UPDATE people_mark SET epoch = 2",
    "DELETE FROM people_segment", "INSERT INTO people_epoch (number, state) VALUES (9, 'active')",
    "UPDATE people_epoch SET number = 2",
    "SELECT guard.numbered('{}')", "SELECT guard.elsewhere('{}')", "SELECT guard.drop_epoch(1)", "SELECT * FROM guard.searcher",
    "INSERT INTO people_asked (id, rev, file_id, asked_by_id, how, asked_at)"
    " SELECT gen_random_uuid(), 1, f.id, f.id, 'name', now() FROM casefiles_casefile f",
])
def test_the_application_role_may_not(cast: Cast, sql: str) -> None:
    suspect(cast)
    with pytest.raises(ProgrammingError), acting_as(cast.investigator), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_without_a_door_the_index_neither_shows_nor_changes(cast: Cast) -> None:
    suspect(cast)
    assert lines() == []
    for sql in ("SELECT guard.unmark('{}', '{}', NULL)", "SELECT guard.tell_asked('{}', '{}')"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.known('{}', ARRAY(SELECT person_id FROM people_alias))")
        assert cursor.fetchall() == []


def test_a_list_that_was_changed_is_left_alone_and_said(cast: Cast) -> None:
    alias, _name = suspect(cast)
    with acting_as(cast.investigator):
        Segment.objects.update(body=b"\xe2\x01 nonsense", stamp=uuid.uuid4())
    broken = found(cast.investigator, "Sok Sophea")
    assert broken.persons == {} and not broken.is_whole
    named(alias, cast.investigator, "Sok", "Sophea")
    mended = found(cast.investigator, "Sok Sophea")
    assert set(mended.persons) == {alias.person_id} and not mended.is_whole, "new names are learnt in another list"


@pytest.mark.parametrize(("kind", "text", "one"), [
    *(("phone", text, "+85512345678") for text in ("012 345 678", "០១២-៣៤៥-៦៧៨", "+855 12 345 678", "0085512345678",
                                                   "855 12 345 678", "+855 (0)12 345 678", "12 345 678")),
    ("phone", "+66 81 234 5678", "+66812345678"), ("phone", "0066 81 234 5678", "+66812345678"),
    *(("phone", text, "") for text in ("12345", "Sok Dara", "+1234567890123456", "")),
    ("passport", "n 012-3456", "N0123456"), ("passport", "Sokdara", ""), ("national_id", "០១០ 234 567", "010234567"),
    ("national_id", "N1234567", ""), ("plate", "2a-1234", "2A1234"), ("other", "ab-12.34", "AB1234"), ("plate", "2A", ""),
])
def test_a_number_is_written_one_way(kind: str, text: str, one: str) -> None:
    assert numbers.canonical(kind, text) == one


def test_a_mark_is_of_one_kind_and_one_epoch(cast: Cast) -> None:
    same = numbers.mark("phone", "012345678", epoch=1)
    assert len(same) == 16 and same == numbers.mark("phone", "០១២ ៣៤៥ ៦៧៨", epoch=1)
    assert len({same, numbers.mark("national_id", "012345678", epoch=1), numbers.mark("phone", "012345678", epoch=2)}) == 3
    assert numbers.mark("phone", "nobody", epoch=1) == b""


def test_the_index_is_made_anew_while_people_work(committed_cast: Cast, committed_db: tuple[str, str]) -> None:
    cast = committed_cast
    alias, name = suspect(cast)
    gone, _name = suspect(cast, "Chea", "Bopha")
    _alias, spoilt = suspect(cast, "Long", "Phalla")
    numbered(alias, cast.investigator, "passport", "N0123456")
    with superuser(committed_db[0]) as admin:
        admin.execute("TRUNCATE people_segment")  # as a crash leaves unlogged tables
        admin.execute("UPDATE people_name SET identity = '\\xe101' WHERE id = %s", [spoilt.pk])
    keyring.destroy("subject", gone.person_id, "identity", by=cast.data_protection.pk)
    assert not index.is_whole() and not found(cast.investigator, "Sok Sophea").is_whole
    named(alias, cast.investigator, None, "Pheap")
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        """Somebody corrects a name that was read already, in the middle of it."""
        told.append((done, total))
        if len(told) == 1:
            with acting_as(cast.investigator), entry("name.mended", by=cast.investigator, about=alias):
                row = Name.objects.get(pk=name.pk)
                row.given = "Sopheap"
                row.save()

    with pytest.raises(CommandError, match="1 rows"):
        call_command("search_rebuild")
    assert index.is_whole() and found(cast.investigator, "Sok Sophea").is_whole
    made = index.rebuild(meanwhile)
    assert (made.rotated, made.remaining, made.failed) == (4, 0, 1) and told[-1] == (5, 5)
    with acting_as(cast.investigator, "r"):
        assert Epoch.objects.count() == 1 and lines() == ["pheap", "sok sopheap"]
    assert set(found(cast.investigator, "n 012 3456").persons) == {alias.person_id}
    assert gone.person_id not in found(cast.investigator, "Chea Bopha").persons, "her keys are gone, and no word of it"
    assert found(cast.investigator, "Long Phalla").persons == {}
    call_command("search_rebuild", "--if-lost")
    assert keyring.DataKey.objects.filter(compartment="search", state="active", scope_uuid__in=[
        uuid.UUID(int=1 << 64 | 1), uuid.UUID(int=2 << 64 | 1)]).count() == 0, "the keys of the old index are gone"
    with acting_as(cast.data_protection):
        index.forget([alias.person_id])
    assert found(cast.investigator, "Sok Sopheap").persons == {}
    assert index.learn([alias.person_id]).rotated == 3 and found(cast.investigator, "Sok Sopheap").persons
    with superuser(committed_db[0]) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [index.MAKING])
        with pytest.raises(CommandError, match="already"):
            call_command("search_rebuild")
        admin.execute("TRUNCATE people_segment")
        assert mend() is False, "somebody else is at it"
    assert mend() is True and mend() is False and index.is_whole()
    connections["rotor"].close()


def test_the_login_of_the_pages_makes_no_index(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["rotor"].settings_dict, "USER", "")
    with pytest.raises(CommandError, match="ROTOR_DATABASE_URL"):
        call_command("search_rebuild")
    assert mend() is False
