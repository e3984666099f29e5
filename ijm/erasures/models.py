"""Erasures and legal holds: codes, days and people of the house; no word of the person herself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import DECIDES, WRITING, Office, User, paired
from ijm.casefiles.models import CaseFile
from ijm.documents.models import Issued
from ijm.erasures.states import MOVES, OPEN, ErasureState
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


class Erasure(OfOnePerson):
    """Somebody asks that a survivor be forgotten; another person agrees, her keys are destroyed, a certificate says so."""

    guard = Own(select=f"asked_by_id = (SELECT guard.uid()) OR {GUARDED} OR {MINE}",
                insert=f"{WRITING} AND asked_by_id = (SELECT guard.uid())",
                update=f"{WRITING} AND (asked_by_id = (SELECT guard.uid()) OR {GUARDED} OR {MINE})")
    transitions = {"state": MOVES}
    signed = ("asked_by_id", "approved_by_id", "refused_by_id")

    code = models.CharField(max_length=16, unique=True, default=erasure_code, editable=False)
    basis = models.CharField(max_length=16, choices=Basis)
    state = models.CharField(max_length=16, choices=ErasureState, default=ErasureState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    certificate = models.CharField(max_length=16, unique=True, null=True, editable=False)
    done_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True)
    keys = models.PositiveIntegerField(default=0)
    issued = models.ForeignKey(Issued, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(fields=("person",), condition=Q(state__in=OPEN), name="erasure_one_open"),
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                                   name="erasure_two_people"),
            models.CheckConstraint(condition=paired("approved_by", "approved_at"), name="erasure_approved_pair"),
            models.CheckConstraint(condition=paired("refused_by", "refused_at"), name="erasure_refused_pair"),
            models.CheckConstraint(
                condition=~Q(state__in=(ErasureState.APPROVED, ErasureState.DONE, ErasureState.HALTED))
                | Q(approved_by__isnull=False, certificate__isnull=False),
                name="erasure_approved_before_it_is_done"),
            models.CheckConstraint(
                condition=Q(state=ErasureState.DONE, done_at__isnull=False, effective_on__isnull=False)
                | ~Q(state=ErasureState.DONE) & Q(done_at__isnull=True, effective_on__isnull=True),
                name="erasure_done_says_when"),
        )

    def __str__(self) -> str:
        return self.code


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
