"""The keys of the vault, for those who keep the system: how they stand, and their changes."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk import policy, vault
from ijm.desk.actions import key_changes
from ijm.desk.forms.vault import KeyChangeForm
from ijm.desk.key_changes import ChangeKind
from ijm.roles.table import Role
from ijm.web.pages import page, reads, writes


@reads(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
def show(request: HttpRequest) -> HttpResponse:
    """How many keys stand how, and which changes were asked for."""
    user = cast(User, request.user)
    return page(request, "desk/vault/show.html", keys=vault.table(), root=vault.root(), changes=vault.changes(user),
                may_ask=policy.may_ask_keys(user))


@writes(Role.ADMINISTRATOR, reauth=300)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a change of keys."""
    form = KeyChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        key_changes.ask(ChangeKind(said["kind"]), said["target"], by=cast(User, request.user))
        messages.success(request, _("Asked for. A second person decides."))
        return redirect("desk:vault")
    return page(request, "desk/vault/ask.html", form=form, trail=_trail())


@writes(Role.ADMINISTRATOR, sample="key_change", reauth=300)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Give an agreed change to the worker."""
    user = cast(User, request.user)
    change = policy.get_key_change(user, code)
    if request.method == "POST":
        key_changes.start(change, by=user)
        messages.success(request, _("Begun. You see how far it is under My long work."))
        return redirect("jobs:list")
    return redirect("desk:vault")


def _trail() -> list[tuple[str, str]]:
    return [(_("Keys of the vault"), reverse("desk:vault"))]
