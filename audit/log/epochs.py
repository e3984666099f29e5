"""Epochs: the order of the log over a restore into another server, where transactions are counted anew."""

from __future__ import annotations

from django.db import connections

from audit.log.sequencer import LOG, LogBroken

STEPS = 4


def settle() -> bool:
    """Begin another epoch where this server is not the one that counted so far; whether one began.

    Done before anything is sequenced. Two transactions: the first turns the epoch, the second opens it and says so in the
    log, so that whoever still wrote the old epoch has a lower number than the opening. Raises LogBroken when it does not settle.
    """
    turned = False
    for _step in range(STEPS):
        with connections[LOG].cursor() as cursor:
            cursor.execute("SELECT guard.turn_epoch()")
            state = cursor.fetchone()[0]
        if state == "same":
            return turned
        turned = turned or state == "turned"
    raise LogBroken("The epoch of the log does not settle: two servers seem to write into one database.")


__all__ = ("settle",)
