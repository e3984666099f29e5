"""How the log stands: how far it has come, what was signed last, and what somebody should look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import policy
from audit.log import checkpoints, stamps, witness
from audit.log.notes import Verifier
from audit.log.sequencer import Horizon, horizon
from audit.log.store import Held, Store
from ijm.accounts.models import User
from ijm.roles.decisions import role_decision
from ijm.roles.table import Can
from ijm.web.templatetags.daybook import khnum, shortmoment

NEWEST = 10
SLACK = timedelta(minutes=2)
Alert = dict[str, str]


def standing() -> dict[str, Any]:
    """What the page shows: alerts, facts, the newest checkpoints, the public key."""
    store, seen = Store(), horizon()
    newest, key = store.latest(NEWEST), checkpoints.public()
    stamped = stamps.last(store)
    found = (_horizon(seen), _signed(seen, newest), _witnessed(store, key), _stamped(seen.at, stamped))
    return {
        "alerts": [alert for alert in found if alert],
        "facts": _facts(seen, newest, stamped),
        "columns": [{"label": _("Events")}, {"label": _("Signed")}, {"label": _("Time stamp")},
                    {"label": _("Signed by")}],
        "rows": [_row(held) for held in newest],
        "public_key": str(key or ""),
    }


def work(user: User) -> list[dict[str, Any]]:
    """On "my work today" of those who watch the log: that it needs a look, once it has begun and when it does."""
    if not (policy.may_ask(user) or role_decision(user, Can.OFFICE_RUN)) or not Store().size():
        return []
    alerts = standing()["alerts"]
    return [{"title": _("Look at the log"), "url": reverse("audit:log-status"), "kind": "alert", "count": len(alerts),
             "about": alerts[0]["title"]}] if alerts else []


def _horizon(seen: Horizon) -> Alert:
    if seen.is_stalled:
        return {"title": _("The log waits for a transaction that does not end."), "text": _(
            "What was done meanwhile is recorded, but has no place in the log yet. Whoever runs the database ends the oldest "
            "transaction; nothing is lost.")}
    if seen.is_late:
        return {"title": _("The log's process does not run."), "text": _(
            "Events are recorded, but get no place and no signature until it runs again.")}
    return {}


def _signed(seen: Horizon, newest: list[Held]) -> Alert:
    last = newest[0] if newest else None
    pace = timedelta(seconds=2 * settings.LOG.cadence) + SLACK
    if not seen.size or (last and (last.size == seen.size or seen.at - last.at < pace)):
        return {}
    return {"title": _("The newest events are not signed."), "text": _(
        "Either the log's process does not run, or it refuses to sign because the log does not continue what it signed before. "
        "Its own words stand where it was started.")}


def _witnessed(store: Store, key: Verifier | None) -> Alert:
    """The witness file, where this process can read it, against the tables."""
    try:
        entry, _end = checkpoints.last_entry(checkpoints.witness_file())
        last = witness.read(entry.note, key) if entry and key else None
        if last is None or (last.size <= store.size() and store.root(last.size) == last.root):
            return {}
    except (OSError, witness.Damaged):
        return {"title": _("The witness file cannot be read."), "text": _("Look at it, and at the copies of the witnesses.")}
    return {"title": _("The log does not continue the witness file."), "text": _(
        "The database holds less, or something else, than was handed to witnesses. After a restore this is expected and said "
        "to every witness; otherwise somebody has changed the log.")}


def _stamped(now: datetime, stamped: Held | None) -> Alert:
    if not settings.LOG.tsa_url or (stamped and now - stamped.at < timedelta(hours=2 * settings.LOG.tsa_hours)):
        return {}
    return {"title": _("No time stamp for too long."), "text": _("The authority does not answer, or its answers do not count.")}


def _facts(seen: Horizon, newest: list[Held], stamped: Held | None) -> list[tuple[str, str]]:
    seconds = round(seen.seconds)
    waits = ngettext("%(n)s event", "%(n)s events", seen.waiting) % {"n": khnum(seen.waiting)}
    since = ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": khnum(seconds)}
    return [
        (_("Events with a place"), khnum(seen.size)),
        (_("Waiting for a place"), waits if seen.waiting else _("none")),
        (_("The oldest waits for"), since if seen.waiting else _("nothing waits")),
        (_("Last checkpoint"), shortmoment(newest[0].at) if newest else _("none yet")),
        (_("Last time stamp"), _moment_of(stamped)),
        (_("Life of the database"), khnum(Store().epoch())),
    ]


def _moment_of(held: Held | None) -> str:
    """When the authority stamped it; an answer that does not count says so."""
    if not settings.LOG.tsa_url:
        return _("none: no authority is named")
    if held is None or held.stamp is None:
        return _("none yet")
    try:
        return str(shortmoment(stamps.stamped_at(held.stamp, stamps.text_of(held.note), stamps.roots())))
    except (stamps.NoStamp, OSError):
        return _("does not count")


def _row(held: Held) -> list[dict[str, Any]]:
    signers = [line.split(" ")[1] for line in held.note.rpartition("\n\n")[2].splitlines()]
    return [{"text": khnum(held.size)}, {"text": shortmoment(held.at), "label": _("Signed")},
            {"text": _("yes") if held.stamp else _("no"), "label": _("Time stamp")},
            {"text": ", ".join(signers), "label": _("Signed by")}]


__all__ = ("standing",)
