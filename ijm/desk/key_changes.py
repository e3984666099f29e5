"""A change of keys as it is asked for, agreed and done: what to change, how far it is. Codes and counts only."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.guard.declare import Own
from ijm.guard.states import Transition
from ijm.ids import new_code
from ijm.trail.history import Recorded

HOLD = "(SELECT guard.has_role(ARRAY['ADMINISTRATOR', 'DATA_PROTECTION']))"
RUN = "(SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['ADMINISTRATOR']))"


class ChangeKind(models.TextChoices):
    """Which keys change, from the smallest to the greatest."""

    SUBJECT = "subject", _("The keys of one person or case file")
    COMPARTMENT = "compartment", _("The key of a compartment")
    INDEX = "index", _("The keys of the search")
    ROOT = "root", _("The root key")


class ChangeState(models.TextChoices):
    """A change is asked for, agreed by a second person, done by the worker; what is left is gone over again."""

    ASKED = "asked", _("Waits for a second person")
    AGREED = "agreed", _("Agreed, not begun")
    DECLINED = "declined", _("Refused")
    RUNNING = "running", _("Running")
    LEFT = "left", _("Something is left")
    DONE = "done", _("Done")


MOVES = (
    Transition("", ChangeState.ASKED, "keys.asked"),
    Transition(ChangeState.ASKED, ChangeState.AGREED, "keys.agreed"),
    Transition(ChangeState.ASKED, ChangeState.DECLINED, "keys.declined"),
    Transition(ChangeState.AGREED, ChangeState.RUNNING, "keys.begun"),
    Transition(ChangeState.LEFT, ChangeState.RUNNING, "keys.begun"),
    Transition(ChangeState.RUNNING, ChangeState.LEFT, "keys.left"),
    Transition(ChangeState.RUNNING, ChangeState.DONE, "keys.changed"),
)


def change_code() -> str:
    """A new code for a change of keys."""
    return new_code("KC")


class KeyChange(Recorded):
    """A change of keys: an administrator asks, a second person agrees, the worker does it while people work."""

    guard = Own(select=HOLD, insert=RUN, update=f"(SELECT guard.mode()) = 'w' AND {HOLD}",
                columns=("rev", "state", "decided_by_id", "decided_at", "run", "rotated", "remaining", "failed", "ended_at"))
    transitions = {"state": MOVES}
    signed = ("asked_by_id", "decided_by_id")

    code = models.CharField(max_length=16, unique=True, default=change_code)
    kind = models.CharField(max_length=16, choices=ChangeKind)
    target = models.CharField(max_length=16, blank=True)  # a compartment, or the code of a person or case file
    state = models.CharField(max_length=16, choices=ChangeState, default=ChangeState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    run = models.UUIDField(null=True)  # names the piece of long work that does it; a new one each time it is begun
    rotated = models.PositiveIntegerField(null=True)
    remaining = models.PositiveIntegerField(null=True)
    failed = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                                   name="key_change_two_people"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                                   | Q(decided_by__isnull=False, decided_at__isnull=False), name="key_change_decided_pair"),
            models.CheckConstraint(condition=Q(state=ChangeState.ASKED) | Q(decided_by__isnull=False), name="key_change_agreed"),
        )

    def __str__(self) -> str:
        return self.code

    def begin(self) -> uuid.UUID:
        """Mark it as running, under a new piece of long work."""
        self.state, self.run, self.ended_at = ChangeState.RUNNING, uuid.uuid4(), None
        self.rotated = self.remaining = self.failed = None
        return self.run
