"""A case before the courts: its file, the accused, and the victim-witnesses who are known by code only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import models

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import Alias
from ijm.reference import lists
from ijm.trail.history import Recorded
from prosecutions.states import EXPLOITATION, PROSECUTION, Measure, Stage


class Prosecution(Recorded):  # type: ignore[django-manager-missing]
    """A case that an investigation referred and that the liaison carries through court."""

    guard = ByFile()
    transitions = {"state": PROSECUTION}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="prosecution")
    state = models.CharField(max_length=16, choices=Stage, default=Stage.REFERRED)
    referred_at = models.DateTimeField()
    referred_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state_since_on = models.DateField()
    exploitation = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = (models.Index(fields=("-referred_at",), name="prosecution_referred"),)

    def __str__(self) -> str:
        return self.code

    @property
    def exploitation_label(self) -> str:
        """The form of exploitation in words; empty where the referral named none."""
        return lists.label(EXPLOITATION, self.exploitation) if self.exploitation else ""

    def move_to(self, stage: Stage, *, on: dt.date) -> None:
        """Go to the next stage on that day, inside an open entry; staying where it is changes nothing."""
        if stage == self.state:
            return
        self.state, self.state_since_on = stage, on
        self.save(update_fields=["state", "state_since_on"])

    def witness_aliases(self) -> tuple[uuid.UUID, ...]:
        """The ids by which aftercare can be told of this case, without a name."""
        return tuple(self.witnesses.order_by("id").values_list("alias_id", flat=True))


class OfPerson(Recorded):
    """Somebody's part in a prosecution, known here by this wing's own code of that person."""

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    alias = models.OneToOneField(Alias, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def code(self) -> str:
        """The code by which this wing speaks of the person."""
        return self.alias.code

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person behind the code."""
        return (self.alias.person_id,)


class Accused(OfPerson):  # type: ignore[django-manager-missing]
    """A person accused in a prosecution."""

    guard = ByFile()

    prosecution = models.ForeignKey(Prosecution, on_delete=models.PROTECT, related_name="accused")


class VictimWitness(OfPerson):
    """A rescued person who may be heard; who she is stays with aftercare."""

    guard = ByFile()

    prosecution = models.ForeignKey(Prosecution, on_delete=models.PROTECT, related_name="witnesses")
    measures = models.JSONField(default=list)

    @property
    def measure_labels(self) -> list[str]:
        """The protection asked for, in words, in the order of the list."""
        return [str(measure.label) for measure in Measure if measure in self.measures]
