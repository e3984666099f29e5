"""Tips: the list, taking one, looking at one, assessing and promoting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.casefiles.grants import linked
from ijm.people import conflicts
from ijm.roles.table import Kind
from ijm.vault.disclosure import disclose
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.opened import joined
from ijm.web.pages import page, reads, writes
from ijm.web.undo import mark, offer
from investigations import describing, policy
from investigations.actions import tips
from investigations.forms.tips import AssessmentForm, PromotionForm, TipForm
from investigations.models import Tip
from investigations.views.common import INTAKE, PURPOSES, SUPERVISING, back_with_why, box, members, opened, purpose_of
from investigations.views.listings import TIPS

NARRATIVE = {
    "what_was_said": gettext_lazy("In the caller's own words"),
    "landmark": gettext_lazy("Commune or landmark"),
    "reason": gettext_lazy("Why it was graded so"),
}
CALLER = {
    "caller_name": gettext_lazy("Name"),
    "caller_phone": gettext_lazy("Phone"),
    "safe_contact": gettext_lazy("Safe way and time to call back"),
}


def home(tip: Tip) -> str:
    """The page of a tip."""
    return reverse("investigations:tip-show", args=[tip.code])


def way(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs of a page about tips."""
    return [(_("My work today"), reverse("desk:work")), (_("Tips"), reverse("investigations:tip-list")), *steps]


@reads(*INTAKE)
@lists.shows(TIPS)
def index(request: HttpRequest) -> HttpResponse:
    """The tips she may see, newest first."""
    user: Any = request.user
    return lists.page(request, TIPS, policy.visible_tips(user), action_url=reverse("investigations:tip-take"),
                      action_label=_("Take a tip"), action_icon="plus", action_primary=True)


@writes(*INTAKE)
def take(request: HttpRequest) -> HttpResponse:
    """Write down what somebody reports."""
    form = TipForm(request.POST or None)
    if form.is_valid():
        tip = tips.take(by=request.user, **form.facts())  # type: ignore[arg-type]
        messages.success(request, _("Tip saved. Those who assess tips were told."))
        return redirect(home(tip))
    return page(request, "investigations/tips/take.html", form=form, trail=way())


@reads(*INTAKE, sample="tip")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One tip with its sealed parts closed."""
    user: Any = request.user
    tip = policy.get_tip(user, code)
    seen(request, tip)
    file = policy.linked_file(tip.file, Kind.INVESTIGATION)
    return page(
        request, "investigations/tips/show.html", tip=tip, trail=way(), title=describing.tip_title(tip),
        tone=describing.TONES[tip.state], facts=_facts(tip), narrative=_boxes(tip, NARRATIVE),
        caller=_boxes(tip, CALLER), purposes=PURPOSES, reveal_url=reverse("investigations:tip-reveal", args=[tip.code]),
        may_correct=policy.may_correct_tip(user, tip),
        may_assess=policy.may_assess(user, tip), may_promote=policy.may_promote(user, tip), investigation=file,
        others=[] if file else linked(tip.file), members=members(tip.file))


def _facts(tip: Tip) -> list[tuple[Any, ...]]:
    """Label, value, and the column whose last change can be asked for."""
    return [
        (_("Received"), tip.received_at, "received_at"), (_("Taken by"), tip.taken_by.display_name, "taken_by"),
        (_("Danger now"), tip.get_urgency_display(), "urgency"),
        (_("People affected"), describing.number(tip.people_affected), "people_affected"),
        (_("A child among them"), describing.yes_no(tip.is_child_involved), "is_child_involved"),
        *([(_("Grade"), tip.grade, "source_grade")] if tip.grade else []),
    ]


def _boxes(tip: Tip, labels: dict[str, Any]) -> list[tuple[str, Any]]:
    """The sealed parts to show; the reason only once there is one."""
    return [(field, label) for field, label in labels.items() if field != "reason" or tip.grade]


@reads(*INTAKE, sample="tip")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open one sealed part of a tip, with a purpose."""
    tip = policy.get_tip(request.user, code)  # type: ignore[arg-type]
    if request.method == "POST" and request.POST.get("field") == "caller_phone":
        return _number(request, tip)
    return opened(request, tip, NARRATIVE | CALLER, home(tip))


def _number(request: HttpRequest, tip: Tip) -> HttpResponse:
    """The caller's number, never without what the caller said about calling back: one look opens both."""
    purpose = purpose_of(request)
    if purpose is None:
        return redirect(home(tip))
    shown = disclose(tip, "safe_contact", "caller_phone", to=request.user, purpose=purpose)  # type: ignore[arg-type]
    warning = shown["safe_contact"] or _("Nobody wrote down how to call back safely. Ask a supervisor before you call.")
    number = shown["caller_phone"]
    return box(request, CALLER["caller_phone"], f"{warning}\n{number}" if number else joined([number]), purpose, home(tip))


@writes(*SUPERVISING, sample="tip")
def assess(request: HttpRequest, code: str) -> HttpResponse:
    """Grade source and information apart; go on to an investigation, or not."""
    user: Any = request.user
    tip = policy.get_tip(user, code)
    if turned := back_with_why(request, policy.may_assess(user, tip), home(tip)):
        return turned
    form = AssessmentForm(request.POST or None)
    if form.is_valid():
        answers = dict(form.cleaned_data)
        goes_on = answers.pop("followed_up") == "yes"
        tips.assess(tip, by=user, **answers)
        return _promised(request, tip) if goes_on else _declined(request, tip)
    return page(request, "investigations/tips/assess.html", tip=tip, form=form, trail=way((tip.code, home(tip))),
                narrative=_boxes(tip, NARRATIVE), purposes=PURPOSES,
                reveal_url=reverse("investigations:tip-reveal", args=[tip.code]))


def _promised(request: HttpRequest, tip: Tip) -> HttpResponse:
    messages.success(request, _("Assessment saved. Now say who leads the investigation."))
    return redirect("investigations:tip-promote", tip.code)


def _declined(request: HttpRequest, tip: Tip) -> HttpResponse:
    tips.decline(tip, by=request.user)  # type: ignore[arg-type]
    offer(request, "tip-declined", mark(tip.code, tip.rev), _("Assessment saved. The tip is not followed up."))
    return redirect(home(tip))


@writes(*SUPERVISING, sample="assessed_tip")
def promote(request: HttpRequest, code: str) -> HttpResponse:
    """Open an investigation from an assessed tip."""
    user: Any = request.user
    tip = policy.get_tip(user, code)
    if turned := back_with_why(request, policy.may_promote(user, tip), home(tip)):
        return turned
    form = PromotionForm(request.POST or None, leads=policy.possible_leads(user))
    if form.is_valid():
        given = form.cleaned_data
        if given.pop("knows"):
            conflicts.wall_off(given["lead"], tip.file, by=user)
        decision = policy.may_lead(user, tip, given["lead"])
        if decision:
            investigation = tips.promote(tip, by=user, **given)
            messages.success(request, _("Investigation file opened and linked to the tip."))
            return redirect("investigations:investigation-show", investigation.code)
        form.add_error("lead", str(decision.why))
    return page(request, "investigations/tips/promote.html", tip=tip, form=form, trail=way((tip.code, home(tip))))
