"""Writing down how a survivor can be reached safely."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import contacts
from aftercare.forms.contacts import ContactForm
from aftercare.models import SafeContact
from aftercare.views import shown
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, writes


@writes(Role.CARE_WORKER, Role.CARE_SUPERVISOR, sample="survivor")
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Ask her, and write down whether, how and when she can be reached."""
    user: Any = request.user
    survivor = policy.get_survivor(user, code)
    known = policy.safe_contact(user, survivor)
    form = ContactForm(request.POST or None, initial=_before(known))
    if form.is_valid():
        contacts.record(survivor, by=user, revision=int(request.POST.get("revision") or 0), **form.facts())
        messages.success(request, _("Recorded. The pages of this file now say when and how they may be reached."))
        return redirect("aftercare:survivor-show", survivor.code)
    seen(request, survivor)
    return page(request, "aftercare/contacts/record.html", survivor=survivor, form=form, known=known,
                revision=request.POST.get("revision", known.rev if known else 0),
                decision=policy.may_record_contact(user, survivor), trail=shown.trail_to(shown.survivors_crumb(), (
                    survivor.code, reverse("aftercare:survivor-show", args=[survivor.code]))))


def _before(known: SafeContact | None) -> dict[str, Any]:
    """What was said the last time; what is sealed stays closed."""
    if known is None:
        return {}
    hours = {name: f"{value:%H:00}" for name in ("from_at", "until_at") if (value := getattr(known, name))}
    return {"is_allowed": "yes" if known.is_allowed else "no", "ways": known.ways, "days": known.days, **hours}
