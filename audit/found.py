"""What the nightly verification found: kinds, tables and keys, no content. It waits until somebody says what was done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.flagged import REVIEWS
from audit.states import FINDING_MOVES, FindingState, Problem
from ijm.accounts.models import WRITING, User, paired
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.trail.history import Recorded


def finding_code() -> str:
    """A new code for a finding."""
    return new_code("FN")


class Finding(Recorded):
    """Something in the log or in a table that is not as it was written, and what was done about it."""

    guard = Own(select=REVIEWS, insert=f"{WRITING} AND {REVIEWS}", update=f"{WRITING} AND {REVIEWS}",
                columns=("rev", "state", "settled_by_id", "settled_at"))
    transitions = {"state": FINDING_MOVES}
    signed = ("settled_by_id",)

    code = models.CharField(max_length=16, unique=True, default=finding_code, editable=False)
    problem = models.CharField(max_length=16, choices=Problem)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.WAITING)
    of_table = models.CharField(max_length=63, default="", editable=False)
    row_key = models.UUIDField(null=True, editable=False)
    place = models.BigIntegerField(null=True, editable=False)
    found_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("finding")
        ordering = ("-found_at", "code")
        constraints = (
            models.CheckConstraint(condition=paired("settled_by", "settled_at"), name="finding_settled_pair"),
            models.CheckConstraint(condition=Q(state="waiting", settled_at__isnull=True)
                                   | ~Q(state="waiting") & Q(settled_at__isnull=False), name="finding_settled_by_somebody"),
        )

    def __str__(self) -> str:
        return self.code


__all__ = ("Finding",)
