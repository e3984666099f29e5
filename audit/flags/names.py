"""Who bears the name of whom: marks are compared inside the database, nobody reads a name."""

from __future__ import annotations

from collections.abc import Iterable

from audit import queries
from audit.deeds import Deed
from audit.states import Ground
from ijm.accounts.models import User
from ijm.vault import kin

FEW = 3  # a list of many persons is no look at one
Pair = tuple[str, str]


def shared(done: Iterable[Deed]) -> dict[Pair, str]:
    """{(colleague, person): ground} for everybody who looked at somebody of her own name or surname."""
    pairs = {(deed.user, person) for deed in done if deed.kind in ("look", "change", "asked") and len(deed.subjects) <= FEW
             for person in deed.subjects if queries.is_key(deed.user) and queries.is_key(person)}
    epoch = queries.mark_epoch() if pairs else None
    if epoch is None:
        return {}
    marked = {str(user.pk): marks_of(user, epoch) for user in User.objects.filter(pk__in={user for user, _one in pairs})}
    asked = {mark for marks in marked.values() for mark in marks}
    borne: dict[str, set[bytes]] = {}
    for person, mark in queries.namesakes({person for _user, person in pairs}, asked):
        borne.setdefault(person, set()).add(mark)
    return {pair: ground for pair in pairs if (ground := _ground(marked.get(pair[0], {}), borne.get(pair[1], set())))}


def marks_of(user: User, epoch: int) -> dict[bytes, str]:
    """{mark: ground} of a colleague's name in both scripts; her surname may stand first or last."""
    made: dict[bytes, str] = {}
    for name in filter(None, (user.name, user.name_km)):
        words = name.split()
        made |= {kin.surname(word, epoch=epoch): Ground.SURNAME.value for word in {words[0], words[-1]}}
        made[kin.whole(name, epoch=epoch)] = Ground.ONESELF.value
    made.pop(b"", None)
    return made


def _ground(marks: dict[bytes, str], borne: set[bytes]) -> str:
    grounds = {ground for mark, ground in marks.items() if mark in borne}
    return next((ground for ground in (Ground.ONESELF.value, Ground.SURNAME.value) if ground in grounds), "")
