"""Who may see, give, confirm and end places on a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office, RoleGrant, User
from ijm.approvals.models import Request
from ijm.approvals.states import RequestState
from ijm.bridges import NEEDED
from ijm.casefiles.models import CaseAccess, CaseFile, RosterLine, Source, Status
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import WING_SUPERVISORS, Can, Kind, standing_on
from ijm.web.codes import get_by_code

ASSIGNED = (Source.ASSIGNMENT, Source.REFERRAL)
HOLDING = (*ASSIGNED, Source.SUPERVISION)
ONLY = _("A supervisor of this wing, or whoever put her on the file, takes a colleague off it.")


def get_place(user: User, code: str, pk: uuid.UUID) -> CaseAccess:
    """One place on a file of hers; hidden and missing are the same."""
    places = CaseAccess.objects.select_related("user", "file__office")
    found: CaseAccess | None = places.filter(pk=pk, file__code=code, file__in=_my_files(user)).first()
    if found is None:
        raise Http404
    return found


def _my_files(user: User) -> list[uuid.UUID]:
    """The files on which she stands now."""
    return list(CaseAccess.objects.live().filter(user=user).values_list("file_id", flat=True))


def visible_places(user: User) -> QuerySet[CaseAccess]:
    """The live places on the files of which she has charge: by assignment, referral or supervision; her own among them."""
    charge = CaseAccess.objects.live().filter(user=user, source__in=HOLDING).values("file_id")
    return CaseAccess.objects.live().filter(file__in=charge).select_related("user", "file", "confirmed_by")


def visible_roster(user: User) -> QuerySet[RosterLine]:
    """The files of her office and wing, for supervisors: codes, days and counts; the database shows nobody else any."""
    return RosterLine.objects.select_related("office")


def rooms(users: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many more files each of these people may stand on."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT person, room FROM guard.room_of(%s)", [list(users)])
        return dict(cursor.fetchall())


def may_take(by: User, user: User, room: int) -> Decision:
    """Nobody stands on more files than one person can have charge of; the database refuses as well."""
    return Decision(room > 0, by, user, "place.refused",
                    _("She stands on as many files as one person may. End some of her places first."), "most")


def may_see_places(by: User) -> Decision:
    """Whether she holds a role that stands on files."""
    return Decision(any(role in by.role_codes for kind in Kind for role in standing_on(kind)), by, None, "place.refused",
                    reason="role")


def may_confirm(by: User, place: CaseAccess) -> Decision:
    """Who has charge of a file says that a colleague is still needed on it; nobody says so for herself."""
    return may_confirm_many(by, [place])[0][1]


def may_confirm_many(by: User, found: list[CaseAccess]) -> list[tuple[CaseAccess, Decision]]:
    """Each of these places with the decision about it, in one question for all of them."""
    charge = set(CaseAccess.objects.live().filter(user=by, source__in=HOLDING, file__in={one.file_id for one in found})
                 .values_list("file_id", flat=True))
    return [(one, _confirmable(by, one, one.file_id in charge)) for one in found]


def _confirmable(by: User, place: CaseAccess, in_charge: bool) -> Decision:
    return (Decision(place.user_id != by.pk, by, place.file, "place.refused",
                     _("Nobody says for herself that she is needed. A colleague on the file does."), "self")
            .and_(place.is_confirmable, _("Such a place ends at its hour and is asked for anew."), "source")
            .and_(place.is_live, _("This place has ended already."), "ended")
            .and_(in_charge, _("Who has charge of the file says so."), "role"))


def get_line(user: User, code: str) -> RosterLine:
    """A file of her roster; hidden and missing are the same."""
    return get_by_code(visible_roster(user), code)


def stands_on(user: User, file: CaseFile) -> bool:
    """Whether she has a place on this file at this moment."""
    return CaseAccess.objects.live().filter(user=user, file=file).exists()


def may_hand(by: User, line: RosterLine, to: User, *, stands: bool) -> Decision:
    """A supervisor of the office gives an open file on which she stands to a colleague of the wing who has room for it."""
    kind = Kind(line.kind)
    return (Decision(any(role in by.role_codes for role in WING_SUPERVISORS[kind]), by, line, "place.refused", ONLY, "role")
            .and_(stands, _("You do not stand on this file. Ask a supervisor who does."), "file")
            .and_(line.status == Status.OPEN, _("This file is closed."), "closed")
            .and_(bool(set(to.role_codes) & set(standing_on(kind))),
                  _("This colleague has no role of the wing of this file."), "wing")
            .and_(line.owner_code != to.code, _("The file is with this colleague already."), "already"))


def supervises(user: User, place: CaseAccess) -> bool:
    """Whether her role supervises files of this kind."""
    return any(role in user.role_codes for role in WING_SUPERVISORS[Kind(place.file.kind)])


def why_needed(by: User, place: CaseAccess) -> str:
    """Why the wing still needs this colleague on the file, in words; nothing when it does not."""
    name = NEEDED.get(place.file.kind)
    return import_string(name)(by, place) if name else ""


def may_take_off(by: User, place: CaseAccess) -> Decision:
    """A supervisor, or who put her there, takes a colleague off a file; a supervisor's own place ends with her role."""
    needed = why_needed(by, place)
    return (Decision(supervises(by, place) or place.granted_by_id == by.pk, by, place.file, "place.refused", ONLY, "role")
            .and_(place.revoked_at is None and place.expires_at > timezone.now(), _("This place has ended already."), "ended")
            .and_(place.user_id != by.pk, _("Nobody takes herself off a file; ask another supervisor."), "self")
            .and_(place.source != Source.SUPERVISION, _("Who supervises stays on the file; her place ends with her role."),
                  "supervision")
            .and_(not needed, needed, "needed"))


def may_put_back(by: User, place: CaseAccess) -> Decision:
    """Whoever took a colleague off may put her back, while nobody else gave her a place in between."""
    standing = CaseAccess.objects.filter(file=place.file, user=place.user, revoked_at__isnull=True)
    return (Decision(place.revoked_by_id == by.pk, by, place.file, "place.refused", ONLY, "role")
            .and_(place.expires_at > timezone.now(), _("This place would have ended by itself."), "ended")
            .and_(not standing.exists(), _("She is on the file already."), "already"))


def may_transfer(by: User, line: RosterLine, to: Office) -> Decision:
    """A supervisor of the office asks to give an open file to an office where somebody supervises files of its wing."""
    kind = Kind(line.kind)
    supervised = RoleGrant.objects.live().filter(role__in=WING_SUPERVISORS[kind], office=to, user__is_active=True)
    return (role_decision(by, Can.FILE_TRANSFER, line)
            .and_(visible_roster(by).filter(pk=line.pk).exists(), ONLY, "roster")
            .and_(line.status == Status.OPEN, _("This file is closed."), "closed")
            .and_(to.closed_at is None, _("This office is closed."), "office")
            .and_(to.pk != line.office_id or not line.is_stood_on,
                  _("Somebody here stands on this file. It goes to another office, or is given to a colleague."), "here")
            .and_(supervised.exists(), _("Nobody there supervises files of this wing. Choose another office."), "nobody"))


def may_carry_out(by: User, request: Request) -> Decision:
    """Whoever agreed to a transfer lets it happen, with the agreement itself."""
    return role_decision(by, Can.TRANSFER_AGREE, request).and_(
        request.decided_by_id == by.pk and request.state == RequestState.APPROVED, _("Somebody else agreed to it."), "decider")
