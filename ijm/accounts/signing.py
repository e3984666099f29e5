"""What happens around a sign-in: it is kept in her list, older sessions end, and she is told of what is unusual."""

from __future__ import annotations

import hashlib
from typing import cast

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from ijm import bridges
from ijm.accounts import devices, reach
from ijm.accounts.models import SignIn, User
from ijm.accounts.sessions import BEGUN, SHORT, SessionStore
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from ijm.web.cache import count
from ijm.web.pages import factor_of

PLACE = "place"
TRIES_KEPT = 30 * 24 * 3600
MANY_TRIES = 3


def runs_the_system(user: User) -> bool:
    """Whether her sessions are short and single."""
    return Role.ADMINISTRATOR in user.role_codes


def begin(request: HttpRequest, user: User, now: float) -> None:
    """Bind the session to its hour and place, keep it in her list, end what is too many, tell her what is unusual."""
    store = cast(SessionStore, request.session)
    store[BEGUN], store[SHORT], store[PLACE] = now, runs_the_system(user), devices.place_of(request)
    mark = devices.mark_of(request) or devices.give_mark(request)
    with acting_as(user, "w", Purpose.SIGN_IN):
        hers = SignIn.objects.filter(owner=user)
        is_new = hers.exists() and not hers.filter(browser=mark).exists()
        hers.create(owner=user, session=str(store.session_key), browser=mark, family=devices.family_of(request),
                    factor=factor_of(request))
        _end_the_oldest(user)
        _tell(user, [*(["session.new"] if is_new else []), *(["session.tries"] if tries(user.username) >= MANY_TRIES else [])])
    cache.delete(_counter(user.username))


def _end_the_oldest(user: User) -> None:
    """Two sessions go on, and one of who runs the system."""
    most = settings.SESSIONS_AT_ONCE_SHORT if runs_the_system(user) else settings.SESSIONS_AT_ONCE
    for one in reach.sessions_of(user)[most:]:
        Session.objects.filter(session_key=one.session).delete()


def _tell(user: User, kinds: list[str]) -> None:
    if kinds:
        with entry(Event.SESSION_ODD, by=user, about=user, why=Purpose.SIGN_IN):
            for kind in kinds:
                bridges.tell([user.pk], kind, about=user.code, path="/account/settings/")


def tell_of_change(user: User, kind: str) -> None:
    """Tell her that her password or a factor of hers changed: if it was not she, she knows."""
    with acting_as(user, "w", Purpose.SIGN_IN), entry(Event.SESSION_ODD, by=user, about=user, why=Purpose.SIGN_IN):
        bridges.tell([user.pk], kind, about=user.code, path="/account/settings/")


def follow(request: HttpRequest, user: User) -> None:
    """She has shown that it is she: the session gets a new key, and stays bound to where she is now."""
    request.session.cycle_key()
    request.session[PLACE] = devices.place_of(request)
    with acting_as(user, "w", Purpose.SIGN_IN):
        SignIn.objects.filter(owner=user, session=request.session.session_key).update(factor=factor_of(request))


def has_moved(request: HttpRequest) -> bool:
    """Whether this session goes on in another kind of browser or another network than where she showed who she is."""
    place = request.session.get(PLACE)
    return place is not None and place != devices.place_of(request)


def count_try(username: str) -> None:
    """One more try in vain, whether or not somebody has that name: it costs the same, and she is told when she signs in."""
    count(_counter(username), TRIES_KEPT)


def tries(username: str) -> int:
    """How many tries in vain since she last signed in."""
    return int(cache.get(_counter(username), 0))


def _counter(username: str) -> str:
    keyed = salted_hmac("ijm.accounts.tries", username.lower(), algorithm="sha256").digest()
    return f"tries:{hashlib.sha256(keyed).hexdigest()[:40]}"
