"""How a survivor can be reached without danger to her."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from aftercare.models.survivors import Survivor
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.notices import contact
from ijm.vault.sealed import Compartment, SealedModel


class SafeContact(SealedModel):
    """What she said about being reached: ways, days and hours are open to her workers, what leads to her is sealed."""

    guard = ByFile()

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    survivor = models.OneToOneField(Survivor, on_delete=models.PROTECT, related_name="safe_contact")
    is_allowed = models.BooleanField()
    ways = models.JSONField(default=list)
    days = models.JSONField(default=list)
    from_at = models.TimeField(null=True)
    until_at = models.TimeField(null=True)
    review_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    number: Any
    who_may_answer: Any
    say_instead: Any
    never_say: Any
    whereabouts = Compartment("number", "who_may_answer", "say_instead", "never_say",
                              label="aftercare.safe_contact.v1", scope="survivor.alias.person_id")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(from_at__isnull=True, until_at__isnull=True)
                                   | Q(from_at__isnull=False, until_at__isnull=False), name="safe_contact_hours_pair"),
        )

    @property
    def facts(self) -> contact.SafeContact:
        """The open part, as the rule reads it."""
        return contact.SafeContact(self.is_allowed, frozenset(self.ways), frozenset(self.days), self.from_at, self.until_at,
                                   self.review_on)

    @property
    def way_labels(self) -> list[str]:
        """The ways in words, in the order of the list."""
        return [str(way.label) for way in contact.Way if way in self.ways]

    @property
    def day_labels(self) -> list[str]:
        """The days in words; none named means every day."""
        return [str(day.label) for day in contact.Weekday if day in self.days]

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The survivor who is reached."""
        return (self.survivor.alias.person_id,)
