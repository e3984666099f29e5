"""People and offices by their code, for those who look after them."""

from __future__ import annotations

from django.http import Http404

from ijm.accounts.models import Office, User
from ijm.accounts.reach import offices_of
from ijm.ids import normalise_code


def get_person(by: User, code: str) -> User:
    """A colleague of an office that her roles reach; anybody else is not there."""
    found: User | None = User.objects.select_related("office").filter(
        code=normalise_code(code) or "", is_system=False, office__in=offices_of(by)).first()
    if found is None:
        raise Http404
    return found


def get_office(by: User, code: str) -> Office:
    """An office that her roles reach; any other is not there."""
    found = offices_of(by).select_related("supported_by").filter(code=normalise_code(code) or "").first()
    if found is None:
        raise Http404
    return found
