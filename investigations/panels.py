"""What this wing shows on pages of the base: work of today, answers of the search, the page of a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.ids import normalise_code
from ijm.reference import lists
from ijm.roles.table import Can, Kind, may
from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import disclose
from ijm.web.lists.meaning import meant
from investigations import describing, policy
from investigations.actions import investigations
from investigations.codes import Channel, Urgency
from investigations.models import RescueOperation, Tip
from investigations.states import RescueState, Stage, TipState

Card = dict[str, Any]
MOST = 50


def work(user: User) -> list[Card]:
    """What waits for her in this wing: tips to assess, operations to approve or conclude, files she leads."""
    cards: list[Card] = []
    if may(user.role_codes, Can.TIP_ASSESS):
        cards += [_tip(tip) for tip in _waiting(user)]
    if may(user.role_codes, Can.RESCUE_APPROVE):
        cards += [_rescue(one, _("Approve a rescue operation")) for one in _planned(user)]
    if may(user.role_codes, Can.RESCUE_CONCLUDE):
        mine = policy.visible_rescues(user).filter(state=RescueState.APPROVED, request__asked_by=user)
        cards += [_rescue(one, _("Conclude a rescue operation")) for one in mine[:MOST]]
    if may(user.role_codes, Can.INVESTIGATION_WORK):
        cards += _led(user)
    return cards


def _waiting(user: User) -> list[Tip]:
    states = (TipState.RECEIVED, TipState.ASSESSED)
    return list(policy.visible_tips(user).filter(state__in=states).order_by("received_at")[:MOST])


def _planned(user: User) -> list[RescueOperation]:
    return list(policy.visible_rescues(user).filter(state=RescueState.PLANNED).exclude(request__asked_by=user)[:MOST])


def _tip(tip: Tip) -> Card:
    """A tip about a danger of this moment is late at once."""
    word = _("Assess a tip") if tip.state == TipState.RECEIVED else _("Open an investigation from a tip")
    return _card(word, "tip-show", tip.code, about=describing.tip_title(tip), late=tip.urgency == Urgency.NOW)


def _rescue(operation: RescueOperation, word: str) -> Card:
    return _card(word, "rescue-show", operation.code, about=describing.rescue_title(operation))


def _led(user: User) -> list[Card]:
    mine = policy.visible_investigations(user).filter(lead=user, stage__in=(Stage.ENQUIRY, Stage.OPERATION))
    return [_card(describing.investigation_title(one), "investigation-show", one.code, about=one.get_stage_display())
            for one in mine[:MOST]]


def _card(title: str, view: str, code: str, *, about: str = "", late: bool = False) -> Card:
    return {"title": title, "url": reverse(f"investigations:{view}", args=[code]), "code": code,
            "kind": view.removesuffix("-show"), "about": about, "due": None, "late": late, "count": None}


def appointments(user: User, start: dt.datetime, end: dt.datetime) -> list[Card]:
    """Rescue operations of these days, for those on the file. Their hour is sealed: one look names each operation opened, and
    it never leaves the house in a calendar file."""
    if not may(user.role_codes, Can.INVESTIGATION_WORK):
        return []
    rows = {row.pk: row for row in policy.visible_rescues(user).filter(
        state__in=(RescueState.PLANNED, RescueState.APPROVED))[:MOST]}
    hours = disclose(list(rows.values()), "time", to=user, purpose=Purpose.RESCUE)
    timed = [(rows[pk], _moment(values["time"])) for pk, values in hours.items()]
    return [{"at": at, "ends_at": None, "title": describing.rescue_title(row), "code": row.code, "room": "",
             "url": reverse("investigations:rescue-show", args=[row.code]), "kind": "rescue",
             "about": row.get_state_display(), "record": row} for row, at in timed if at and start <= at < end]


def _moment(value: object) -> dt.datetime | None:
    """The moment somebody wrote; None where the value could not be opened or is no moment."""
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def record(user: User, code: str) -> Card | None:
    """The record of this code on a file of hers, and its page."""
    for rows, view in ((policy.visible_tips(user), "tip-show"), (policy.visible_investigations(user), "investigation-show"),
                       (policy.visible_rescues(user), "rescue-show")):
        found: Any = rows.filter(code=code).first()
        if found is not None:
            return {"record": found, "url": reverse(f"investigations:{view}", args=[code])}
    suspect = policy.visible_suspects(user).filter(alias__code=code).first()
    return {"record": suspect, "url": reverse("investigations:suspect-show", args=[code])} if suspect else None


def find(user: User, text: str) -> list[Card]:
    """Records of this wing by their code, else by place, kind or state; names are sealed and not searched here."""
    code = normalise_code(text)
    if code is None:
        return _by_word(user, text)
    reached = policy.visible_rescued_persons(user).filter(alias__code=code).values("operation")
    found: list[tuple[Any, str, str]] = [
        *((row, "tip-show", describing.tip_title(row)) for row in policy.visible_tips(user).filter(code=code)),
        *((row, "investigation-show", describing.investigation_title(row))
          for row in policy.visible_investigations(user).filter(code=code)),
        *((row, "suspect-show", describing.suspect_title(row))
          for row in policy.visible_suspects(user).filter(alias__code=code)),
        *((row, "rescue-show", describing.rescue_title(row))
          for row in policy.visible_rescues(user).filter(Q(code=code) | Q(pk__in=reached))),
    ]
    return [_card(title, view, row.code) for row, view, title in found]


def _by_word(user: User, word: str) -> list[Card]:
    """Tips and files of a province or form of exploitation; tips by how they came, operations by how far they are."""
    places, forms = meant(word, lists.provinces), meant(word, lambda: lists.choices("vic_TypeOfExploitation"))
    tips = Q(province__in=places) | Q(channel__in=meant(word, lambda: Channel.choices))
    found: list[tuple[Any, str, str]] = [
        *((row, "tip-show", describing.tip_title(row)) for row in policy.visible_tips(user).filter(tips)[:MOST]),
        *((row, "investigation-show", describing.investigation_title(row)) for row in
          policy.visible_investigations(user).filter(Q(province__in=places) | Q(form_of_exploitation__in=forms))[:MOST]),
        *((row, "rescue-show", describing.rescue_title(row)) for row in
          policy.visible_rescues(user).filter(state__in=meant(word, lambda: RescueState.choices))[:MOST]),
    ]
    return [_card(title, view, row.code) for row, view, title in found]


def file_page(user: User, file: CaseFile) -> str:
    """The page of a file of this wing."""
    view = "tip-show" if file.kind == Kind.INTAKE else "investigation-show"
    return reverse(f"investigations:{view}", args=[file.code])


def entrust(file: CaseFile, *, by: User, to: User) -> None:
    """Give the investigation of this file to another lead."""
    for investigation in policy.visible_investigations(by).filter(file=file).exclude(lead=to):
        investigations.give(investigation, by=by, lead=to)
