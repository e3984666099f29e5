"""Sessions whose stored key is a digest, and whose data belong to that key: who reads or writes the table takes none over."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangoMiddleware
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

BEGUN = "begun_at"
SHORT = "short"  # of somebody who runs the system


def digest(token: str) -> str:
    """What the table holds for a cookie's token: 160 bits of its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()[:40]


def longest(is_short: object) -> int:
    """Seconds after which a session ends, however busy it was."""
    return settings.SESSION_ABSOLUTE_AGE_SHORT if is_short else settings.SESSION_ABSOLUTE_AGE


class SessionStore(DatabaseStore):
    """Django's database store; the clear token lives only in the cookie and in this request."""

    token: str | None = None
    ends: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        """Django's own table."""
        from django.contrib.sessions.models import Session

        return Session

    def _get_new_session_key(self) -> str:
        while True:
            self.token = secrets.token_urlsafe(32)
            if not self.exists(digest(self.token)):
                return digest(self.token)

    @property
    def key_salt(self) -> str:
        """What is signed is signed for this row: a colleague's data copied into one's own row opens nothing."""
        return f"ijm.session.{self.session_key}"

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        self.ends = row.expire_date if row else None
        return row

    def get_session_cookie_age(self) -> int:
        """Seconds until it ends if nothing is done: fewer for who runs the system."""
        return settings.SESSION_COOKIE_AGE_SHORT if self.get(SHORT) else settings.SESSION_COOKIE_AGE

    @property
    def longest(self) -> int:
        """Seconds after which it ends, however busy it was."""
        return longest(self.get(SHORT))

    @property
    def is_due(self) -> bool:
        """Whether she used it so long since its end was last moved that it has to be moved again."""
        fresh = timedelta(seconds=self.get_session_cookie_age() - settings.SESSION_RENEWED_AFTER)
        return self.ends is not None and self.ends < timezone.now() + fresh

    def cycle_key(self) -> None:
        """A new key for the same session; her list of sessions follows it."""
        former = self.session_key
        super().cycle_key()
        if former:
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute("SELECT guard.session_renewed(%s, %s)", [former, self.session_key])

    def load(self) -> dict[str, Any]:
        """The session's data; nothing once its hours are over, however busy it was."""
        data: dict[str, Any] = super().load()
        begun = data.get(BEGUN)
        if begun is not None and timezone.now().timestamp() - begun > longest(data.get(SHORT)):
            self.delete()
            self._session_key = None
            return {}
        return data

    def save(self, must_create: bool = False) -> None:
        """Keep the data; a session that is there already is renewed by one statement, without a transaction around it."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        kept = self.create_model_instance(self._session)  # type: ignore[attr-defined]
        renewed = self.model.objects.filter(session_key=kept.session_key).update(
            session_data=kept.session_data, expire_date=kept.expire_date)
        if not renewed:
            raise UpdateError


class SessionMiddleware(DjangoMiddleware):
    """Reads the digest of the cookie, writes the token into it."""

    def process_request(self, request: HttpRequest) -> None:
        """Find the session by the digest of the token."""
        token = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        ticket: str | None = getattr(request, "ticket", None)  # on the host of files it stands for the session
        store = SessionStore(digest(token) if token else ticket)
        store.token = token
        request.session = store

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """Put the token where Django put the key. A page that asks by itself how far something is prolongs no session."""
        if request.session.is_due and not getattr(request, "is_poll", False):  # type: ignore[attr-defined]
            request.session.modified = True
        answer = super().process_response(request, response)  # type: ignore[arg-type]
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value and cookie.value == request.session.session_key:
            token = request.session.token  # type: ignore[attr-defined]
            cookie.set(cookie.key, token, token)
        return answer
