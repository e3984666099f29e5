"""How often one person may search: often enough for work, too seldom to try out names by the thousand."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import connection

from ijm.accounts.models import User

MINUTE, MOST = 60, 20  # seconds, searches within them; how many in an hour is a budget of hers (ijm.roles.budgets)
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('desk.search|' || %s, 0))"


def too_often(user: User) -> bool:
    """Count one search of hers; whether it is one too many. Her searches wait for each other, so that none goes uncounted."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, [str(user.pk)])
    name = f"desk.search:{user.pk}:{int(time.time() // MINUTE)}"
    number = int(cache.get(name, 0)) + 1
    cache.set(name, number, MINUTE)
    return number > MOST
