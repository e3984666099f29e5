"""People whom a search found by name or number, as cards; the names on them are disclosed like any others."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.accounts.models import Office, User
from ijm.bridges import FILE_PAGES
from ijm.desk import reminders
from ijm.people.finding import Found
from ijm.people.models import Alias, Name
from ijm.roles.table import Kind
from ijm.vault.disclosure import disclose

KIND = "named"


def cards(user: User, found: Found) -> list[dict[str, Any]]:
    """Each code of hers by which she knows one of these people, the nearest first."""
    if not found.persons:
        return []
    aliases = list(Alias.objects.filter(person_id__in=found.persons, opens_identity=True).select_related("file"))
    titles = _titles(user, [alias.person_id for alias in aliases])
    ranked = sorted(aliases, key=lambda alias: (-found.persons[alias.person_id], alias.code))
    return [{"title": titles.get(alias.person_id) or _("No name on record"), "code": alias.code, "kind": KIND,
             "url": _page(user, alias), "about": str(Kind(alias.file.kind).label)} for alias in ranked]


def units(found: Found) -> list[str]:
    """Whom to ask about what may not be shown: the office, its telephone, the kind of file."""
    offices: Mapping[uuid.UUID, Office] = Office.objects.in_bulk([unit.office for unit in found.units])
    return [", ".join(filter(None, (offices[unit.office].name, str(Kind(unit.kind).label), offices[unit.office].phone)))
            for unit in found.units]


def _titles(user: User, people: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = list(Name.objects.filter(person_id__in=people).order_by("-kind", "script"))
    said: dict[uuid.UUID, list[str]] = {}
    for row, shown in zip(rows, disclose(rows, "family", "given", to=user).values(), strict=True):
        said.setdefault(row.person_id, []).append(" ".join(str(part) for part in (shown["family"], shown["given"]) if part))
    return {person: " · ".join(dict.fromkeys(filter(None, names))) for person, names in said.items()}


def _page(user: User, alias: Alias) -> str:
    """Her own page where there is one, else that of the file."""
    try:
        return str(reminders.about(user, alias.code)["url"])
    except Http404:
        return str(import_string(FILE_PAGES[alias.file.kind])(user, alias.file))
