"""Case files and the links between them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import Office, User
from ijm.guard.declare import ByFile, Own
from ijm.guard.states import Transition
from ijm.ids import new_code
from ijm.roles.table import Kind
from ijm.trail.fields import XidField
from ijm.trail.history import Recorded

PREFIXES = {Kind.INTAKE: "TP", Kind.INVESTIGATION: "IV", Kind.CARE: "CR", Kind.PROSECUTION: "PF"}


class Status(models.TextChoices):
    """A case file is open until it is closed."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class CaseFile(Recorded):  # type: ignore[django-manager-missing]
    """A case file belongs to one wing and one office; it holds no personal data itself."""

    guard = ByFile(column="id")
    transitions = {"status": (Transition("", Status.OPEN, "file.opened"),
                              Transition(Status.OPEN, Status.CLOSED, "file.closed"),
                              Transition(Status.CLOSED, Status.OPEN, "file.reopened"))}
    unrecorded = ("sort_key",)

    code = models.CharField(max_length=16, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    is_sealed = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sort_key = models.DateTimeField(default=timezone.now)
    opened_xid = XidField()

    class Meta:
        indexes = (models.Index(fields=("kind", "-sort_key"), name="casefile_kind_sort"),
                   models.Index(fields=("id",), condition=models.Q(is_sealed=True), name="casefile_sealed"))

    def __str__(self) -> str:
        return self.code

    @classmethod
    def new(cls, kind: Kind, *, by: User, office: Office | None = None) -> CaseFile:
        """An unsaved file of this kind with a code of its own."""
        return cls(kind=kind, code=new_code(PREFIXES[kind]), office=office or by.office, opened_by=by)

    def move_to(self, status: Status) -> None:
        """Close the file, or open it again, inside the entry of its wing; nothing where it stands so already."""
        if self.status != status:
            self.status = status
            self.save(update_fields=["status"])

    @property
    def file_id(self) -> object:
        """A file stands on itself."""
        return self.id


class FileLink(Recorded):
    """Two files that belong to one story; a member of one learns only that the other exists and whom to ask."""

    guard = Own(
        select="a_id = ANY (ARRAY(SELECT guard.my_files())) AND b_id = ANY (ARRAY(SELECT guard.my_files()))",
        insert="(SELECT guard.mode()) = 'w' AND (a_id = ANY (ARRAY(SELECT guard.my_files()))"
               " OR a_id = ANY (ARRAY(SELECT guard.files_opened_now())))",
    )

    a = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("a", "b", "kind"), name="file_link_once"),)
