"""What several pages of this wing show alike: sealed rows, lists in pages, courts by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from aftercare import policy
from aftercare.models import Referral, Survivor
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.people.models import Identifier, IdentifierKind, Name, Person
from ijm.reference.lists import choices, courts
from ijm.reference.models import Court
from ijm.trail.purposes import LOOKING, Purpose
from ijm.vault.disclosure import disclose
from ijm.vault.sealed import SealedModel
from ijm.web.opened import joined
from ijm.web.pages import page
from ijm.web.words import number

Subject = Referral | Survivor
Rows = Callable[[User, Subject], Iterable[SealedModel]]


@dataclass(frozen=True)
class Seal:
    """One sealed row of a page: its word, where its records are found, which sealed names it opens."""

    label: Promise | str
    rows: Rows
    names: tuple[str, ...]
    glue: str = " "
    part: str = "identity"


def _names(user: User, subject: Subject) -> Iterable[SealedModel]:
    return Name.objects.filter(person=subject.alias.person_id).order_by("kind", "script")


def _person(user: User, subject: Subject) -> Iterable[SealedModel]:
    return Person.objects.filter(pk=subject.alias.person_id)


def _phones(user: User, subject: Subject) -> Iterable[SealedModel]:
    return Identifier.objects.filter(person=subject.alias.person_id, kind=IdentifierKind.PHONE)


def _home(user: User, subject: Subject) -> Iterable[SealedModel]:
    current = policy.current_residence(user, subject) if isinstance(subject, Survivor) else None
    return [current] if current else []


def _itself(user: User, subject: Subject) -> Iterable[SealedModel]:
    return [subject]


def _referral(user: User, subject: Subject) -> Iterable[SealedModel]:
    return [subject.referral] if isinstance(subject, Survivor) and subject.referral else []


NAME = Seal(_("Name"), _names, ("family", "given"))
BORN = Seal(_("Born"), _person, ("born_on",))
PHONE = Seal(_("Phone"), _phones, ("value",))
SURVIVOR_SEALS = {
    "name": NAME,
    "address": Seal(_("Where they live"), _home, ("address", "directions", "phone_there"), "\n", "whereabouts"),
    "phone": PHONE,
    "born": BORN,
    "needs": Seal(_("What was needed first"), _referral, ("needs",), part="narrative"),
    "account": Seal(_("What brought them here"), _itself, ("account",), part="narrative"),
}
REFERRAL_SEALS = {
    "name": NAME,
    "born": BORN,
    "needs": Seal(_("What is needed first, as told"), _itself, ("needs",), part="narrative"),
}
REFERRAL_PURPOSES = (Purpose.REFERRAL, Purpose.SAFETY, Purpose.MEDICAL, Purpose.CONTACT)


def closed(user: User, subject: Subject, seals: dict[str, Seal]) -> list[dict[str, Any]]:
    """The sealed rows of a page, all closed; a row without content says so and cannot be opened."""
    return [{"field": field, "label": seal.label, "state": "closed",
             "present": any(getattr(row, seal.part) is not None for row in seal.rows(user, subject))}
            for field, seal in seals.items()]


def reveal(request: HttpRequest, subject: Subject, seals: dict[str, Seal], purposes: Sequence[Purpose],
           back: Callable[..., HttpResponse]) -> HttpResponse:
    """Open one sealed row for a stated purpose; `back` renders the whole page for a browser without scripts."""
    field, purpose = request.POST.get("field", ""), request.POST.get("purpose", "")
    if field not in seals:
        raise Http404
    if purpose not in purposes:
        return back(asked=_("Choose why you need it, then open it again."))
    user: Any = request.user
    opened = open_seal(user, subject, seals[field], Purpose(purpose)) | {"field": field}
    if getattr(request, "htmx", False):
        return page(request, "aftercare/revealed.html", seal=opened, back=request.path.replace("reveal/", ""))
    return back(opened=opened)


def open_seal(user: User, subject: Subject, seal: Seal, purpose: Purpose) -> dict[str, Any]:
    """Disclose what lies behind a seal, as one text; the look is recorded first."""
    rows = list(seal.rows(user, subject))
    shown: dict[Any, Any] = disclose(rows, *seal.names, to=user, purpose=purpose)
    texts = dict.fromkeys(joined(shown[row.pk].values(), seal.glue) for row in rows)
    text = ("\n" if seal.glue == "\n" else " · ").join(filter(None, texts))
    return {"label": seal.label, "state": "open", "present": True, "value": text or _("Nothing is written here."),
            "purpose_label": purpose.label, "at": timezone.now(), "lang": "km" if is_khmer(text) else ""}


def is_khmer(text: str) -> bool:
    """Whether a text holds Khmer letters."""
    return any("\u1780" <= letter <= "\u17ff" for letter in text)


def with_opened(rows: list[dict[str, Any]], opened: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The sealed rows of a page with the one that was just opened in its place."""
    return [opened if opened and opened["field"] == row["field"] else row for row in rows]


def court_name(code: str) -> str:
    """A court by its name in the language of the page, or its code when the list does not hold it."""
    return next((name for level in Court.Level.values for known, name in courts(level) if known == code), code)


def linked(subject: Subject) -> list[str]:
    """How many other files belong to her story, and which office to ask; never their codes."""
    return [number(ngettext("%(number)d %(kind)s file", "%(number)d %(kind)s files", row.number)
                   % {"number": row.number, "kind": str(row.kind.label).lower()})
            + " · " + gettext("ask the %(office)s") % {"office": row.office.name}
            for row in grants.linked(subject.file)]


def spoken(languages: str) -> str:
    """Her languages in words; the register keeps codes of the list, an import may keep words."""
    known = dict(choices("language"))
    return ", ".join(known.get(code, code) for code in languages.split(",") if code) or gettext("not known")


def people(users: Iterable[User]) -> list[tuple[str, str]]:
    """Colleagues as the choices of a form."""
    return [(user.code, user.display_name) for user in users]


def trail_to(*last: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way from home to a page of this wing."""
    return [(_("My work"), "/desk/"), *last]


def survivors_crumb() -> tuple[Any, str]:
    """The list of survivors, as a step of the way."""
    return _("Survivors"), reverse("aftercare:survivor-list")


__all__ = ("LOOKING", "REFERRAL_PURPOSES", "REFERRAL_SEALS", "SURVIVOR_SEALS")
