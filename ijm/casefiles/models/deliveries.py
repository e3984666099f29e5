"""What one wing hands to a file of another without seeing it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ijm.accounts.models import User
from ijm.casefiles.models.files import CaseFile
from ijm.guard.declare import Own
from ijm.guard.states import Transition
from ijm.trail.history import Recorded


class DeliveryState(models.TextChoices):
    """A delivery waits until somebody of the receiving wing takes it."""

    WAITING = "waiting"
    TAKEN = "taken"


class Delivery(Recorded):
    """A message of ids and times that lies on a file until that file's own people take it up.

    Written only by `guard.deliver`, which finds the file without showing it.
    """

    guard = Own(select="file_id = ANY (ARRAY(SELECT guard.my_files()))",
                update="(SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))",
                columns=("rev", "state", "taken_by_id", "taken_at"))
    transitions = {"state": (Transition("", DeliveryState.WAITING, "delivery.sent"),
                             Transition(DeliveryState.WAITING, DeliveryState.TAKEN, "delivery.taken"))}

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=32)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.WAITING)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-sent_at",)
