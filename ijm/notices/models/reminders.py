"""Reminders: what somebody wants to be told again, about which record, when."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.guard.declare import Machinery, Own
from ijm.guard.states import Transition
from ijm.vault.sealed import Compartment, SealedModel

# Hers, and only while she stands on the file: a reminder of a file that was taken from her says nothing any more.
HERS = "user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files()))"
WRITING_HERS = f"(SELECT guard.mode()) = 'w' AND {HERS}"


class Subject(models.TextChoices):
    """What is to be done; a closed list, so that no name stands where anybody may look over a shoulder."""

    CALL_BACK = "call_back", _("Call back")
    PREPARE = "prepare", _("Prepare papers")
    VISIT = "visit", _("Go and see them")
    ASK = "ask", _("Ask a colleague")
    CHECK = "check", _("See what became of it")
    REVIEW = "review", _("Look at it again")
    SEE_FILE = "see_file", _("See the file")


class ReminderState(models.TextChoices):
    """A reminder waits until it is done."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")


class Reminder(SealedModel):
    """One thing that one person wants to be told again about a record on one of her files."""

    guard = Own(select=HERS, insert=WRITING_HERS, update=WRITING_HERS, columns=("rev", "at", "state", "done_at"))
    transitions = {"state": (Transition("", ReminderState.WAITING, "reminder.set"),
                             Transition(ReminderState.WAITING, ReminderState.DONE, "reminder.done"),
                             Transition(ReminderState.DONE, ReminderState.WAITING, "reminder.put_off"))}

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders")
    file_id = models.UUIDField(editable=False)  # a bare id: this room stands beside that of the case files
    about_code = models.CharField(max_length=16)
    path = models.CharField(max_length=120)
    subject = models.CharField(max_length=16, choices=Subject)
    at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=ReminderState, default=ReminderState.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    narrative = Compartment("note", label="notices.reminder.v1", scope="file_id", kind="file")

    class Meta:
        ordering = ("at",)
        indexes = (models.Index(fields=("user", "state", "at"), name="reminder_user_state_at"),)

    @property
    def code(self) -> str:
        """The code of the record it is about."""
        return self.about_code


class DueMoment(models.Model):
    """When whom to tell: the id of a reminder, its owner and its hour, so that the clock finds it without seeing it."""

    guard = Machinery("SIU")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("at",), condition=models.Q(told_at__isnull=True), name="due_moment_waiting"),)
