"""Reading the log in tests, through the template's own door."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections


def last_events(count: int) -> list[dict[str, Any]]:
    """The newest events, oldest of them first."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT body FROM tests.events() ORDER BY id DESC LIMIT %s", [count])
        return [json.loads(row[0]) for row in reversed(cursor.fetchall())]


def acts() -> list[str]:
    """What happened so far, by its event names."""
    return [event["act"] for event in last_events(100_000)]
