"""Undo in the success banner: ten minutes in which the person who did something can take it back herself.

The banner's button carries a signed token: who, what kind of act, about which record in which revision. `bridges.UNDOS`
names what takes an act of this kind back: an ordinary action with its rule and its entry, never a delete.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.bridges import UNDOS
from ijm.trail.errors import Refused, Stale

SALT = "ijm.web.undo"
SECONDS = 600
MARK = "undo:"


class Forged(Exception):
    """A token that we never gave to this person."""


def offer(request: HttpRequest, kind: str, about: uuid.UUID | str, said: str) -> None:
    """Say that it worked, with a button that takes it back; KeyError for a kind that nothing takes back."""
    if kind not in UNDOS:  # found when the page is first used, not when somebody needs the button
        raise KeyError(kind)
    messages.success(request, said, extra_tags=MARK + token(request.user, kind, str(about)))


def token(user: Any, kind: str, about: str) -> str:
    """What the button carries."""
    return signing.dumps({"p": str(user.pk), "k": kind, "a": about}, salt=SALT)


def held_in(tags: str) -> str:
    """The token among a message's tags, or nothing."""
    return next((tag.removeprefix(MARK) for tag in tags.split() if tag.startswith(MARK)), "")


def mark(code: str, rev: int, *more: object) -> str:
    """A record and its revision as a token names them."""
    return ":".join(str(part) for part in (code, rev, *more))


def read(about: str) -> tuple[str, int, list[str]]:
    """Code, revision and what else `mark` wrote."""
    code, rev, *more = about.split(":")
    return code, int(rev), more


def take_back(user: Any, given: str) -> str:
    """Take back what the token names; gives the refusal in words, or nothing when it was done. Forged otherwise."""
    try:
        said = signing.loads(given, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        return _("The ten minutes for this are over. Open the record to change it.")
    except signing.BadSignature:
        raise Forged from None
    if said["p"] != str(user.pk):
        raise Forged
    return _taken(user, import_string(UNDOS[said["k"]]), said["a"])


def _taken(user: Any, undo: Callable[[Any, str], None], about: str) -> str:
    try:
        undo(user, about)
    except Stale:
        return _("It was changed since. Open the record to see what stands there now.")
    except Refused as refusal:
        return str(refusal.why) or _("This cannot be taken back any more.")
    return ""
