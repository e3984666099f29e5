"""Group 7: texts that break carelessly made seals; each comes back byte for byte from the database, or is refused in words."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import unicodedata
from typing import Any

import pytest

from aftercare.models import Residence
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault.errors import PlainText
from tests.vault.attacks import AT_WRITE, HARMLESS, attack
from tests.vault.conftest import Ground

KHMER = "ស្រីលក្ខណ៍ ខ្ញុំ"
TEXTS = {
    "empty": "", "spaces": "  \t ", "zero": "0", "False": "False", "None": "None", "NUL": "a\0b", "emoji": "😀👩\u200d👧",
    "NFC": unicodedata.normalize("NFC", "é" + KHMER), "NFD": unicodedata.normalize("NFD", "é" + KHMER),
    "right to left": "\u202eabc\u202c שלום", "invisible": "\u200b\ufeff\u2060", "one letter": "ក", "line ends": "a\r\nb\rc\n",
    "a bundle": "\xe1\x01\x00\x00\x00\x07", "base64": base64.b64encode(b"\xe1\x01" * 30).decode(),
    "a token": "gAAAAABnQ" + "x" * 91, "sealed": "‹sealed›", "SQL": "'; DROP TABLE vault_key; --", "first day": str(dt.date.min),
    "last day": str(dt.date.max), "not a number": str(decimal.Decimal("NaN")), "long": KHMER * 4000,
}
OTHERS = [0, False, 1.5, b"House 3", decimal.Decimal("NaN"), dt.date.max, ["House 3"], {"x": 1}]


@attack(7, HARMLESS)
def test_every_text_comes_back_as_it_was(ground: Ground) -> None:
    home, she, texts = ground.home(), ground.cast.care_worker, list(TEXTS.values())
    for start in range(0, len(texts), 3):
        said = dict(zip(("address", "directions", "phone_there"), [*texts[start:start + 3], None, None], strict=False))
        with acting_as(she), entry("test.changed", by=she, about=None):
            mine = Residence.objects.get(pk=home.pk)
            for name, text in said.items():
                setattr(mine, name, text)
            mine.save()
        assert ground.read(home, *said) == said


@attack(7, HARMLESS)
def test_ten_megabytes_in_a_row(ground: Ground) -> None:
    text = "ក" * (10_000_000 // 3)
    assert ground.read(ground.home(reason=text), "reason") == {"reason": text}


@pytest.mark.parametrize("value", OTHERS, ids=repr)
@attack(7, AT_WRITE)
def test_only_text_is_taken(ground: Ground, value: Any) -> None:
    with pytest.raises(TypeError, match="takes text or None"):
        Residence().address = value


@attack(7, AT_WRITE)
def test_half_a_character_is_refused_in_words_that_do_not_repeat_it(ground: Ground) -> None:
    home, she = ground.home(), ground.cast.care_worker
    with acting_as(she), entry("test.changed", by=she, about=None), pytest.raises(PlainText) as caught:
        home.address = "Vexanaly \ud800"
        home.save()
    assert "Vexanaly" not in str(caught.value) and caught.value.code == "VAULT-PLAINTEXT"
    assert ground.read(home, "address") == {"address": "House 12, Street 271"}
