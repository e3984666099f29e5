"""Parcels: hers alone, sealed to their row, thrown away for good."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.errors import NoDoor, Refused
from ijm.vault import keyring, parcels
from ijm.vault.errors import BadFormat, KeyDestroyed, Tampered
from ijm.web.models import Draft
from tests.cast import EVERYBODY, Cast
from tests.trail import acts, last_events

EVENT, WORDS = "draft.resumed", b"She may be called after six"


def kept(owner: User, content: bytes = WORDS, form: str = "/a/") -> Draft:
    """A draft of this person as it lies in the database."""
    with acting_as(owner, "w"):
        draft = Draft(owner_id=owner.pk, path="/desk/", form=form)
        draft.seal(content)
        draft.save(force_insert=True)
    return draft


def opened(draft: Draft, by: User) -> bytes:
    """What it holds, for this person."""
    with acting_as(by, "r"):
        return draft.open(to=by, event=EVENT)


def test_its_owner_gets_back_what_she_put_in_and_her_look_is_recorded_first(cast: Cast,
                                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    draft = kept(cast.care_worker)
    assert WORDS not in bytes(draft.parcel)
    assert opened(draft, cast.care_worker) == WORDS
    event = last_events(1)[0]
    assert (event["act"], event["cat"], event["obj"]["rows"]) == (EVENT, "look", [str(draft.pk)])
    assert WORDS.decode() not in str(event)
    monkeypatch.setattr(Draft, "_opened", lambda self: pytest.fail("opened"))
    with pytest.raises(NoDoor):
        draft.open(to=cast.care_worker, event=EVENT)


def test_nobody_else_sees_changes_or_throws_it_away(cast: Cast) -> None:
    draft = kept(cast.care_worker)
    for other in (getattr(cast, name) for name in EVERYBODY if name != "care_worker"):
        with acting_as(other, "w"):
            with pytest.raises(Refused):
                draft.open(to=other, event=EVENT)
            assert not Draft.objects.filter(pk=draft.pk).exists()
            assert Draft.objects.filter(pk=draft.pk).update(form="/b/") == 0
            assert Draft.objects.filter(pk=draft.pk).delete()[0] == 0
        assert acts()[-1] == "parcel.refused"
    with acting_as(cast.care_worker, "r"):
        assert Draft.objects.get(pk=draft.pk).form == "/a/"


def test_nobody_puts_one_into_anothers_hands(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(cast.investigator, "w"):
        draft = Draft(owner_id=cast.care_worker.pk, path="/desk/", form="/a/")
        draft.seal(WORDS)
        draft.save(force_insert=True)


def test_without_a_person_there_is_nothing(cast: Cast) -> None:
    kept(cast.care_worker)
    assert not Draft.objects.exists()


def test_looking_writes_nothing(cast: Cast) -> None:
    draft = kept(cast.care_worker)
    with pytest.raises(DatabaseError, match="read-only"), acting_as(cast.care_worker, "r"), transaction.atomic():
        draft.delete()


def swapped(draft: Draft, other: Draft) -> None:
    draft.parcel = other.parcel


def bit(draft: Draft, at: int) -> None:
    changed = bytearray(draft.parcel)
    changed[at] ^= 1
    draft.parcel = bytes(changed)


@pytest.mark.parametrize(("spoil", "error"), [
    (lambda draft: setattr(draft, "parcel", None), BadFormat),
    (lambda draft: setattr(draft, "parcel", b"She may be called after six, after the rain"), BadFormat),
    (lambda draft: setattr(draft, "parcel", bytes(draft.parcel)[:20]), BadFormat),
    (lambda draft: setattr(draft, "parcel", bytes(draft.parcel)[:-1]), Tampered),
    (lambda draft: bit(draft, 10), Tampered),
    (lambda draft: bit(draft, -1), Tampered),
    (lambda draft: setattr(draft, "id", uuid.uuid4()), Tampered),
], ids=["empty", "clear text", "short", "cut", "nonce", "tag", "another row"])
def test_what_is_not_whole_is_refused(cast: Cast, spoil: Any, error: type[Exception]) -> None:
    draft = kept(cast.care_worker)
    spoil(draft)
    with pytest.raises(error) as raised:
        opened(draft, cast.care_worker)
    assert "six" not in str(raised.value)


def test_the_words_of_one_row_do_not_open_in_another(cast: Cast) -> None:
    draft, other = kept(cast.care_worker), kept(cast.care_worker, b"other words", "/b/")
    swapped(draft, other)
    with pytest.raises(Tampered):
        opened(draft, cast.care_worker)


def test_a_shredded_parcel_never_opens_again(cast: Cast) -> None:
    draft = kept(cast.care_worker)
    assert parcels.shred(draft.parcel_scope(), by=cast.care_worker) == 1
    assert parcels.shred(draft.parcel_scope(), by=cast.care_worker) == 0, "twice is harmless"
    for _ in ("held", "asked anew"):
        with pytest.raises(KeyDestroyed):
            opened(draft, cast.care_worker)
        keyring.forget()
    row = keyring.DataKey.objects.using(keyring.KEYS).get(id=draft.parcel_key)
    assert (bytes(row.wrapped), row.state) == (b"", "destroyed") and str(cast.care_worker.pk) in str(row.destroyed_by)
    again = kept(cast.care_worker, form="/c/")
    assert again.parcel_key != draft.parcel_key and opened(again, cast.care_worker) == WORDS


def test_what_lies_in_the_table_says_nothing(cast: Cast) -> None:
    kept(cast.care_worker)
    with acting_as(cast.care_worker, "r"), connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM web_draft d")
        stored = cursor.fetchone()[0]
    assert WORDS.decode() not in stored and WORDS.hex() not in stored
