"""Concluding a rescue operation: how it ended, and a block for every person brought to safety."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.web.pages import page, writes
from investigations import describing, policy
from investigations.actions import rescues
from investigations.forms.rescues import FoundPersons, OutcomeForm, blank_persons
from investigations.models import RescueOperation
from investigations.names import Names
from investigations.views.common import WORKING, back_with_why
from investigations.views.rescues import home, way


@writes(*WORKING, sample="approved_rescue")
def conclude(request: HttpRequest, code: str) -> HttpResponse:
    """Say how it ended and hand the rescued persons to aftercare."""
    user: Any = request.user
    operation = policy.get_rescue(user, code)
    if turned := back_with_why(request, policy.may_conclude(user, operation), home(operation)):
        return turned
    if request.method != "POST":
        return _asked(request, operation, OutcomeForm(), blank_persons(operation.expected_persons))
    if "more" in request.POST:
        return _asked(request, operation, OutcomeForm(initial=request.POST.dict()), _one_more(request))
    form, persons = OutcomeForm(request.POST), FoundPersons(request.POST)
    if not (form.is_valid() and persons.is_valid() and form.fits(_found(persons))):
        return _asked(request, operation, form, persons)
    rescues.conclude(operation, by=user, persons=_found(persons), **form.cleaned_data)
    messages.success(request, _told(len(_found(persons))))
    return redirect(home(operation))


def _asked(request: HttpRequest, operation: RescueOperation, form: Any, persons: Any) -> HttpResponse:
    return page(request, "investigations/rescues/conclude.html", operation=operation, form=form, persons=persons,
                title=describing.rescue_title(operation), trail=way(operation))


def _one_more(request: HttpRequest) -> Any:
    total = request.POST.get("form-TOTAL_FORMS", "")
    return blank_persons((int(total) if total.isdecimal() else 0) + 1, request.POST)


def _found(persons: Any) -> list[rescues.FoundPerson]:
    """The persons of the blocks that were filled in."""
    return [_person(block.names(), block.cleaned_data) for block in persons if block.has_changed()]


def _person(names: Names, answers: dict[str, Any]) -> rescues.FoundPerson:
    spoken = [answers["language"]] if answers["language"] else []
    return rescues.FoundPerson(names, answers["sex"], answers["age_band"], spoken, answers["needs"])


def _told(number: int) -> str:
    if not number:
        return _("Concluded. Nobody was handed over.")
    return ngettext("Concluded. %(number)s person was handed to aftercare; you can read the name no longer.",
                    "Concluded. %(number)s persons were handed to aftercare; you can read their names no longer.",
                    number) % {"number": describing.number(number)}
