"""What letters and attached files tell the desk: the record behind a code, to be pinned or to come back as a reminder."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import Http404
from django.urls import reverse

from ijm.accounts.models import User
from ijm.documents import policy


def record(user: User, code: str) -> dict[str, Any] | None:
    """The letter or attached file of this code on a case file of hers, and its page."""
    with suppress(Http404):
        if code.startswith("FL-"):
            return {"record": policy.get_stored(user, code), "url": reverse("stored:show", args=[code])}
        if code.startswith("PA-") and (paper := policy.get_paper(user, code)).file_id:
            return {"record": paper, "url": reverse("documents:paper-show", args=[code])}
    return None
