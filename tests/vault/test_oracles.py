"""Group 13: who sends wrong bytes learns nothing from what comes back, and nothing from how long it takes."""

from __future__ import annotations

import os
import statistics
import time
from functools import partial
from typing import Any

import pytest

from aftercare.models import Residence
from ijm.vault import bundle
from ijm.vault.errors import VaultError
from tests.vault.attacks import AT_READ, HARMLESS, attack
from tests.vault.conftest import Ground
from tests.vault.hands import SUPERUSER, field_of, planted

SECRETS = ("House 12", "012 345", "aunt")


def wrongs(home: Residence, other: Residence) -> dict[str, bytes]:
    """The same row in five broken ways, which differ inside the vault only."""
    stored = home.whereabouts
    return {
        "wrong tag": stored[:-1] + bytes([stored[-1] ^ 1]),
        "wrong text": stored[:30] + bytes([stored[30] ^ 1]) + stored[31:],
        "another row's": other.whereabouts,
        "wrong nonce": stored[:12] + os.urandom(10) + stored[22:],
        "made up": stored[:22] + os.urandom(len(stored) - 22),
    }


@attack(13, AT_READ)
def test_all_wrong_seals_look_alike(ground: Ground) -> None:
    home, other = ground.home(), ground.home()
    said = set()
    for wrong in wrongs(home, other).values():
        planted(home, {"whereabouts": wrong, "whereabouts_key": int.from_bytes(wrong[2:6], "big")}, hand=SUPERUSER,
                by=ground.cast.care_worker)
        said.add(ground.read(home, "address")["address"])
    assert said == {"VAULT-TAMPERED"}


@attack(13, HARMLESS)
def test_no_error_repeats_text_key_or_bytes(ground: Ground) -> None:
    home, other = ground.home(), ground.home()
    field, told = field_of(Residence, "whereabouts"), []
    for wrong in (*wrongs(home, other).values(), b"", b"House 12, Street 271", home.whereabouts[:40]):
        home.whereabouts = wrong
        with pytest.raises(VaultError) as caught:
            field.open(home, field.keys_of([home]))
        told.append(f"{caught.value} {caught.value!r} {caught.value.args}")
    assert not [word for word in SECRETS for line in told if word in line]
    assert not [line for line in told if home.whereabouts.hex()[:16] in line or "\\x" in line]


def seconds(open_it: Any) -> float:
    """How long one wrong opening takes, the middle of many."""
    taken = []
    for _ in range(300):
        begun = time.perf_counter()
        with pytest.raises(VaultError):
            open_it()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


@attack(13, HARMLESS)
def test_an_early_and_a_late_wrong_byte_take_the_same_time(ground: Ground) -> None:
    """The tag is compared as a whole. A wide alarm only: a machine of many guests knows no microseconds."""
    home = ground.home()
    field = field_of(Residence, "whereabouts")
    key = field.keys_of([home])[home.whereabouts_key]
    stored, opened = home.whereabouts, bundle.opener(field.label, field.compartment, field.names)
    early, late = (stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1:] for at in (len(stored) - 16, len(stored) - 1))
    first, last = (seconds(partial(opened, wrong, home.pk, key, 1)) for wrong in (early, late))
    assert 0.5 < first / last < 2
