"""What leaves the house as a file leaves through here: to be kept, never shown, and counted.

The name is made harmless (RFC 6266), the browser is told to open nothing of it, another site's page gets nothing, and the
download is taken from the person's budgets before its first byte is sent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from ijm.roles.budgets import DOWNLOAD, Budget
from ijm.trail import spending
from ijm.web.spending import settle

BYTES = "application/octet-stream"
SANDBOX = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
OWN_PAGES = ("same-origin", "none")  # what Sec-Fetch-Site says of a link on a page of ours, and of an address typed by hand
LONGEST = 120  # characters of a file's name
BREAKS = frozenset('/\\:*?"<>|;')


def attachment(request: HttpRequest, content: bytes | Iterator[bytes], *, name: str, item: str, size: int, media: str = BYTES,
               status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponseBase:
    """An answer that is kept as a file. `item` is the id of what is downloaded, `size` in bytes is what this answer sends.

    Raises PermissionDenied for a request that another site's page makes; a HEAD sends nothing, and nothing is counted.
    """
    try:
        own_pages_only(request)
        if request.method != "HEAD":
            spending.one(DOWNLOAD, item)
            spending.some(Budget.BYTES, size)
            settle(request)
    except BaseException:
        getattr(content, "close", bool)()  # a file that shall not leave is let go of
        raise
    told = {"Content-Disposition": content_disposition_header(True, harmless(name)) or "attachment",
            "Content-Security-Policy": SANDBOX, "Cross-Origin-Resource-Policy": "same-origin", **(headers or {})}
    if isinstance(content, bytes):
        return HttpResponse(content, status=status, content_type=media, headers=told)
    return StreamingHttpResponse(content, status=status, content_type=media, headers=told)


def own_pages_only(request: HttpRequest) -> None:
    """Refuse what a page of another site asks for; a browser that does not say where it asks from is not refused."""
    led_here = bool(settings.FILES_HOST) and request.get_host() == settings.FILES_HOST  # by a page of the site itself
    if request.headers.get("Sec-Fetch-Site", "none") not in (*OWN_PAGES, *(["same-site"] if led_here else [])):
        raise PermissionDenied("asked for by another site")


def harmless(name: str) -> str:
    """A file's name without anything that ends a header, leads to another folder or turns the writing round."""
    clean = "".join("_" if letter in BREAKS else letter for letter in unicodedata.normalize("NFC", name)
                    if not unicodedata.category(letter).startswith("C"))
    return clean.strip(" .")[:LONGEST] or "file"
