"""Writing a letter about a file: choose, fill in, look at it, see what leaves, make it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents import checks, policy
from ijm.documents.about import About, of_file
from ijm.documents.actions import papers
from ijm.documents.forms.papers import LetterForm
from ijm.documents.letters import PURPOSES, Letter, Reader, Stamp, compose, for_kind, lines
from ijm.documents.models import Format, Language, Template
from ijm.documents.views.papers import WINGS, trail_to, user_of
from ijm.reference.models import Court
from ijm.roles.table import Kind
from ijm.web.looks import seen
from ijm.web.pages import page, writes
from ijm.web.words import number


@writes(sample="case_file")
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a letter, fill in what is missing, look at it, make it."""
    user = user_of(request)
    file = policy.get_file(user, code)
    about = of_file(user, file, _language(request))
    template = next((one for one in for_kind(file.kind) if one == request.GET.get("letter")), None)
    if about is None:
        raise Http404
    seen(request, about.record)
    if template is None:
        return _choice(request, user, file)
    form = _form(request, user, about, template)
    letter = _letter(about, template, form) if form.is_valid() else None
    if letter is not None and request.POST.get("do") != "preview":
        paper = papers.issue(letter, by=user)
        messages.success(request, _("The letter has the number %(number)s. Fetch it below.") % {"number": paper.number})
        return redirect("documents:paper-show", paper.code)
    return _page(request, user, about, template, form, letter)


def _choice(request: HttpRequest, user: User, file: CaseFile) -> HttpResponse:
    here = reverse("documents:letter-write", args=[file.code])
    choices = [{"label": template.label, "url": f"{here}?letter={template.value}"} for template in for_kind(file.kind)]
    return page(request, "documents/choose.html", file=file, choices=choices, decision=policy.may_write(user, file),
                wing=WINGS[Kind(file.kind)], trail=_trail(user, file))


def _page(request: HttpRequest, user: User, about: About, template: Template, form: LetterForm,
          letter: Letter | None) -> HttpResponse:
    file = cast(CaseFile, about.file)  # a wing's letter is about a file of hers
    said = compose(letter, by=user, stamp=Stamp(), name=_("name") if letter.is_named else "") if letter else None
    return page(request, "documents/write.html", file=file, about=about.record, heading=template.label, form=form, said=said,
                leaves=_leaves(letter or _draft(about, template)), stays=_stays(about, letter), well_set=checks.is_well_set(),
                packages=checks.PACKAGES, wing=WINGS[Kind(file.kind)], trail=_trail(user, file), about_code=about.code,
                decision=policy.may_write(user, file))


def _trail(user: User, file: CaseFile) -> list[tuple[Any, str]]:
    return [*trail_to(user, file), (_("Papers"), reverse("documents:file-papers", args=[file.code]))]


def _language(request: HttpRequest) -> str:
    """The language of the letter: as chosen in the form, else that of the page."""
    asked = request.POST.get("language") or translation.get_language() or ""
    return asked if asked in Language.values else Language.KHMER.value


def _form(request: HttpRequest, user: User, about: About, template: Template) -> LetterForm:
    facts = [(fact.key, f"{fact.label}: {fact.value}") for fact in about.facts]
    first = {"language": _language(request), "facts": [key for key, _label in facts], "purpose": PURPOSES[0],
             "format": Format.PDF, "reader": Reader.COURT if template == Template.COURT else Reader.PARTNER}
    return LetterForm(request.POST or None, initial=first, facts=facts,
                      is_nameable=policy.may_name_at_all(user, _draft(about, template)))


def _draft(about: About, template: str) -> Letter:
    """The letter before anybody has written a word: every open fact is in it."""
    return Letter(template, Language.ENGLISH, Format.PDF, about, Reader.OTHER, "", facts=tuple(fact.key for fact in about.facts))


def _letter(about: About, template: str, form: LetterForm) -> Letter:
    said = dict(form.cleaned_data)
    court, recipient = said.pop("court", ""), said.pop("recipient", "")
    with translation.override(said["language"]):
        name = Court.objects.get(pk=court).name if court else ""
    return Letter(template=template, about=about, recipient="\n".join(part for part in (name, recipient) if part),
                  facts=tuple(said.pop("facts", ())), is_named=bool(said.pop("is_named", False)), **said)


def _leaves(letter: Letter) -> list[str]:
    """Exactly what the letter takes out of the house."""
    written = len(lines(letter.words))
    said = [_("The code %(code)s") % {"code": letter.about.code}]
    said += [f"{fact.label}: {fact.value}" for fact in letter.about.facts if fact.key in letter.facts]
    said.append(number(ngettext("Your own words, %(number)d paragraph", "Your own words, %(number)d paragraphs", written)
                       % {"number": written}) if written else _("Your own words, as you write them"))
    if letter.is_named:
        said.append(_("The name, beside the code"))
    return [*said, _("Your name, your duty, your office, the day and the number")]


def _stays(about: About, letter: Letter | None) -> list[str]:
    """What the file holds and the letter leaves there."""
    told = letter.facts if letter else tuple(fact.key for fact in about.facts)
    name = [] if letter and letter.is_named else [_("The name: outside the wing only by a disclosure request")]
    return [*name, *about.stays, *(fact.label for fact in about.facts if fact.key not in told)]
