"""Notices: the list, and opening one."""

from __future__ import annotations

import uuid
from typing import cast

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk.cards import Shown
from ijm.notices.actions import notices as actions
from ijm.notices.models import Notice, NoticeKind
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.undo import offer

ROWS = 50


@reads()
def listing(request: HttpRequest) -> HttpResponse:
    """Her notices, new ones first."""
    user = cast(User, request.user)
    rows = Notice.objects.filter(user=user).order_by(F("read_at").desc(nulls_first=True), "-made_at")
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    seen(request, [Shown(notice.about_code, "notice") for notice in shown])
    new = [notice for notice in shown if notice.read_at is None]
    groups = [{"key": kind.name, "kind": kind, "label": kind.label, "items": found} for kind in NoticeKind
              if (found := [notice for notice in new if notice.kind == kind])]
    read = [notice for notice in shown if notice.read_at]
    groups += [{"key": "READ", "kind": "", "label": _("Read"), "items": read}] if read else []
    return page(request, "desk/notices/list.html", notices=shown, new=len(new), groups=groups)


@writes()
def open_one(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads; a plain look leads back to the list."""
    user = cast(User, request.user)
    found = get_object_or_404(Notice, pk=notice, user=user)
    if request.method != "POST":
        return redirect("desk:notices")
    if found.read_at is None:
        actions.read(found, by=user)
        offer(request, "notice-read", found.pk, _("The notice is marked as read."))
    ours = url_has_allowed_host_and_scheme(found.path, None) and found.path.startswith("/")
    return redirect(found.path if ours else "desk:notices")


@writes()
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all her notices, or those of one kind, as read."""
    user = cast(User, request.user)
    if request.method == "POST":
        moment, kind = timezone.now(), request.POST.get("kind", "")
        if actions.read_all(by=user, at=moment, kind=kind):
            said = _("These notices are marked as read.") if kind else _("All notices are marked as read.")
            offer(request, "notices-read", moment.isoformat(), said)
    return redirect("desk:notices")
