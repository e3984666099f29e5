"""Asking for something that needs two people, deciding about it, taking it back, using it once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from ijm import bridges
from ijm.accounts.models import Office, User
from ijm.approvals import policy
from ijm.approvals.agreed import digest_of
from ijm.approvals.kinds import kind_of
from ijm.approvals.models import Request
from ijm.approvals.states import LIFE, Event, RequestState
from ijm.roles.decisions import require
from ijm.trail.entries import entry


def ask(kind: str, *, about: str, thing: Mapping[str, Any], office: Office, by: User, file_id: uuid.UUID | None = None,
        reason: str = "", basis: str = "", at: datetime | None = None) -> Request:
    """Ask for exactly this thing; whoever may decide is told. `about` is the code of the record that it is about."""
    sort = kind_of(kind)
    require(policy.may_ask(by, sort))
    request = Request(kind=kind, about=about, digest=digest_of(thing), office=office, file_id=file_id, basis=basis, asked_by=by,
                      asked_at=at or timezone.now())
    if file_id is not None:
        request.kept_under = file_id
    if reason:
        request.reason = reason
    with entry(Event.ASKED, by=by, about=request, why=sort.why):
        request.save()
        _tell(policy.deciders(request), "approval.waiting", request)
    return request


def approve(request: Request, *, by: User, motive: str = "", at: datetime | None = None) -> Request:
    """Agree to exactly what was asked for; what its kind does then happens in the same transaction."""
    require(policy.may_approve(by, request))
    sort = request.sort
    with entry(Event.APPROVED, by=by, about=request, why=sort.why):
        _decide(request, RequestState.APPROVED, by, motive, at)
        if sort.apply:
            import_string(sort.apply)(request, by=by)
            _end(request, RequestState.DONE)
    return request


def refuse(request: Request, *, by: User, motive: str = "") -> Request:
    """Do not let it happen."""
    require(policy.may_decide(by, request))
    with entry(Event.REFUSED, by=by, about=request, why=request.sort.why):
        _decide(request, RequestState.REFUSED, by, motive)
    return request


def withdraw(request: Request, *, by: User) -> Request:
    """Take the question back, also after it was approved, as long as it is not done."""
    require(policy.may_withdraw(by, request))
    with entry(Event.WITHDRAWN, by=by, about=request, why=request.sort.why):
        _end(request, RequestState.WITHDRAWN)
        _follow(request, by)
    return request


def used(request: Request, *, by: User) -> Request:
    """Note that what was approved is done: an approval is good for once."""
    require(policy.may_use(by, request))
    with entry(Event.USED, by=by, about=request, why=request.sort.why):
        _end(request, RequestState.DONE)
    return request


def lapse(request: Request, *, by: User) -> Request:
    """End a request whose time is over; whoever asked is told and may ask anew."""
    require(policy.may_lapse(by, request))
    with entry(Event.EXPIRED, by=by, about=request, why=request.sort.why):
        _end(request, RequestState.EXPIRED)
        _follow(request, by)
        _tell([request.asked_by_id], "approval.expired", request)
    return request


def _decide(request: Request, state: RequestState, by: User, motive: str, at: datetime | None = None) -> None:
    """The decision beside the request; an approval is good for three days more."""
    request.state, request.decided_by, request.decided_at = state, by, at or timezone.now()
    fields = ["state", "decided_by", "decided_at"]
    if state == RequestState.APPROVED:
        request.expires_at = timezone.now() + LIFE
        fields.append("expires_at")
    if motive:
        request.motive = motive
    request.save(update_fields=fields)
    _follow(request, by)
    _tell([request.asked_by_id], "approval.decided", request)


def _end(request: Request, state: RequestState) -> None:
    request.state = state
    request.save(update_fields=["state"])


def _follow(request: Request, by: User) -> None:
    """Let the record that it is about follow, where its kind says so."""
    if request.sort.moved:
        import_string(request.sort.moved)(request, by=by)


def _tell(users: Iterable[uuid.UUID], kind: str, request: Request) -> None:
    bridges.tell(users, kind, about=request.about, path=reverse("approvals:show", args=[request.code]))
