"""Who stands on which file, why, and until when."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User, paired
from ijm.casefiles.models.files import CaseFile
from ijm.guard.declare import Own
from ijm.roles import places
from ijm.trail.history import Recorded, RecordedQuerySet


class Source(models.TextChoices):
    """Where a place on a file comes from."""

    ASSIGNMENT = "assignment", _("Assigned")
    SUPERVISION = "supervision", _("Supervises")
    REFERRAL = "referral", _("Referred")
    BRIDGE = "bridge", _("By a bridge")
    BREAK_GLASS = "break_glass", _("Emergency access")
    REVIEW = "review", _("Review")


class CaseAccessQuerySet(RecordedQuerySet):
    """Places by their standing."""

    def live(self) -> CaseAccessQuerySet:
        """Begun, not ended, not taken back."""
        now = timezone.now()
        return self.filter(revoked_at__isnull=True, starts_at__lte=now, expires_at__gt=now)


class CaseAccess(Recorded):
    """One person's place on one file, which always ends some day.

    `ends_at` is the day to which it was given. `expires_at`, which everything asks, is worked out by the database: that day,
    or earlier when nobody confirmed the place in time, or when it was not used (`ijm.roles.places`).
    """

    guard = Own(
        select="user_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files()))",
        insert="(SELECT guard.mode()) = 'w'",
        update="(SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))",
        columns=("rev", "revoked_at", "revoked_by_id", "confirmed_at", "confirmed_by_id"),
    )
    unrecorded = ("sort_key", "last_used_at")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="access")
    source = models.CharField(max_length=16, choices=Source)
    reason_code = models.CharField(max_length=32)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    sort_key = models.DateTimeField(default=timezone.now)

    objects = CaseAccessQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "file", "source"), condition=Q(revoked_at__isnull=True),
                                    name="case_access_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="case_access_ends_after_start"),
            models.CheckConstraint(condition=paired("revoked_by", "revoked_at"), name="case_access_revoked_pair"),
            models.CheckConstraint(condition=paired("confirmed_by", "confirmed_at"), name="case_access_confirmed_pair"),
            models.CheckConstraint(condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user")),
                                   name="case_access_confirmed_by_another"),
        )
        indexes = (
            models.Index(F("user"), F("sort_key").desc(), F("file").desc(), condition=Q(revoked_at__isnull=True),
                         name="case_access_page"),
            models.Index(fields=("file", "user"), name="case_access_file_user"),
        )

    @property
    def is_live(self) -> bool:
        """Whether it opens the file now."""
        return self.revoked_at is None and self.starts_at <= timezone.now() < self.expires_at

    @property
    def ends_soon(self) -> bool:
        """Whether it ends within a week unless somebody confirms it."""
        return self.is_live and self.expires_at <= soon()

    @property
    def is_confirmable(self) -> bool:
        """Whether it goes on when somebody else says that it is needed."""
        return places.is_confirmable(self.source)


def soon() -> datetime:
    """What ends before this moment ends soon."""
    return timezone.now() + places.SOON
