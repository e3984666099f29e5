"""Making a decoy file."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import DECOY
from ijm.budgets import decoys
from ijm.messages import Event
from ijm.roles.decisions import require, role_decision
from ijm.roles.table import Can
from ijm.trail.entries import entry


def make(*, by: User, **said: Any) -> str:
    """Have a wing make the records of somebody who does not exist, and mark their file; gives the file's code."""
    require(role_decision(by, Can.DECOY_MAKE))
    with entry(Event.DECOY_MADE, by=by, about=None) as made:
        file = import_string(DECOY)(by=by, **said)
        decoys.mark(file.pk)
        made.parts["q"] = {"code": file.code}
    code: str = file.code
    return code
