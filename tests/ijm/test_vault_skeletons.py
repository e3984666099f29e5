"""Names that are the same name leave the same bones, in both scripts and however they are spelled."""

from __future__ import annotations

import pytest

from ijm.vault.skeletons import bones, plain, skeleton

BOTH = [
    ("យឹម ពិសិដ្ឋ", "Yim Piseth"), ("ប្រាក់ សំណាង", "Prak Samnang"), ("ចាន់ សុភា", "Chan Sophea"),
    ("មាស វីរៈ", "Meas Virak"), ("អ៊ុក ចិន្តា", "Ouk Chenda"), ("គឹម ស្រីមុំ", "Kim Sreymom"),
    ("ញ៉ែម គន្ធា", "Nhem Kunthea"), ("សរ ម៉ាលីស", "Sar Malis"), ("ទេព ឫទ្ធី", "Tep Rithy"),
    ("ឡុង ដាលីន", "Long Dalin"), ("ហេង បុប្ផា", "Heng Bopha"), ("កែវ សំណាង", "Keo Samnang"),
    ("ឡុង ផល្លា", "Long Phalla"), ("ជា ស្រីលក្ខណ៍", "Chea Sreyleak"), ("ឈឹម សុវណ្ណ", "Chhim Sovann"),
    ("ហេង វុទ្ធី", "Heng Vuthy"), ("ម៉ៅ រតនៈ", "Mao Rattanak"), ("សុខ ស្រីនាង", "Sok Sreyneang"),
    ("ទេព បូរ៉ា", "Tep Bora"), ("ស៊ុន ចាន់ថា", "Sun Chantha"),
]
SAME = [("Sovann", "Sowan"), ("Chhim", "Chim"), ("Sreyleak", "Sreileak"), ("Vuthy", "Wuthy"), ("Chea Piseth", "PISETH CHEA"),
        ("Thida", "Tida"), ("Nguon", "Nuon"), ("Jean-Luc", "Jean Luc"), ("Sô Phéa", "So Phea"), ("Sok\u200bSophea", "Soksophea")]


@pytest.mark.parametrize(("khmer", "latin"), BOTH)
def test_khmer_and_latin_leave_the_same_bones(khmer: str, latin: str) -> None:
    assert skeleton(khmer) == skeleton(latin) != ""


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_leave_the_same_bones(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other) != ""


def test_different_names_stay_apart() -> None:
    everybody = [skeleton(latin) for _khmer, latin in BOTH]
    assert len(set(everybody)) == len(everybody)


@pytest.mark.parametrize("nothing", ["", " ", "123", "—", "\u17cd", "🙂"])
def test_what_has_no_sound_leaves_nothing(nothing: str) -> None:
    assert skeleton(nothing) == bones(nothing) == ""


def test_a_plain_name_keeps_its_letters() -> None:
    assert plain("  CHEA,\u200b  Sô-Phéa ") == "chea so phea"
    assert plain("សុវណ្ណ\u200bា") == "សុវណ្ណា"
