"""The bones of a name: what is left of it when everything is gone that writers of Khmer names disagree about.

Consonants fold into classes (k kh g, ch chh j, t th d, p ph b, v w, n nh ng); vowels, and r, h, y, v where they are not the
first sound (v: not the last), fall away; doubles become one. Khmer letters go through a table of the same classes, so
that សុវណ្ណ and Sovann, Sowan, Sovan leave the same bones. Method: the folding rules of the 1998 transliteration table
of the Documentation Center of Cambodia and of UNGEGN, as measured in the design of the vault. More languages: a table
of letters and a line in `SCRIPTS`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path

TABLES = Path(__file__).with_name("scripts")
SCRIPTS = {"khmer": re.compile("[\u1780-\u17ff]"), "latin": re.compile("[a-z]")}
SILENCED = re.compile("(?:\u17d2?[\u1780-\u17a2])\u17cd")  # a letter under the mark that kills its sound
ONLY_FIRST, NOT_LAST = frozenset("ARHY"), "V"


@cache
def _table(script: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """The letters of a script, longest first, and the sound of each."""
    with (TABLES / f"{script}.csv").open(encoding="utf-8", newline="") as file:
        sounds = {row["letter"]: row["sound"] for row in csv.DictReader(file)}
    return re.compile("|".join(sorted(map(re.escape, sounds), key=len, reverse=True))), sounds


def plain(name: str) -> str:
    """The name in small letters without accents, invisible marks or signs; words parted by one space."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(letter if letter.isalpha() or _is_khmer(letter) else "" if unicodedata.combining(letter) else " "
                   for letter in folded.replace("\u200b", "").replace("'", "").replace("\u2019", ""))
    return " ".join(kept.split())


def bones(word: str) -> str:
    """The skeleton of one word, such as `SVN`; empty when nothing in it has a sound we know."""
    word = plain(word).replace(" ", "")
    script = next((name for name, letters in SCRIPTS.items() if letters.search(word)), "latin")
    letters, sounds = _table(script)
    heard = [sounds[letter] for letter in letters.findall(SILENCED.sub("", word))]
    kept = heard[:1] + [sound for sound in heard[1:] if sound not in ONLY_FIRST]
    single = [sound for sound, _repeated in groupby(kept)]
    return "".join(single[:-1] if len(single) > 1 and single[-1] == NOT_LAST else single)


def skeleton(name: str) -> str:
    """The skeletons of all words of a name, sorted, so that family and given name may stand in either order."""
    return " ".join(sorted(filter(None, (bones(word) for word in plain(name).split()))))


def _is_khmer(letter: str) -> bool:
    return "\u1780" <= letter <= "\u17d3" or letter == "\u17dd"


__all__ = ("bones", "plain", "skeleton")
