"""Papers: those on a file, one's own, one paper, what it said, its bytes, and whether a paper in the hand is ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import FILE_PAGES
from ijm.casefiles.models import CaseFile
from ijm.documents import pdf, policy, tables, word
from ijm.documents.actions import papers
from ijm.documents.forms.papers import CheckForm
from ijm.documents.letters import PURPOSES
from ijm.documents.models import Format, Issued, Paper
from ijm.ids import ALPHABET, normalise_code
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.looks import disclosed
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose
from ijm.web import khmer
from ijm.web.downloads import attachment
from ijm.web.filehost import apart
from ijm.web.looks import seen
from ijm.web.opened import joined
from ijm.web.pages import page, reads, writes
from ijm.web.words import moment, number

ROWS = 50
WINGS = {Kind.INTAKE: "inv", Kind.INVESTIGATION: "inv", Kind.CARE: "care", Kind.PROSECUTION: "pros"}
TYPES = {Format.PDF: pdf.PDF, Format.WORD: word.WORD, Format.XLSX: tables.XLSX, Format.CSV: tables.CSV}
LOOKALIKES = str.maketrans("OIL", "011")


@reads()
def mine(request: HttpRequest) -> HttpResponse:
    """The papers that she herself printed, on files that are hers still."""
    user = user_of(request)
    shown = Paginator(policy.visible_papers(user).filter(printed_by=user), ROWS).get_page(request.GET.get("page"))
    seen(request, shown.object_list)
    return page(request, "documents/mine.html", shown=shown, rows=[line(paper) for paper in shown])


@reads(sample="case_file")
def of_file(request: HttpRequest, code: str) -> HttpResponse:
    """Every paper about this file, for those who stand on it."""
    user = user_of(request)
    file = policy.get_file(user, code)
    shown = Paginator(policy.visible_papers(user).filter(file=file), ROWS).get_page(request.GET.get("page"))
    seen(request, shown.object_list)
    return page(request, "documents/file.html", file=file, shown=shown, rows=[line(paper) for paper in shown],
                decision=policy.may_write(user, file), wing=WINGS[Kind(file.kind)], trail=trail_to(user, file))


@reads(sample="paper")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One paper: its marks, and where its bytes wait."""
    paper = policy.get_paper(user_of(request), code)
    seen(request, paper)
    return _shown(request, paper)


@reads(sample="paper")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open what a letter said and to whom it went, for a stated purpose."""
    user = user_of(request)
    paper = policy.get_paper(user, code)
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        seen(request, paper)
        return _shown(request, paper, asked=_("Choose why you need it, then open it again."))
    require(policy.may_open(user, paper))
    opened = _opened(user, paper, purpose)
    if getattr(request, "htmx", False):
        return page(request, "documents/revealed.html", opened=opened, back=reverse("documents:paper-show", args=[paper.code]))
    return _shown(request, paper, opened=opened)


@apart
@reads(sample="paper")
def fetch(request: HttpRequest, code: str) -> HttpResponse:
    """The bytes, for who printed the paper, as long as they wait."""
    user = user_of(request)
    paper = policy.get_paper(user, code)
    copy = policy.copy_of(user, paper)
    if copy is None:
        return redirect("documents:paper-show", paper.code)
    seen(request, paper, fields=("content",))
    content = copy.open(to=user, event=Event.PAPER_FETCHED)
    return cast(HttpResponse, attachment(request, content, name=paper.file_name, item=str(paper.pk), size=len(content),
                                         media=TYPES[Format(paper.format)]))


@writes(sample="paper")
def forget(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the waiting bytes away."""
    user = user_of(request)
    paper = policy.get_paper(user, code)
    if request.method == "POST":
        papers.forget(paper, by=user)
        messages.success(request, _("The waiting copy is destroyed. The paper stays in the register."))
    return redirect("documents:paper-show", paper.code)


@reads()
def check(request: HttpRequest) -> HttpResponse:
    """Whether a paper of this code with these check characters was given out; when, by which office, what kind."""
    form = CheckForm(request.POST or None)
    if not form.is_valid():
        return page(request, "documents/check.html", form=form, asked=False, issued=None)
    code = form.cleaned_data["code"]
    issued = Issued.objects.select_related("office").filter(code=code, mark=mark_in(form.cleaned_data["mark"])).first()
    disclosed((), (), to=user_of(request), event=Event.PAPER_CHECKED, query={"code": code, "found": issued is not None})
    return page(request, "documents/check.html", form=form, asked=True, issued=issued)


@writes()
def page_printed(request: HttpRequest) -> HttpResponse:
    """Record that a page is about to be printed, then let the browser print it."""
    if request.method != "POST":
        return redirect("documents:paper-list")
    path = urlsplit(request.POST.get("path", "")).path
    papers.page_printed(by=user_of(request), **place_of(path))
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Trigger": "print-page"})
    back = path if url_has_allowed_host_and_scheme(path, None) else reverse("documents:paper-list")
    return page(request, "documents/printed.html", back=back)


def place_of(path: str) -> dict[str, str]:
    """The name of a page and the code in its address; what else is typed there does not reach the log."""
    try:
        match = resolve(path)
    except Resolver404:
        return {"view": "", "code": ""}
    return {"view": match.view_name, "code": normalise_code(str(match.kwargs.get("code", ""))) or ""}


def mark_in(text: str) -> str:
    """The check characters that somebody meant by what she typed."""
    plain = khmer.to_latin(text).upper().translate(LOOKALIKES)
    letters = "".join(letter for letter in plain if letter in ALPHABET)
    return f"{letters[:4]}-{letters[4:]}"


def user_of(request: HttpRequest) -> User:
    """The person signed in."""
    return cast(User, request.user)


def trail_to(user: User, file: CaseFile) -> list[tuple[Any, str]]:
    """The way from home to the papers of a file."""
    file_page: Callable[[User, CaseFile], str] = import_string(FILE_PAGES[file.kind])
    return [(_("My work"), "/desk/"), (file.code, file_page(user, file) or reverse("files:show", args=[file.code]))]


def line(paper: Paper) -> list[dict[str, Any]]:
    """A paper as a line of a list."""
    return [{"code": paper.code, "url": reverse("documents:paper-show", args=[paper.code]), "sub": paper.number},
            {"text": paper.get_template_display(), "label": _("Kind"), "sub": paper.about_code},
            {"text": f"{paper.get_language_display()}, {paper.format.upper()}", "label": _("Form")},
            {"text": moment(paper.printed_at), "label": _("Printed"), "sub": paper.printed_by.display_name}]


def _shown(request: HttpRequest, paper: Paper, *, opened: dict[str, Any] | None = None, asked: str = "") -> HttpResponse:
    user = user_of(request)
    is_letter = paper.file is not None
    return page(
        request, "documents/show.html", paper=paper, opened=opened, asked=asked, is_letter=is_letter, facts=_facts(paper),
        purposes=PURPOSES, opening=policy.may_open(user, paper), copy=policy.copy_of(user, paper) is not None,
        wing=WINGS[Kind(paper.file.kind)] if paper.file else "desk",
        trail=[*(trail_to(user, paper.file) if paper.file else [(_("My work"), "/desk/")]),
               (_("Papers"), reverse("documents:file-papers", args=[paper.file.code]) if paper.file
                else reverse("documents:paper-list"))])


def _facts(paper: Paper) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(_("Number"), paper.number), (_("About"), paper.about_code),
                                    (_("Rows"), number(paper.rows) if paper.rows else "")]
    facts += [(_("Printed by"), paper.printed_by.display_name), (_("Printed at"), moment(paper.printed_at)),
              (_("Office"), paper.office.name), (_("Language"), paper.get_language_display()),
              (_("Check characters"), paper.mark)]
    return [(label, value) for label, value in facts if value]


def _opened(user: User, paper: Paper, purpose: str) -> dict[str, Any]:
    shown = disclose(paper, "recipient", "words", to=user, purpose=purpose)
    said: dict[str, str] = json.loads(str(shown["words"] or "{}"))
    text = "\n".join(part for part in (str(shown["recipient"] or ""), said.get("subject", ""), said.get("words", "")) if part)
    return {"value": text or joined(shown.values()) or _("Nothing was written beside the fixed words."), "at": timezone.now(),
            "purpose_label": Purpose(purpose).label}
