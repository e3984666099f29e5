"""The same form sent twice is saved once, in a row or at the same moment; what was not taken may be sent again."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from ijm.trail.context import acting_as
from ijm.web import once
from ijm.web.models import Sending
from investigations.models import Tip
from tests.cast import Cast
from tests.conftest import sign_in

TIP = "/investigations/tips/new/"
WORDS = {"what_was_said": "Somebody is held", "urgency": "now", "channel": "hotline", "people_affected": "8", "children": "no",
         "province": "", "landmark": "", "caller_name": "", "caller_phone": "", "safe_contact": ""}


def opened(client: Client) -> dict[str, str]:
    """The words of a form with the token of a page that was opened now."""
    client.handler.enforce_csrf_checks = True
    return {**WORDS, "csrfmiddlewaretoken": str(client.get(TIP).context["csrf_token"])}


def tips(cast: Cast) -> int:
    with acting_as(cast.hotline, "r"):
        return Tip.objects.count()


def test_twice_the_same_is_saved_once(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    words = opened(client)
    first, second = client.post(TIP, words), client.post(TIP, words)
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url) and tips(cast) == 1
    assert "This was already saved." in client.get(second.url).content.decode()


def test_other_words_or_another_page_are_another_sending(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    words = opened(client)
    client.post(TIP, words)
    client.post(TIP, {**words, "landmark": "by the mill"})
    client.post(TIP, opened(client))
    assert tips(cast) == 3


def test_what_was_not_taken_may_be_sent_again_unchanged(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    words = {**opened(client), "people_affected": "a few"}
    assert [client.post(TIP, words).status_code for _ in range(2)] == [200, 200]
    with acting_as(cast.hotline, "r"):
        assert Sending.objects.count() == 0
    assert client.post(TIP, {**words, "people_affected": "3"}).status_code == 302 and tips(cast) == 1


def test_a_new_sign_in_changes_the_token_but_not_the_sending(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    words = opened(client)
    assert client.post(TIP, words).status_code == 302
    again = {**words, "csrfmiddlewaretoken": opened(client)["csrfmiddlewaretoken"], "_once": words["csrfmiddlewaretoken"]}
    client.post(TIP, again)
    assert tips(cast) == 1


def test_the_same_words_of_two_people_are_two(cast: Cast) -> None:
    keys = set()
    for user in (cast.hotline, cast.investigator):
        request = RequestFactory().post(TIP, {**WORDS, "csrfmiddlewaretoken": "x" * 64})
        request.user = user
        keys.add(once.key_of(request))
    assert len(keys) == 2 and "" not in keys


def request_with(user: Any, file: bytes, **words: str) -> HttpRequest:
    request = RequestFactory().post(TIP, {"csrfmiddlewaretoken": "t", **words, "file": SimpleUploadedFile("a.txt", file)})
    request.user = user
    return request


def test_files_are_part_of_what_is_sent_and_stay_readable(cast: Cast) -> None:
    one, two = request_with(cast.hotline, b"one"), request_with(cast.hotline, b"two")
    assert once.key_of(one) == once.key_of(request_with(cast.hotline, b"one")) != once.key_of(two)
    assert one.FILES["file"].read() == b"one"
    assert once.key_of(one) != once.key_of(request_with(cast.hotline, b"one", more="x"))


def test_a_form_without_the_token_of_a_page_is_not_remembered(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    for _ in range(2):
        client.post(TIP, WORDS)
    assert tips(cast) == 2


def test_marks_tell_nothing_and_are_thrown_away_after_a_day(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    client.post(TIP, opened(client))
    with acting_as(cast.hotline):
        (mark,) = Sending.objects.all()
        assert len(mark.key) == 64 and mark.location.startswith("/investigations/tips/TP-")
        assert once.forget_old(cast.hotline.pk) == 0
        assert once.forget_old(cast.hotline.pk, timezone.now() + dt.timedelta(days=2)) == 1
    with acting_as(cast.investigator), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_sending")
        assert cursor.fetchone() == (0,), "nobody sees another's marks"


def test_at_the_same_moment_the_second_waits_and_is_told(committed_cast: Cast) -> None:
    words = opened(sign_in(committed_cast.hotline))
    clients = [sign_in(committed_cast.hotline) for _ in range(4)]
    answers: list[Any] = []

    def send(client: Client) -> None:
        try:
            answers.append(client.post(TIP, words))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({answer.url for answer in answers}) == 1 and len(answers) == 4
    assert tips(committed_cast) == 1


@pytest.mark.parametrize("error", ["canceling statement due to statement timeout"])
def test_who_waits_too_long_is_told_to_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    from ijm.web import pages

    def long(request: HttpRequest) -> None:
        raise once.StillSaving from RuntimeError(error)

    monkeypatch.setattr(pages.once, "begin", long)
    answer = sign_in(cast.hotline).post(TIP, WORDS)
    assert answer.status_code == 409 and "first is not finished yet" in answer.content.decode()
