"""Codes: every single typing error is caught, and what a person plausibly types is understood."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ijm.ids import ALPHABET, PREFIXES, is_code, new_code, normalise_code

SHAPE = re.compile(r"[A-Z]{2}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
prefixes = st.sampled_from(sorted(PREFIXES))


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_a_new_code_has_our_shape_and_is_its_own_normal_form(prefix: str) -> None:
    code = new_code(prefix)
    assert SHAPE.fullmatch(code)
    assert code.startswith(prefix)
    assert normalise_code(code) == code


def test_two_new_codes_differ() -> None:
    assert len({new_code("SV") for _ in range(200)}) == 200


@pytest.mark.parametrize("prefix", ["", "sv", "XX", "SV-"])
def test_an_unknown_prefix_makes_no_code(prefix: str) -> None:
    with pytest.raises(ValueError, match="no such code prefix"):
        new_code(prefix)


@given(prefixes)
def test_every_single_wrong_character_is_caught(prefix: str) -> None:
    code = new_code(prefix)
    for at in (*range(3, 7), *range(8, 12)):
        for other in set(ALPHABET) - {code[at]}:
            assert normalise_code(code[:at] + other + code[at + 1 :]) is None


def test_nearly_every_swap_of_neighbours_is_caught() -> None:
    missed = total = 0
    for _ in range(300):
        body = new_code("SV").replace("-", "")[2:]
        for at in range(7):
            if body[at] != body[at + 1]:
                total += 1
                swapped = body[:at] + body[at + 1] + body[at] + body[at + 2 :]
                missed += normalise_code("SV" + swapped) is not None
    assert missed / total < 0.02


@given(prefixes, st.sampled_from([" ", "-", "", "  ", "\u2011", "\u2013", "\u200b", "_", "\u00a0"]))
def test_case_spaces_and_dashes_do_not_matter(prefix: str, separator: str) -> None:
    code = new_code(prefix)
    assert normalise_code(" " + code.lower().replace("-", separator) + "\n") == code


@given(prefixes)
def test_lookalike_letters_are_read_as_digits(prefix: str) -> None:
    code = new_code(prefix)
    for zero, one in itertools.product("0Oo", "1IilL"):
        assert normalise_code(code[:3] + code[3:].replace("0", zero).replace("1", one)) == code


@given(prefixes)
def test_digits_in_the_prefix_are_read_as_letters(prefix: str) -> None:
    code = new_code(prefix)
    assert normalise_code(code[:2].replace("O", "0").replace("I", "1") + code[2:]) == code


@given(prefixes)
def test_khmer_digits_are_understood(prefix: str) -> None:
    code = new_code(prefix)
    khmer = code.translate({ord(str(n)): chr(0x17E0 + n) for n in range(10)})
    assert normalise_code(khmer) == code


@pytest.mark.parametrize(
    "text", ["", "SV", "SV-7K4M", "SV-7K4M-92QX1", "ZZ-0000-0000", "SV-00U0-0000", "SV-0000/0000"]
)
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    code = normalise_code(text)
    assert code is None or is_code(code)


def test_is_code_wants_the_written_form_and_the_prefix() -> None:
    code = new_code("CR")
    assert is_code(code)
    assert is_code(code, "CR")
    assert not is_code(code, "SV")
    assert not is_code(code.lower())
    assert not is_code(code.replace("-", ""))
