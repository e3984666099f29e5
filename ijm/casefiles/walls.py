"""Who keeps whom from which file: the rules of walls and seals, and what the database says about a code."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts import reach
from ijm.accounts.models import RoleGrant, User
from ijm.casefiles.models import CaseAccess, Declaration, Seal, Source, Wall
from ijm.ids import normalise_code
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Kind, Role, standing_on
from ijm.web.codes import get_by_code

LONGEST, YEARLY = timedelta(days=3653), timedelta(days=365)
ANOTHER = _("This colleague cannot be put on this file. Choose somebody else.")


@dataclass(frozen=True)
class Meant:
    """What a code names: a file, or a person of the register and the file by which the code leads to her."""

    file_id: uuid.UUID | None
    person_id: uuid.UUID | None
    on_file: uuid.UUID
    office_id: uuid.UUID
    is_mine: bool
    code: str


def by_code(text: str) -> Meant | None:
    """What a code names, for who works on that file or guards the rights of its office's people; else nothing."""
    code = normalise_code(text) or ""
    rows = _rows("SELECT file_id, person_id, on_file, office_id, is_mine, %s FROM guard.meant_for_wall(%s) LIMIT 1", code, code)
    return Meant(*rows[0]) if rows else None


def may_join(user: User, file: uuid.UUID) -> bool:
    """Whether no wall, no seal and no earlier work keeps this colleague from a file of the asker's; never why not."""
    return bool(_rows("SELECT guard.may_join(%s, %s)", user.pk, file)[0][0])


def may_set_at_all(by: User) -> Decision:
    """Whether the pages of walls are for her."""
    return role_decision(by, Can.WALL_SET)


def visible_walls(user: User) -> QuerySet[Wall]:
    """The walls of colleagues in her office and those it supports, where they concern her files; never one against herself."""
    return Wall.objects.select_related("user", "user__office", "set_by", "lifted_by")


def get_wall(user: User, code: str) -> Wall:
    """One wall by its code, however it was typed."""
    return get_by_code(visible_walls(user), code)


def visible_seals(user: User) -> QuerySet[Seal]:
    """The lists of sealed files on which she stands or whose people's rights she guards."""
    return Seal.objects.select_related("user", "set_by", "lifted_by", "office")


def get_seal(user: User, code: str) -> Seal:
    """One name on such a list, by its code."""
    return get_by_code(visible_seals(user), code)


def colleagues(by: User) -> QuerySet[User]:
    """Whom she may keep from a file: everybody of the offices that her roles reach, but herself."""
    near: QuerySet[User] = User.objects.filter(office__in=reach.offices_of(by, Can.WALL_SET), is_active=True, is_system=False)
    return near.exclude(pk=by.pk)


def may_declare(by: User, meant: Meant) -> Decision:
    """Whoever works on a file says that she knows somebody there, or has an interest in it."""
    return Decision(meant.is_mine, by, None, "wall.refused", _("You do not work on this file."), "place")


def may_set(by: User, user: User, meant: Meant, until: datetime) -> Decision:
    """Supervisors and the data-protection officer keep a colleague of their offices from a file, for ten years at most."""
    return (role_decision(by, Can.WALL_SET)
            .and_(user.pk != by.pk, _("For yourself, say on the file that you know somebody there."), "self")
            .and_(reach.reaches(by, user.office, Can.WALL_SET), _("Another office looks after this colleague."), "elsewhere")
            .and_(timezone.now() < until <= timezone.now() + LONGEST, _("A wall ends on a day to come, within ten years."),
                  "day"))


def may_ask_to_lift(by: User, wall: Wall) -> Decision:
    """Whoever sees a wall that stands asks that it be lifted; another person decides."""
    return (role_decision(by, Can.WALL_SET, wall)
            .and_(Role.DATA_PROTECTION not in by.role_codes, _("A supervisor asks; you decide."), "decider")
            .and_(wall.stands, _("This wall does not stand any more."), "ended"))


def may_lift(by: User, wall: Wall) -> Decision:
    """The data-protection officer lifts a wall that somebody else asked to lift, never one against herself."""
    return (role_decision(by, Can.WALL_LIFT, wall)
            .and_(wall.user_id != by.pk, _("Nobody decides about herself."), "self")
            .and_(wall.lifted_at is None, _("This wall was lifted already."), "ended"))


def may_seal(by: User, meant: Meant, people: Collection[User]) -> Decision:
    """Whoever works on a file, or guards the rights of its people, seals it for a list of people of that wing."""
    file = sealed_file(meant)
    return (role_decision(by, Can.FILE_SEAL)
            .and_(meant.file_id is not None, _("Write the code of a case file."), "kind")
            .and_(not file.is_sealed, _("This file is sealed already. Add a name to its list."), "already")
            .and_(bool(people), _("Somebody must be able to see the file."), "nobody")
            .and_(all(_may_be_listed(user, file) for user in people), LISTED, "listed"))


LISTED = _("The list names people who work in the wing of this file, and no investigation supervisor of its office.")


@dataclass(frozen=True)
class SealedFile:
    """What a list needs to know of a file that its maker may not see: kind by its code, office, whether a list stands."""

    kind: Kind | None
    office_id: uuid.UUID
    is_sealed: bool


KIND_OF = {"TP": Kind.INTAKE, "IV": Kind.INVESTIGATION, "CR": Kind.CARE, "PF": Kind.PROSECUTION}


def sealed_file(meant: Meant) -> SealedFile:
    """The file as its list knows it."""
    stands = Seal.objects.filter(file_id=meant.on_file, lifted_at__isnull=True).exists()
    return SealedFile(KIND_OF.get(meant.code[:2]), meant.office_id, stands)


def _may_be_listed(user: User, file: SealedFile) -> bool:
    supervises = RoleGrant.objects.live().filter(user=user, role=Role.INVESTIGATION_SUPERVISOR, office=file.office_id).exists()
    return not supervises and file.kind is not None and any(role in user.role_codes for role in standing_on(file.kind))


def may_add_name(by: User, seal: Seal, user: User) -> Decision:
    """Whoever sees the list of a sealed file asks that one more name stand on it; another person decides."""
    listed = Seal.objects.filter(file=seal.file_id, user=user, lifted_at__isnull=True).exists()
    file = SealedFile(KIND_OF.get(seal.about_code[:2]), seal.office_id, True)
    return (_on_list(by, seal)
            .and_(not listed, _("This name stands on the list already, or waits for a decision."), "already")
            .and_(_may_be_listed(user, file), LISTED, "listed"))


def may_ask_to_open(by: User, seal: Seal) -> Decision:
    """Whoever sees the list of a sealed file asks that the seal be lifted; another person decides."""
    return _on_list(by, seal)


def _on_list(by: User, seal: Seal) -> Decision:
    return (role_decision(by, Can.FILE_SEAL, seal)
            .and_(Role.DATA_PROTECTION not in by.role_codes, _("Somebody who works on the file asks; you decide."), "decider")
            .and_(seal.lifted_at is None and seal.stands_from is not None, _("This seal was lifted."), "ended"))


def may_agree(by: User, seal: Seal) -> Decision:
    """The data-protection officer agrees to one more name on a list, or that a file is opened again; never for herself."""
    return (role_decision(by, Can.WALL_LIFT, seal)
            .and_(seal.user_id != by.pk, _("Nobody decides about herself."), "self")
            .and_(seal.lifted_at is None, _("This seal was lifted."), "ended"))


def may_say(by: User) -> Decision:
    """Everybody who works here says whom she knows."""
    return Decision(by.is_active, by, by, "declaration.refused", reason="inactive")


def last_said(user: User) -> datetime | None:
    """When she last said whom she knows."""
    found: datetime | None = Declaration.objects.filter(user=user).values_list("said_at", flat=True).first()
    return found


def is_due(user: User) -> bool:
    """Whether somebody who works with files has to say it anew: at hire, and every year."""
    works = any(role in user.role_codes for kind in Kind for role in standing_on(kind))
    said = last_said(user) if works else None
    return works and (said is None or said < timezone.now() - YEARLY)


def told_of(file: uuid.UUID, but: User) -> list[uuid.UUID]:
    """Who supervises this file and hears that a colleague left it because she knows somebody there."""
    now = timezone.now()
    rows = CaseAccess.objects.filter(file=file, source=Source.SUPERVISION, revoked_at__isnull=True, expires_at__gt=now)
    return list(rows.exclude(user=but).values_list("user_id", flat=True).distinct())


def _rows(sql: str, *params: Any) -> list[Any]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

