"""Sending to a file of another wing without seeing it, and telling that file's people."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models import Delivery
from ijm.casefiles.models.deliveries import DeliveryState
from ijm.jobs.models import Job
from ijm.jobs.work import enqueue
from ijm.messages import Event
from ijm.trail.entries import entry


def deliver(aliases: Iterable[uuid.UUID], *, wing: str, kind: str, payload: dict[str, Any], by: User) -> None:
    """Leave a delivery of ids and times on the file of each alias's person in the other wing, inside an open entry.

    The sender learns neither the file nor whether there is one; the worker makes the notices.
    """
    for alias in aliases:
        delivery = uuid.uuid4()
        _call("SELECT guard.deliver(%s, %s, %s, %s, %s)", delivery, alias, wing, kind, json.dumps(payload))
        enqueue("announce", owner=by, about=delivery)


def announce(job: Job) -> None:
    """Tell the people of the receiving file, without the sender learning who they are."""
    with entry(Event.NOTICE_MADE, by=job.owner, about=None):
        _call("SELECT guard.announce(%s)", job.about)


def take(delivery: Delivery, *, by: User) -> None:
    """Mark a delivery as taken up, inside an open entry."""
    delivery.state = DeliveryState.TAKEN
    delivery.taken_by, delivery.taken_at = by, timezone.now()
    delivery.save(update_fields=["state", "taken_by", "taken_at"])


def _call(sql: str, *params: Any) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
