"""What other wings left on care files: hearings that need support, verdicts to tell her of."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import support
from aftercare.forms.support import SupportForm
from aftercare.models import Survivor
from aftercare.views import shown
from aftercare.views.listings import COURT_SUPPORT, DELIVERIES, of_survivor
from aftercare.views.reaching import reaching
from aftercare.views.survivor_page import moment_of, news
from ijm.accounts.models import User
from ijm.casefiles.models import Delivery
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

CARE = (Role.CARE_WORKER, Role.CARE_SUPERVISOR)


@reads(*CARE)
@lists.shows(DELIVERIES)
def list_(request: HttpRequest) -> HttpResponse:
    """What other wings left here and waits to be taken up."""
    user: Any = request.user
    return lists.page(request, DELIVERIES, policy.waiting_deliveries(user), dress=of_survivor,
                      action_url=reverse("aftercare:support-list"), action_label=_("Court support"), action_icon="calendar")


@reads(*CARE)
@lists.shows(COURT_SUPPORT)
def under_way(request: HttpRequest) -> HttpResponse:
    """The court support on her files, to arrange or arranged."""
    return lists.page(request, COURT_SUPPORT, policy.visible_support(request.user),  # type: ignore[arg-type]
                      action_url=reverse("aftercare:delivery-list"), action_label=_("From other wings"), action_icon="talk")


def _waits(delivery: Delivery, survivor: Survivor) -> dict[str, Any]:
    return {"survivor": survivor, "news": news(delivery.kind), "when": moment_of(delivery.payload),
            "court": shown.court_name(delivery.payload.get("court", "")), "sent_at": delivery.sent_at,
            "office": delivery.sent_by.office.name, "is_hearing": delivery.kind == "HearingScheduled",
            "url": reverse("aftercare:delivery-take", args=[delivery.pk])}


@writes(*CARE, sample="delivery")
def take(request: HttpRequest, delivery: uuid.UUID) -> HttpResponse:
    """Take up the news of a hearing: what she needs and who goes with her; or of a verdict: she was told."""
    user: Any = request.user
    found = policy.get_delivery(user, delivery)
    survivor = policy.visible_survivors(user).get(file=found.file)
    return ANSWERS[found.kind](request, user, found, survivor)


def _planned(request: HttpRequest, user: User, delivery: Delivery, survivor: Survivor) -> HttpResponse:
    companions = list(dict.fromkeys(place.user for place in policy.on_file(survivor.file)))
    form = SupportForm(request.POST or None, companions=shown.people(companions),
                       initial={"companion": survivor.worker.code})
    if form.is_valid():
        companion = next(one for one in companions if one.code == form.cleaned_data["companion"])
        support.plan(delivery, survivor, by=user, needs=form.cleaned_data["needs"], companion=companion)
        messages.success(request, _("Court support is planned. Say so here once everything is arranged."))
        return redirect("aftercare:survivor-show", survivor.code)
    return _page(request, delivery, survivor, form=form)


def _told(request: HttpRequest, user: User, delivery: Delivery, survivor: Survivor) -> HttpResponse:
    if request.method == "POST":
        support.tell(delivery, survivor, by=user)
        messages.success(request, _("Recorded: they were told of the verdict."))
        return redirect("aftercare:survivor-show", survivor.code)
    return _page(request, delivery, survivor, form=None)


def _called_off(request: HttpRequest, user: User, delivery: Delivery, survivor: Survivor) -> HttpResponse:
    if request.method == "POST":
        support.call_off(delivery, survivor, by=user)
        messages.success(request, _("Called off: nobody prepares for this hearing any more."))
        return redirect("aftercare:survivor-show", survivor.code)
    return _page(request, delivery, survivor, form=None)


ANSWERS = {"HearingScheduled": _planned, "HearingPutOff": _called_off, "VerdictReturned": _told}


def _page(request: HttpRequest, delivery: Delivery, survivor: Survivor, *, form: SupportForm | None) -> HttpResponse:
    seen(request, delivery)
    user: Any = request.user
    return page(request, "aftercare/support/take.html", survivor=survivor, form=form,
                waits=_waits(delivery, survivor), decision=policy.may_take_delivery(user, delivery), kind=delivery.kind,
                **reaching(user, survivor),
                trail=shown.trail_to((_("From other wings"), reverse("aftercare:delivery-list")),
                                     (survivor.code, reverse("aftercare:survivor-show", args=[survivor.code]))))


@writes(*CARE, sample="survivor")
def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Say that everything she needs for a hearing is arranged."""
    user: Any = request.user
    survivor = policy.get_survivor(user, code)
    if request.method == "POST":
        row = policy.get_support(user, survivor, request.POST.get("support", ""))
        support.arrange(row, by=user)
        messages.success(request, _("Court support is arranged."))
    return redirect("aftercare:survivor-show", survivor.code)
