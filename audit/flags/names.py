"""Who bears the name of whom: the worker compares them, and the auditor learns that two share one, never which."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from audit import queries
from audit.deeds import Deed
from ijm.accounts.models import User
from ijm.people import kin

FEW = 3  # a list of many persons is no look at one
Pair = tuple[str, str]


def shared(done: Iterable[Deed]) -> dict[Pair, str]:
    """{(colleague, person): ground} for everybody who had to do with somebody of her own name or surname."""
    pairs = {(uuid.UUID(deed.user), uuid.UUID(person)) for deed in done
             if deed.kind in ("look", "change", "asked") and len(deed.subjects) <= FEW and queries.is_key(deed.user)
             for person in deed.subjects if queries.is_key(person)}
    staff = User.objects.filter(pk__in={user for user, _person in pairs}) if pairs else ()
    names = {user.pk: [name for name in (user.name, user.name_km) if name] for user in staff}
    return {(str(user), str(person)): ground for (user, person), ground in kin.shared(pairs, names).items()}
