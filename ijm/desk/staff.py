"""The people who work here and their offices, as the search finds them: for those who decide about accounts and roles."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from ijm.accounts.models import Office, User
from ijm.ids import normalise_code
from ijm.roles.table import Can, may

MOST = 20
SHORTEST = 2


def find(user: User, text: str) -> list[dict[str, Any]]:
    """Accounts and offices by code or by name."""
    deciding = may(user.role_codes, Can.OFFICE_RUN) or may(user.role_codes, Can.ROLE_APPROVE)
    if not deciding or len(text.strip()) < SHORTEST:
        return []
    word, code = text.strip(), normalise_code(text) or ""
    people = User.objects.filter(is_system=False).filter(
        Q(code=code) | Q(name__icontains=word) | Q(name_km__icontains=word) | Q(username__icontains=word))
    offices = Office.objects.filter(Q(code=code) | Q(name_en__icontains=word) | Q(name_km__icontains=word))
    url = reverse("desk:people")
    return [*({"title": one.display_name, "code": one.code, "url": url, "kind": "person"} for one in people[:MOST]),
            *({"title": one.name, "code": one.code, "url": url, "kind": "office"} for one in offices[:MOST])]
