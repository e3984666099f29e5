"""What I opened today."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from ijm.casefiles.models import Source
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


def _line(look: opened.Look) -> dict[str, Any]:
    """One line: when, what, which codes, which fields, why, from which place."""
    places = [str(Source(code).label) for code in look.relation.split(",") if code in Source]
    return {
        "at": look.at, "act": said(look.act), "kind": look.kind, "codes": look.codes[:3],
        "more": max(0, max(look.rows, len(look.codes)) - 3), "fields": ", ".join(look.fields).replace("_", " "),
        "purpose": Purpose(look.purpose).label if look.purpose in Purpose else "", "place": ", ".join(places),
    }
