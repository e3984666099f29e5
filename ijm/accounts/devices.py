"""Where somebody signs in from: the kind of browser, the network, and whether this browser was hers before."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.web.pages import source_of

COOKIE = "__Host-browser"
YEAR = 365 * 24 * 3600
# The first that fits: most browsers also say the name of the one they descend from.
BROWSERS = (("edge", "Edge", r"Edg[A-Z]?[a-z]*/"), ("opera", "Opera", r"OPR/"),
            ("samsung", "Samsung Internet", r"SamsungBrowser/"), ("firefox", "Firefox", r"(Firefox|FxiOS)/"),
            ("chrome", "Chrome", r"(Chrome|CriOS|HeadlessChrome)/"), ("safari", "Safari", r"Safari/"))
SYSTEMS = (("android", "Android", r"Android"), ("ios", "iPhone / iPad", r"iPhone|iPad"), ("windows", "Windows", r"Windows"),
           ("mac", "Mac", r"Mac OS X"), ("linux", "Linux", r"Linux|CrOS"))
OTHER = "other"


def _first(kinds: tuple[tuple[str, str, str], ...], said: str) -> str:
    return next((code for code, _name, sign in kinds if re.search(sign, said)), OTHER)


def family_of(request: HttpRequest) -> str:
    """The family of the browser and its system, such as "firefox/windows": no version, so an update changes nothing."""
    said = request.headers.get("User-Agent", "")[:500]
    return f"{_first(BROWSERS, said)}/{_first(SYSTEMS, said)}"


def family_name(family: str) -> str | Promise:
    """A family in words."""
    names = {code: name for code, name, _sign in (*BROWSERS, *SYSTEMS)}
    browser, _slash, system = family.partition("/")
    if browser not in names and system not in names:
        return _("A browser we do not know")
    return ", ".join(str(names.get(part, _("unknown"))) for part in (browser, system))


def network_of(request: HttpRequest) -> str:
    """The network this request came from, as wide as one provider hands addresses out; empty where there is none."""
    try:
        address = ipaddress.ip_address(source_of(request).address)
    except ValueError:
        return ""
    bits = settings.NETWORK_BITS[address.version]
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def place_of(request: HttpRequest) -> list[str]:
    """What a session stays bound to."""
    return [family_of(request), network_of(request)]


def mark_of(request: HttpRequest) -> str:
    """The digest of this browser's own mark; empty for one that has none yet."""
    token = request.COOKIES.get(COOKIE, "")
    return digest(token) if token else ""


def digest(token: str) -> str:
    """What the table holds of a browser's mark."""
    return hashlib.sha256(b"browser" + token.encode()).hexdigest()[:40]


def give_mark(request: HttpRequest) -> str:
    """Make a mark for a browser that has none; `remember` writes it into the answer. Its digest."""
    token = secrets.token_urlsafe(24)
    request.new_browser = token  # type: ignore[attr-defined]
    return digest(token)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Leave the new mark with the browser: it opens nothing, it only tells a known browser from a new one."""
    token = getattr(request, "new_browser", "")
    if token:
        response.set_cookie(COOKIE, token, max_age=YEAR, secure=True, httponly=True, samesite="Strict")
