"""Groups 1 to 3 for files: what lies on the shelf, and the row that names it, in the hands of who rules disk or database."""

from __future__ import annotations

from typing import Any

import pytest

from ijm.documents.models import StoredFile
from ijm.trail.context import acting_as
from ijm.vault import keyring, shelf
from ijm.vault.errors import VaultError
from tests import records
from tests.ijm.attached import PICTURE, attached
from tests.vault.attacks import AT_READ, attack
from tests.vault.conftest import Ground
from tests.vault.hands import SUPERUSER, bundle_of, said, without_triggers


@pytest.fixture
def two(ground: Ground) -> tuple[StoredFile, StoredFile]:
    """Two files on two case files of one investigator."""
    he = ground.cast.investigator
    one, other = (attached(he, records.file_of(he), PICTURE + tail) for tail in (b"1", b"2"))
    return one, other


def fetched(ground: Ground, stored: StoredFile) -> bytes:
    """The whole file, as its page would send it."""
    keyring.forget()
    with acting_as(ground.cast.investigator):
        row = StoredFile.objects.get(pk=stored.pk)
        return b"".join(shelf.read(row, to=ground.cast.investigator, event="test.fetched"))


def written(stored: StoredFile, columns: dict[str, Any]) -> None:
    """These columns of its row, overwritten by the superuser without the table's rules."""
    with without_triggers("documents_storedfile"):
        for name, value in columns.items():
            said(f"UPDATE documents_storedfile SET {name} = %s WHERE id = %s", value, stored.pk, hand=SUPERUSER)


@attack(1, AT_READ)
def test_two_sealed_files_exchanged_on_the_disk(ground: Ground, two: tuple[StoredFile, StoredFile]) -> None:
    places = [shelf.path_of(one.storage) for one in two]
    contents = [place.read_bytes() for place in places]
    for place, content in zip(places, reversed(contents), strict=True):
        place.write_bytes(content)
    for one in two:
        with pytest.raises(VaultError):
            fetched(ground, one)
    for place, content in zip(places, contents, strict=True):
        place.write_bytes(content)
    assert [fetched(ground, one)[-1:] for one in two] == [b"1", b"2"]


@attack(1, AT_READ)
def test_a_row_that_names_another_sealed_file(ground: Ground, two: tuple[StoredFile, StoredFile]) -> None:
    one, other = two
    written(other, {"storage": "0" * 32})
    written(one, {"storage": other.storage})
    with pytest.raises(VaultError):
        fetched(ground, one)
    with pytest.raises(VaultError, match="VAULT-FILE-GONE"):
        fetched(ground, other)


@attack(1, AT_READ)
def test_a_row_with_the_name_and_the_key_of_another(ground: Ground, two: tuple[StoredFile, StoredFile]) -> None:
    """Even file and key together, moved under another row: the row is in the place that both seals cover."""
    one, other = two
    written(other, {"storage": "1" * 32})
    written(one, {"storage": other.storage, **bundle_of(other, "evidence")})
    with pytest.raises(VaultError):
        fetched(ground, one)


@attack(2, AT_READ)
@attack(3, AT_READ)
def test_a_file_changed_or_cut_on_the_disk(ground: Ground, two: tuple[StoredFile, StoredFile]) -> None:
    one, place = two[0], shelf.path_of(two[0].storage)
    good = place.read_bytes()
    middle = len(good) // 2
    for wrong in (good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:], good[:-1], good[:middle], good + b"\0", b""):
        place.write_bytes(wrong)
        with pytest.raises(VaultError):
            fetched(ground, one)
    place.write_bytes(good)
    assert fetched(ground, one) == PICTURE + b"1"
