"""Figures and filters above an answer: what part of it the page shows. The answer itself stays whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.answers import Answer
from audit.deeds import Deed
from ijm.roles.table import Open
from ijm.web.words import number

ASKED = ("code", "person", "purpose", "relation", "period", "since_0", "since_1", "since_2", "until_0", "until_1", "until_2")


@dataclass(frozen=True)
class Filter:
    """One part of the answer that can be shown alone."""

    code: str
    label: str | Promise
    test: Callable[[Deed], bool]
    icon: str = ""


def _opened(compartment: str) -> Callable[[Deed], bool]:
    return lambda deed: compartment in deed.compartments


FILTERS = (
    Filter("", _("All"), lambda deed: deed.kind != "asked"),
    Filter("unexplained", _("Not explained"), lambda deed: deed.counts and not deed.is_explained, "alert"),
    Filter("changes", _("Changes"), lambda deed: deed.kind == "change"),
    Filter("refused", _("Refused"), lambda deed: deed.kind == "refused"),
    *(Filter(compartment.value, compartment.label, _opened(compartment.value)) for compartment in Open),
    Filter("own", _("Nothing of a file"), lambda deed: deed.kind == "own"),
    Filter("odd", _("Outside office hours"), lambda deed: deed.counts and deed.is_at_odd_hours, "clock"),
)


def keep(answer: Answer, chosen: str) -> Answer:
    """The part of the answer that a filter leaves; an unknown filter leaves all."""
    test = next((filter.test for filter in FILTERS if filter.code == chosen), FILTERS[0].test)
    return replace(answer, deeds=[deed for deed in answer.deeds if test(deed)])


def address(request: HttpRequest, **more: str) -> str:
    """The address of the same question, with another part of its answer."""
    query = request.GET.copy()
    for name in list(query):
        if name not in ASKED:
            del query[name]
    query.update({name: value for name, value in more.items() if value})
    return f"?{query.urlencode()}"


def pills(request: HttpRequest, answer: Answer, chosen: str) -> list[dict[str, Any]]:
    """The filters that would show something, with how much."""
    counts = [(filter, sum(filter.test(deed) for deed in answer.deeds)) for filter in FILTERS]
    return [{"label": filter.label, "number": count, "icon": filter.icon, "current": filter.code == chosen,
             "url": address(request, show=filter.code)} for filter, count in counts if count or not filter.code]


def figures(request: HttpRequest, answer: Answer) -> list[dict[str, Any]]:
    """Four numbers: what was done by how many people, what is explained, what is not, what was refused."""
    people = len({deed.user for deed in answer.counted})
    share = 100 * len(answer.explained) // len(answer.counted) if answer.counted else 100
    done = ngettext("Looks and changes, by one person", "Looks and changes, by %(n)s people", people)
    explained = _("Explained, %(share)s %%") % {"share": number(share)}
    return [
        {"number": len(answer.counted), "label": done % {"n": number(people)}, "url": address(request)},
        {"number": len(answer.explained), "label": explained, "url": "#ex"},
        {"number": len(answer.unexplained), "label": _("Not explained"), "url": address(request, show="unexplained"),
         "hot": bool(answer.unexplained)},
        {"number": len(answer.refused), "label": _("Refused"), "url": address(request, show="refused")},
    ]


def by_person_and_day(deed: Deed) -> tuple[str, date]:
    """Who, and on which day in the office's own time."""
    return deed.user, timezone.localtime(deed.at).date()
