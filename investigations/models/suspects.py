"""Suspects: persons of the register under a code of this wing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import Alias
from ijm.trail.history import Recorded
from investigations.models.investigations import Investigation
from investigations.states import TRANSITIONS, SuspectState


class Suspect(Recorded):
    """A person suspected of a part in trafficking; her name stands in the register, sealed."""

    guard = ByFile()
    transitions = {"state": TRANSITIONS["suspect"]}

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="suspects")
    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="suspects")
    alias = models.OneToOneField(Alias, on_delete=models.PROTECT, related_name="suspect")
    role_in_process = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=SuspectState, default=SuspectState.SUSPECTED)
    state_since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("state_since",)

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code of this wing for the person."""
        return self.alias.code

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person suspected."""
        return (self.alias.person_id,)
