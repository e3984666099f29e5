"""A case file by its code: on to the page of its wing."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import redirect
from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import FILE_PAGES
from ijm.casefiles.models import CaseFile
from ijm.ids import normalise_code
from ijm.web.pages import reads


@reads(sample="case_file")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the wing's own page of a file; hidden and missing are one."""
    user = cast(User, request.user)
    file = CaseFile.objects.filter(code=normalise_code(code) or "").first()
    if file is None:
        raise Http404
    file_page: Callable[[User, CaseFile], str] = import_string(FILE_PAGES[file.kind])
    address = file_page(user, file)
    if not address:
        raise Http404
    return redirect(address)
