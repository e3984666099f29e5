"""The lists of this room: what was asked to be erased, and the holds."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ijm.approvals.states import TONES as WAITING
from ijm.approvals.states import RequestState
from ijm.erasures.states import ErasureState
from ijm.web import lists

TONES: dict[Any, str] = {**WAITING, ErasureState.APPROVED: "info", ErasureState.DONE: "good", ErasureState.HALTED: "bad"}


class Erasures(lists.Table):
    """Whose data, why, who asked, how far it is."""

    code = lists.Code(_("Erasure"), "erasures:show")
    about_code = lists.Kept(_("Survivor"))
    basis = lists.Kept(_("Why"))
    asked_by = lists.Person(_("Asked by"), "request__asked_by")
    asked_at = lists.Moment(_("Asked"), order_by="request__asked_at")
    state = lists.State(_("State"), TONES, order_by=("step", "request__state"))


ERASURES = lists.Listing(
    "erasures:list", _("Erasures"), Erasures, "-asked_at",
    lead=_("A survivor may ask to be forgotten. Another person agrees, her keys are destroyed, a certificate says so."),
    tabs_label=_("Which erasures"),
    tabs=(lists.Tab("all", _("All")), lists.Tab("open", _("Not finished"),
                                              Q(step=ErasureState.APPROVED) | Q(request__state=RequestState.ASKED)),
          lists.Tab("done", _("Erased"), Q(step=ErasureState.DONE))),
    empty=lists.Empty(_("Nobody has asked to be forgotten"),
                      _("When a survivor wishes it, her worker asks here, or the data-protection officer."), "file"))


class Holds(lists.Table):
    """Whose records are kept, why, until when."""

    code = lists.Code(_("Hold"), "erasures:hold-show")
    about_code = lists.Kept(_("Person"))
    reason = lists.Kept(_("Why"))
    placed_by = lists.Person(_("Placed by"), "placed_by")
    until_on = lists.Day(_("Until"))
    lifted_at = lists.Moment(_("Lifted"))


HOLDS = lists.Listing(
    "erasures:hold-list", _("Legal holds"), Holds, "-placed_at",
    lead=_("While a hold stands, nobody erases this person's data."),
    tabs_label=_("Which holds"),
    tabs=(lists.Tab("all", _("All")), lists.Tab("open", _("Not lifted"), Q(lifted_at__isnull=True)),
          lists.Tab("lifted", _("Lifted"), Q(lifted_at__isnull=False))),
    empty=lists.Empty(_("No hold was placed"),
                      _("A court order, an appeal or a law may demand that a person's records are kept: place a hold then."),
                      "scales"))
