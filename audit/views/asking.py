"""The questions to the log beside "who has seen": one page each, each answer printable and to be taken along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import answers, asked, asking, filters, sections, sheets, weeks, words
from audit.answers import Answer
from audit.forms.questions import DidForm, LogForm, PeriodForm, WhoSawForm
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.pages import page, reads

ON_A_PAGE = 100


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def timeline(request: HttpRequest) -> HttpResponse:
    """Everything that was done to one record, of every wing, one after another."""
    form = WhoSawForm(request.GET if "code" in request.GET else None)
    if not form.is_valid():
        return _ask(request, "timeline", form, _("Each look, change and refusal about one person, file or record, in its order."))
    since, until = form.span()
    taken, code = sheets.wanted(request.GET.get("as", "")), form.cleaned_data["code"]
    answer = answers.ask(code, by=_user(request), since=since, until=until, kind="timeline", taken=taken)
    if taken:
        return _taken(request, "timeline", form, answer, taken)
    shown = Paginator(list(reversed(filters.keep(answer, request.GET.get("show", "")).deeds)), ON_A_PAGE).get_page(
        request.GET.get("page"))
    return _answer(request, "timeline", form, answer, sections.timeline(list(shown)), shown=shown,
                   kind=words.kind_of_code(code), heading=_("Everything about this record"))


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def did(request: HttpRequest) -> HttpResponse:
    """What one colleague did, in which time, with which purpose, resting on which place."""
    form = DidForm(request.GET if "person" in request.GET else None)
    person = form.person if form.is_valid() else None
    if person is None:
        return _ask(request, "did", form, _("What a colleague looked at and changed, what explains it, and what was refused."))
    since, until = form.span()
    taken = sheets.wanted(request.GET.get("as", ""))
    answer = asking.did(person, by=_user(request), since=since, until=until, purpose=form.cleaned_data["purpose"],
                        relation=form.cleaned_data["relation"], taken=taken)
    if taken:
        return _taken(request, "did", form, answer, taken)
    kept = filters.keep(answer, request.GET.get("show", ""))
    return _answer(request, "did", form, answer, sections.did(kept), kind=_("Colleague"),
                   heading=_("What %(name)s did") % {"name": person.display_name})


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def refused(request: HttpRequest) -> HttpResponse:
    """Everything that was tried and refused, by person and reason."""
    form = LogForm(request.GET if "period" in request.GET else None)
    if not form.is_valid():
        return _ask(request, "refused", form, _("What was tried and not allowed: pages, records, fields, acts."))
    since, until = form.span()
    taken = sheets.wanted(request.GET.get("as", ""))
    answer = asking.refused(by=_user(request), since=since, until=until, person=form.person, taken=taken)
    if taken:
        return _taken(request, "refused", form, answer, taken)
    return _answer(request, "refused", form, answer, sections.refused(answer), kind=_("The log"), heading=_("What was refused"))


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def looked(request: HttpRequest) -> HttpResponse:
    """Who asked the log, about what; this question is among them."""
    form = LogForm(request.GET if "period" in request.GET else None)
    if not form.is_valid():
        return _ask(request, "looked", form, _("Auditors are watched like everybody else: every question is in the log."))
    since, until = form.span()
    taken = sheets.wanted(request.GET.get("as", ""))
    answer = asking.looked(by=_user(request), since=since, until=until, person=form.person, taken=taken)
    if taken:
        return _taken(request, "looked", form, answer, taken)
    return _answer(request, "looked", form, answer, sections.looked(answer), kind=_("The log"), heading=_("Who asked the log"))


def _ask(request: HttpRequest, name: str, form: PeriodForm, lead: str) -> HttpResponse:
    return page(request, "audit/questions/ask_other.html", form=form, heading=asked.NAMES[name], lead=lead)


def _answer(request: HttpRequest, name: str, form: PeriodForm, answer: Answer, tables: list[sections.Section],
            **more: Any) -> HttpResponse:
    """The page of an answer: figures, parts, tables, the picture of the weeks, and what may be done with it."""
    since, until = form.span()
    counts = name in ("did", "timeline")
    pictured = weeks.per_week(answer.counted if counts else answer.deeds)
    return page(
        request, "audit/questions/answer.html", form=form, answer=answer, sections=tables, since=since,
        last_day=until - timedelta(days=1), chart=weeks.chart(pictured), has_chart=bool(pictured), splits=counts,
        figures=filters.figures(request, answer) if counts else (),
        pills=filters.pills(request, answer, request.GET.get("show", "")) if counts else (),
        when=asked.period(form), **tools(request, name), **more)


def tools(request: HttpRequest, name: str) -> dict[str, Any]:
    """What may be done with an answer: ask again, keep the question, take the answer along."""
    return {"question": name, "query": asked.clean(name, request.GET), "again": asked.url(name),
            "downloads": [(form.upper(), filters.address(request, **{"as": form})) for form in sheets.FORMS]}


def _taken(request: HttpRequest, name: str, form: PeriodForm, answer: Answer, taken: str) -> HttpResponse:
    told = sheets.facts(answer, when=asked.period(form), by=_user(request))
    return sheets.response(request, answer, form=taken, page=name, title=str(asked.NAMES[name]), facts=told)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
