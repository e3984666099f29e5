"""The browser is told to run and show nothing but our own files: no inline script, no inline style."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

REPORTS = "/csp-reports/"  # where a browser tells what it refused to run or to show
POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'",),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
    "object-src": ("'none'",),
    "report-uri": (REPORTS,),
}


def header(policy: dict[str, tuple[str, ...]]) -> str:
    """Write a policy as the header's text."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())


class ContentSecurityPolicyMiddleware:
    """Put the policy of `SECURE_CSP` (Django 6's name), or ours, on every answer that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.value = header(getattr(settings, "SECURE_CSP", None) or POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the policy on it."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.value)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
