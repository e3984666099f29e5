"""Erasures and legal holds: codes, days and people of the house; no word of the person herself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import DECIDES, WRITING, Office, User, paired
from ijm.approvals.models import BY_ASKER, OF_REQUEST, ByTwo
from ijm.casefiles.models import CaseFile
from ijm.documents.models import Issued
from ijm.erasures.states import MOVES, ErasureState
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.people.models import Person
from ijm.trail.history import Recorded

MINE = "file_id = ANY (ARRAY(SELECT guard.my_files()))"
GUARDED = DECIDES.format(office="office_id")


def erasure_code() -> str:
    """A new code for an erasure."""
    return new_code("ER")


def hold_code() -> str:
    """A new number for a legal hold."""
    return new_code("LH")


class Basis(models.TextChoices):
    """Why a person is to be forgotten."""

    HER_WISH = "her_wish", _("The person herself or himself asks for it")
    GUARDIAN = "guardian", _("A guardian asks for it")
    RETENTION = "retention", _("The time for keeping the records is over")
    ORDER = "order", _("An authority or a court ordered it")


class HoldReason(models.TextChoices):
    """Why a person's records must be kept."""

    ORDER = "order", _("Order of a court or an authority")
    APPEAL = "appeal", _("An appeal is pending or may still be made")
    CLAIM = "claim", _("A claim for compensation is pending")
    RETENTION = "retention", _("A law demands that the records are kept")
    INQUIRY = "inquiry", _("An inquiry into our own work")


class OfOnePerson(Recorded):
    """What concerns one person of the register, on the file by which the house came to it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    about_code = models.CharField(max_length=16, editable=False)

    class Meta:
        abstract = True

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person it is about."""
        return (self.person_id,)


class Erasure(ByTwo, OfOnePerson):
    """Somebody asks that a survivor be forgotten; another person agrees, her keys are destroyed, a certificate says so."""

    guard = Own(select=OF_REQUEST, insert=BY_ASKER, update=f"{WRITING} AND {OF_REQUEST}",
                columns=("rev", "step", "certificate", "done_at", "effective_on", "keys", "issued_id"))
    transitions = {"step": MOVES}
    agreed = {"step": (ErasureState.APPROVED,)}

    code = models.CharField(max_length=16, unique=True, default=erasure_code, editable=False)
    basis = models.CharField(max_length=16, choices=Basis)
    step = models.CharField(max_length=16, choices=ErasureState, default=ErasureState.WAITING)
    certificate = models.CharField(max_length=16, unique=True, null=True, editable=False)
    done_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True)
    keys = models.PositiveIntegerField(default=0)
    issued = models.ForeignKey(Issued, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(ByTwo.Meta):
        constraints = (
            models.CheckConstraint(condition=Q(step=ErasureState.WAITING) | Q(certificate__isnull=False),
                                   name="erasure_has_its_certificate"),
            models.CheckConstraint(
                condition=Q(step=ErasureState.DONE, done_at__isnull=False, effective_on__isnull=False)
                | ~Q(step=ErasureState.DONE) & Q(done_at__isnull=True, effective_on__isnull=True),
                name="erasure_done_says_when"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> str:
        """How far the request is, and after it was approved how far the erasure."""
        return self.request.state if self.step == ErasureState.WAITING else self.step

    def get_state_display(self) -> str:
        """The same in words."""
        waits = self.step == ErasureState.WAITING
        return self.request.get_state_display() if waits else str(ErasureState(self.step).label)

    @property
    def thing(self) -> dict[str, str]:
        """What exactly is asked for."""
        return {"code": self.code, "about": self.about_code, "basis": self.basis, "person": str(self.person_id)}


class LegalHold(OfOnePerson):
    """While it stands nobody forgets this person: placed for a reason and until a day, lifted by the same people."""

    guard = Own(select=f"{GUARDED} OR {MINE}", insert=f"{WRITING} AND placed_by_id = (SELECT guard.uid())",
                update=f"{WRITING} AND ({GUARDED} OR {MINE})", columns=("rev", "lifted_by_id", "lifted_at"))
    signed = ("placed_by_id", "lifted_by_id")

    code = models.CharField(max_length=16, unique=True, default=hold_code, editable=False)
    reason = models.CharField(max_length=16, choices=HoldReason)
    until_on = models.DateField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-placed_at",)
        constraints = (models.CheckConstraint(condition=paired("lifted_by", "lifted_at"), name="legal_hold_lifted_pair"),)

    def __str__(self) -> str:
        return self.code

    @property
    def stands(self) -> bool:
        """Whether it stops an erasure today."""
        return self.lifted_at is None and self.until_on >= timezone.localdate()
