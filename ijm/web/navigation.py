"""What stands in the side of the page, for whom: one table of URL names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INTAKE = frozenset({"HOTLINE", "INVESTIGATOR", "INVESTIGATION_SUPERVISOR"})
INVESTIGATION = frozenset({"INVESTIGATOR", "INVESTIGATION_SUPERVISOR"})
CARE = frozenset({"CARE_WORKER", "CARE_SUPERVISOR"})
BRINGING = frozenset({"CARE_SUPERVISOR"})
TAKING = CARE | {"DATA_PROTECTION"}
PROSECUTION = frozenset({"LIAISON"})
HOLDING = PROSECUTION | {"DATA_PROTECTION"}
AUDIT = frozenset({"AUDITOR", "DATA_PROTECTION"})
PROVING = AUDIT | {"ADMINISTRATOR"}
STANDING = INTAKE | CARE | PROSECUTION
SUPERVISING = frozenset({"INVESTIGATION_SUPERVISOR", "CARE_SUPERVISOR", "LIAISON"})
PACKAGES = INVESTIGATION | CARE | PROSECUTION | AUDIT
WALLERS = frozenset({"INVESTIGATION_SUPERVISOR", "CARE_SUPERVISOR", "LIAISON", "DATA_PROTECTION"})
DECIDERS = frozenset({"ADMINISTRATOR", "DATA_PROTECTION"})
EVERYONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Item:
    """One page that may stand in the side."""

    name: str
    label: Promise
    icon: str
    roles: frozenset[str] = EVERYONE
    key: str = ""  # pressed after g


@dataclass(frozen=True)
class Group:
    """Pages of one wing, under its name."""

    label: Promise | str
    items: tuple[Item, ...] = field(default=())


SIDE = (
    Group("", (Item("desk:work", _("My work today"), "sun", key="w"),)),
    Group(
        _("Investigations"),
        (
            Item("investigations:tip-list", _("Tips"), "inbox", INTAKE, "t"),
            Item("investigations:investigation-list", _("Investigation files"), "folder", INVESTIGATION, "i"),
            Item("investigations:rescue-list", _("Rescue operations"), "flag", INVESTIGATION, "r"),
        ),
    ),
    Group(
        _("Aftercare"),
        (
            Item("aftercare:referral-list", _("Referrals"), "inbox", CARE, "e"),
            Item("aftercare:survivor-list", _("Survivors"), "sprout", CARE, "c"),
            Item("aftercare:delivery-list", _("From other wings"), "talk", CARE, "d"),
            Item("reports:import-list", _("Bringing records in"), "inbox", BRINGING),
            Item("reports:export-list", _("Taking records out"), "exit", TAKING),
        ),
    ),
    Group(
        _("Prosecutions"),
        (
            Item("prosecutions:prosecution-list", _("Prosecution files"), "scales", PROSECUTION, "p"),
            Item("prosecutions:hearing-list", _("Hearings"), "calendar", PROSECUTION, "u"),
        ),
    ),
    Group(
        _("Audit"),
        (
            Item("audit:desk", _("The auditor's desk"), "ledger", AUDIT),
            Item("audit:who-saw", _("Who has seen"), "eye", AUDIT, "s"),
            Item("audit:did", _("What somebody did"), "person", AUDIT),
            Item("audit:flag-list", _("Flags"), "flag", AUDIT),
            Item("audit:log-status", _("Is the log whole?"), "check-c", PROVING),
            Item("audit:package-list", _("Packages for a court"), "scales", PACKAGES),
        ),
    ),
    Group(
        _("Shared"),
        (
            Item("desk:agenda", _("Agenda"), "calendar", key="a"),
            Item("desk:reminders", _("Reminders"), "clock", key="m"),
            Item("desk:approvals", _("Approvals"), "check-c", key="v"),
            Item("desk:notices", _("Notices"), "bell", key="n"),
            Item("desk:place-list", _("Places on files"), "people", STANDING),
            Item("desk:roster-list", _("Files of the office"), "folder", SUPERVISING),
            Item("jobs:list", _("My long work"), "box", key="l"),
            Item("erasures:list", _("Erasures"), "lock", TAKING),
            Item("erasures:hold-list", _("Legal holds"), "scales", HOLDING),
            Item("desk:wall-list", _("Walls"), "eye-off", WALLERS),
            Item("desk:seal-list", _("Sealed files"), "lock", INVESTIGATION | CARE | HOLDING),
            Item("desk:interests", _("Whom I know"), "people"),
            Item("documents:paper-list", _("My papers"), "file"),
            Item("desk:opened", _("What I opened"), "clock", key="o"),
            Item("desk:people", _("People and roles"), "people", DECIDERS),
            Item("desk:offices", _("Offices"), "home", DECIDERS),
            Item("desk:reference", _("Reference lists"), "book", DECIDERS | PROSECUTION),
            Item("desk:setup", _("Setting up the office"), "flag", DECIDERS),
            Item("desk:vault", _("Keys of the vault"), "lock", DECIDERS),
            Item("budgets:mine", _("Budgets"), "clock"),
            Item("budgets:decoys", _("Decoy files"), "eye", AUDIT),
            Item("budgets:halts", _("Stop everything that leaves"), "lock", DECIDERS),
            Item("desk:permissions", _("Roles and rights"), "key"),
            Item("help:index", _("Help"), "help", key="h"),
        ),
    ),
)

Counts = Mapping[str, tuple[int, int]]
"""URL name -> (how many wait, how many of them are late)."""


@dataclass(frozen=True)
class Facts:
    """What the frame shows of one person: numbers beside the links, the codes she pinned, the filters she keeps."""

    counts: Counts = field(default_factory=dict)
    pins: frozenset[str] = frozenset()
    saved: list[Any] = field(default_factory=list)


def side(request: HttpRequest, roles: Iterable[str], counts: Counts) -> list[dict[str, Any]]:
    """The groups this person may see, without empty ones; the page she is on is marked."""
    held = set(roles)
    groups = [
        {"label": group.label, "items": [link(item, counts) for item in group.items if open_to(item, held)]}
        for group in SIDE
    ]
    shown = [group for group in groups if group["items"]]
    mark_current(shown, request.path)
    return shown


def open_to(item: Item, roles: set[str]) -> bool:
    """Whether the page exists, its line here names one of the roles, and so does its door."""
    if item.roles and not item.roles & roles:
        return False
    wanted = door_roles(item.name)
    return wanted is not None and (not wanted or bool(wanted & roles))


def door_roles(name: str) -> frozenset[str] | None:
    """The roles written on the door of a page; empty for a door open to all; None when there is no such page."""
    return _door_roles(get_urlconf() or settings.ROOT_URLCONF, name)


@cache
def _door_roles(urlconf: str, name: str) -> frozenset[str] | None:
    """Doors do not change while a process lives, and the side of every page asks thirty of them."""
    try:
        view = resolve(reverse(name, urlconf), urlconf).func
    except (NoReverseMatch, Resolver404):
        return None
    return frozenset(str(role) for role in getattr(getattr(view, "door", None), "roles", ()))


def link(item: Item, counts: Counts) -> dict[str, Any]:
    """One line of the side."""
    count, late = counts.get(item.name, (0, 0))
    return {
        "label": item.label, "icon": item.icon, "url": reverse(item.name), "name": item.name, "key": item.key,
        "count": count, "late": late, "current": False,
    }  # fmt: skip


def mark_current(groups: list[dict[str, Any]], path: str) -> None:
    """Mark the line whose address is the longest beginning of this page's address."""
    lines = [line for group in groups for line in group["items"] if path.startswith(line["url"])]
    if lines:
        max(lines, key=lambda line: len(line["url"]))["current"] = True


def address(name: str) -> str:
    """The address of a page, or nothing while that page does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
