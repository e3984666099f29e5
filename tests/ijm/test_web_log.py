"""What the application's log says of a request."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.conf import settings

from ijm.web.reports import NoAddresses, page_of
from tests.cast import Cast
from tests.conftest import sign_in

NAME = "/investigations/tips/Vexanaly/"


def line(*args: object, request: object = None) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", args, None)
    if request is not None:
        record.request = request
    assert NoAddresses().filter(record)
    return record.getMessage()


def test_a_name_typed_into_an_address_is_not_written_down() -> None:
    request = SimpleNamespace(path=NAME, resolver_match=SimpleNamespace(view_name="investigations:tip-show"))
    assert line("Not Found", NAME, request=request) == "Not Found: [investigations:tip-show]"
    escaped = "/investigations/tips/វឌ្ឍ/".encode("unicode_escape").decode()
    assert line("Not Found", escaped, request=request) == "Not Found: [investigations:tip-show]"
    assert page_of(SimpleNamespace(path="/Vexanaly/", resolver_match=None)) == "[no such page]"
    assert line("Not Found", "/x/") == "Not Found: /x/", "lines about no request stay as they are"


@pytest.mark.parametrize("path", [NAME, "/nothing/Vexanaly/", "/desk/search/?q=Vexanaly", "/investigations/tips/វឌ្ឍឆៃ/"])
def test_the_handlers_of_the_log_know_no_address(cast: Cast, caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.handler.addFilter(NoAddresses())
    sign_in(cast.investigator).get(path)
    assert "Vexanaly" not in caplog.text and "u179c" not in caplog.text and "វ" not in caplog.text


def test_every_handler_has_the_filter() -> None:
    assert all("addresses" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
