"""Uploads stay in memory, up to a hard limit, or are sealed as they come: nothing that people send reaches a disk unsealed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponseBase, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ijm.trail.context import door
from ijm.trail.purposes import Purpose
from ijm.vault.incoming import Sealing
from ijm.web import once
from ijm.web.pages import factor_of, source_of, who_of

MOST = 10 * 1024 * 1024  # bytes in one file
DRAINED = 8 * MOST  # bytes that are taken in and dropped, so that the answer reaches somebody who sent too much


class MemoryOnly(FileUploadHandler):
    """Keeps a file in memory; of one that is too large it keeps nothing, and says so when the rest has come."""

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, boundary: str,
                         encoding: str | None = None) -> None:
        """Refuse at once what says of itself that it is far too large."""
        self.came = 0
        if content_length > DRAINED:
            raise RequestDataTooBig("more than may be sent")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; what a request says of its own length is not believed."""
        self.came += len(raw_data)
        if self.came > DRAINED:
            raise RequestDataTooBig("more than may be sent")
        if self.came <= MOST:
            self.held.write(raw_data)
        else:
            self.held = BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """The whole file; nothing of one that is too large."""
        if self.came > MOST:
            return None
        self.held.seek(0)
        return InMemoryUploadedFile(self.held, self.field_name, self.file_name or "", self.content_type, file_size,
                                    self.charset, self.content_type_extra)

    def upload_complete(self) -> None:
        """Say now that it was too much, when the sender has come to an end and listens."""
        if self.came > MOST:
            raise RequestDataTooBig("more than may be sent")


Admit = Callable[..., Sealing | None]
Page = Callable[..., HttpResponseBase]


def receiving(admit: Admit) -> Callable[[Page], Page]:
    """A page that takes large files, sealed while they come and before its own transaction is open.

    `admit` gets the request and the names in its address, looks whether this person may send anything here, and gives what
    seals it, or nothing. Who is not admitted is answered like everywhere else: small in memory, large not at all.
    """
    def decorate(view: Page) -> Page:
        guarded = csrf_protect(view)

        @wraps(view)
        def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            sealing = _admitted(request, admit, args, kwargs) if request.method == "POST" else None
            if sealing is None:
                return guarded(request, *args, **kwargs)
            response = None
            try:
                _take_in(request, sealing)
                response = guarded(request, *args, **kwargs)
            finally:
                sealing.settle(response is not None and once.leads_on(response))
            return response

        return csrf_exempt(through)

    return decorate


def _admitted(request: HttpRequest, admit: Admit, args: Any, kwargs: Any) -> Sealing | None:
    """The same questions as the page's own door asks, in a look that is over before the first byte is read."""
    user: Any = request.user
    if not user.is_authenticated or user.arrival or not factor_of(request):
        return None
    with door(who_of(request), "r", Purpose.CASEWORK, source_of(request)):
        try:
            return admit(request, *args, **kwargs)
        except Http404:
            return None


def _take_in(request: HttpRequest, sealing: Sealing) -> None:
    """The whole body, to its end."""
    request.upload_handlers = [sealing]  # type: ignore[assignment]
    try:
        request.POST.keys()
    except UnreadablePostError as error:
        raise BadRequest("the line broke while it was sent") from error
