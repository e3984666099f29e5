"""Once: the very same form sent twice is saved once.

The token in a page's forms is masked anew each time the page is made, so it is the page's own mark: the same token with
the same words is the same sending, pressed twice or sent again by a browser that saw no answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from ijm.web.models import Sending

LIFE = dt.timedelta(days=1)
TOKEN, FIRST_TOKEN = "csrfmiddlewaretoken", "_once"
ADD = """INSERT INTO web_sending (id, owner_id, key, made_at, location) VALUES (%s, %s, %s, %s, '')
         ON CONFLICT (key) DO NOTHING"""


class StillSaving(Exception):
    """The same form was sent a moment ago and is not saved yet."""


def key_of(request: HttpRequest) -> str:
    """The mark of this sending; nothing where the form carries no token of a page."""
    token = request.POST.get(FIRST_TOKEN) or request.POST.get(TOKEN)
    if not token:
        return ""
    said = [str(request.user.pk), request.path, token, sorted(_words(request)), sorted(_files(request))]
    return salted_hmac("ijm.web.once", json.dumps(said), algorithm="sha256").hexdigest()


def _words(request: HttpRequest) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in request.POST.lists() for value in values
            if name != TOKEN and not name.startswith("_"))


def _files(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, files in request.FILES.lists():
        for file in files:
            yield name, file.sha256 if hasattr(file, "sha256") else _digest(file)  # what was sealed as it came knows its own


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def begin(request: HttpRequest) -> Sending | None:
    """Mark this sending at the start of its transaction; a second one like it waits here until the first has ended."""
    key = key_of(request)
    if not key:
        return None
    made = Sending(owner_id=cast(uuid.UUID, request.user.pk), key=key)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        try:
            cursor.execute(ADD, [made.pk, made.owner_id, key, made.made_at])
        except OperationalError as error:  # the server lets nobody wait long
            raise StillSaving from error
        return made if cursor.rowcount else Sending.objects.get(key=key)


def already(request: HttpRequest, sending: Sending | None) -> HttpResponse | None:
    """Where a form was sent and taken before, lead to where it led then."""
    if sending is None or not sending.location:
        return None
    messages.info(request, _("This was already saved."))
    return redirect(sending.location)


def end(sending: Sending | None, response: HttpResponseBase) -> None:
    """Remember where a sending led; what was not taken may be sent again."""
    if sending is None:
        return
    if leads_on(response):
        Sending.objects.filter(pk=sending.pk).update(location=response.headers["Location"][:500])
    else:
        sending.delete()


def leads_on(response: HttpResponseBase) -> bool:
    """Whether a form was taken: only then a page leads on to another."""
    return 300 <= response.status_code < 400 and "Location" in response.headers


def forget_old(owner: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Throw away this person's marks of yesterday; how many."""
    return Sending.objects.filter(owner_id=owner, made_at__lt=(now or timezone.now()) - LIFE).delete()[0]
