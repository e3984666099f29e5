"""A letter put together: its fixed words, its open facts, what the writer adds. The same for PDF, Word and the screen."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office, User
from ijm.documents.about import About
from ijm.documents.models import Template
from ijm.documents.texts import FRAMES, TEXTS, Frame
from ijm.ids import ALPHABET
from ijm.roles.table import Kind
from ijm.trail.purposes import Purpose
from ijm.web.words import clock, day, letter_day

FOR_KINDS: dict[str, frozenset[str]] = {
    Template.COURT: frozenset({Kind.CARE, Kind.PROSECUTION}),
    Template.REFERRAL: frozenset({Kind.CARE}),
    Template.RECEIPT: frozenset({Kind.CARE}),
    Template.HANDOVER: frozenset(Kind),
    Template.BLANK: frozenset(Kind),
}
PURPOSES = (Purpose.COURT, Purpose.REFERRAL, Purpose.MEDICAL, Purpose.CONTACT, Purpose.SUPERVISION)
FIELD = re.compile(r"\{\{ (about|who) \}\}")


class Reader(TextChoices):
    """Who will read it; only a reader of the own wing may be written a name."""

    COURT = "court", _("A court or authority")
    PARTNER = "partner", _("A partner organisation")
    OTHER = "other", _("Somebody else outside")
    WING = "wing", _("A colleague of this wing, inside")


@dataclass(frozen=True)
class Letter:
    """What somebody wants written: which letter, about what, to whom, in which words, for which purpose."""

    template: str
    language: str
    format: str
    about: About
    reader: str
    recipient: str
    subject: str = ""
    words: str = ""
    facts: tuple[str, ...] = ()
    purpose: str = Purpose.CASEWORK
    is_named: bool = False


@dataclass(frozen=True)
class Stamp:
    """What makes one paper this paper: code, number, check characters, the moment."""

    code: str = ""
    number: str = ""
    mark: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Composed:
    """A letter in its final words, line by line; no field is left to fill."""

    language: str
    frame: Frame
    office: str
    day: str
    recipient: tuple[str, ...]
    subject: str
    greeting: str
    before: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    after: tuple[str, ...]
    closing: str
    signer: str
    duty: str
    stamp: Stamp
    printed: str
    about: str = ""
    who: str = ""


def for_kind(kind: str) -> list[Template]:
    """The letters that are written about files of this kind."""
    return [Template(template) for template, kinds in FOR_KINDS.items() if kind in kinds]


def filled(text: str, fields: dict[str, str]) -> str:
    """One fixed sentence with its fields, in one pass: what is filled in is never read as a field again."""
    return FIELD.sub(lambda found: fields[found.group(1)], text)


def lines(text: str) -> tuple[str, ...]:
    """The lines of what somebody wrote, without empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def compose(letter: Letter, *, by: User, stamp: Stamp, name: str = "") -> Composed:
    """The letter in its own language, whatever the language of the page."""
    text = TEXTS[letter.template, letter.language]
    about = letter.about
    with translation.override(letter.language):
        fields = {"about": about.code, "who": f"{name} ({about.code})" if name else about.code}
        moment = timezone.localtime(stamp.at or timezone.now())
        return Composed(
            language=letter.language, frame=FRAMES[letter.language], office=by.office.name, day=letter_day(moment.date()),
            recipient=lines(letter.recipient), subject=letter.subject or filled(text.subject, fields),
            greeting=text.greeting, before=tuple(filled(part, fields) for part in text.before),
            facts=tuple((fact.label, fact.value) for fact in about.facts if fact.key in letter.facts),
            words=lines(letter.words), after=tuple(filled(part, fields) for part in text.after), closing=text.closing,
            signer=by.display_name, duty=", ".join(by.role_labels), stamp=stamp,
            printed=f"{by.display_name} ({by.code}), {day(moment.date())} {clock(moment)}",
            about=about.code, who=fields["who"])


def marked(composed: Composed) -> Composed:
    """The same with its check characters: eight letters of the SHA-256 of everything it says."""
    return replace(composed, stamp=replace(composed.stamp, mark=mark_of(spoken(composed))))


def spoken(composed: Composed) -> list[Any]:
    """Everything a letter says, in order: what its check characters are made of."""
    return [composed.stamp.code, composed.stamp.number, composed.language, composed.printed, composed.recipient,
            composed.subject, composed.before, composed.facts, composed.words, composed.after]


def mark_of(said: list[Any]) -> str:
    """Eight characters such as `K4M9-2QX7`, five bits each, of the SHA-256 of these words."""
    digest = int.from_bytes(hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).digest()[:5])
    letters = [ALPHABET[digest >> shift & 31] for shift in range(35, -1, -5)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def letters_of(office: Office) -> str:
    """Two or three letters for the numbers of an office: the initials of its English name."""
    words = [word for word in re.findall("[A-Za-z]+", office.name_en) if word.lower() not in ("office", "the", "of")]
    return ("".join(word[0] for word in words[:3]) if len(words) > 1 else "".join(words)[:2]).upper() or "OF"
