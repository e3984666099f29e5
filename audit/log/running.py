"""The log's own process: sequence every second, sign at a steady pace, stamp once a day; the tables remember, not it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from audit.log import checkpoints, epochs, sequencer, stamps
from audit.log.checkpoints import NoKey
from audit.log.notes import NoteError
from audit.log.sequencer import LOG, LogBroken
from audit.log.stamps import NoStamp
from audit.log.store import Store
from audit.log.witness import Damaged, Forked

SECOND = 1.0
Say = Callable[[str], object]
TROUBLE = (LogBroken, Forked, Damaged, NoKey, NoStamp, NoteError, DatabaseError, InterfaceError, OSError)


@dataclass
class Running:
    """One run of the process; what it keeps is only what it said last, and which tick of the clock it has signed."""

    say: Say
    tick: int = -1
    said: str = ""

    def forever(self) -> None:
        """Go on until somebody ends the process; whatever fails is said once and tried again."""
        while True:
            began = time.monotonic()
            self.round()
            time.sleep(max(0.0, SECOND - (time.monotonic() - began)))

    def round(self) -> bool:
        """One second's work: places for what was committed, and at each tick a checkpoint; whether all went well."""
        steps: list[Callable[[], object]] = [self.order]
        tick = int(time.time() // settings.LOG.cadence)
        if tick != self.tick:
            # by the clock and not by the event: when a note was signed must not tell when somebody worked
            self.tick = tick
            steps += [self.sign, stamps.stamp]
        troubles = [trouble for step in steps if (trouble := self._tried(step))]
        self._tell(" ".join(troubles))
        return not troubles

    def order(self) -> None:
        """Nothing is sequenced before the epoch is settled."""
        epochs.settle()
        sequencer.catch_up()

    def sign(self) -> None:
        """Sign the log if it has grown, and hand it on; the first key of an office that has signed nothing yet is made here."""
        if not settings.LOG.key_file.exists() and Store(LOG).newest() is None:
            checkpoints.make_key()
        signer = checkpoints.keys()
        checkpoints.make(signer)
        checkpoints.hand_on(signer)

    def _tried(self, step: Callable[[], object]) -> str:
        try:
            step()
        except (DatabaseError, InterfaceError) as error:
            connections[LOG].close()
            return f"The database refused: {type(error).__name__}."
        except TROUBLE as error:
            return str(error)
        return ""

    def _tell(self, trouble: str) -> None:
        if trouble != self.said:
            self.said = trouble
            self.say(f"The log: {trouble or 'goes on.'}")


__all__ = ("Running",)
