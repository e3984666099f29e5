"""How the log stands, for who asks it and for who runs the machine."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import policy
from audit.standing import standing
from ijm.accounts.models import User
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads
from ijm.web.words import number


@reads(Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    """Lag, size, last checkpoint, last time stamp, the public key; and what needs a look."""
    seen(request, [])
    told = standing()
    if found := policy.waiting_findings(cast(User, request.user)).count():
        told["alerts"].append({"title": ngettext("%(n)s finding waits.", "%(n)s findings wait.", found) % {"n": number(found)},
                               "text": _("The nightly verification found something that is not as it was written."),
                               "url": reverse("audit:finding-list"), "action": _("Look into it")})
    return page(request, "audit/log/status.html", **told)
