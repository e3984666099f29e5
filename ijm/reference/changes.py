"""What this house changed about the lists, held in each process and looked up anew when another process changed it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction

if TYPE_CHECKING:
    from ijm.reference.models import Amendment, Confirmation

LOOKED_UP_EVERY = 5.0  # seconds: how long another process may go on showing what was changed here
MARK = """SELECT (SELECT count(*) || '.' || coalesce(sum(rev), 0) FROM reference_amendment) || '/' ||
  (SELECT count(*) || '.' || coalesce(sum(rev), 0) FROM reference_confirmation)"""


class Held:
    """The changes as this process knows them, and when it last asked whether they are still so."""

    def __init__(self) -> None:
        self.asked_at = float("-inf")
        self.mark = ""
        self.amendments: dict[tuple[str, str], Amendment] = {}
        self.confirmations: dict[str, Confirmation] = {}
        self.listeners: list[Callable[[], None]] = []

    def refresh(self) -> None:
        """Ask, at most every few seconds, whether anything changed; read it anew when it did."""
        if monotonic() - self.asked_at < LOOKED_UP_EVERY:
            return
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(MARK)
            mark = str(cursor.fetchone()[0])
        self.asked_at = monotonic()
        if mark != self.mark:
            self._read()
            self.mark = mark
            for forget in self.listeners:
                forget()

    def _read(self) -> None:
        from ijm.reference.models import Amendment, Confirmation

        self.amendments = {(one.of_list, one.item): one for one in Amendment.objects.all()}
        self.confirmations = {one.rule: one for one in Confirmation.objects.order_by("at")}


held = Held()


def amendment(table: str, item: str) -> Amendment | None:
    """What was changed about this value, if anything."""
    held.refresh()
    return held.amendments.get((table, item))


def amendments(table: str) -> list[Amendment]:
    """Everything that was changed about the values of one list."""
    held.refresh()
    return [one for (of, _item), one in held.amendments.items() if of == table]


def confirmation(rule: str) -> Confirmation | None:
    """The newest word of a lawyer on this rule, if any."""
    held.refresh()
    return held.confirmations.get(rule)


def changed() -> None:
    """Something is changed in this transaction: look again at once, and once more when it is kept."""
    _look_again()
    transaction.on_commit(_look_again)


def _look_again() -> None:
    held.asked_at = float("-inf")
