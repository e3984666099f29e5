"""Stops and halts: who came to the end of which budget, and by whose order nothing leaves. Codes and kinds, no words."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import WRITING, Office, User
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.roles.budgets import UNLOCKED, Budget
from ijm.roles.table import Can, who_can
from ijm.trail.history import Recorded

HALTERS = ", ".join(f"'{role}'" for role in who_can(Can.DOWNLOADS_HALT))


def stop_code() -> str:
    """A new code for a stop."""
    return new_code("BU")


def halt_code() -> str:
    """A new code for a halt."""
    return new_code("HT")


class Stop(Recorded):
    """Somebody came to the end of one of her budgets on this day; a supervisor may give her two more hours."""

    guard = Own(select="user_id = (SELECT guard.uid()) OR guard.unlocks_for(office_id)",
                insert=f"{WRITING} AND user_id = (SELECT guard.uid()) AND office_id = guard.office_of(user_id)")

    code = models.CharField(max_length=16, unique=True, default=stop_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=Budget)
    on_day = models.DateField(default=timezone.localdate)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("user", "kind", "on_day"), name="stop_once_a_day"),)

    def __str__(self) -> str:
        return self.code

    @property
    def path(self) -> str:
        """Where it is looked at."""
        return reverse("budgets:stop", args=[self.code])

    @property
    def thing(self) -> dict[str, str | int]:
        """What exactly is decided when more is asked for."""
        return {"stop": self.code, "person": self.user.code, "kind": self.kind, "minutes": UNLOCKED}


class Reason(models.TextChoices):
    """Why nothing may leave; a closed list, so that no name stands where everybody reads."""

    LEAK = "leak", _("Something may have leaked")
    ACCOUNT = "account", _("Somebody else may be using an account")
    DEVICE = "device", _("A device was lost or taken")
    ORDER = "order", _("An authority or the management ordered it")
    DRILL = "drill", _("A drill")


class Halt(Recorded):
    """By this order nothing is downloaded or exported, from one office or from all, until two people end it."""

    guard = Own(insert=f"{WRITING} AND set_by_id = (SELECT guard.uid()) AND guard.has_role(ARRAY[{HALTERS}]) AND "
                       "(office_id IS NULL OR guard.runs(office_id) OR guard.decides(office_id))")

    code = models.CharField(max_length=16, unique=True, default=halt_code, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-set_at",)

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> dict[str, str]:
        """What exactly is decided when its end is asked for."""
        return {"halt": self.code, "office": self.office.code if self.office else "", "reason": self.reason}
