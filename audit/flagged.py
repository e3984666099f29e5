"""What the auditor keeps: flags, what was judged of them, questions. Codes, numbers and days; no name, no typed word."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.states import MOVES, FlagState, Ground, Verdict
from ijm.accounts.models import WRITING, User
from ijm.guard.declare import Own, Private
from ijm.ids import new_code
from ijm.roles.table import Can, who_can
from ijm.trail.history import Recorded

MOST = 200  # events that a flag names, so that its own event stays small
REVIEWS = f"(SELECT guard.has_role(ARRAY[{', '.join(f'{role.value!r}' for role in who_can(Can.AUDIT_ASK))}]))"
NOT_HERS = "actor_id <> (SELECT guard.uid())"
OF_ANOTHER = "EXISTS (SELECT FROM audit_flag f WHERE f.id = flag_id AND f.actor_id <> (SELECT guard.uid()))"


def flag_code() -> str:
    """A new code for a flag."""
    return new_code("FG")


class Flag(Recorded):
    """Something one person did on one day that deserves a second look, and which events of the log say so."""

    guard = Own(select=REVIEWS, insert=f"{WRITING} AND {REVIEWS}", update=f"{WRITING} AND {REVIEWS} AND {NOT_HERS}",
                columns=("rev", "state", "number", "usual", "events"))
    transitions = {"state": MOVES}

    code = models.CharField(max_length=16, unique=True, default=flag_code, editable=False)
    ground = models.CharField(max_length=12, choices=Ground)
    state = models.CharField(max_length=8, choices=FlagState, default=FlagState.WAITING)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    about_code = models.CharField(max_length=16, default="", editable=False)
    number = models.PositiveIntegerField(default=0)
    usual = models.PositiveIntegerField(default=0)
    events = ArrayField(models.BigIntegerField(), default=list)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("flag")
        ordering = ("-day", "code")
        constraints = (models.UniqueConstraint(fields=("ground", "actor", "day", "about_code"), name="flag_once_a_day"),)

    def __str__(self) -> str:
        return self.code


class Review(Recorded):
    """What somebody who is not its subject decided about a flag."""

    guard = Own(select=REVIEWS, insert=" AND ".join((WRITING, REVIEWS, OF_ANOTHER)))
    signed = ("by_id",)

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=12, choices=Verdict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("review")
        ordering = ("at",)

    def __str__(self) -> str:
        return self.decision


class SavedQuestion(models.Model):
    """A question that somebody asks again and again; it is called by what it asks, never by typed words."""

    guard = Private()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=12)
    query = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-made_at",)
        constraints = (models.UniqueConstraint(fields=("owner", "page", "query"), name="saved_question_once"),)

    def __str__(self) -> str:
        return self.page


__all__ = ("MOST", "Flag", "Review", "SavedQuestion")
