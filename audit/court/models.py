"""A package for a court: who asked for it, about what, who agreed, what became of it. Codes and numbers, no content."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.court.states import MOVES, PackageState
from ijm.accounts.models import Office, User
from ijm.approvals.models import OF_REQUEST, Request
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.roles.table import Kind, Role
from ijm.trail.history import Recorded

WRITING = "(SELECT guard.mode()) = 'w'"
MINE = "asked_by_id = (SELECT guard.uid())"
SEEN = f"{MINE} OR {OF_REQUEST}"
# An auditor's package holds no row of the record, so that she needs no place on the file and no second person.
ASKS = ("(NOT is_bare AND state = 'asked' AND file_id = ANY (ARRAY(SELECT guard.my_files()))) OR "
        f"(is_bare AND NOT has_content AND state = 'agreed' AND (SELECT guard.has_role(ARRAY['{Role.AUDITOR}'])))")


class Scope(models.TextChoices):
    """How much the package tells."""

    FILE = "file", _("Everything on the case file")
    RECORD = "record", _("This one record")


def package_code() -> str:
    """A new code for a package."""
    return new_code("CP")


class Package(Recorded):
    """Somebody asks for the events and the history of a record in a form that a court can check; a second person agrees."""

    guard = Own(select=SEEN, insert=f"{WRITING} AND {MINE} AND ({ASKS})", update=f"{WRITING} AND ({SEEN})",
                columns=("rev", "state", "made_at", "fetched_at", "events", "digest"))
    transitions = {"state": MOVES}
    signed = ("asked_by_id",)
    agreed = {"state": (PackageState.AGREED, PackageState.MADE, PackageState.FETCHED)}

    code = models.CharField(max_length=16, unique=True, default=package_code, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    about_code = models.CharField(max_length=16)
    about = models.UUIDField(null=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.FILE)
    has_content = models.BooleanField(default=False)
    is_bare = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=16, choices=PackageState, default=PackageState.ASKED)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(is_bare=False) | Q(has_content=False), name="package_bare_has_no_content"),
            models.CheckConstraint(condition=Q(is_bare=True, request__isnull=True) | Q(is_bare=False, request__isnull=False),
                                   name="package_bare_or_agreed_to"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> dict[str, object]:
        """What exactly is asked for."""
        return {"code": self.code, "about": self.about_code, "scope": self.scope, "content": self.has_content}
