"""What the page of the keys shows: how many keys there are and how they stand, never what they open."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.approvals.states import TONES as WAITING
from ijm.approvals.states import RequestState
from ijm.desk import policy
from ijm.desk.key_changes import ChangeKind, KeyChange, Work
from ijm.roles.table import Open
from ijm.vault import standing
from ijm.web import words

TONES = {Work.RUNNING: "info", Work.LEFT: "bad", Work.DONE: "good"}
SHOWN = 20


def table() -> dict[str, Any]:
    """Compartments by the states of their keys, as the table part takes it."""
    columns = [{"label": _("Compartment")}, *({"label": head, "num": True} for head in _heads())]
    return {"caption": _("Keys by compartment"), "columns": columns, "rows": [_row(line) for line in standing.lines()]}


def _heads() -> list[str]:
    return [_("Version"), _("Active"), _("Retired"), _("Destroyed"), _("Worn")]


def _row(line: standing.Line) -> list[dict[str, Any]]:
    numbers = (line.version, line.active, line.retired, line.destroyed, line.worn)
    return [{"text": compartment(line.compartment)},
            *({"text": words.number(number), "num": True, "label": head} for head, number in zip(_heads(), numbers, strict=True))]


def root() -> list[tuple[str, str]]:
    """How the root key is kept."""
    kept = {"file": _("In a file sealed by a passphrase"), "transit": _("In a key server")}
    opens, trouble = standing.proven()
    said = _("Wrong or missing: %(code)s") % {"code": trouble} if trouble else ngettext(
        "It opens %(n)s compartment now.", "It opens %(n)s compartments now.", opens) % {"n": words.number(opens)}
    return [(_("Where it is kept"), kept[standing.provider()]), (_("Proven by the canary"), said)]


def compartment(name: str) -> str:
    """A compartment in words; those of the house itself by what they are for."""
    own = {"parcel": _("Unfinished things"), "search": _("The search"), "evidence": _("Attached files"),
           "seed": _("Second factors"), "all": _("All compartments")}
    return str(Open(name).label) if name in Open.values else own.get(name, name)


def about(change: KeyChange) -> str:
    """A change of keys in words: which keys, of what."""
    if change.kind == ChangeKind.COMPARTMENT:
        return f"{change.get_kind_display()}: {compartment(change.target)}"
    return f"{change.get_kind_display()}: {change.target}" if change.target else str(change.get_kind_display())


def changes(user: User) -> list[dict[str, Any]]:
    """The newest changes with what she may do about each."""
    return [{"change": one, "title": about(one), "starts": bool(policy.may_start_keys(user, one)), **_state(one)}
            for one in policy.visible_key_changes(user)[:SHOWN]]


def _state(one: KeyChange) -> dict[str, str]:
    """How far the work is once it was begun, before that how far the request."""
    if one.work == Work.WAITING:
        return {"state": one.get_state_display(), "tone": WAITING[RequestState(one.state)]}
    return {"state": one.get_work_display(), "tone": TONES[Work(one.work)]}
