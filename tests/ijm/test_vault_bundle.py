"""The bytes of a bundle: what opens, and everything that must not."""

from __future__ import annotations

import dataclasses
import os
import struct
import time
import unicodedata
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from ijm.vault import bundle
from ijm.vault.bundle import Place, Value
from ijm.vault.errors import BadFormat, KeyForbidden, PlainText, Replayed, Tampered, VaultError
from ijm.vault.keyring import Key

ROW = uuid.UUID("00000000-0000-4000-8000-000000000001")
PLACE = Place("people.name.v1", "identity", ROW)
KHMER = "សុខ ដារា"


def key(number: int = 7, **changes: object) -> Key:
    made = Key(number, "subject", uuid.UUID(int=9), "identity", AESGCM(os.urandom(32)), time.monotonic() + 60)
    return dataclasses.replace(made, **changes)


KEY = key()


def sealed(*values: Value, rev: int = 3) -> bytes:
    return bundle.seal(values, place=PLACE, key=KEY, rev=rev)


def opened(stored: bytes, count: int, *, place: Place = PLACE, by: Key = KEY, rev: int = 3) -> list[Value]:
    return list(bundle.opener(place.label, place.compartment, range(count))(stored, place.row, by, rev).values())


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "Dara",
        "a\0b",
        unicodedata.normalize("NFC", KHMER),
        unicodedata.normalize("NFD", "é" + KHMER),
        "\u200b\ufeff",
        "😀" * 5,
        "x" * 63,
        "x" * 64,
        "x" * 65,
    ],
    ids=repr,
)
def test_what_goes_in_comes_out_to_the_byte(value: Value) -> None:
    assert opened(sealed(value, "other"), 2) == [value, "other"]


def test_ten_megabytes_go_in_and_out() -> None:
    value = KHMER * (10_000_000 // len(KHMER.encode()))
    assert opened(sealed(value), 1) == [value]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"]))), min_size=1, max_size=20))
def test_any_list_of_texts_comes_back(values: list[Value]) -> None:
    assert opened(sealed(*values), len(values)) == values


def test_empty_and_absent_are_two_things() -> None:
    assert opened(sealed("", None), 2) == ["", None]


def test_a_broken_character_is_refused_before_sealing() -> None:
    with pytest.raises(PlainText, match="Write the text again"):
        sealed("\ud800")


def test_the_header_is_as_written_down() -> None:
    stored = sealed("x")
    assert struct.unpack(">BBII", stored[:10]) == (0xE1, 1, 7, 3)
    assert bundle.key_number(stored) == 7


def test_the_length_tells_only_a_bucket_of_64() -> None:
    lengths = {len(sealed("x" * size)) for size in range(50)}
    assert len(lengths) == 1 and (lengths.pop() - 22 - 16) % 64 == 0


def test_two_seals_of_one_text_differ() -> None:
    assert sealed("x")[10:] != sealed("x")[10:]


@pytest.mark.parametrize("at", range(len(sealed("Dara", None))))
def test_every_flipped_byte_is_refused(at: int) -> None:
    stored = bytearray(sealed("Dara", None))
    stored[at] ^= 1
    with pytest.raises(VaultError):
        opened(bytes(stored), 2)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 22, 37, 38, -1])
def test_every_cut_is_refused(length: int) -> None:
    with pytest.raises((BadFormat, Tampered)):
        opened(sealed("Dara")[:length], 1)


@pytest.mark.parametrize(
    "place",
    [
        Place("people.name.v2", "identity", ROW),
        Place("people.name.v1", "identity", uuid.UUID(int=2)),
    ],
)
def test_a_bundle_opens_in_its_own_place_only(place: Place) -> None:
    with pytest.raises(Tampered):
        opened(sealed("x"), 1, place=place)


def test_a_key_of_another_compartment_is_forbidden() -> None:
    with pytest.raises(KeyForbidden):
        opened(sealed("x"), 1, place=Place(PLACE.label, "clinical", ROW))


@pytest.mark.parametrize("other", [{"scope_uuid": uuid.UUID(int=1)}, {"scope_kind": "file"}])
def test_a_bundle_belongs_to_one_person_or_file(other: dict[str, object]) -> None:
    with pytest.raises(Tampered):
        opened(sealed("x"), 1, by=dataclasses.replace(KEY, **other))


def test_a_bundle_that_names_another_key_than_its_row_is_no_whole_row() -> None:
    with pytest.raises(Tampered):
        opened(sealed("x"), 1, by=key(8))


def test_the_same_values_under_another_key_keep_their_revision() -> None:
    new = key(8)
    turned = bundle.reseal(sealed("x"), place=PLACE, old=KEY, new=new, rev=3)
    assert opened(turned, 1, by=new) == ["x"] and bundle.key_number(turned) == 8
    assert len(turned) == len(sealed("x"))
    for place, rev, error in ((PLACE, 2, Replayed), (Place(PLACE.label, "clinical", ROW), 3, KeyForbidden)):
        with pytest.raises(error):
            bundle.reseal(sealed("x"), place=place, old=KEY, new=new, rev=rev)


@pytest.mark.parametrize("rev", [2, 4])
def test_an_older_or_newer_bundle_is_replayed(rev: int) -> None:
    with pytest.raises(Replayed):
        opened(sealed("x", rev=rev), 1)


def test_a_revision_written_into_the_header_does_not_help() -> None:
    stored = bytearray(sealed("x", rev=2))
    stored[6:10] = struct.pack(">I", 3)
    with pytest.raises(Tampered):
        opened(bytes(stored), 1)


def test_names_added_later_are_absent_in_older_bundles() -> None:
    assert opened(sealed("a", "b"), 4) == ["a", "b", None, None]


def test_a_bundle_of_more_names_than_we_know_is_refused() -> None:
    with pytest.raises(BadFormat):
        opened(sealed("a", "b"), 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        struct.pack(">H", 1),
        struct.pack(">HBI", 1, 0, 99),
        struct.pack(">HBI", 1, 0, 1) + b"\xff",
    ],
    ids=["empty", "cut", "no lengths", "too long", "no text"],
)
def test_a_body_that_is_no_body_is_refused(body: bytes) -> None:
    with pytest.raises(BadFormat):
        bundle.unpack(body, "abc")


@pytest.mark.parametrize("head", [b"\xe0\x01", b"\xe1\x02"])
def test_other_magic_or_suite_is_refused(head: bytes) -> None:
    with pytest.raises(BadFormat):
        bundle.key_number(head + sealed("x")[2:])


def test_no_error_tells_text_or_bytes() -> None:
    stored = bytearray(sealed("Dara"))
    stored[-1] ^= 1
    with pytest.raises(Tampered) as caught:
        opened(bytes(stored), 1)
    assert str(caught.value).startswith("VAULT-TAMPERED: ") and "Dara" not in str(caught.value)
