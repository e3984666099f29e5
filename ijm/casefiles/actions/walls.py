"""Saying whom one knows, keeping a colleague from a file, and lifting that by two people."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from ijm import bridges
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.casefiles import walls
from ijm.casefiles.models import Declaration, Wall, WallKind
from ijm.casefiles.walls import Meant
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

LIFT = "wall.lift"


def say(*, by: User, names: str, numbers: str) -> Declaration:
    """Keep, sealed, whom she is close to; the vault compares it when she is to be put on a file."""
    require(walls.may_say(by))
    said = Declaration(user=by)
    said.names, said.numbers = names, numbers
    with entry(Event.INTERESTS_DECLARED, by=by, about=by, why=Purpose.CONFLICT):
        said.save()
    return said


def know(meant: Meant, *, by: User) -> Wall:
    """She knows somebody on this file: from this moment nothing of it opens for her, and its supervisors are told."""
    require(walls.may_declare(by, meant))
    wall = Wall(user=by, file_id=meant.file_id, person_id=meant.person_id, about_code=meant.code, kind=WallKind.DECLARED,
                set_by=by, until=timezone.now() + walls.LONGEST)
    with entry(Event.WALL_DECLARED, by=by, about=wall, why=Purpose.CONFLICT):
        bridges.tell(walls.told_of(meant.on_file, by), "wall.declared", about=wall.code,
                     path=reverse("desk:wall-show", args=[wall.code]))
        wall.save()
    return wall


def set_(user: User, meant: Meant, *, by: User, until: datetime, kind: WallKind = WallKind.SET) -> Wall:
    """Keep a colleague from a file, or from every file with one person; she is told nothing."""
    require(walls.may_set(by, user, meant, until))
    wall = Wall(user=user, file_id=meant.file_id, person_id=meant.person_id, about_code=meant.code, kind=kind, set_by=by,
                until=until)
    with entry(Event.WALL_SET, by=by, about=wall, why=Purpose.CONFLICT):
        wall.save()
    return wall


def ask_to_lift(wall: Wall, *, by: User, reason: str) -> Request:
    """Ask the data-protection officer that a wall be lifted before its day."""
    require(walls.may_ask_to_lift(by, wall))
    with entry(Event.WALL_LIFT_ASKED, by=by, about=wall, why=Purpose.CONFLICT):
        return requests.ask(LIFT, about=wall.code, thing=wall.thing, office=wall.user.office, by=by, file_id=wall.file_id,
                            reason=reason)


def lift(request: Request, *, by: User) -> None:
    """Lift what two people agreed on; called while the second of them agrees."""
    wall = walls.get_wall(by, request.about)
    require(walls.may_lift(by, wall))
    wall.lifted_by, wall.lifted_at, wall.lifted_through = by, timezone.now(), request.pk
    with entry(Event.WALL_LIFTED, by=by, about=wall, why=Purpose.CONFLICT):
        wall.save(update_fields=["lifted_by", "lifted_at", "lifted_through"])
