"""Giving a file to another office: a supervisor asks, the data-protection officer agrees, at once nobody here stands on it."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from ijm import bridges
from ijm.accounts.models import Office, User
from ijm.approvals.actions import requests
from ijm.approvals.models import Request
from ijm.casefiles import grants, policy
from ijm.casefiles.models import RosterLine, Transfer
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import Kind
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

TRANSFER = "transfer"


def ask(line: RosterLine, *, by: User, to: Office, reason: str) -> Request:
    """Ask that this file go to another office; its people there are told when a second person has agreed."""
    require(policy.may_transfer(by, line, to))
    with entry(Event.TRANSFER_ASKED, by=by, about=line, why=Purpose.SUPERVISION):
        transfer = Transfer(file_id=line.file_id, kind=line.kind, source=line.office, target=to)
        transfer.request = requests.ask(TRANSFER, about=line.code, thing=transfer.thing(line.code), office=line.office, by=by,
                                        basis=reason)
        transfer.save()
    return transfer.request


def carry_out(request: Request, *, by: User) -> None:
    """Every place here ends, the supervisors there stand on it: what whoever agreed lets happen at once."""
    require(policy.may_carry_out(by, request))
    transfer = Transfer.objects.select_related("target").get(request=request)
    with entry(Event.FILE_TRANSFERRED, by=by, about=request, why=Purpose.SUPERVISION):
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT guard.transfer(%s)", [transfer.pk])
        bridges.tell(grants.supervisors(Kind(transfer.kind), transfer.target), "file.came", about=request.about,
                     path=f"/files/{request.about}/")
