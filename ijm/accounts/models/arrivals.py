"""How somebody arrives, what she may lose, and what an office says it has done outside this system."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models.people import DECIDES, RUNS, WRITING, Office, User, paired
from ijm.guard.declare import Own
from ijm.trail.history import Recorded


class Welcome(Recorded):
    """A code that the data-protection officer gives somebody by word of mouth, so that a first password alone opens nothing."""

    guard = Own(select=f"user_id = (SELECT guard.uid()) OR {DECIDES.format(office='guard.office_of(user_id)')}",
                insert=f"{WRITING} AND {DECIDES.format(office='guard.office_of(user_id)')}",
                update=f"{WRITING} AND user_id = (SELECT guard.uid())", columns=("rev", "used_at", "tries"))

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="welcomes")
    code_hash = models.CharField(max_length=128)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    signed = ("given_by_id",)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(given_by=F("user")), name="welcome_two_people"),
        )
        indexes = (models.Index(fields=("user", "given_at"), name="welcome_user"),)


class ResetKind(models.TextChoices):
    """What somebody lost."""

    FACTOR = "factor", _("Her second factor")
    PASSWORD = "password", _("Her password")  # nosec B105: a word of a list, not a password
    BOTH = "both", _("Both")


class Reset(Recorded):
    """A lost password or second factor: one person proposes to put it back, another decides."""

    guard = Own(select=f"{RUNS.format(office='guard.office_of(user_id)')} OR {DECIDES.format(office='guard.office_of(user_id)')}",
                insert=f"{WRITING} AND {RUNS.format(office='guard.office_of(user_id)')}",
                update=f"{WRITING} AND ({RUNS.format(office='guard.office_of(user_id)')}"
                       f" OR {DECIDES.format(office='guard.office_of(user_id)')})",
                columns=("rev", "approved_by_id", "approved_at", "refused_by_id", "refused_at", "done_at"))

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="resets")
    kind = models.CharField(max_length=8, choices=ResetKind)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    signed = ("proposed_by_id", "approved_by_id", "refused_by_id")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                                   name="reset_two_people"),
            models.CheckConstraint(condition=~Q(proposed_by=F("user")), name="reset_for_another"),
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")),
                                   name="reset_decided_by_another"),
            models.CheckConstraint(condition=paired("approved_by", "approved_at"), name="reset_approved_pair"),
            models.CheckConstraint(condition=paired("refused_by", "refused_at"), name="reset_refused_pair"),
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | Q(refused_by__isnull=True),
                                   name="reset_decided_once"),
        )
        indexes = (models.Index(fields=("user", "proposed_at"), name="reset_user"),)

    @property
    def takes_factor(self) -> bool:
        """Whether her second factors go."""
        return self.kind in (ResetKind.FACTOR, ResetKind.BOTH)

    @property
    def takes_password(self) -> bool:
        """Whether her password goes."""
        return self.kind in (ResetKind.PASSWORD, ResetKind.BOTH)


class AssuranceKind(models.TextChoices):
    """What is done outside this system and can only be said."""

    ESCROW = "escrow", _("A sealed copy of the key and the passphrase lies in two places")
    APART = "apart", _("Root key and passphrase lie on different media")
    BACKUP = "backup", _("A back-up of both databases was made")
    RESTORE = "restore", _("A back-up was restored on another machine as a trial")
    REFERENCE = "reference", _("The reference lists were gone through")
    EMPTY = "empty", _("We begin with an empty register, or the existing people are brought in")


class Assurance(Recorded):
    """Somebody says that she has done what this system cannot see, on a day; it is asked again later."""

    guard = Own(select=f"{RUNS.format(office='office_id')} OR {DECIDES.format(office='office_id')}",
                insert=f"{WRITING} AND ({RUNS.format(office='office_id')} OR {DECIDES.format(office='office_id')})")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="assurances")
    kind = models.CharField(max_length=12, choices=AssuranceKind)
    done_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    signed = ("by_id",)

    class Meta:
        indexes = (models.Index(fields=("office", "kind", "done_on"), name="assurance_office_kind"),)
