"""Suspects: recording one, looking at one, opening the names, saying how the suspect stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.vault.disclosure import disclose
from ijm.web.opened import joined
from ijm.web.pages import page, reads, writes
from investigations import describing, policy
from investigations.actions import suspects
from investigations.forms.investigations import SuspectForm, SuspectStateForm
from investigations.models import Suspect
from investigations.views import files
from investigations.views.common import PURPOSES, WORKING, back_with_why, box, purpose_of, seen_with


def home(suspect: Suspect) -> str:
    """The page of a suspect."""
    return reverse("investigations:suspect-show", args=[suspect.code])


@writes(*WORKING, sample="investigation")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Put a person under suspicion on the file."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_work(user, one), files.home(one)):
        return turned
    form = SuspectForm(request.POST or None)
    if form.is_valid():
        part = form.cleaned_data["role_in_process"]
        suspect = suspects.record(one, by=user, names=form.names(), role_in_process=part)
        messages.success(request, _("Suspect recorded. The names are sealed."))
        return redirect(home(suspect))
    return page(request, "investigations/suspects/record.html", one=one, form=form,
                trail=files.way((one.code, files.home(one))))


@reads(*WORKING, sample="suspect")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One suspect; the names stay closed until a purpose is given."""
    suspect = policy.get_suspect(request.user, code)  # type: ignore[arg-type]
    return _shown(request, suspect, SuspectStateForm(state=suspect.state))


def _shown(request: HttpRequest, suspect: Suspect, form: SuspectStateForm) -> HttpResponse:
    """The page of a suspect with the form that says how the suspect stands."""
    user: Any = request.user
    seen_with(request, suspect, numbers := list(policy.visible_numbers(user, suspect)))
    one = suspect.investigation
    return page(
        request, "investigations/suspects/show.html", suspect=suspect, title=describing.part(suspect), form=form,
        tone=describing.TONES[suspect.state], trail=files.way((one.code, files.home(one))), purposes=PURPOSES,
        facts=[(_("Investigation"), one.code), (_("Since"), describing.day(suspect.state_since), "state_since")],
        decision=policy.may_work(user, one), reveal_url=reverse("investigations:suspect-reveal", args=[suspect.code]),
        numbers=[(number.pk, number.get_kind_display()) for number in numbers],
        number_url=reverse("investigations:number-reveal", args=[suspect.code]))


@reads(*WORKING, sample="suspect")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open the names of a suspect, with a purpose."""
    user: Any = request.user
    suspect = policy.get_suspect(user, code)
    purpose = purpose_of(request)
    if purpose is None:
        return redirect(home(suspect))
    names = list(policy.visible_names(user, suspect))
    opened = disclose(names, "family", "given", to=user, purpose=purpose)
    lines = dict.fromkeys(joined(opened[name.pk].values()) for name in names)
    return box(request, _("Names"), "\n".join(lines), purpose, home(suspect))


@writes(*WORKING, sample="suspect")
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Say that a suspect was arrested, released or is suspected no longer."""
    user: Any = request.user
    suspect = policy.get_suspect(user, code)
    form = SuspectStateForm(request.POST or None, state=suspect.state)
    if not form.is_valid():
        return _shown(request, suspect, form)
    suspects.move(suspect, by=user, state=form.cleaned_data["state"])
    messages.success(request, _("Saved."))
    return redirect(home(suspect))
