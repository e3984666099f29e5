"""Founding the first office, adding others, changing and closing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ijm.accounts import policy
from ijm.accounts.models import Arrival, Office, RoleGrant, User
from ijm.messages import Event
from ijm.roles.decisions import Decision, require
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

FIRST_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is given an account: the name she signs in with, her names, her password, who answers for a guest."""

    username: str
    name: str
    password: str
    name_km: str = ""
    language: str = ""
    email: str = ""
    sponsor: User | None = None  # who answers for a guest of another organisation


def found(*, name_en: str, name_km: str, administrator: Newcomer, officer: Newcomer, is_small: bool = True) -> Office:
    """Found the first office with two people who approve each other; the database allows it only while no role exists."""
    office = Office(name_en=name_en, name_km=name_km, is_small=is_small)
    first, second = _user(administrator, office), _user(officer, office)
    require(Decision(not RoleGrant.objects.exists(), first, event=Event.OFFICE_FOUNDED, reason="founded"))
    with acting_as(first, "w", Purpose.ADMINISTRATION), entry(Event.OFFICE_FOUNDED, by=first, about=office):
        office.save()
        first.save()
        second.save()
        _approved(first, Role.ADMINISTRATOR, by=second)
        _approved(second, Role.DATA_PROTECTION, by=first)
    return office


def _user(newcomer: Newcomer, office: Office) -> User:
    user = User(username=newcomer.username, name=newcomer.name, name_km=newcomer.name_km, language=newcomer.language,
                office=office, arrival=Arrival.PASSWORD)
    user.set_password(newcomer.password)
    user.role_codes = frozenset()
    return user


def _approved(user: User, role: Role, *, by: User) -> None:
    now = timezone.now()
    RoleGrant(user=user, role=role, office=user.office, expires_at=now + FIRST_YEAR, proposed_by=user,
              approved_by=by, approved_at=now).save()


def add(*, by: User, name_en: str, name_km: str = "", province: str = "", supported_by: Office | None = None,
        **details: Any) -> Office:
    """Open another office; until it has its own people, one that exists supports it."""
    supporter = supported_by or by.office
    require(policy.may_add_office(by, supporter))
    office = Office(name_en=name_en, name_km=name_km, province=province, supported_by=supporter, **details)
    with entry(Event.OFFICE_ADDED, by=by, about=office, why=Purpose.ADMINISTRATION):
        office.save()
    return office


def change(office: Office, *, by: User, supported_by: Office | None, **details: str | bool) -> None:
    """Change what is written about an office, and which office supports it."""
    is_small = bool(details.get("is_small", office.is_small))
    require(policy.may_rearrange(by, office, is_small=is_small, supported_by=supported_by))
    if supported_by is not None and supported_by.pk != office.supported_by_id:
        require(policy.may_add_office(by, supported_by))
    with entry(Event.OFFICE_CHANGED, by=by, about=office, why=Purpose.ADMINISTRATION):
        for name, value in details.items():
            setattr(office, name, value)
        office.supported_by = supported_by
        office.save(update_fields=[*details, "supported_by"])


def close(office: Office, *, by: User) -> None:
    """Close an office in which nobody works any more; its files and its history stay."""
    require(policy.may_close_office(by, office))
    with entry(Event.OFFICE_CLOSED, by=by, about=office, why=Purpose.ADMINISTRATION):
        office.closed_by, office.closed_at = by, timezone.now()
        office.save(update_fields=["closed_by", "closed_at"])
