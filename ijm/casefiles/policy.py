"""Who may see and end places on a file."""

from __future__ import annotations

import uuid

from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.bridges import NEEDED
from ijm.casefiles.models import CaseAccess, Source
from ijm.roles.decisions import Decision
from ijm.roles.table import WING_SUPERVISORS, Kind

ONLY = _("A supervisor of this wing, or whoever put her on the file, takes a colleague off it.")


def get_place(user: User, code: str, pk: uuid.UUID) -> CaseAccess:
    """One place on a file of hers; hidden and missing are the same."""
    places = CaseAccess.objects.select_related("user", "file__office")
    found = places.filter(pk=pk, file__code=code, file__in=_my_files(user)).first()
    if found is None:
        raise Http404
    return found


def _my_files(user: User) -> list[uuid.UUID]:
    """The files on which she stands now."""
    now = timezone.now()
    return list(CaseAccess.objects.filter(user=user, revoked_at__isnull=True, starts_at__lte=now, expires_at__gt=now)
                .values_list("file_id", flat=True))


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
