"""What a wing tells a letter of one of its files: a code, open facts, and how to read the name where that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import LETTERS
from ijm.casefiles.models import CaseFile
from ijm.people.models import Alias, Name, NameKind
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose


@dataclass(frozen=True)
class Fact:
    """One open fact that a letter may carry."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class About:
    """The record a letter is about: the wing's own code of it, and what may be said of it openly."""

    record: Any
    code: str
    file: CaseFile | None  # nothing: it is about no file of hers who prints it
    facts: tuple[Fact, ...] = ()
    stays: tuple[str, ...] = field(default=())  # what the file holds and no letter takes along, in words
    alias: Alias | None = None  # the person, where the wing knows her name itself


Teller = Callable[[User, CaseFile], About | None]


def of_file(user: User, file: CaseFile, language: str) -> About | None:
    """What may be said of this file in a letter of this language; nothing where its wing writes no letters."""
    tell: Teller = import_string(LETTERS[file.kind])
    with translation.override(language):
        return tell(user, file)


def name_of(user: User, alias: Alias, purpose: str, language: str) -> str:
    """The name on papers, in the writing of the letter where it is known: one recorded look."""
    names = list(Name.objects.filter(person=alias.person_id).order_by("kind", "script"))
    legal = [one for one in names if one.kind == NameKind.LEGAL] or names
    wanted = "km" if language == "km" else "latn"
    chosen = next((one for one in legal if one.script == wanted), legal[0] if legal else None)
    if chosen is None:
        return ""
    shown = disclose(chosen, "family", "given", to=user, purpose=Purpose(purpose))
    return " ".join(str(value) for value in (shown["family"], shown["given"]) if value)
