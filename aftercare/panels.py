"""What this wing shows on the desk: waiting work, matches of a search, the page of a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftercare import policy
from aftercare.actions import survivors
from aftercare.models import SafeContact, Survivor
from aftercare.states import ReferralState, SupportState
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.ids import normalise_code
from ijm.people.models import Alias, Consent
from ijm.reference.lists import courts
from ijm.reference.models import Court
from ijm.roles.table import Kind, Role
from ijm.web.lists.meaning import meant

CARE = {Role.CARE_WORKER, Role.CARE_SUPERVISOR}
MOST = 20
ANSWER_WITHIN = timedelta(days=1)


def work(user: User) -> list[dict[str, Any]]:
    """Referrals to answer, news to take up, court support to arrange."""
    if not CARE & user.role_codes:
        return []
    return [*_referrals(user), *_deliveries(user), *_support(user)]


def _card(title: str, url: str, code: str, kind: str, due: datetime) -> dict[str, Any]:
    late = due < timezone.now()
    return {"title": title, "url": url, "code": code, "kind": kind, "due": due, "late": late, "count": 1}


def _referrals(user: User) -> list[dict[str, Any]]:
    rows: Any = policy.visible_referrals(user).filter(state=ReferralState.WAITING)[:MOST]
    return [_card(_("Answer a referral: %(who)s") % {"who": row.described},
                  reverse("aftercare:referral-show", args=[row.code]), row.code, "referral",
                  row.received_at + ANSWER_WITHIN) for row in rows]


def _deliveries(user: User) -> list[dict[str, Any]]:
    waiting = list(policy.waiting_deliveries(user)[:MOST])
    known = {one.file_id: one.code for one in policy.visible_survivors(user).filter(
        file__in=[delivery.file_id for delivery in waiting])}
    titles = {"VerdictReturned": _("Tell them of a verdict"),
              "HearingPutOff": _("A hearing is off: call off what was planned")}
    return [_card(titles.get(row.kind, _("Plan court support")), reverse("aftercare:delivery-take", args=[row.pk]),
                  known[row.file_id], "delivery", _due(row.payload, row.sent_at)) for row in waiting]


def _due(payload: dict[str, Any], sent_at: datetime) -> datetime:
    """Before the hearing; news of something past is due a day after it came."""
    at = datetime.fromisoformat(payload["at"])
    return at if at > sent_at else sent_at + ANSWER_WITHIN


def _support(user: User) -> list[dict[str, Any]]:
    rows: Any = policy.visible_support(user).filter(state=SupportState.NEEDED, companion=user)[:MOST]
    return [_card(_("Arrange court support"), reverse("aftercare:survivor-show", args=[row.survivor.code]),
                  row.survivor.code, "court_support", row.hearing_at) for row in rows]


def appointments(user: User, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Court support, and what has to be asked again in these days: consents that end, answers about safe contact."""
    if not CARE & user.role_codes:
        return []
    support: Any = policy.visible_support(user).filter(hearing_at__gte=start, hearing_at__lt=end).exclude(
        state=SupportState.CALLED_OFF)
    return [*(_day(row.hearing_at, _("Court support"), row.survivor.code, "court_support", row, row.court) for row in support),
            *_to_ask(user, timezone.localdate(start), timezone.localdate(end))]


def _to_ask(user: User, first: date, end: date) -> Iterator[dict[str, Any]]:
    """What ends in these days and is asked again: two sorts of records in one question, each as far as a line names it."""
    consents = policy.ending_consents(user).filter(until_on__gte=first, until_on__lt=end).order_by()
    contacts = policy.visible_contacts(user).filter(review_on__gte=first, review_on__lt=end).order_by()
    rows: Any = consents.values_list("until_on", "alias__code", "code", "pk", "file", "alias__person").union(
        contacts.values_list("review_on", "survivor__code", Value(""), "pk", "file", "survivor__alias__person"))
    for day, code, own, pk, file, person in rows:
        alias = Alias(person_id=person)
        if own:
            yield _day(day, _("Ask again: consent"), code, "review", Consent(pk=pk, code=own, file_id=file, alias=alias))
        else:
            contact = SafeContact(pk=pk, file_id=file, survivor=Survivor(alias=alias))
            yield _day(day, _("Ask again: how to reach them"), code, "review", contact)


def _day(at: date, title: str, code: str, kind: str, row: Any, room: str = "") -> dict[str, Any]:
    return {"at": at, "ends_at": None, "title": title, "code": code, "room": room, "kind": kind, "about": "",
            "url": reverse("aftercare:survivor-show", args=[code]), "record": row}


def record(user: User, code: str) -> dict[str, Any] | None:
    """The survivor or referral of this code on a file of hers, and its page."""
    survivors, referrals = policy.visible_survivors(user), policy.visible_referrals(user)
    found: Any = survivors.filter(code=code).first() or referrals.filter(code=code).first()
    return {"record": found, "url": _page_of(found)} if found else None


def find(user: User, text: str) -> list[dict[str, Any]]:
    """Survivors and referrals on her files whose code holds this text, or whose care file's does; court support by its court."""
    part = normalise_code(text) or text.strip().upper()
    if len(part) < 3 or not CARE & user.role_codes:
        return []
    survivors: Any = policy.visible_survivors(user)
    referrals: Any = policy.visible_referrals(user)
    found = [*survivors.filter(code__icontains=part), *survivors.filter(file__code__icontains=part),
             *referrals.filter(code__icontains=part)]
    return [{"title": row.described, "code": row.code, "url": _page_of(row),
             "kind": "referral" if row.code.startswith("RF") else "survivor"}
            for row in dict.fromkeys(found)][:MOST] + _support_at(user, text)


def _support_at(user: User, word: str) -> list[dict[str, Any]]:
    """Court support in a court of this name."""
    places = {code for level in Court.Level.values for code in meant(word, partial(courts, level))}
    return [{"title": _("Court support"), "about": row.survivor.described, "code": row.survivor.code, "kind": "court_support",
             "url": reverse("aftercare:survivor-show", args=[row.survivor.code]), "due": row.hearing_at}
            for row in policy.visible_support(user).filter(court__in=places)[:MOST]]


def _page_of(row: Any) -> str:
    name = "aftercare:referral-show" if row.code.startswith("RF") else "aftercare:survivor-show"
    return reverse(name, args=[row.code])


def file_page(user: User, file: CaseFile) -> str:
    """The survivor's page, or that of the referral which still waits; nothing for other files."""
    if file.kind != Kind.CARE:
        return ""
    row = (policy.visible_survivors(user).filter(file=file).first()
           or policy.visible_referrals(user).filter(file=file).first())
    return _page_of(row) if row else ""


def entrust(file: CaseFile, *, by: User, to: User) -> None:
    """Entrust the person whose file this is to another worker."""
    for survivor in policy.visible_survivors(by).filter(file=file).exclude(worker=to):
        survivors.entrust(survivor, by=by, worker=to)
