"""What every answer of the house says to the browser: one function over one answer, asked for every address by the matrix."""

from __future__ import annotations

from typing import Any

from ijm.web.csp import POLICY, header
from ijm.web.downloads import SANDBOX

ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
          "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}
COOKIES = ("__Host-sid", "__Host-csrf", "messages", "lang", "theme")


def lacking(answer: Any) -> list[str]:
    """What is wrong with the headers, cookies and caching of an answer behind a door; empty when nothing is."""
    said = [f"{name}: {answer.get(name)}" for name, value in ALWAYS.items() if answer.get(name) != value]
    if "no-store" not in answer.get("Cache-Control", ""):
        said.append("may be kept")
    is_file = answer.get("Content-Disposition", "").startswith("attachment")
    if answer.get("Content-Security-Policy") != (SANDBOX if is_file else header(POLICY)):
        said.append(f"policy: {answer.get('Content-Security-Policy')}")
    return said + [f"cookie {cookie.key}" for cookie in answer.cookies.values() if not _is_safe(cookie)]


def _is_safe(cookie: Any) -> bool:
    if cookie["max-age"] == 0:  # it is taken away
        return not cookie.value
    if cookie.key.startswith("__Host-"):
        return bool(cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Strict"
                    and cookie["path"] == "/" and not cookie["domain"])
    return cookie.key in COOKIES and bool(cookie["httponly"]) and cookie["samesite"] in ("Lax", "Strict")
