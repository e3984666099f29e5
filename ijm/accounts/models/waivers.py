"""What a small office does without: two roles in one hand, since nobody else is there; the office that supports it agreed."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models.people import DECIDES, RUNS, WRITING, Office, User, paired
from ijm.guard.declare import Own
from ijm.roles.table import Role
from ijm.trail.history import Recorded, RecordedQuerySet

LONGEST = timedelta(days=365)


class WaiverReason(models.TextChoices):
    """Why one person holds both."""

    FEW = "few", _("Too few people work here")
    GAP = "gap", _("A post is empty and not filled yet")
    ABSENCE = "absence", _("A colleague is away for long")


class WaiverQuerySet(RecordedQuerySet):
    """Exceptions by their standing."""

    def live(self) -> WaiverQuerySet:
        """Agreed, not ended, in an office that is still small and still supported by the one that agreed."""
        return self.filter(agreed_by__isnull=False, ended_at__isnull=True, expires_at__gt=timezone.now(), office__is_small=True,
                           office__supported_by=F("supporter"))

    def open(self) -> WaiverQuerySet:
        """Waiting or agreed, not ended."""
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class Waiver(Recorded):
    """A small office runs without the exclusion of these two roles for a time; its supporting office agreed."""

    guard = Own(insert=f"{WRITING} AND {RUNS.format(office='office_id')}",
                update=f"{WRITING} AND ({RUNS.format(office='office_id')} OR {DECIDES.format(office='office_id')})",
                columns=("rev", "agreed_by_id", "agreed_at", "ended_by_id", "ended_at"))
    signed = ("proposed_by_id", "agreed_by_id", "ended_by_id")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="waivers")
    supporter = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    other = models.CharField(max_length=32, choices=Role)
    reason = models.CharField(max_length=8, choices=WaiverReason)
    expires_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = WaiverQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("office", "role", "other"), condition=Q(ended_at__isnull=True), name="waiver_once"),
            models.CheckConstraint(condition=Q(role__lt=F("other")), name="waiver_in_one_order"),
            models.CheckConstraint(condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("proposed_by")),
                                   name="waiver_two_people"),
            models.CheckConstraint(condition=paired("agreed_by", "agreed_at"), name="waiver_agreed_pair"),
            models.CheckConstraint(condition=paired("ended_by", "ended_at"), name="waiver_ended_pair"),
        )

    @property
    def roles(self) -> tuple[Role, Role]:
        """The two roles that one person may hold here."""
        return Role(self.role), Role(self.other)
