"""Keeping a question to the log, and keeping it no longer."""

from __future__ import annotations

from audit import policy
from audit.flagged import SavedQuestion
from audit.states import Event
from ijm.accounts.models import User
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def keep(page: str, *, by: User, query: str) -> SavedQuestion:
    """Keep a question as its form understood it; a second time changes nothing."""
    require(policy.may_ask(by))
    found = SavedQuestion.objects.filter(owner=by, page=page, query=query).first()
    if found is not None:
        return found
    kept = SavedQuestion(owner=by, page=page, query=query)
    with entry(Event.QUESTION_KEPT, by=by, about=None, why=Purpose.AUDIT):
        kept.save()
    return kept


def drop(kept: SavedQuestion, *, by: User) -> None:
    """Keep it no longer."""
    require(policy.may_ask(by))
    with entry(Event.QUESTION_DROPPED, by=by, about=None, why=Purpose.AUDIT):
        kept.delete()
