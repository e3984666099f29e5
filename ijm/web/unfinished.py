"""The pages of drafts: keeping one while somebody types, what is unfinished, throwing one away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.web import drafts, words
from ijm.web.models import Draft
from ijm.web.pages import page, writes
from ijm.web.shell import Shell


@writes(once=False)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what somebody types, and say when it was kept; without scripts: what she has not finished."""
    user: Any = request.user
    if request.method != "POST":
        return page(request, "web/unfinished.html", unfinished=drafts.mine(user))
    given = request.POST
    body = given.get("body", "")
    if given.get("person") != user.code:
        return JsonResponse({"kept": False}, status=409)  # another person sits here now: hers it shall not become
    if len(body) > drafts.MOST:
        return JsonResponse({"kept": False}, status=413)
    try:
        draft = drafts.keep(user, given.get("path", ""), given.get("form", ""), body)
    except drafts.NotOurs:
        return JsonResponse({"kept": False}, status=400)
    return JsonResponse({"kept": True, "at": words.clock(draft.saved_at), "seconds": Shell(request).session_seconds})


@writes(once=False)
def discard(request: HttpRequest) -> HttpResponse:
    """Throw a draft away; its page comes back as it is for everybody."""
    user: Any = request.user
    path = request.POST.get("path", "")
    if request.method == "POST":
        for draft in Draft.objects.filter(owner_id=user.pk, path=path).defer("parcel"):
            drafts.discard(user, draft)
            messages.success(request, _("Thrown away."))
    try:
        return redirect(drafts.ours(path))
    except drafts.NotOurs:
        return redirect(reverse("web:drafts"))
