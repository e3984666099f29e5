"""Groups 2, 3 and 5: changed bits, cuts, additions and other formats, in every place where sealed bytes lie."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from aftercare.models import Residence
from ijm.vault import files, keyring
from ijm.vault.boxes import Box
from ijm.vault.errors import RootSealed, VaultError
from ijm.vault.keyring import KEYS, SEARCH, DataKey, Kek
from ijm.vault.roots import file
from ijm.vault.sealed import Compartment
from tests.vault.attacks import AT_READ, attack
from tests.vault.conftest import Ground
from tests.vault.hands import EVERY_HAND, bundle_of, field_of, keys_in_hand, planted, said_to_keys

BOX = Box("test.v1", SEARCH, keyring.uuid.UUID(int=1), keyring.uuid.UUID(int=1))
PLACE, FILE_KEY = b"exhibit-1", bytes(range(32))


def flips(stored: bytes, bits: tuple[int, ...] = tuple(range(8))) -> Iterator[bytes]:
    """These bytes with one bit changed, for each of these bits of each byte."""
    for at in range(len(stored)):
        for bit in bits:
            yield stored[:at] + bytes([stored[at] ^ 1 << bit]) + stored[at + 1:]


def cuts(stored: bytes) -> Iterator[bytes]:
    """These bytes cut to each shorter length, and lengthened at either end."""
    yield from (stored[:length] for length in range(len(stored)))
    yield from (stored + b"\0", stored + stored, stored + stored[-16:], b"\0" + stored)


def refused(openings: Iterator[bytes], opened: Callable[[bytes], Any]) -> int:
    """How many of these were refused with an error of the vault; any other end fails the test."""
    count = 0
    for wrong in openings:
        with pytest.raises(VaultError):
            opened(wrong)
        count += 1
    return count


def reader(field: Compartment, home: Residence) -> Callable[[bytes], Any]:
    """Opens any bytes as if they stood in this row."""

    def opened(stored: bytes) -> Any:
        forged = Residence(**bundle_of(home, "whereabouts") | {"id": home.pk, "whereabouts": stored})
        forged.survivor = home.survivor
        return field.open(forged, field.keys_of([forged]))

    return opened


@attack(2, AT_READ)
def test_every_bit_of_a_bundle(ground: Ground) -> None:
    home = ground.home()
    opened = reader(field_of(Residence, "whereabouts"), home)
    assert opened(home.whereabouts)["address"] == "House 12, Street 271"
    assert refused(flips(home.whereabouts), opened) == 8 * len(home.whereabouts)


@attack(3, AT_READ)
def test_every_length_of_a_bundle(ground: Ground) -> None:
    home = ground.home()
    assert refused(cuts(home.whereabouts), reader(field_of(Residence, "whereabouts"), home)) == len(home.whereabouts) + 4


@attack(2, AT_READ)
@attack(3, AT_READ)
def test_every_bit_and_length_of_a_box(ground: Ground) -> None:
    stored, _number = BOX.seal(b"a draft")
    assert BOX.open(stored) == b"a draft"
    assert refused(flips(stored), BOX.open) == 8 * len(stored) and refused(cuts(stored), BOX.open)


def wrongs_of(name: str, stored: bytes) -> bytes:
    """What an attacker puts in the place of a good bundle."""
    return {
        "empty": b"", "cut": stored[:-1], "longer": stored + b"\0", "plain text": b"House 12, Street 271",
        "long plain text": b"House 12, Street 271. " * 9, "base64": base64.b64encode(stored),
        "hexadecimal": stored.hex().encode(), "a token of Fernet": b"gAAAAABnQ" + base64.urlsafe_b64encode(os.urandom(75)),
        "no suite": stored[:1] + b"\0" + stored[2:], "next suite": stored[:1] + b"\2" + stored[2:],
        "last suite": stored[:1] + b"\xff" + stored[2:], "version 0": b"\0" + stored[1:], "a box": b"\xe2" + stored[1:],
        "header alone": stored[:22], "nothing but zeros": bytes(len(stored)),
    }[name]


FORMATS = ("plain text", "long plain text", "base64", "hexadecimal", "a token of Fernet", "no suite", "next suite", "last suite",
           "version 0", "a box", "nothing but zeros")


@pytest.mark.parametrize("wrong", ["empty", "cut", "longer", "header alone"])
@attack(3, AT_READ)
def test_a_cut_or_longer_bundle_in_the_table(ground: Ground, wrong: str) -> None:
    planted_and_refused(ground, wrong, EVERY_HAND[0])


@pytest.mark.parametrize("wrong", FORMATS)
@attack(5, AT_READ)
def test_another_format_in_the_table(ground: Ground, wrong: str) -> None:
    """There is no mode that accepts what is not sealed, and no older or weaker suite to fall back to."""
    planted_and_refused(ground, wrong, EVERY_HAND[FORMATS.index(wrong) % 3])


def planted_and_refused(ground: Ground, wrong: str, hand: str) -> None:
    home = ground.home()
    planted(home, {"whereabouts": wrongs_of(wrong, home.whereabouts)}, hand=hand, by=ground.cast.care_worker)
    shown = ground.read(home, "address", "reason")
    assert shown["address"] in ("VAULT-FORMAT", "VAULT-TAMPERED") and shown["reason"] == "her aunt asked"


@pytest.mark.parametrize("hand", EVERY_HAND)
@attack(3, AT_READ)
def test_a_bundle_taken_out_of_the_table(ground: Ground, hand: str) -> None:
    """A warning that was erased by hand must not read as "nothing was recorded"."""
    home = ground.home()
    planted(home, {"whereabouts": None}, hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, "address", "reason") == {"address": "VAULT-STALE", "reason": "her aunt asked"}
    planted(home, {"whereabouts_key": None}, hand=hand, by=ground.cast.care_worker)
    assert ground.read(home, "address") == {"address": "VAULT-STALE"}


@attack(2, AT_READ)
@attack(3, AT_READ)
def test_every_byte_and_length_of_a_wrapped_key(ground: Ground) -> None:
    key = DataKey.objects.using(KEYS).get(id=ground.home().whereabouts_key)
    wrapped = bytes(key.wrapped)
    with keys_in_hand() as connection:

        def opened(wrong: bytes) -> None:
            connection.execute("UPDATE vault_key SET wrapped = %s WHERE id = %s", [wrong, key.id])
            keyring.forget()
            if key.id not in keyring.keys([key.id]):
                raise keyring.why_not(key.id)

        opened(wrapped)
        assert refused(flips(wrapped, (0,)), opened) == len(wrapped)
        assert refused((wrong for wrong in cuts(wrapped) if wrong), opened) == len(wrapped) + 3
        with pytest.raises(psycopg.errors.CheckViolation):
            opened(b"")
        opened(wrapped)


@attack(2, AT_READ)
def test_a_changed_byte_of_a_compartments_key(ground: Ground) -> None:
    home = ground.home()
    key = DataKey.objects.using(KEYS).get(id=home.whereabouts_key)
    wrapped = bytes(Kek.objects.using(KEYS).get(id=key.kek_id).wrapped)
    try:
        for at in range(0, len(wrapped), 9):
            changed = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1:]
            said_to_keys("UPDATE vault_kek SET wrapped = %s WHERE id = %s", changed, key.kek_id)
            assert ground.read(home, "address", "reason") == {"address": "VAULT-TAMPERED", "reason": "her aunt asked"}
    finally:
        said_to_keys("UPDATE vault_kek SET wrapped = %s WHERE id = %s", wrapped, key.kek_id)
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}


@pytest.fixture
def root_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root key file; its lock is made cheap, since it is tried some hundred times."""
    monkeypatch.setattr(file, "COST", 2)
    path = tmp_path / "root.key"
    file.create(path, b"three calm rivers")
    return path


@attack(2, AT_READ)
@attack(3, AT_READ)
def test_every_byte_and_length_of_the_root_key_file(root_file: Path) -> None:
    stored = root_file.read_bytes()

    def opened(wrong: bytes) -> None:
        root_file.write_bytes(wrong)
        file.unseal(root_file, b"three calm rivers")

    opened(stored)
    assert refused(flips(stored, (0, 7)), opened) == 2 * len(stored) and refused(cuts(stored), opened)
    root_file.write_bytes(stored)
    with pytest.raises(RootSealed):
        file.unseal(root_file, b"three calm river")


def sealed_file(content: bytes) -> bytes:
    """A file as it would lie on the disk."""
    stored = io.BytesIO()
    files.write([content], stored, key=FILE_KEY, context=PLACE)
    return stored.getvalue()


def read_file(stored: bytes) -> bytes:
    return b"".join(files.Reader(io.BytesIO(stored), len(stored), key=FILE_KEY, context=PLACE).read())


@attack(2, AT_READ)
@attack(3, AT_READ)
def test_every_bit_and_length_of_a_small_file(ground: Ground) -> None:
    stored = sealed_file(b"photograph")
    assert read_file(stored) == b"photograph"
    assert refused(flips(stored), read_file) == 8 * len(stored) and refused(cuts(stored), read_file) == len(stored) + 4


def chunks_moved() -> Iterator[bytes]:
    """A file of three full chunks and a short one: chunks exchanged, repeated, left out, of another file, cut at each end."""
    stored, other = sealed_file(bytes(3 * files.CHUNK + 9)), sealed_file(bytes(3 * files.CHUNK + 9))
    size, head = files.CHUNK + files.TAG, files.HEAD
    parts, others = ([whole[head + n * size:head + (n + 1) * size] for n in range(4)] for whole in (stored, other))
    for order in ((1, 0, 2, 3), (0, 0, 2, 3), (0, 2, 1, 3), (0, 1, 1, 3), (0, 2, 3), (1, 2, 3), (0, 1, 3), (3,), (0, 1, 2),
                  (0, 1), (0,), (), (0, 1, 2, 3, 3), (0, 1, 2, 2, 3), (3, 0, 1, 2)):
        yield stored[:head] + b"".join(parts[n] for n in order)
    for number in range(4):
        yield stored[:head] + b"".join([*parts[:number], others[number], *parts[number + 1:]])
    yield other[:head] + stored[head:]
    yield stored[:files.SALT] + other[files.SALT:]


@attack(3, AT_READ)
def test_chunks_exchanged_repeated_left_out_or_of_another_file() -> None:
    assert refused(chunks_moved(), read_file) == 21


@pytest.mark.parametrize("context", [b"exhibit-2", b"", b"exhibit-1\0"])
@attack(1, AT_READ)
def test_the_file_of_one_exhibit_under_another(context: bytes) -> None:
    stored = sealed_file(b"photograph")
    with pytest.raises(VaultError):
        files.Reader(io.BytesIO(stored), len(stored), key=FILE_KEY, context=context)
