"""People and offices by their code, for those who look after them."""

from __future__ import annotations

from ijm.accounts.models import Office, User
from ijm.accounts.reach import offices_of
from ijm.web.codes import get_by_code


def get_person(by: User, code: str) -> User:
    """A colleague of an office that her roles reach; anybody else is not there."""
    theirs = User.objects.select_related("office").filter(is_system=False, office__in=offices_of(by))
    return get_by_code(theirs, code)


def get_office(by: User, code: str) -> Office:
    """An office that her roles reach; any other is not there."""
    return get_by_code(offices_of(by).select_related("supported_by"), code)
