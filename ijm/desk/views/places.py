"""Places on files: who stands on hers, until when; saying who is still needed."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.casefiles import policy
from ijm.casefiles.actions import places
from ijm.casefiles.models import CaseAccess, Source
from ijm.casefiles.models.access import soon
from ijm.roles.table import Kind, Role, standing_on
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import number

STANDING = tuple(role for role in Role if any(role in standing_on(kind) for kind in Kind))
AT_ONCE = 200


class Places(lists.Table):
    """Which file, who, how she came to it, since when, when she last worked on it, when it ends."""

    file = lists.Code(_("File"), "files:show", of=lambda place: place.file.code, order_by="file__code")
    user = lists.Person(_("Colleague"), "user")
    source = lists.Kept(_("How"))
    starts_at = lists.Day(_("Since"))
    last_used_at = lists.Day(_("Last worked on it"))
    confirmed_at = lists.Day(_("Said to be needed"))
    expires_at = lists.Day(_("Ends"), latest_first=False)


class PlaceFilters(lists.Filters):
    """Hers alone, or those of one source."""

    source = lists.Choice(_("How"), Source)
    mine = lists.Mine(label=_("My own places"), field_name="user")


PLACES = lists.Listing(
    "desk:place-list", _("Places on files"), Places, "expires_at", filters=PlaceFilters,
    lead=_("Everybody's place on a file ends. Tick who is still needed on your files before the day; who is not ticked is off "
           "the file by itself. Your own place is ticked by a colleague."),
    tabs_label=_("Which places"),
    tabs=(lists.Tab("soon", _("End within seven days"), lambda: Q(expires_at__lte=soon()),
                    lists.Empty(_("No place ends within seven days"),
                                _("A week before a place on one of your files ends, it is shown here to be ticked."), "check-c")),
          lists.Tab("all", _("All"))),
    empty=lists.Empty(_("You stand on no file"), _("When somebody puts you on a file, it is here with the day on which that "
                                                   "ends."), "folder"))
CONFIRM = lists.Bulk("desk:places-confirm", _("Still needed"), of=lambda place: place.pk,
                     named=lambda place: f"{place.file.code} {place.user.display_name}")


@reads(*STANDING)
@lists.shows(PLACES)
def listing(request: HttpRequest) -> HttpResponse:
    """The places on the files of which she has charge."""
    return lists.page(request, PLACES, policy.visible_places(cast(User, request.user)), bulk=CONFIRM)


@writes(*STANDING, once=False)
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what ticking these places would do, and do it once it was looked at."""
    user = cast(User, request.user)
    found = _chosen(user, request.POST.getlist("row")[:AT_ONCE])
    if not found:
        messages.warning(request, _("Tick the places first."))
        return redirect("desk:place-list")
    lines = policy.may_confirm_many(user, found)
    able = [place for place, decision in lines if decision]
    if able and "confirmed" in request.POST:
        done = places.confirm(able, by=user)
        messages.success(request, ngettext("%(n)s place goes on.", "%(n)s places go on.", done) % {"n": number(done)})
        return redirect("desk:place-list")
    seen(request, [place.file for place in found])
    return page(request, "desk/places/confirm.html", lines=lines, able=able, trail=[(PLACES.title, PLACES.url)])


def _chosen(user: User, given: list[str]) -> list[CaseAccess]:
    """Those of them that she may see; hidden and missing are left out alike."""
    return list(policy.visible_places(user).filter(pk__in=[key for key in map(_key, given) if key]).order_by("file__code", "pk"))


def _key(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except ValueError:
        return None

