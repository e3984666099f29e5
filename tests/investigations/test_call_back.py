"""A caller's number is never opened without what the caller said about calling back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from investigations.actions import tips
from investigations.models import Tip
from tests.cast import Cast
from tests.trail import last_events

SignIn = Callable[[User], Client]


def told(cast: Cast, **caller: str) -> Tip:
    with acting_as(cast.hotline):
        return tips.take(by=cast.hotline, channel="hotline", urgency="no", what_was_said="Workers who may not leave",
                         province="12", is_child_involved=False, **caller)


@pytest.mark.parametrize(("safe", "says"), [("Only after eight", "Only after eight"), ("", "Ask a supervisor before you call")])
def test_number_and_warning_come_together_in_one_look(cast: Cast, signed_in: SignIn, safe: str, says: str) -> None:
    tip = told(cast, caller_phone="012 345 678", safe_contact=safe)
    shown = signed_in(cast.hotline).post(f"/investigations/tips/{tip.code}/reveal/",
                                         {"field": "caller_phone", "purpose": "CONTACT"}).content.decode()
    assert says in shown and shown.index(says) < shown.index("012 345 678")
    look = next(event for event in last_events(4) if event["act"] == "field.disclosed")
    assert look["fields"] == ["caller_phone", "safe_contact"]


def test_without_a_number_there_is_nothing_to_warn_of(cast: Cast, signed_in: SignIn) -> None:
    tip = told(cast, caller_name="Nary")
    client, url = signed_in(cast.hotline), f"/investigations/tips/{tip.code}/reveal/"
    assert "Ask a supervisor" not in client.post(url, {"field": "caller_phone", "purpose": "CONTACT"}).content.decode()
    assert client.post(url, {"field": "caller_phone"}).status_code == 302, "a purpose is asked for"
    for stranger in (cast.investigator, cast.auditor, cast.administrator, cast.care_worker):
        assert signed_in(stranger).post(url, {"field": "caller_phone", "purpose": "CONTACT"}).status_code == 404
