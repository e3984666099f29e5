"""What I opened today."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile, Source
from ijm.desk import opened
from ijm.desk.said import said
from ijm.trail.purposes import Purpose
from ijm.web.pages import page, reads

ROWS = 50


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """Everything this person looked at, changed or was refused today: the same list an auditor sees."""
    looks = [look for look in opened.mine(opened.today()) if look.kind in ("look", "change", "refusal")]
    kinds = [look.kind for look in looks]
    figures = {name: kinds.count(name) for name in ("look", "change", "refusal")}
    shown = Paginator(looks, ROWS).get_page(request.GET.get("page"))
    return page(request, "desk/opened/list.html", shown=shown, looks=[_line(look) for look in shown], counted=figures,
                number=len(looks), is_cut=len(looks) >= opened.MOST)


@reads()
def by_others(request: HttpRequest) -> HttpResponse:
    """Who else opened the files that are hers today: a look that she cannot explain is told to her supervisor or the auditor."""
    visits = opened.others(opened.today())
    files = CaseFile.objects.in_bulk({visit.file for visit in visits})
    people = User.objects.select_related("office").in_bulk({visit.who for visit in visits})
    shown = [_visit(visit, files[visit.file], people.get(visit.who)) for visit in visits if visit.file in files]
    return page(request, "desk/opened/by_others.html", shown=Paginator(shown, ROWS).get_page(request.GET.get("page")),
                number=len(shown))


def _visit(visit: opened.Visit, file: CaseFile, person: User | None) -> dict[str, Any]:
    """One line: whose looks, at which file, when, why, from which place."""
    return {
        "file": file, "person": person, "first": visit.first, "last": visit.last, "number": visit.number,
        "acts": ", ".join(said(act) for act in visit.acts), "place": _places(visit.relation),
        "purpose": ", ".join(str(Purpose(code).label) for code in visit.purposes if code in Purpose),
    }


def _places(relation: str) -> str:
    return ", ".join(str(Source(code).label) for code in relation.split(",") if code in Source)


def _line(look: opened.Look) -> dict[str, Any]:
    """One line: when, what, which codes, which fields, why, from which place."""
    return {
        "at": look.at, "act": said(look.act), "kind": look.kind, "codes": look.codes[:3],
        "more": max(0, max(look.rows, len(look.codes)) - 3), "fields": ", ".join(look.fields).replace("_", " "),
        "purpose": Purpose(look.purpose).label if look.purpose in Purpose else "", "place": _places(look.relation),
    }
