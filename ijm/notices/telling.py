"""Telling people something: one notice each, by code and link."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from ijm.notices.models import Notice, NoticeKind


def tell(users: Iterable[uuid.UUID], kind: NoticeKind, *, about: str, path: str) -> None:
    """Make a notice for each of these people, inside an open entry; `about` is the code they will read."""
    Notice.objects.bulk_create(
        Notice(rev=1, user_id=user, kind=kind, about_code=about, path=path) for user in users)
