"""How the log stands, for who asks it and for who runs the machine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from audit.standing import standing
from ijm.roles.table import Role
from ijm.web.looks import seen
from ijm.web.pages import page, reads


@reads(Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    """Lag, size, last checkpoint, last time stamp, the public key; and what needs a look."""
    seen(request, [])
    return page(request, "audit/log/status.html", **standing())
