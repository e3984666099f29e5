"""The words that a person signs: what the package holds, how it was made, its digest. In English and in Khmer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from audit.court import bag
from audit.court.models import Package
from audit.court.package import Content


def certificates(package: Package, content: Content, payload: bag.Files) -> dict[str, bytes]:
    """{file name: text} in each language of the house; the blanks are filled and signed by hand, on paper."""
    held = {"package": package, "content": content, "digest": grouped(bag.digest(payload)), "first": content.events[0],
            "last": content.events[-1], "newest": content.checkpoints[-1],
            "versions": sum(len(rows) for rows in (content.history or {}).values())}
    return {f"CERTIFICATE.{code}.txt": _in(code, held) for code, _name in settings.LANGUAGES}


def _in(language: str, held: dict[str, Any]) -> bytes:
    with translation.override(language):
        return (render_to_string("audit/packages/certificate.txt", held).strip() + "\n").encode()


def grouped(digest: str) -> str:
    """Hexadecimal digits in groups of eight, to be compared by eye."""
    return " ".join(digest[start:start + 8] for start in range(0, len(digest), 8))
