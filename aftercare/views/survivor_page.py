"""Everything that stands on a survivor's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare import policy
from aftercare.models import CourtSupport, Survivor
from aftercare.states import SupportState, SurvivorState
from aftercare.views import shown
from aftercare.views.reaching import reaching
from ijm.accounts.models import User
from ijm.people.models import ConsentAnswer, ConsentPurpose
from ijm.web.pages import page
from ijm.web.words import moment

TONES = {SurvivorState.IN_CARE: "good", SurvivorState.FOLLOWED_UP: "info", SurvivorState.CLOSED: ""}
SUPPORT_TONES = {SupportState.NEEDED: "warn", SupportState.ARRANGED: "good", SupportState.CALLED_OFF: ""}
VERBS = {SurvivorState.IN_CARE: gettext_lazy("Back into care"),
         SurvivorState.FOLLOWED_UP: gettext_lazy("Begin follow-up"),
         SurvivorState.CLOSED: gettext_lazy("Close her file")}
MARKS = {ConsentAnswer.GIVEN: ("ok", "check-c"), ConsentAnswer.REFUSED: ("", "eye-off"),
         ConsentAnswer.WITHDRAWN: ("", "undo"), ConsentAnswer.NOT_ASKED: ("wait", "clock")}


def render(request: HttpRequest, survivor: Survivor, *, opened: dict[str, Any] | None = None,
           asked: str = "") -> HttpResponse:
    """Her page, with one sealed value open when it was just revealed."""
    user: Any = request.user
    support = list(policy.visible_support(user).filter(survivor=survivor))
    return page(
        request, "aftercare/survivors/show.html", survivor=survivor, tone=TONES[SurvivorState(survivor.state)],
        facts=facts_of(user, survivor, support), tabs=tabs_of(user, survivor, "overview"), asked=asked,
        seals=shown.with_opened(shown.closed(user, survivor, shown.SURVIVOR_SEALS), opened),
        **reaching(user, survivor, opened),
        residences=policy.visible_residences(user, survivor), consents=agreed(user, survivor),
        support=[support_line(user, row) for row in support], waiting=waiting(user, survivor),
        places=policy.on_file(survivor.file), linked=shown.linked(survivor), stages=stages(survivor),
        steps=[{"value": state.value, "verb": VERBS[state]} for state in SurvivorState
               if policy.may_advance(user, survivor, state)],
        may_correct=policy.may_correct(user, survivor), is_worker=survivor.worker_id == user.pk,
        may_move=policy.may_move(user, survivor), may_share=policy.may_open_file_to_others(user, survivor),
        trail=shown.trail_to(shown.survivors_crumb()))


def facts_of(user: User, survivor: Survivor, support: list[CourtSupport]) -> list[tuple[Any, ...]]:
    """The facts of the file header, in one line."""
    name = survivor.worker.display_name
    worker = _("%(name)s (you)") % {"name": name} if survivor.worker_id == user.pk else name
    facts: list[tuple[Any, ...]] = [
        (_("Worker"), worker, "worker"), (_("Care file"), survivor.file.code), (_("Since"), survivor.began_on, "began_on"),
        (_("Speaks"), shown.spoken(survivor.languages), "languages")]
    coming = [row.hearing_at for row in support
              if row.hearing_at >= timezone.now() and row.state != SupportState.CALLED_OFF]
    return [*facts, (_("Next hearing"), coming[0])] if coming else facts


def tabs_of(user: User, survivor: Survivor, current: str) -> list[dict[str, Any]]:
    """The sections of her file."""
    rows = (
        ("overview", _("Overview"), "aftercare:survivor-show", None),
        ("consents", _("Consents"), "aftercare:consent-record", policy.visible_consents(user, survivor).count()),
        ("people", _("Who is on this file"), "aftercare:survivor-colleague", policy.on_file(survivor.file).count()),
    )
    return [{"label": label, "url": reverse(name, args=[survivor.code]), "current": key == current, "count": count}
            for key, label, name, count in rows]


def agreed(user: User, survivor: Survivor) -> list[dict[str, Any]]:
    """Every purpose with her answer; what nobody has asked yet is said too."""
    known = {consent.purpose: consent for consent in policy.visible_consents(user, survivor)}
    rows = []
    for purpose in ConsentPurpose:
        consent = known.get(purpose)
        answer = ConsentAnswer(consent.answer) if consent else ConsentAnswer.NOT_ASKED
        tone, symbol = MARKS[answer]
        rows.append({"purpose": purpose, "consent": consent, "answer": answer.label, "tone": tone, "symbol": symbol})
    return rows


def support_line(user: User, support: CourtSupport) -> dict[str, Any]:
    """One hearing with what she needs for it."""
    return {"support": support, "court": shown.court_name(support.court), "needs": "; ".join(support.need_labels),
            "tone": SUPPORT_TONES[SupportState(support.state)],
            "may_arrange": bool(policy.may_arrange(user, support))}


def waiting(user: User, survivor: Survivor) -> list[dict[str, Any]]:
    """What other wings left on her file."""
    return [{"text": news(delivery.kind), "when": moment_of(delivery.payload),
             "url": reverse("aftercare:delivery-take", args=[delivery.pk])}
            for delivery in policy.waiting_deliveries(user).filter(file=survivor.file)]


def news(kind: str) -> str:
    """What a delivery says."""
    return {"VerdictReturned": _("A verdict was returned"), "HearingPutOff": _("A hearing will not be held on its day")}.get(
        kind, _("A hearing is scheduled"))


def moment_of(payload: dict[str, Any]) -> str:
    """The moment that a delivery names, in words."""
    return moment(datetime.fromisoformat(payload["at"]))


def stages(survivor: Survivor) -> list[dict[str, Any]]:
    """Her way: done, here, to come."""
    order = list(SurvivorState)
    here = order.index(SurvivorState(survivor.state))
    return [{"label": state.label, "state": "done" if n < here else "current" if n == here else "next",
             "since": survivor.began_on if n == here == 0 else None} for n, state in enumerate(order)]
