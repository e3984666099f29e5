"""How I am told: when letters may go out."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk.forms.reminders import TellingForm
from ijm.notices import policy
from ijm.notices.actions import telling
from ijm.web.pages import page, writes


@writes()
def choose(request: HttpRequest) -> HttpResponse:
    """Choose at once, once a day or never, and the quiet hours."""
    user = cast(User, request.user)
    now = policy.how_told(user)
    form = TellingForm(request.POST or None, initial={
        "mode": now.mode, "hour": now.hour, "quiet_from": now.quiet_from, "quiet_until": now.quiet_until})
    if form.is_valid():
        telling.choose(by=user, **form.facts())
        messages.success(request, _("Saved: this is how you are told from now on."))
        return redirect("desk:notices-settings")
    return page(request, "desk/notices/settings.html", form=form, address=user.email, is_on=settings.MAIL_IS_ON)
