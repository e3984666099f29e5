"""A change of keys as it is asked for, agreed and done: what to change, how far it is. Codes and counts only."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.approvals.models import BY_ASKER, OF_REQUEST, ByTwo
from ijm.guard.declare import Own
from ijm.guard.states import Transition
from ijm.ids import new_code

RUN = "(SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['ADMINISTRATOR']))"


class ChangeKind(models.TextChoices):
    """Which keys change, from the smallest to the greatest."""

    SUBJECT = "subject", _("The keys of one person or case file")
    COMPARTMENT = "compartment", _("The key of a compartment")
    INDEX = "index", _("The keys of the search")
    ROOT = "root", _("The root key")


class Work(models.TextChoices):
    """What another person approved is begun, done by the worker; what is left is gone over again."""

    WAITING = "waiting", _("Not begun")
    RUNNING = "running", _("Running")
    LEFT = "left", _("Something is left")
    DONE = "done", _("Done")


MOVES = (
    Transition("", Work.WAITING, "keys.asked"),
    Transition(Work.WAITING, Work.RUNNING, "keys.begun"),
    Transition(Work.LEFT, Work.RUNNING, "keys.begun"),
    Transition(Work.RUNNING, Work.LEFT, "keys.left"),
    Transition(Work.RUNNING, Work.DONE, "keys.changed"),
)


def change_code() -> str:
    """A new code for a change of keys."""
    return new_code("KC")


class KeyChange(ByTwo):
    """A change of keys: an administrator asks, a second person agrees, the worker does it while people work."""

    guard = Own(select=OF_REQUEST, insert=BY_ASKER, update=f"{RUN} AND {OF_REQUEST}",
                columns=("rev", "work", "run", "rotated", "remaining", "failed", "ended_at"))
    transitions = {"work": MOVES}
    agreed = {"work": (Work.RUNNING,)}

    code = models.CharField(max_length=16, unique=True, default=change_code)
    kind = models.CharField(max_length=16, choices=ChangeKind)
    target = models.CharField(max_length=16, blank=True)  # a compartment, or the code of a person or case file
    work = models.CharField(max_length=16, choices=Work, default=Work.WAITING)
    run = models.UUIDField(null=True)  # names the piece of long work that does it; a new one each time it is begun
    rotated = models.PositiveIntegerField(null=True)
    remaining = models.PositiveIntegerField(null=True)
    failed = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code

    def begin(self) -> uuid.UUID:
        """Mark it as running, under a new piece of long work."""
        self.work, self.run, self.ended_at = Work.RUNNING, uuid.uuid4(), None
        self.rotated = self.remaining = self.failed = None
        return self.run

    @property
    def thing(self) -> dict[str, str]:
        """What exactly is asked for."""
        return {"code": self.code, "kind": self.kind, "target": self.target}
