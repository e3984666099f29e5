"""What a page says before anybody reaches for the telephone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftercare import policy
from aftercare.models import SafeContact, Survivor
from aftercare.views.shown import Seal, Subject, closed, with_opened
from ijm.accounts.models import User
from ijm.notices.contact import Way, may_contact
from ijm.trail.looks import denied
from ijm.trail.purposes import Purpose
from ijm.vault.sealed import SealedModel

NUMBERS = ("phone", "safe_number")


def _contact(user: User, subject: Subject) -> Iterable[SealedModel]:
    known = policy.safe_contact(user, subject) if isinstance(subject, Survivor) else None
    return [known] if known else []


CONTACT_SEALS = {
    "safe_number": Seal(_("Number that is safe"), _contact, ("number",), part="whereabouts"),
    "who_may_answer": Seal(_("Who else may answer"), _contact, ("who_may_answer",), part="whereabouts"),
    "say_instead": Seal(_("What to say to others"), _contact, ("say_instead",), part="whereabouts"),
    "never_say": Seal(_("Words never to say"), _contact, ("never_say",), part="whereabouts"),
}


def reaching(user: User, survivor: Survivor, opened: dict[str, Any] | None = None) -> dict[str, Any]:
    """The part "How to reach them safely": what was said, and for each way whether it may be used at this moment."""
    known = policy.safe_contact(user, survivor)
    return {
        "safe": known, "safe_ways": _ways(user, survivor, known), "safe_not": _not_agreed(known),
        "safe_seals": with_opened(closed(user, survivor, CONTACT_SEALS), opened) if known else [],
        "safe_url": reverse("aftercare:contact-record", args=[survivor.code]),
        "reveal_url": reverse("aftercare:survivor-reveal", args=[survivor.code]),
        "back": reverse("aftercare:survivor-show", args=[survivor.code]),
    }


def _ways(user: User, survivor: Survivor, known: SafeContact | None) -> list[dict[str, Any]]:
    """Each way she agreed to, with the answer of the rule at this moment."""
    if known is None:
        return []
    ways = [way for way in Way if way in known.ways] if known.is_allowed else [Way.CALL]
    return [{"label": way.label if known.is_allowed else _("No contact"),
             "decision": may_contact(user, known.facts, way, about=survivor)} for way in ways]


def _not_agreed(known: SafeContact | None) -> list[str]:
    """The ways she did not agree to, in words."""
    return [str(way.label) for way in Way if known and known.is_allowed and way not in known.ways]


def unsafe_now(request: HttpRequest, survivor: Survivor) -> str:
    """Why a number is not opened for a call at this moment, or nothing; the refusal is recorded.

    Where nobody asked her yet the page says so beside the number; for a danger to her there is the purpose of safety.
    """
    user: Any = request.user
    if request.POST.get("purpose") != Purpose.CONTACT or request.POST.get("field") not in NUMBERS:
        return ""
    decision = policy.may_reach(user, survivor, Way.CALL)
    if decision or decision.reason == "not-asked":
        return ""
    denied(decision.event, by=user, about=survivor, reason=decision.reason)
    return str(decision.why)
