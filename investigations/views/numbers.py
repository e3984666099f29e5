"""Numbers of a suspect: recording one, opening one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.vault.disclosure import disclose
from ijm.web.opened import joined
from ijm.web.pages import page, reads, writes
from investigations import policy
from investigations.actions.suspects import record_number
from investigations.forms.investigations import NumberForm
from investigations.views import files
from investigations.views.common import WORKING, back_with_why, box, purpose_of
from investigations.views.suspects import home


@writes(*WORKING, sample="suspect")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Record a telephone, passport, identity or plate number of a suspect."""
    user: Any = request.user
    suspect = policy.get_suspect(user, code)
    one = suspect.investigation
    if turned := back_with_why(request, policy.may_work(user, one), home(suspect)):
        return turned
    form = NumberForm(request.POST or None)
    if form.is_valid():
        record_number(suspect, by=user, **form.cleaned_data)
        messages.success(request, _("Number recorded. It is sealed."))
        return redirect(home(suspect))
    return page(request, "investigations/suspects/number.html", suspect=suspect, form=form,
                trail=files.way((one.code, files.home(one)), (suspect.code, home(suspect))))


@reads(*WORKING, sample="suspect")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open one number of a suspect, with a purpose."""
    user: Any = request.user
    suspect = policy.get_suspect(user, code)
    purpose = purpose_of(request)
    if purpose is None:
        return redirect(home(suspect))
    asked = request.POST.get("field", "")
    number = next((row for row in policy.visible_numbers(user, suspect) if str(row.pk) == asked), None)
    if number is None:
        raise Http404
    value = disclose(number, "value", to=user, purpose=purpose)["value"]
    return box(request, number.get_kind_display(), joined([value]), purpose, home(suspect))
