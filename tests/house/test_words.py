"""The Khmer catalogue: every word of the pages is there, and what is compiled is what is written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "ijm" / "locale" / "km" / "LC_MESSAGES"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CALL = re.compile(r"""(?:\b_|gettext(?:_lazy)?)\(\s*"((?:[^"\\]|\\.)+)"\s*[,)]|\{%\s*(?:translate|trans)\s+"([^"]+)\"""")
PLACES = ("ijm", "investigations", "aftercare", "prosecutions", "audit")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    """The catalogue as it is written."""
    return polib.pofile(str(FOLDER / "django.po"))


def test_every_entry_has_words_and_none_is_a_guess(catalogue: polib.POFile) -> None:
    wanting = [entry.msgid for entry in catalogue if not entry.obsolete and not entry.translated()]
    guessed = [entry.msgid for entry in catalogue if entry.fuzzy]
    assert not wanting, f"{len(wanting)} without Khmer words, first: {wanting[:5]}"
    assert not guessed, guessed[:5]


def test_what_is_compiled_is_what_is_written(catalogue: polib.POFile) -> None:
    compiled = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in
                polib.mofile(str(FOLDER / "django.mo"))}
    written = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in catalogue.translated_entries()}
    assert compiled == written, "run `python manage.py words`"


def test_places_for_values_are_the_same_in_both_languages(catalogue: polib.POFile) -> None:
    wrong = [entry.msgid for entry in catalogue.translated_entries() if not entry.msgid_plural
             and set(PLACE.findall(entry.msgid)) != set(PLACE.findall(entry.msgstr))]
    assert not wrong, wrong


def words_in_use() -> set[str]:
    """The plain words that sources and templates ask a translation for."""
    found: set[str] = set()
    for place in PLACES:
        for path in sorted((settings.BASE_DIR / place).rglob("*")):
            if path.suffix in (".py", ".html") and "migrations" not in path.parts:
                found |= {first or second for first, second in CALL.findall(path.read_text())}
    return {word.replace('\\"', '"').replace("\\n", "\n") for word in found}


def test_no_word_in_use_is_missing_from_the_catalogue(catalogue: polib.POFile) -> None:
    known = {entry.msgid for entry in catalogue if not entry.obsolete}
    missing = {word for word in words_in_use() if word not in known and "%" not in word}
    assert len(words_in_use()) > 500, "the search itself works"
    assert not missing, f"{len(missing)} words are not in the catalogue, run `python manage.py words`: {sorted(missing)[:5]}"


def test_khmer_letters_are_in_the_words(catalogue: polib.POFile) -> None:
    khmer = [entry for entry in catalogue.translated_entries() if re.search("[\u1780-\u17ff]", entry.msgstr or
                                                                             str(entry.msgstr_plural))]
    assert len(khmer) > 0.9 * len(catalogue.translated_entries())


def test_gathering_words_needs_its_programs(tmp_path: Path) -> None:
    """Where gettext is not installed the command says so in one sentence."""
    done = subprocess.run([sys.executable, str(settings.BASE_DIR / "manage.py"), "words"], env={"PATH": str(tmp_path)},
                          capture_output=True, text=True, check=False)
    assert done.returncode and "install the package gettext" in done.stderr
