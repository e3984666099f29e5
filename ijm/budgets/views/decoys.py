"""Decoys: those there are, who opened them how often, and making one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.budgets import decoys
from ijm.budgets.actions import decoys as actions
from ijm.budgets.forms import DecoyForm
from ijm.messages import Event
from ijm.roles.decisions import role_decision
from ijm.roles.table import Can
from ijm.trail.looks import disclosed
from ijm.web.pages import page, writes
from ijm.web.words import moment, number


@writes(*decoys.WATCHERS)
def listing(request: HttpRequest) -> HttpResponse:
    """The decoys of her offices; the officer makes new ones."""
    user = cast(User, request.user)
    may = bool(role_decision(user, Can.DECOY_MAKE))
    form = DecoyForm(request.POST or None) if may else None
    if form is not None and form.is_valid():
        code = actions.make(by=user, **form.cleaned_data)
        messages.success(request, _("Made: %(code)s. Whoever opens it is told to you and to the auditor.") % {"code": code})
        return redirect("budgets:decoys")
    found = decoys.every()
    disclosed(None, (), to=user, event=Event.LIST_SEEN, query={"count": len(found), "view": "budgets:decoys"})
    columns = [{"label": _("File")}, {"label": _("Made")}, {"label": _("Opened"), "num": True}, {"label": _("Last opened")}]
    return page(request, "budgets/decoys.html", form=form, columns=columns, rows=[_line(one) for one in found])


def _line(one: decoys.Decoy) -> list[dict[str, Any]]:
    return [{"code": one.code}, {"text": moment(one.made_at), "label": _("Made")},
            {"text": number(one.openings), "num": True, "label": _("Opened")},
            {"text": moment(one.opened_at) if one.opened_at else _("Never"), "label": _("Last opened")}]
