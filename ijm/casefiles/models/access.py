"""Who stands on which file, why, and until when."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User, paired
from ijm.casefiles.models.files import CaseFile
from ijm.guard.declare import Own
from ijm.trail.history import Recorded

LIFE = {"assignment": timedelta(days=180), "supervision": timedelta(days=90), "referral": timedelta(days=180)}


class Source(models.TextChoices):
    """Where a place on a file comes from."""

    ASSIGNMENT = "assignment", _("Assigned")
    SUPERVISION = "supervision", _("Supervises")
    REFERRAL = "referral", _("Referred")
    BRIDGE = "bridge", _("By a bridge")
    BREAK_GLASS = "break_glass", _("Emergency access")
    REVIEW = "review", _("Review")


class CaseAccess(Recorded):
    """One person's place on one file, which always ends some day."""

    guard = Own(
        select="user_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files()))",
        insert="(SELECT guard.mode()) = 'w'",
        update="(SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))",
        columns=("rev", "revoked_at", "revoked_by_id", "last_used_at"),
    )
    unrecorded = ("sort_key", "last_used_at")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="access")
    source = models.CharField(max_length=16, choices=Source)
    reason_code = models.CharField(max_length=32)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    sort_key = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "file", "source"), condition=Q(revoked_at__isnull=True),
                                    name="case_access_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="case_access_ends_after_start"),
            models.CheckConstraint(condition=paired("revoked_by", "revoked_at"), name="case_access_revoked_pair"),
        )
        indexes = (
            models.Index(F("user"), F("sort_key").desc(), F("file").desc(), condition=Q(revoked_at__isnull=True),
                         name="case_access_page"),
            models.Index(fields=("file", "user"), name="case_access_file_user"),
        )
