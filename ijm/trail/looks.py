"""`disclosed` and `denied`: every look, and every refusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ijm.trail import context, events
from ijm.trail.errors import NoDoor
from ijm.trail.purposes import Purpose

DISCLOSED = "field.disclosed"


def disclosed(records: events.About, fields: Iterable[str], *, to: context.Person, purpose: str = "",
              relation: str = "", event: str = DISCLOSED, query: dict[str, Any] | None = None) -> None:
    """Record a look before the values are returned: one event naming all rows and the field names.

    `relation` is how the person stood to the file at that time. Raises NoDoor outside a door or for another person,
    ValueError for a purpose that is not on the list.
    """
    opened = context.standing()
    if str(to.pk) != opened.who.user:
        raise NoDoor("a look is recorded for the person who stands in the door")
    named = events.refs(records)
    events.write(events.body(
        event, "look", who=opened.who, source=opened.source,
        why=events.compact({"code": Purpose(purpose or opened.purpose).value, "ref": relation}),
        obj=events.subject(named), fields=sorted(fields), q=query or {},
    ))
    opened.shown.update(ref.pk for ref in named)


def denied(event: str, *, by: context.Person | None, about: events.About = None, reason: str = "",
           source: context.Source | None = None, query: dict[str, Any] | None = None) -> None:
    """Record a refusal on a connection of its own, so that it survives the rollback of what was refused."""
    opened = context.current()
    who = opened.who if opened else (by.trail_who() if by else context.Who(""))
    events.write(events.body(
        event, "refusal", who=who, source=source or (opened.source if opened else context.Source()),
        out=events.SERIOUS, why={"code": reason or "refused"}, obj=events.subject_of(about), q=query or {},
    ), using=events.TRAIL)


def noted(event: str, *, by: context.Person | None, source: context.Source, out: int = events.DONE,
          why: str = Purpose.SIGN_IN, **parts: Any) -> None:
    """Record what happens outside every door: signing in and out, a failed sign-in, a changed factor."""
    who = by.trail_who() if by else context.Who("")
    events.write(events.body(event, "sign-in", who=who, source=source, out=out, why={"code": str(why)}, **parts),
                 using=events.TRAIL)
