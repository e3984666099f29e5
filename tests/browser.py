"""A real browser that walks the pages, watches the console, asks axe, measures the width and keeps a picture."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from ijm.accounts.models import User
from ijm.embedded.totp import six_digits
from tests.conftest import session_token

# The shell without a window asks a third of what a whole browser asks of a small machine, and draws the same pages.
NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
PROGRAM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
SHOTS = settings.BASE_DIR / "var" / "shots"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
# How a page is built, without what it says: texts, codes and numbers left out, lines of a list that are alike told once.
SHAPE = """() => {
  const said = ["alt", "aria-label", "content", "data-", "href", "lang", "placeholder", "src", "srcset", "title", "value"];
  const plain = text => text.replace(/[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+/g, "#");
  const told = one => one.name + (said.some(name => one.name.startsWith(name)) ? !!one.value.trim() : plain(one.value));
  const childrenOf = Object.getOwnPropertyDescriptor(Element.prototype, "children").get;
  const shape = node => {
    const text = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    const inner = [...childrenOf.call(node)].map(shape).filter((one, at, all) => one !== all[at - 1]);
    return `<${node.localName} ${[...node.attributes].map(told).sort().join(" ")}${text ? ">T" : ">"}${inner.join("")}`;
  };
  return shape(document.documentElement);
}"""
_right: set[tuple[int, str, int]] = set()  # what axe found nothing wrong with: width, scheme, digest of the page's shape
SIZES = {"wide": (1280, 900), "phone": (360, 740)}
ELSEWHERE = re.compile(r"^https?://(?!localhost[:/]|127\.0\.0\.1[:/])")
BUTTON = "main form:not(.sealed__form) button.govuk-button:not([type=button])"


def require_browser() -> None:
    """Skip with a clear line where no browser is installed; in CI its absence is a failure."""
    if PROGRAM:
        return
    if os.environ.get("CI"):
        pytest.fail("CI needs a browser: install chromium", pytrace=False)
    pytest.skip("no Chromium on this machine: the browser tests were not run (install chromium, or set CHROMIUM)")


def digits(secret: str) -> str:
    """The six digits of now; when their half minute is nearly over the next one is waited for, or a slow page misses it."""
    left = 30 - time.time() % 30
    time.sleep(left if left < 3 else 0)
    return six_digits(secret, time.time())


@contextmanager
def chromium() -> Iterator[Any]:
    """One browser for a module.

    Inside, this thread runs an event loop, so Django gives it connections of its own: none is inherited from an earlier
    browser, whose database may be gone, and none is left to a later one.
    """
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        connections.close_all()
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            connections.close_all()
            browser.close()


@cache
def axe_script() -> str:
    """The checker that is put into a page."""
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


@dataclass
class Walker:
    """Somebody at a browser, in one language, on one size of screen; troubles gather what the console says."""

    page: Any
    address: str
    language: str
    size: str
    scheme: str
    looking: bool = True
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Open an address of the house; the status of the answer."""
        answer = self.page.goto(self.address + path)
        return int(answer.status)

    @property
    def path(self) -> str:
        """Where she is now, without the host."""
        return str(self.page.url).removeprefix(self.address).partition("#")[0]

    @property
    def code(self) -> str:
        """The code in the address."""
        return next(part for part in reversed(self.path.partition("?")[0].split("/")) if part[2:3] == "-")

    def look(self, name: str) -> None:
        """No axe violation, no console error, no sideways scrolling, and a picture of it.

        Who walks at a desk in the light measures the page there and asks everything on a telephone: how all pages are in the
        dark and at a desk is the matter of `test_every_page`.
        """
        if not self.looking:
            return
        walks_at_a_desk = (self.size, self.scheme) == ("wide", "light")
        self._measure(name, "phone" if walks_at_a_desk else self.size)
        found = self.violations()
        if walks_at_a_desk:  # and goes on there
            self._measure(name, "wide")
        assert not found, f"{name}: {found}"
        assert not self.troubles, f"{name}: {self.troubles}"

    def look_closely(self, name: str) -> None:
        """The same, asked just as she walks; scrolling is measured on both screens."""
        for size in sorted(SIZES, key=lambda size: size == self.size):  # and goes on at her own
            self._measure(name, size)
        found = self.violations()
        assert not found, f"{name}: {found}"
        assert not self.troubles, f"{name}: {self.troubles}"

    def turn(self, language: str, size: str, scheme: str) -> None:
        """Go on in this language, on this screen, by day or by night."""
        self.language, self.size, self.scheme = language, size, scheme
        self.page.context.add_cookies([language_cookie(language, self.address)])
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))

    def _measure(self, name: str, size: str) -> None:
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        if not os.environ.get("CI"):  # nobody looks at pictures there
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{name}-{self.language}-{size}-{self.scheme}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways: {wide} px on {width}"
        self.page.evaluate("scrollTo(0, 0)")  # what lies under the bar at the top is not too small, only covered

    def violations(self) -> list[str]:
        """What axe finds wrong, a line each; a page built like one that was right, seen the same way, is right too."""
        shape = self.page.viewport_size["width"], self.scheme, hash(self.page.evaluate(SHAPE))
        if shape in _right:
            return []
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe_script())
        found = self.page.evaluate("rules => axe.run(rules).then(answer => answer.violations)", RULES)
        if not found:
            _right.add(shape)
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]

    def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f"main [name='{name}']").first.fill(value)

    def choose(self, **values: str) -> None:
        """Choose in a list, or tick the radio or box of this value."""
        for name, value in values.items():
            select = self.page.locator(f"main select[name='{name}']")
            if select.count():
                select.select_option(value)
            else:
                self.page.locator(f"main input[name='{name}'][value='{value}']").check(force=True)

    def day(self, name: str, on: Any) -> None:
        """Write a day into its three fields."""
        self.fill(**{f"{name}_0": str(on.day), f"{name}_1": str(on.month), f"{name}_2": str(on.year)})

    def press(self, selector: str = BUTTON) -> None:
        """Press a button and wait for what follows."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(selector).first.click()

    def pick(self, name: str) -> None:
        """Choose the first real answer, whatever it is."""
        select = self.page.locator(f"main select[name='{name}']")
        if select.count():
            values = select.locator("option").evaluate_all("all => all.map(one => one.value)")
            select.select_option(next(value for value in values if value))
        else:
            self.page.locator(f"main input[name='{name}']").first.check(force=True)

    def reveal(self, action: str, purpose: str, *, item: str = "") -> str:
        """Open a sealed value for a reason; what it says."""
        form = f"form[action='{action}']" + (f":has(input[name=field][value='{item}'])" if item else "")
        box = self.page.locator("main .sealed", has=self.page.locator(form)).first
        if box.locator("summary").count():
            box.locator("summary").click()
            box.locator(f"input[value='{purpose}']").check(force=True)
        box.locator("button").first.click()
        value = self.page.locator(".sealed[data-open] .sealed__value").first
        value.wait_for()
        return str(value.inner_text())

    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("body").inner_text())

    def says(self, *words: str) -> None:
        """The page says all of this."""
        said = self.text()
        for word in words:
            assert word in said, f"{self.path} does not say “{word}”:\n{said}"

    def hides(self, *words: str) -> None:
        """Neither the page nor its source holds any of this."""
        source = self.page.content()
        for word in words:  # not within a word: the letters of one code may end as those of another begin
            assert not re.search(r"(?<![0-9A-Z])" + re.escape(word), source), f"{self.path} shows “{word}”"

    def close(self) -> None:
        """Leave the browser."""
        self.page.context.close()


def walk_as(browser: Any, address: str, user: User | None, *, language: str = "en", size: str = "wide",
            scheme: str = "light", scripts: bool = True, looking: bool = True) -> Walker:
    """Open a window of this person's own, signed in unless `user` is None."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme,
                                  java_script_enabled=scripts, reduced_motion="reduce", service_workers="block")
    context.set_default_timeout(15_000)
    cookies = [language_cookie(language, address)]
    if user is not None:
        cookies.append(session_cookie(user, address))
    context.add_cookies(cookies)
    return open_tab(context, Walker(None, address, language, size, scheme, looking))


def language_cookie(language: str, address: str) -> dict[str, Any]:
    """The cookie of a chosen language, as a browser keeps it."""
    return {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}


def session_cookie(user: User, address: str) -> dict[str, Any]:
    """The cookie of a new session, as a browser keeps it."""
    return {"name": settings.SESSION_COOKIE_NAME, "value": session_token(user), "secure": True,
            "url": address.replace("http:", "https:")}


def open_tab(context: Any, like: Walker) -> Walker:
    """One more tab of the same window; whatever it asks of the world outside is trouble."""
    walker = Walker(context.new_page(), like.address, like.language, like.size, like.scheme, like.looking)

    def asked(request: Any) -> None:
        if ELSEWHERE.match(request.url):
            walker.troubles.append(f"asked for {request.url}")

    # Heard, not stood in the way of: a browser whose requests are held up keeps nothing in its cache.
    walker.page.on("request", asked)
    walker.page.on("console", lambda message: message.type == "error" and walker.troubles.append(message.text))
    walker.page.on("pageerror", lambda error: walker.troubles.append(str(error)))
    return walker


def shot_folder() -> Path:
    """Where the pictures are kept."""
    return SHOTS
