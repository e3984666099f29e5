"""What several pages of the wing need: who asks, pages of fifty, the tail of every form page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.trail.purposes import Purpose
from prosecutions.models import Prosecution

PURPOSES = (Purpose.COURT, Purpose.REFERRAL, Purpose.SUPERVISION)
Trail = list[tuple[str, str]]


def who(request: HttpRequest) -> User:
    """The person in the door, who is always signed in."""
    return cast(User, request.user)


def trail_to(prosecution: Prosecution | None = None) -> Trail:
    """The way back: the list, and the file when the page is inside one."""
    listed = [(_("My work"), "/desk/"), (_("Prosecution files"), reverse("prosecutions:prosecution-list"))]
    return listed + ([(prosecution.code, address(prosecution))] if prosecution else [])


def address(prosecution: Prosecution) -> str:
    """Where the file is shown."""
    return reverse("prosecutions:prosecution-show", args=[prosecution.code])
