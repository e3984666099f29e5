"""Opening a sealed value, for a purpose; every look is recorded before the value is shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.people.models import Name
from ijm.roles.table import Role
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import Shown, disclose
from ijm.vault.sealed import SealedModel
from ijm.web.opened import joined
from ijm.web.pages import page, reads
from prosecutions import policy
from prosecutions.views.shared import PURPOSES, address, who

Read = Callable[[Purpose], str]


@reads(Role.LIAISON, sample="accused")
def accused(request: HttpRequest, code: str, acode: str) -> HttpResponse:
    """The names of an accused."""
    user = who(request)
    prosecution = policy.get_prosecution(user, code)
    row = policy.get_accused(user, prosecution, acode)
    names = list(Name.objects.filter(person_id=row.alias.person_id).order_by("-script", "kind"))
    return _opened(request, row.code, _("Name of the accused"), address(prosecution),
                   lambda purpose: _spoken(disclose(names, "family", "given", to=user, purpose=purpose)))


def _spoken(names: Mapping[uuid.UUID, Shown]) -> str:
    """Each name on a line, family name first."""
    return "\n".join(dict.fromkeys(joined(shown[part] for part in ("family", "given")) for shown in names.values()))


@reads(Role.LIAISON, sample="charge")
def charge(request: HttpRequest, code: str) -> HttpResponse:
    """The legal note of a charge."""
    row = policy.get_charge(who(request), code)
    return _opened(request, row.code, _("Note on the charge"), address(row.accused.prosecution),
                   _note(request, row, "note"))


@reads(Role.LIAISON, sample="verdict")
def verdict(request: HttpRequest, code: str) -> HttpResponse:
    """The grounds of a verdict."""
    row = policy.get_verdict(who(request), code)
    return _opened(request, row.code, _("Grounds of the verdict"), address(row.accused.prosecution),
                   _note(request, row, "grounds"))


@reads(Role.LIAISON, sample="hearing")
def hearing(request: HttpRequest, code: str) -> HttpResponse:
    """The sealed notes of a hearing: room and way in, or what was decided."""
    row = policy.get_hearing(who(request), code)
    back = reverse("prosecutions:hearing-show", args=[row.code])
    if request.POST.get("field") == "outcome_note":
        return _opened(request, row.code, _("What was decided"), back, _note(request, row, "outcome_note"))
    return _opened(request, row.code, _("Room and way in"), back, _note(request, row, "room_note"))


def _note(request: HttpRequest, row: SealedModel, name: str) -> Read:
    return lambda purpose: joined([disclose(row, name, to=who(request), purpose=purpose)[name]])


def _opened(request: HttpRequest, code: str, label: str, back: str, read: Read) -> HttpResponse:
    """Disclose first, then answer: only the opened box where the page is waiting for it, else a page of its own."""
    purpose = next((one for one in PURPOSES if one == request.POST.get("purpose")), None)
    if purpose is None:
        messages.error(request, _("Choose why you need it, then reveal."))
        return redirect(back)
    template = "box" if getattr(request, "htmx", False) else "page"
    return page(request, f"prosecutions/reveals/{template}.html", code=code, label=label, back=back,
                value=read(purpose), purpose=purpose, now=timezone.now(), trail=[(_("Back"), back)])
