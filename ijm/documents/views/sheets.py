"""Taking a list along as a sheet."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from ijm.documents import policy
from ijm.documents.actions import papers, wanted
from ijm.documents.forms.papers import SheetForm
from ijm.documents.sheets import AT_ONCE, of_list
from ijm.documents.tables import MOST
from ijm.documents.views.papers import user_of
from ijm.web.pages import page, writes


@writes()
def take(request: HttpRequest) -> HttpResponse:
    """Say why, see which columns leave, and take the list along; a long one is made by the worker."""
    user, asked = user_of(request), request.GET.copy()
    source = str(asked.pop("list", [""])[0])
    if not source:
        return redirect("documents:paper-list")
    sheet = of_list(user, source, asked.urlencode())
    if sheet is None:
        raise Http404
    number, decision, form = sheet.number, policy.may_take(user), SheetForm(request.POST or None)
    if form.is_valid() and number <= MOST:
        given = {"source": source, "language": translation.get_language() or "en", **form.cleaned_data}
        if number > AT_ONCE:
            wanted.want(by=user, query=asked.urlencode(), **given)
            messages.success(request, _("The sheet is being made. You find it among your papers when it is done."))
            return redirect("jobs:list")
        return redirect("documents:paper-show", papers.issue_sheet(sheet, by=user, **given).code)
    return page(request, "documents/sheet.html", heading=sheet.title, columns=sheet.columns, stays=sheet.stays, number=number,
                form=form, decision=decision, is_long=number > AT_ONCE, is_too_long=number > MOST, most=MOST)
