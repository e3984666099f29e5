"""One request: exactly what is asked, by whom, until when; approve, refuse, take back."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.approvals import policy
from ijm.approvals.actions import requests
from ijm.approvals.forms import DecideForm
from ijm.approvals.models import Request
from ijm.approvals.states import TONES, RequestState
from ijm.roles.table import Open, opens
from ijm.vault.disclosure import disclose
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes


@reads(sample="approval")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked, and what was decided; whoever may decide does it here."""
    user = _user(request)
    one = policy.get_request(user, code)
    seen(request, one)
    texts = disclose(one, "reason", "motive", to=user) if one.has_texts and opens(user.role_codes, Open.NARRATIVE) else {}
    return page(request, "approvals/show.html", **asked(user, one), trail=_trail(), texts=texts,
                tone=TONES[RequestState(one.state)])


def asked(user: User, one: Request) -> dict[str, Any]:
    """What every page that shows a request says of it, and how it is decided."""
    decides, decision = policy.may_decide(user, one), policy.may_approve(user, one)
    return {"approval": one, "told": one.sort.says(user, one), "decision": decision, "may_refuse": bool(decides),
            "form": DecideForm() if decision else None, "may_withdraw": bool(policy.may_withdraw(user, one))}


@writes(sample="approval", reauth=300)
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Approve exactly this, or refuse it."""
    user = _user(request)
    one = policy.get_request(user, code)
    form = DecideForm(request.POST or None)
    if form.is_valid():
        if request.POST.get("answer") == "approve":
            requests.approve(one, by=user, motive=form.cleaned_data["motive"])
            messages.success(request, _("Approved. Who asked was told."))
        else:
            requests.refuse(one, by=user, motive=form.cleaned_data["motive"])
            messages.success(request, _("Refused. Who asked was told."))
    return redirect(one.sort.says(user, one).url or _home(one))


@writes(sample="approval")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the question back."""
    user = _user(request)
    one = policy.get_request(user, code)
    if request.method == "POST":
        requests.withdraw(one, by=user)
        messages.success(request, _("Taken back."))
    return redirect(_home(one))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _home(one: Request) -> str:
    return reverse("approvals:show", args=[one.code])


def _trail() -> list[tuple[Any, str]]:
    return [(_("Approvals"), reverse("desk:approvals"))]
