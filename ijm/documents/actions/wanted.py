"""Asking the worker for a long list."""

from __future__ import annotations

import json

from ijm.accounts.models import User
from ijm.documents import policy
from ijm.documents.models import Wanted
from ijm.jobs.work import enqueue
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry


def want(*, by: User, source: str, query: str, format: str, language: str, purpose: str) -> Wanted:
    """Keep sealed what somebody asked for, and let the worker make it with her rights of that moment."""
    require(policy.may_take(by))
    asked = Wanted(owner_id=by.pk)
    with entry(Event.SHEET_WANTED, by=by, about=None, why=purpose):
        asked.seal(json.dumps({"source": source, "query": query, "format": format, "language": language,
                               "purpose": purpose}).encode())
        asked.save(force_insert=True)
        enqueue("documents.sheet", owner=by, about=asked.pk)
    return asked
