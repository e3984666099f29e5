"""Whether another person agreed to exactly this: asked by whoever does what was approved, right before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.approvals.models import Request
from ijm.approvals.states import RequestState
from ijm.trail.errors import Refused
from ijm.trail.events import canonical

CHANGED = _("What was asked for has changed since. Take the request back and ask anew.")
OVER = _("The time of this request is over. Ask anew.")
NOT_APPROVED = _("Another person has not approved it.")
USED = _("This approval was used already. Ask anew.")


class Voided(Refused):
    """What is about to be done is not what another person approved, or not any more; `why` says it in words."""


def digest_of(thing: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the restricted JCS (RFC 8785) form of a thing; raises ValueError for what that cannot hold."""
    return hashlib.sha256(canonical(thing)).hexdigest()


def is_same(request: Request, thing: Mapping[str, Any] | None) -> bool:
    """Whether the thing is still what was asked for; a kind that does not say what its thing is now is taken at its word."""
    return thing is None or digest_of(thing) == request.digest


def objection(request: Request, thing: Mapping[str, Any]) -> str | Promise:
    """Why this may not be done by this approval; empty when it may."""
    if request.state == RequestState.DONE:
        return USED
    if request.state == RequestState.EXPIRED or request.expires_at <= timezone.now():
        return OVER
    if request.state != RequestState.APPROVED:
        return NOT_APPROVED
    return "" if is_same(request, thing) else CHANGED


def require_approved(request: Request, thing: Mapping[str, Any]) -> None:
    """Go on when exactly this was approved, in time, and not used yet; raises Voided otherwise."""
    why = objection(request, thing)
    if why:
        raise Voided(str(why))
