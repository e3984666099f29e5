"""Somebody at the other end of a socket: real requests to a real server, without a browser."""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One signed-in session."""

    def __init__(self, address: str, session: str) -> None:
        self.host = urlsplit(address).netloc
        self.cookies = {settings.SESSION_COOKIE_NAME: session, "lang": "en"}

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """One request; the cookies that come back are kept."""
        connection = http.client.HTTPConnection(self.host.replace("localhost", "127.0.0.1"), timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": self.host, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        connection.close()
        return answer.status, text

    def send(self, path: str, values: dict[str, object]) -> tuple[int, str]:
        """Open the page with the form, then send it."""
        status, text = self.ask("GET", path)
        found = TOKEN.search(text)
        assert status == 200 and found, (status, text[:300])
        return self.ask("POST", path, urlencode({**values, "csrfmiddlewaretoken": found.group(1)}, doseq=True))

    def send_later(self, path: str, values: dict[str, object]) -> threading.Thread:
        """The same in a thread of its own; the server may die before it answers."""

        def work() -> None:
            with suppress(OSError, http.client.HTTPException):
                self.send(path, values)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread
