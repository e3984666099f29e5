"""A case before the courts: its file, the accused, and the victim-witnesses who are known by code only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.people.models import Alias
from ijm.trail.history import Recorded
from ijm.vault.sealed import Compartment, SealedModel
from prosecutions.states import PROSECUTION, Stage


class Prosecution(SealedModel):
    """A case that an investigation referred and that the liaison carries through court."""

    guard = ByFile()
    transitions = {"state": PROSECUTION}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="prosecution")
    state = models.CharField(max_length=16, choices=Stage, default=Stage.REFERRED)
    referred_at = models.DateTimeField()
    referred_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state_since_on = models.DateField()
    narrative = Compartment("summary", label="prosecutions.prosecution.v1", scope="file_id", kind="file")

    class Meta:
        indexes = (models.Index(fields=("-referred_at",), name="prosecution_referred"),)

    def __str__(self) -> str:
        return self.code

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


class Accused(OfPerson):
    """A person accused in a prosecution."""

    guard = ByFile()

    prosecution = models.ForeignKey(Prosecution, on_delete=models.PROTECT, related_name="accused")


class Measure(models.TextChoices):
    """How a court can protect somebody who is heard."""

    SCREEN = "screen", _("Screen in the room")
    VIDEO = "video", _("Video link")
    RECORDED = "recorded", _("Recorded interview is played")
    SUPPORT_PERSON = "support_person", _("Support person beside her")
    CLOSED = "closed", _("Closed hearing")
    WAITING_ROOM = "waiting_room", _("Separate waiting room")
    TRANSPORT = "transport", _("Separate transport")
    BREAKS = "breaks", _("Breaks")
    PSEUDONYM = "pseudonym", _("Name not read out")


class VictimWitness(OfPerson):
    """A rescued person who may be heard; who she is stays with aftercare."""

    guard = ByFile()

    prosecution = models.ForeignKey(Prosecution, on_delete=models.PROTECT, related_name="witnesses")
    measures = models.JSONField(default=list)

    @property
    def measure_labels(self) -> list[str]:
        """The protection asked for, in words, in the order of the list."""
        return [str(measure.label) for measure in Measure if measure in self.measures]
