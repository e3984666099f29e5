"""What an unfinished form is called in a list: by the page it stands on, never by what it holds."""

from __future__ import annotations

from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Promise] = {
    "investigations:tip-take": _("Take a tip"),
    "investigations:tip-correct": _("Correct a tip"),
    "investigations:tip-assess": _("Assess a tip"),
    "investigations:tip-promote": _("Open an investigation"),
    "investigations:investigation-correct": _("Correct an investigation"),
    "investigations:incident-record": _("Record an incident"),
    "investigations:incident-correct": _("Correct an incident"),
    "investigations:suspect-record": _("Record a suspect"),
    "investigations:suspect-correct": _("Correct a suspect"),
    "investigations:number-record": _("Record a number"),
    "investigations:rescue-plan": _("Plan a rescue"),
    "investigations:rescue-conclude": _("Conclude a rescue operation"),
    "aftercare:referral-take-in": _("Take somebody in"),
    "aftercare:referral-decline": _("Decline a referral"),
    "aftercare:survivor-correct": _("Correct a survivor’s page"),
    "aftercare:residence-move": _("Record a new address"),
    "aftercare:consent-record": _("Record a consent"),
    "aftercare:delivery-take": _("Court support"),
    "prosecutions:charge-file": _("File a charge"),
    "prosecutions:hearing-schedule": _("Schedule a hearing"),
    "prosecutions:hearing-outcome": _("Outcome of a hearing"),
    "prosecutions:verdict-record": _("Record a verdict"),
    "documents:letter-write": _("Write a letter"),
    "desk:wall-set": _("Set a wall"),
    "desk:seal-new": _("Seal a file"),
    "erasures:ask": _("Ask for an erasure"),
    "erasures:hold-place": _("Place a hold"),
    "audit:package-new": _("Ask for a package"),
    "prosecutions:witness-protect": _("Protect a witness"),
}
OTHER = _("A form")


def named(path: str) -> tuple[str, str]:
    """What the page of this address is for, and the code in the address, if there is one."""
    try:
        found = resolve(path)
    except Resolver404:
        return str(OTHER), ""
    code = next((str(value) for value in found.kwargs.values() if isinstance(value, str)), "")
    return str(LABELS.get(found.view_name, OTHER)), code

