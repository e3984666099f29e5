"""What a person keeps at hand: pins and filters."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import filters as kept
from ijm.desk import pins, policy
from ijm.desk.actions import filters
from ijm.desk.models import SavedFilter
from ijm.trail.errors import Refused
from ijm.web.pages import page, reads, writes
from ijm.web.views import back_to


@writes(once=False)
def pin(request: HttpRequest) -> HttpResponse:
    """Pin a record of hers, or take its pin away; a plain look leads back to the desk."""
    if request.method != "POST":
        return redirect("desk:work")
    now = pins.turn(cast(User, request.user), request.POST.get("code", ""))
    messages.success(request, _("Pinned to your desk.") if now else _("No longer pinned."))
    return redirect(back_to(request))


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """The filters she keeps, and those her office shares, of the lists she may open."""
    user = cast(User, request.user)
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True), removed_at__isnull=True).select_related("owner")
    owners = {str(row.pk): row.owner for row in rows}
    shown = kept.links({"pk": row.pk, "listing": row.listing, "query": row.query, "shared": row.is_shared,
                        "mine": row.owner_id == user.pk} for row in rows)
    return page(request, "desk/filters/list.html",
                filters=[{"link": one, "owner": owners[one.pk]} for one in shown if policy.may_look(user, one.listing)])


@writes(once=False)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep how a list is narrowed now, and go back to it."""
    if request.method != "POST":
        return redirect("desk:filters")
    try:
        made = filters.keep(request.POST.get("list", ""), by=cast(User, request.user), query=request.POST.get("query", ""))
    except Refused as refusal:
        if not refusal.why:
            raise
        messages.warning(request, str(refusal.why))
        return redirect("desk:filters")
    [link] = kept.links([{"pk": made.pk, "listing": made.listing, "query": made.query, "shared": made.is_shared, "mine": True}])
    messages.success(request, _("Kept. It stands above this list from now on."))
    return redirect(link.url)


@writes(once=False)
def change(request: HttpRequest, kept_filter: uuid.UUID) -> HttpResponse:
    """Share a filter with the office, stop sharing it, or remove it."""
    user = cast(User, request.user)
    found = get_object_or_404(SavedFilter, pk=kept_filter, removed_at__isnull=True)
    if found.owner_id != user.pk:
        raise Http404
    if request.method == "POST":
        _changed(request, found, user)
    return redirect("desk:filters")


def _changed(request: HttpRequest, found: SavedFilter, user: User) -> None:
    answer = request.POST.get("answer", "")
    if answer in ("share", "unshare"):
        filters.share(found, by=user, shared=answer == "share")
        messages.success(request, _("Your office sees this filter now; each colleague sees her own rows.") if answer == "share"
                         else _("Only you see this filter now."))
    elif answer == "remove":
        filters.remove(found, by=user)
        messages.success(request, _("The filter is removed."))
