"""What a survivor needs when a court hears her case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from aftercare.models.survivors import Survivor
from aftercare.states import SUPPORT_MOVES, SupportState
from ijm.accounts.models import User, paired
from ijm.casefiles.models import CaseFile, Delivery
from ijm.guard.declare import ByFile
from ijm.trail.history import Recorded


class Need(models.TextChoices):
    """One kind of support around a hearing."""

    COMPANION = "companion", _("Someone trusted beside them")
    TRANSPORT = "transport", _("Transport there and back")
    INTERPRETER = "interpreter", _("Interpreter")
    SCREEN = "screen", _("Screen or video link")
    WAITING_ROOM = "waiting_room", _("A waiting room apart from the accused")
    CHILD_CARE = "child_care", _("Care for their children that day")
    PREPARATION = "preparation", _("A visit to the court beforehand")
    COUNSELLING = "counselling", _("Counselling before and after")


class CourtSupport(Recorded):
    """What she needs for one hearing, and who sees to it; the hearing is known by its time and court only."""

    guard = ByFile()
    transitions = {"state": SUPPORT_MOVES}

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    survivor = models.ForeignKey(Survivor, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    hearing_at = models.DateTimeField()
    court = models.CharField(max_length=16, blank=True)
    needs = models.JSONField(default=list)
    companion = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=SupportState, default=SupportState.NEEDED)
    arranged_at = models.DateTimeField(null=True)
    arranged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("hearing_at",)
        constraints = (
            models.UniqueConstraint(fields=("delivery",), name="court_support_once_a_delivery"),
            models.CheckConstraint(condition=paired("arranged_at", "arranged_by"), name="court_support_arranged_pair"),
        )

    @property
    def need_labels(self) -> list[str]:
        """Her needs in words."""
        return [str(need.label) for need in Need if need in self.needs]

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The survivor who is supported."""
        return (self.survivor.alias.person_id,)
