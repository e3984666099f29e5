"""The keys of the keyboard: what each does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ijm.web.pages import page, reads


@reads()
def show(request: HttpRequest) -> HttpResponse:
    """All keys on a page of its own; whether single keys do anything is chosen in her settings."""
    return page(request, "desk/keys/show.html")
