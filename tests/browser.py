"""A real browser that walks the pages, watches the console, asks axe, measures the width and keeps a picture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ijm.accounts.models import User
from tests.conftest import session_token

PROGRAM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which(
    "google-chrome") or ""
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SHOTS = settings.BASE_DIR / "var" / "shots"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SIZES = {"wide": (1280, 900), "phone": (360, 740)}


def require_browser() -> None:
    """Skip with a clear line where no browser is installed; in CI its absence is a failure."""
    if PROGRAM:
        return
    if os.environ.get("CI"):
        pytest.fail("CI needs a browser: install chromium", pytrace=False)
    pytest.skip("no Chromium on this machine: the browser tests were not run (install chromium, or set CHROMIUM)")


@contextmanager
def chromium() -> Iterator[Any]:
    """One browser for a module."""
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Walker:
    """Somebody signed in, at a browser, in one language, on one size of screen."""

    page: Any
    address: str
    language: str
    size: str
    scheme: str
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open an address of the house."""
        self.page.goto(self.address + path)

    def look(self, name: str) -> None:
        """Keep a picture; no axe violation, no console error, no sideways scrolling."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.language}-{self.size}-{self.scheme}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
        assert not self.violations(), f"{name}: {self.violations()}"
        assert not self.troubles, f"{name}: {self.troubles}"

    def violations(self) -> list[str]:
        """What axe finds wrong, a line each."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]

    def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").first.fill(value)

    def choose(self, **values: str) -> None:
        """Choose in a list, or tick the radio or box of this value."""
        for name, value in values.items():
            select = self.page.locator(f"select[name='{name}']")
            if select.count():
                select.select_option(value)
            else:
                self.page.locator(f"input[name='{name}'][value='{value}']").check(force=True)

    def press(self, selector: str = "main form button[type=submit].govuk-button") -> None:
        """Press a button and wait for what follows."""
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state("load")

    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("body").inner_text())

    def close(self) -> None:
        """Leave the browser."""
        self.page.context.close()


def walk_as(browser: Any, address: str, user: User | None, *, language: str = "en", size: str = "wide",
            scheme: str = "light") -> Walker:
    """Open a window of this person's own, signed in unless `user` is None."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}]
    if user is not None:
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session_token(user), "secure": True,
                        "url": address.replace("http:", "https:")})
    context.add_cookies(cookies)
    walker = Walker(context.new_page(), address, language, size, scheme)
    walker.page.on("console", lambda message: message.type == "error" and walker.troubles.append(message.text))
    walker.page.on("pageerror", lambda error: walker.troubles.append(str(error)))
    return walker


def shot_folder() -> Path:
    """Where the pictures are kept."""
    return SHOTS
