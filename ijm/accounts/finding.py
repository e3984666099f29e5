"""People and offices by their code, for those who decide about them."""

from __future__ import annotations

from django.http import Http404

from ijm.accounts.models import Office, User
from ijm.ids import normalise_code
from ijm.roles.table import Can, may


def _decides(by: User) -> None:
    if not (may(by.role_codes, Can.ROLE_PROPOSE) or may(by.role_codes, Can.ROLE_APPROVE)):
        raise Http404


def get_person(by: User, code: str) -> User:
    """Somebody who works here."""
    _decides(by)
    found: User | None = User.objects.select_related("office").filter(code=normalise_code(code) or "", is_system=False).first()
    if found is None:
        raise Http404
    return found


def get_office(by: User, code: str) -> Office:
    """One office."""
    _decides(by)
    found = Office.objects.filter(code=normalise_code(code) or "").first()
    if found is None:
        raise Http404
    return found
