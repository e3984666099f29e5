"""Where a survivor lives and has lived."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftercare.models.survivors import Survivor
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile
from ijm.vault.sealed import Compartment, SealedModel


class Placement(models.TextChoices):
    """What kind of place it is; open, because a plan depends on it and it leads nobody to her."""

    FAMILY = "family", _("With family")
    KIN = "kin", _("With relatives or friends")
    OWN = "own", _("A place of their own")
    SHELTER = "shelter", _("Shelter or transit home")
    FOSTER = "foster", _("Foster family")
    MEDICAL = "medical", _("Hospital or clinic")
    OTHER = "other", _("Another place")
    UNKNOWN = "unknown", _("Not known")


class Residence(SealedModel):
    """One place where she lives or lived: since when is open, where it is stays sealed."""

    guard = ByFile()

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    survivor = models.ForeignKey(Survivor, on_delete=models.PROTECT, related_name="+")
    placement = models.CharField(max_length=16, choices=Placement)
    since_on = models.DateField()
    until_on = models.DateField(null=True)
    is_mistaken = models.BooleanField(default=False)
    address: Any
    directions: Any
    phone_there: Any
    whereabouts = Compartment("address", "directions", "phone_there", label="aftercare.residence.whereabouts.v1",
                              scope="survivor.alias.person_id")
    reason: Any
    narrative = Compartment("reason", label="aftercare.residence.narrative.v1", scope="survivor.alias.person_id")

    class Meta:
        ordering = ("-since_on",)
        constraints = (
            models.UniqueConstraint(fields=("survivor",), condition=Q(until_on__isnull=True),
                                    name="residence_one_current"),
            models.CheckConstraint(condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                                   name="residence_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.code

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The survivor who lives there."""
        return (self.survivor.alias.person_id,)
