"""Who has seen: the question, and its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from audit import answers, asked, filters, sheets, weeks, words
from audit.answers import Answer
from audit.deeds import Deed
from audit.forms.questions import WhoSawForm
from audit.views.asking import tools
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.pages import page, reads


@reads(Role.AUDITOR, Role.DATA_PROTECTION)
def who_saw(request: HttpRequest) -> HttpResponse:
    """Ask for a code and a time; the answer names people, times, fields and purposes, never content."""
    form = WhoSawForm(request.GET if "code" in request.GET else None)
    if not form.is_valid():
        return page(request, "audit/questions/ask.html", form=form)
    user = cast(User, request.user)
    since, until = form.span()
    taken = sheets.wanted(request.GET.get("as", ""))
    answer = answers.ask(form.cleaned_data["code"], by=user, since=since, until=until, taken=taken)
    if taken:
        return sheets.response(request, answer, form=taken, page="who-saw", title=str(asked.NAMES["who-saw"]),
                               facts=sheets.facts(answer, when=asked.period(form), by=user))
    return page(request, "audit/questions/who_saw.html", form=form, since=since, last_day=until - timedelta(days=1),
                answer=answer, **tools(request, "who-saw"), **_shown(request, answer))


def _shown(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """The answer as the page wants it: figures, filters, groups, the picture of the weeks."""
    chosen, somebody = request.GET.get("show", ""), request.GET.get("who", "")
    closer = answers.people([deed for deed in answer.deeds if somebody and deed.user_code == somebody])
    kept = filters.keep(answer, chosen)
    return {
        "title": words.title_of(answer.meant.code),
        "kind": words.kind_of_code(answer.meant.code),
        "figures": filters.figures(request, answer),
        "pills": filters.pills(request, answer, chosen),
        "unexplained": answers.people(kept.unexplained, key=filters.by_person_and_day),
        "explained": _linked(request, answers.people(kept.explained)),
        "refused": answers.people(kept.refused, key=filters.by_person_and_day),
        "asked": answers.people(answer.asked),
        "chart": weeks.chart(weeks.per_week(answer.counted)),
        "closer": closer,
        "closer_lines": [_line(deed) for person in closer for deed in reversed(person.deeds)],
        "back": filters.address(request),
    }


def _line(deed: Deed) -> dict[str, Any]:
    """One deed by itself: when, what, which fields or kinds of rows by name, why, from which place."""
    return {"at": deed.at, "act": words.act(deed.act), "detail": sheets.detail(deed), "purpose": words.purpose(deed.reason),
            "place": sheets.place(deed)}


def _linked(request: HttpRequest, people: list[answers.Person]) -> list[tuple[answers.Person, str]]:
    """Each person with the address where everything she did is listed one by one."""
    return [(person, filters.address(request, who=person.code)) for person in people]
