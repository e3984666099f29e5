"""A case file by its code: on to the page of its wing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import FILE_PAGES
from ijm.casefiles import policy
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseFile
from ijm.ids import normalise_code
from ijm.web.codes import get_by_code
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import offer


@reads(sample="case_file")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the wing's own page of a file; hidden and missing are one."""
    user = cast(User, request.user)
    file = get_by_code(CaseFile.objects.select_related("office"), code)
    file_page: Callable[[User, CaseFile], str] = import_string(FILE_PAGES[file.kind])
    address = file_page(user, file)
    if not address:
        raise Http404
    return redirect(address)


@writes(sample="case_file")
def end_place(request: HttpRequest, code: str, place: uuid.UUID) -> HttpResponse:
    """Take a colleague off a file, after a look at what that means; the banner can put her back."""
    user = cast(User, request.user)
    found = policy.get_place(user, normalise_code(code) or "", place)
    if request.method == "POST":
        places.take_off(found, by=user)
        offer(request, "place-ended", found.pk, _("The colleague is off this file."))
        return redirect("files:show", found.file.code)
    seen(request, found.file)
    return page(request, "desk/files/end-place.html", place=found, file=found.file,
                decision=policy.may_take_off(user, found))
