"""Sealing a file for a list of people; a later name, and opening it again, by two people."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.casefiles import walls
from ijm.casefiles.models import Seal, Wall, WallKind
from ijm.casefiles.walls import Meant
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

ADD, OPEN = "seal.add", "seal.lift"


def seal(meant: Meant, people: Sequence[User], *, by: User, named: User | None = None) -> list[Seal]:
    """From this moment only these people see the file; a colleague whom it names is kept out of it besides."""
    require(walls.may_seal(by, meant, people))
    names = [Seal(rev=1, user=user, file_id=meant.on_file, office_id=meant.office_id, about_code=meant.code, set_by=by)
             for user in people]
    with entry(Event.FILE_SEALED, by=by, about=names, why=Purpose.CONFLICT):
        if named is not None:
            Wall(user=named, file_id=meant.file_id, about_code=meant.code, kind=WallKind.NAMED, set_by=by,
                 until=timezone.now() + walls.LONGEST).save()
        return Seal.objects.bulk_create(names)


def add(listed: Seal, user: User, *, by: User, reason: str) -> Request:
    """Ask that one more person sees a sealed file; the name is written down and opens nothing before somebody agreed."""
    require(walls.may_add_name(by, listed, user))
    name = Seal(user=user, file_id=listed.file_id, office=listed.office, about_code=listed.about_code, set_by=by)
    with entry(Event.SEAL_NAME_ASKED, by=by, about=name, why=Purpose.CONFLICT):
        name.save()
        return requests.ask(ADD, about=name.code, thing=name.thing, office=name.office, by=by, file_id=name.file_id,
                            reason=reason)


def ask_to_open(listed: Seal, *, by: User, reason: str) -> Request:
    """Ask that the seal be lifted and its wing's supervisors see the file again."""
    require(walls.may_ask_to_open(by, listed))
    with entry(Event.SEAL_LIFT_ASKED, by=by, about=listed, why=Purpose.CONFLICT):
        return requests.ask(OPEN, about=listed.code, thing=listed.thing, office=listed.office, by=by,
                            file_id=listed.file_id, reason=reason)


def added(request: Request, *, by: User) -> None:
    """One more name stands on the list; called while the second person agrees."""
    name = walls.get_seal(by, request.about)
    require(walls.may_agree(by, name))
    name.stands_from, name.through = timezone.now(), request.pk
    with entry(Event.SEAL_NAME_ADDED, by=by, about=name, why=Purpose.CONFLICT):
        name.save(update_fields=["stands_from", "through"])


def opened(request: Request, *, by: User) -> None:
    """The seal of a file is lifted, with every name on its list; called while the second person agrees."""
    name = walls.get_seal(by, request.about)
    require(walls.may_agree(by, name))
    name.lifted_by, name.lifted_at, name.through = by, timezone.now(), request.pk
    with entry(Event.SEAL_LIFTED, by=by, about=name, why=Purpose.CONFLICT):
        name.save(update_fields=["lifted_by", "lifted_at", "through"])
