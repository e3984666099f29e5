"""A workbook of people on its way out: asked by one person, approved by another."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ijm.approvals.models import BY_ASKER, OF_REQUEST, ByTwo
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.trail.purposes import Purpose

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


class Export(ByTwo):
    """Somebody asks for the records of the people on her files as a workbook; another person decides."""

    guard = Own(select=OF_REQUEST, insert=BY_ASKER, update=BY_ASKER, columns=("rev", "made_at", "rows"))
    agreed = {"made_at": ()}

    code = models.CharField(max_length=16, unique=True, default=export_code, editable=False)
    purpose = models.CharField(max_length=16, choices=[(one.value, one.label) for one in PURPOSES])
    which = models.CharField(max_length=16, choices=Which, default=Which.ALL)
    made_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> dict[str, str]:
        """What exactly is asked for."""
        return {"code": self.code, "purpose": self.purpose, "which": self.which}
