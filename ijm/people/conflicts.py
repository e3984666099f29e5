"""Whether a colleague may be put on a file: no wall stands against it, and the vault knows of nobody close to her there.

The vault compares in memory what she declared with the people of that file and answers yes or no. Nobody is shown a name, the
question is written down, and no index of names is kept for it (`kin` says why).
"""

from __future__ import annotations

import uuid

from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles import walls
from ijm.casefiles.actions import walls as actions
from ijm.casefiles.models import CaseFile, Declaration, WallKind
from ijm.messages import Event
from ijm.people.models import Alias, Identifier, IdentifierKind, Name
from ijm.trail.looks import disclosed
from ijm.trail.purposes import Purpose
from ijm.vault import numbers
from ijm.vault.errors import VaultError
from ijm.vault.skeletons import plain
from ijm.vault.texts import each


def is_free(colleague: User, file: CaseFile, *, by: User) -> bool:
    """Whether nothing keeps a colleague from a file of the asker's; the question about her declaration is recorded."""
    return walls.may_join(colleague, file.pk) and not knows(colleague, file, by=by)


def knows(colleague: User, file: CaseFile, *, by: User) -> bool:
    """Whether somebody whom she declared bears the name or has the telephone of somebody on this file; recorded as a look."""
    said = Declaration.objects.filter(user=colleague).first()
    if said is None:
        return False
    found = _match(said, list(Alias.objects.filter(file=file, opens_identity=True).values_list("person_id", flat=True)))
    disclosed([file], [], to=by, purpose=Purpose.CONFLICT, event=Event.CONFLICT_ASKED,
              query={"user": colleague.code, "answer": "yes" if found else "no"})
    return found


def wall_off(colleague: User, file: CaseFile, *, by: User) -> None:
    """She answered, when she was asked before being put on a file, that she knows somebody there: a wall keeps her from it."""
    if (meant := walls.by_code(file.code)) is not None:
        actions.set_(colleague, meant, by=by, until=timezone.now() + walls.LONGEST, kind=WallKind.ASKED)


def _match(said: Declaration, persons: list[uuid.UUID]) -> bool:
    """A whole name in any order of its words, a family name where only one word was declared, or the same telephone."""
    names, phones = _declared(said)
    for _row, values in each(list(Name.objects.filter(person_id__in=persons))) if names else ():
        if not isinstance(values, VaultError):
            family = plain(str(values["family"] or ""))
            if tuple(sorted(f"{family} {plain(str(values['given'] or ''))}".split())) in names or (family,) in names:
                return True
    for _row, values in each(list(Identifier.objects.filter(person_id__in=persons, kind=IdentifierKind.PHONE))) if phones else ():
        if not isinstance(values, VaultError) and numbers.canonical("phone", str(values["value"] or "")) in phones:
            return True
    return False


def _declared(said: Declaration) -> tuple[set[tuple[str, ...]], set[str]]:
    """The names as sorted words, the telephones in their one form."""
    values = next(found for _row, found in each([said]))
    if isinstance(values, VaultError):
        return set(), set()
    names = {tuple(sorted(plain(line).split())) for line in str(values["names"] or "").splitlines()}
    phones = {numbers.canonical("phone", line) for line in str(values["numbers"] or "").splitlines()}
    return names - {()}, phones - {""}


__all__ = ("is_free", "knows", "wall_off")
