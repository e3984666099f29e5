"""What the clock does for the search: an index that was lost with a crash is made anew."""

from __future__ import annotations

from celery import shared_task
from django.db import connections

from ijm.people import index


@shared_task(name="ijm.people.search", ignore_result=True)
def mend() -> bool:
    """Make the index anew where it is not there; whether it did. Nothing where this process has no login for it."""
    if not connections[index.ROTOR].settings_dict["USER"] or index.is_whole():
        return False
    try:
        index.rebuild()
    except index.Busy:
        return False
    return True
