"""The five wings as a page shows them: icon and word first, colour last."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Wing:
    """How one wing shows itself."""

    code: str
    label: Promise
    icon: str


DESK = Wing("desk", _("My desk"), "sun")
WINGS = {
    wing.code: wing
    for wing in (
        DESK,
        Wing("inv", _("Investigations"), "compass"),
        Wing("care", _("Aftercare"), "sprout"),
        Wing("pros", _("Prosecutions"), "scales"),
        Wing("aud", _("Audit"), "ledger"),
    )
}
NAMESPACES = {"investigations": "inv", "aftercare": "care", "prosecutions": "pros", "audit": "aud"}


def by_code(code: object) -> Wing | None:
    """Find a wing by the short code that a view gives, or None."""
    return WINGS.get(str(code)) if code else None


def of_request(request: HttpRequest | None) -> Wing:
    """Find the wing that an address belongs to; everything without one belongs to the desk."""
    match = getattr(request, "resolver_match", None)
    namespace = match.namespace.split(":")[0] if match else ""
    return WINGS[NAMESPACES.get(namespace, "desk")]
