"""The doors of the pages, with small views of their own: what they let through, roll back and record."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from ijm.accounts.models import Office, User
from ijm.accounts.sessions import SessionStore, digest
from ijm.roles.table import Role
from ijm.trail.context import standing
from ijm.trail.entries import entry
from ijm.trail.errors import Refused, Stale
from ijm.web import pages
from ijm.web.looks import seen
from tests.cast import Cast
from tests.conftest import session_token, sign_in
from tests.trail import acts, last_events

MAKE = RequestFactory()


def asked(user: User, method: str = "GET", *, second_factor: bool = True) -> HttpRequest:
    """A request of somebody who has signed in."""
    request = getattr(MAKE, method.lower())("/somewhere/")
    request.user = user
    request.session = SessionStore(digest(session_token(user, second_factor=second_factor)))
    request.resolver_match = None
    return request


def renamed(request: HttpRequest, status: int = 200) -> HttpResponse:
    office = Office.objects.get(code=request.GET.get("office") or request.user.office.code)
    with entry("office.renamed", by=request.user, about=office):
        office.name_en = uuid.uuid4().hex
        office.save()
    return HttpResponse(office.name_en, status=status)


def test_a_page_that_reads_refuses_every_change(cast: Cast) -> None:
    from ijm.trail.errors import NoDoor

    with pytest.raises(NoDoor):
        pages.reads()(renamed)(asked(cast.administrator, "POST"))
    with pytest.raises(NoDoor):
        pages.writes()(renamed)(asked(cast.administrator, "GET"))


def test_a_page_that_writes_changes_on_post(cast: Cast) -> None:
    answer = pages.writes(Role.ADMINISTRATOR)(renamed)(asked(cast.administrator, "POST"))
    assert Office.objects.get(pk=cast.office.pk).name_en == answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_page_that_breaks_leaves_nothing(cast: Cast) -> None:
    answer = pages.writes()(lambda request: renamed(request, 500))(asked(cast.administrator, "POST"))
    assert answer.status_code == 500
    assert Office.objects.get(pk=cast.office.pk).name_en == "Phnom Penh office"


@pytest.mark.parametrize(
    ("error", "act", "reason"),
    [
        (Http404(), "page.not_there", "hidden-or-missing"),
        (PermissionDenied(), "page.refused", "permission"),
    ],
)
def test_every_refusal_is_one_page_and_one_event(cast: Cast, error: Exception, act: str, reason: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    answer = pages.reads()(view)(asked(cast.liaison))
    assert answer.status_code == 404 and answer.content == pages.not_there().content
    assert (last_events(1)[0]["act"], last_events(1)[0]["why"]["code"]) == (act, reason)


def test_a_refusal_of_an_action_is_recorded_by_require_alone(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise Refused("not today")

    before = len(acts())
    answer = pages.reads()(view)(asked(cast.liaison))
    assert answer.status_code == 404 and b"not today" not in answer.content and len(acts()) == before


def test_who_was_slower_is_told(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise Stale("x")

    assert pages.writes()(view)(asked(cast.liaison, "POST")).status_code == 409


def test_a_wrong_role_meets_no_view_at_all(cast: Cast) -> None:
    answer = pages.reads(Role.AUDITOR)(lambda request: pytest.fail("came in"))(asked(cast.liaison))
    assert answer.status_code == 404 and last_events(1)[0]["why"]["code"] == "role"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_answered(cast: Cast, method: str) -> None:
    assert pages.reads()(lambda request: pytest.fail("came in"))(asked(cast.liaison, method)).status_code == 405


def test_the_door_tells_the_trail_who_where_from_and_with_which_factor(cast: Cast) -> None:
    request = asked(cast.liaison)
    told: list[object] = []
    pages.reads()(lambda inner: told.append(standing()) or HttpResponse())(request)
    opened = told[0]
    assert (opened.who.user, opened.who.mfa, opened.mode) == (str(cast.liaison.pk), "totp", "r")
    assert opened.who.session == request.session.session_key[:12] and opened.source is pages.source_of(request)


def test_a_gate_opens_without_asking(cast: Cast) -> None:
    view: Callable[..., HttpResponse] = pages.gate(lambda request: HttpResponse("in"))
    assert view.door.kind == "gate" and view(MAKE.get("/")).content == b"in"


def test_a_list_and_a_record_that_were_seen_are_recorded(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        seen(request, cast.office, fields=["name_en"])
        seen(request, [cast.office, cast.far_office])
        seen(request, [])
        return HttpResponse()

    pages.reads()(view)(asked(cast.liaison))
    one, many, none = last_events(3)
    assert (one["act"], one["fields"]) == ("record.seen", ["name_en"])
    assert (many["act"], len(many["obj"]["rows"])) == ("list.seen", 2)
    assert none["q"] == {"count": 0} or none["q"]["count"] == 0


# sessions


def test_the_table_holds_a_digest_and_the_cookie_the_token(cast: Cast) -> None:
    from django.contrib.sessions.models import Session

    token = session_token(cast.liaison)
    assert not Session.objects.filter(session_key=token).exists()
    assert Session.objects.filter(session_key=digest(token)).exists() and len(digest(token)) == 40


def test_the_stored_key_opens_no_session(cast: Cast) -> None:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = digest(session_token(cast.liaison))
    assert client.get("/desk/").status_code == 302


def test_a_session_ends_after_eight_hours_however_busy(cast: Cast) -> None:
    from django.utils import timezone

    client = sign_in(cast.liaison)
    assert client.get("/desk/").status_code == 200
    store = SessionStore(digest(client.cookies["__Host-sid"].value))
    store["begun_at"] = timezone.now().timestamp() - 8 * 3600 - 1
    store.save()
    assert client.get("/desk/").status_code == 302
    assert not SessionStore(store.session_key).exists(store.session_key)


def test_a_deactivated_person_is_out_at_the_next_request(cast: Cast) -> None:
    from ijm.trail.context import acting_as

    client = sign_in(cast.liaison)
    with acting_as(cast.administrator), entry("user.ended", by=cast.administrator, about=cast.liaison):
        User.objects.filter(pk=cast.liaison.pk).update(is_active=False)
    assert client.get("/desk/").status_code == 302


def test_no_page_can_be_kept_or_framed(cast: Cast) -> None:
    answer = sign_in(cast.liaison).get("/desk/")
    assert "no-store" in answer["Cache-Control"] and answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_database_error_is_no_silent_success(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise DatabaseError("gone")

    with pytest.raises(DatabaseError):
        pages.writes()(view)(asked(cast.liaison, "POST"))
