"""A workbook of people on its way out: asked by one person, approved by another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office, User, paired
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.reports.states import EXPORT_MOVES, ExportState
from ijm.trail.history import Recorded
from ijm.trail.purposes import Purpose

WRITING = "(SELECT guard.mode()) = 'w'"
LIVE = ("g.user_id = (SELECT guard.uid()) AND g.role IN ('CARE_SUPERVISOR', 'DATA_PROTECTION') AND g.approved_by_id IS NOT NULL"
        " AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now()")
# Supervisors of the asker's office, its data-protection officer, and those of the office that supports it.
DECIDES = " ".join((
    "office_id IN (SELECT g.office_id FROM accounts_rolegrant g WHERE", LIVE, "UNION SELECT o.id FROM accounts_office o",
    "JOIN accounts_rolegrant g ON g.office_id = o.supported_by_id WHERE", LIVE + ")"))
SEEN = f"asked_by_id = (SELECT guard.uid()) OR {DECIDES}"
PURPOSES = (Purpose.CASEWORK, Purpose.REFERRAL, Purpose.COURT, Purpose.SUPERVISION, Purpose.AUDIT)


class Which(models.TextChoices):
    """Whose records the workbook shall hold."""

    ALL = "all", _("Everybody on whose file I stand")
    IN_CARE = "in_care", _("Those in care")
    FOLLOWED_UP = "followed_up", _("Those in follow-up")
    CLOSED = "closed", _("Those whose file is closed")


def export_code() -> str:
    """A new code for an export."""
    return new_code("XP")


class Export(Recorded):
    """Somebody asks for the records of the people on her files as a workbook; another person decides."""

    guard = Own(select=SEEN, insert=f"{WRITING} AND asked_by_id = (SELECT guard.uid())", update=f"{WRITING} AND ({SEEN})")
    transitions = {"state": EXPORT_MOVES}
    signed = ("asked_by_id", "approved_by_id", "refused_by_id")

    code = models.CharField(max_length=16, unique=True, default=export_code, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    purpose = models.CharField(max_length=16, choices=[(one.value, one.label) for one in PURPOSES])
    which = models.CharField(max_length=16, choices=Which, default=Which.ALL)
    state = models.CharField(max_length=16, choices=ExportState, default=ExportState.ASKED)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                                   name="export_two_people"),
            models.CheckConstraint(condition=paired("approved_by", "approved_at"), name="export_approved_pair"),
            models.CheckConstraint(condition=paired("refused_by", "refused_at"), name="export_refused_pair"),
            models.CheckConstraint(condition=~Q(state__in=(ExportState.APPROVED, ExportState.MADE))
                                   | Q(approved_by__isnull=False), name="export_approved_before_it_leaves"),
        )

    def __str__(self) -> str:
        return self.code
