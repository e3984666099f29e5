"""Drafts: what somebody types is kept, sealed, until she has sent it; nobody but herself can read it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

from ijm.ids import normalise_code
from ijm.messages import Event
from ijm.roles.decisions import Holder
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from ijm.vault.errors import VaultError
from ijm.web.models import LONGEST_PATH, Draft

MOST = 512 * 1024  # characters of one form
LIFE = dt.timedelta(days=30)
# Never kept: the page's token, our own marks, and what opens an account.
NOT_KEPT = ("csrfmiddlewaretoken", "password")


class NotOurs(ValueError):
    """The address leads to no page of the house with a form, or holds more than codes."""


def ours(path: str) -> str:
    """The address of a page of ours, when it is one behind a door and names nothing but codes; else NotOurs."""
    try:
        found = resolve(path) if len(path) <= LONGEST_PATH else None
    except Resolver404:
        found = None
    door = getattr(found.func, "door", None) if found else None
    if found is None or door is None or door.kind == "gate" or not all(_is_code(value) for value in found.kwargs.values()):
        raise NotOurs
    return path


def _is_code(value: Any) -> bool:
    return isinstance(value, uuid.UUID) or normalise_code(str(value)) == value


def keep(user: Holder, path: str, form: str, body: str) -> Draft:
    """Keep the words of a form as they were typed; raises NotOurs for an address that no draft may have."""
    content = json.dumps(pairs(body)).encode()
    where = {"owner_id": user.pk, "path": ours(path), "form": ours(form)}
    draft = Draft.objects.filter(**where).first()
    if draft is None:
        try:
            return _begun(user, Draft(**where), content)
        except IntegrityError:  # the same page in another window was faster
            draft = Draft.objects.get(**where)
    draft.seal(content)
    draft.saved_at = timezone.now()
    draft.save(update_fields=["parcel", "parcel_key", "saved_at"])
    return draft


def _begun(user: Holder, draft: Draft, content: bytes) -> Draft:
    draft.seal(content)
    with transaction.atomic(), entry(Event.DRAFT_BEGUN, by=user, about=draft):
        draft.save(force_insert=True)
    return draft


def pairs(body: str) -> list[tuple[str, str]]:
    """The names and values of a form's body, in their order, without what is never kept."""
    typed = QueryDict(body)
    return [(name, value) for name, values in typed.lists() for value in values
            if not name.startswith("_") and not any(word in name for word in NOT_KEPT)]


def typed_in(draft: Draft, user: Holder) -> QueryDict:
    """What she had typed, as the browser sent it; her look is recorded. Raises VaultError when it is not whole."""
    typed = QueryDict(mutable=True)
    for name, value in json.loads(draft.open(to=user, event=Event.DRAFT_RESUMED)):
        typed.appendlist(name, value)
    return typed


def on_page(user: Holder, path: str) -> list[tuple[Draft, QueryDict]]:
    """Her drafts of this page with their words; one that cannot be opened is left out."""
    found = []
    for draft in Draft.objects.filter(owner_id=user.pk, path=path):
        try:
            found.append((draft, typed_in(draft, user)))
        except VaultError:
            continue
    return found


def mine(user: Holder) -> list[Draft]:
    """What she began and has not sent, the latest first: `path`, `label`, `saved_at` of each."""
    return list(Draft.objects.filter(owner_id=user.pk).defer("parcel"))


def discard(user: Holder, draft: Draft) -> None:
    """Throw a draft away."""
    with entry(Event.DRAFT_DISCARDED, by=user, about=draft):
        draft.delete()


def sent(user: Holder, form: str) -> None:
    """The form was sent and taken: its draft goes, in the same transaction."""
    Draft.objects.filter(owner_id=user.pk, form=form).delete()


def forget_old(user: Any, now: dt.datetime | None = None) -> int:
    """Throw away what this person has not touched for thirty days; how many drafts."""
    old = Draft.objects.filter(owner_id=user.pk, saved_at__lt=(now or timezone.now()) - LIFE).defer("parcel")
    for draft in (gone := list(old)):
        with entry(Event.DRAFT_EXPIRED, by=user, about=draft, why=Purpose.SYSTEM):
            draft.delete()
    return len(gone)
