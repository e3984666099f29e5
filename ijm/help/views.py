"""The pages of the help."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.help.glossary import TERMS
from ijm.help.guides import BY_SLUG, GUIDES, Guide
from ijm.web.navigation import address
from ijm.web.pages import page, reads
from ijm.web.words import in_khmer


@reads()
def index(request: HttpRequest) -> HttpResponse:
    """The guides, her own first, and the way to everything else that helps."""
    held = cast(User, request.user).role_codes
    mine = [guide for guide in GUIDES if guide.role in held]
    return page(request, "help/index.html", mine=mine, others=[guide for guide in GUIDES if guide not in mine],
                trail=_way())


@reads(sample="guide")
def guide(request: HttpRequest, guide: str) -> HttpResponse:
    """What one role does every day."""
    found = BY_SLUG.get(guide)
    if found is None:
        raise Http404
    return page(request, "help/guide.html", guide=found, picture=_picture(found), trail=_way(
        (_("Help"), address("help:index"))))


def _picture(guide: Guide) -> str:
    """Its picture in the language of the page, while there is one."""
    path = guide.picture_path["km" if in_khmer() else "en"]
    return path if finders.find(path) else ""


@reads()
def glossary(request: HttpRequest) -> HttpResponse:
    """The terms of the field, in alphabetical order, with the word of the other language beside each."""
    other = "en" if in_khmer() else "km"
    rows = [{"word": str(term.word), "other": term.in_language(other), "meaning": term.meaning} for term in TERMS]
    return page(request, "help/glossary.html", terms=sorted(rows, key=_by_word), other=other, trail=_way(
        (_("Help"), address("help:index"))))


def _by_word(row: dict[str, Any]) -> str:
    return str(row["word"]).casefold() if translation.get_language() == "en" else str(row["word"])


def _way(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("My work today"), address("desk:work")), *steps]
