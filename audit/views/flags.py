"""Flags: the list, one of them with its ground and its events, judging it, looking for new ones."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import asking, policy, sections
from audit.actions import flags
from audit.flagged import Flag, Review
from audit.flags import finding, words
from audit.forms.reviews import ReviewForm
from audit.views.listings import FLAGS, TONES
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import day, number


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
@lists.shows(FLAGS)
def list_(request: HttpRequest) -> HttpResponse:
    """Every flag but those about herself."""
    return lists.page(request, FLAGS, policy.visible_flags(_user(request)), template="audit/flags/list.html")


@reads(Role.AUDITOR, Role.DATA_PROTECTION, sample="flag")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Why a flag was raised, the events it rests on, what was decided, and the questions that explain it."""
    return _shown(request, policy.get_flag(_user(request), code), ReviewForm())


@writes(Role.AUDITOR, Role.DATA_PROTECTION, sample="flag")
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Judge a flag."""
    user, flag = _user(request), policy.get_flag(_user(request), code)
    if request.method != "POST":
        return redirect("audit:flag-show", flag.code)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _shown(request, flag, form)
    flags.decide(flag, by=user, decision=form.cleaned_data["decision"])
    messages.success(request, _("Your decision is recorded in the log."))
    return redirect("audit:flag-list")


@writes(Role.AUDITOR, Role.DATA_PROTECTION, once=False)
def find(request: HttpRequest) -> HttpResponse:
    """Look through the last days now, as the clock does every few hours."""
    if request.method == "POST":
        new = finding.find(by=_user(request))
        told = ngettext("%(n)s new flag.", "%(n)s new flags.", new) % {"n": number(new)}
        messages.success(request, told if new else _("Nothing new was found."))
    return redirect("audit:flag-list")


def _shown(request: HttpRequest, flag: Flag, form: ReviewForm) -> HttpResponse:
    user = _user(request)
    seen(request, flag)
    answer = asking.events_of(flag.events, code=flag.code, by=user)
    decision = policy.may_decide(user, flag)
    return page(
        request, "audit/flags/show.html", flag=flag, why=words.why(flag), questions=words.questions(flag), tone=TONES[flag.state],
        facts=_facts(flag), sections=sections.timeline(list(reversed(answer.deeds)), with_codes=True), decision=decision,
        form=form if decision else None, reviews=Review.objects.filter(flag=flag).select_related("by"),
        trail=[(_("The auditor's desk"), reverse("audit:desk")), (FLAGS.title, FLAGS.url)])


def _facts(flag: Flag) -> list[tuple[str, Any]]:
    about = [(_("About"), flag.about_code)] if flag.about_code else []
    return [(_("Person"), f"{flag.actor.display_name}, {flag.actor.office.name}"), (_("Code"), flag.actor.code),
            (_("Day"), day(flag.day)), *about]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
