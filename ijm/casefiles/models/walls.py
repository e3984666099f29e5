"""Walls for conflicts of interest: who is kept from which file, who alone may see a sealed one, who said whom she knows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import WRITING, Office, User, paired
from ijm.casefiles.models.files import CaseFile
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.trail.history import Recorded
from ijm.vault.sealed import Compartment, SealedModel

LISTED = "file_id = ANY (ARRAY(SELECT guard.my_files())) OR guard.decides(office_id)"


def wall_code() -> str:
    """A new code for a wall."""
    return new_code("WL")


def seal_code() -> str:
    """A new code for a place on the list of a sealed file."""
    return new_code("SL")


class WallKind(models.TextChoices):
    """Where a wall comes from."""

    DECLARED = "declared", _("She said so herself")
    ASKED = "asked", _("She was asked before she was put on the file")
    SET = "set", _("Set by a supervisor or the data-protection officer")
    NAMED = "named", _("The file names her")
    CARED = "cared", _("She cared for the survivor")
    INVESTIGATED = "investigated", _("She investigated the survivor's case")


STRUCTURAL = (WallKind.CARED, WallKind.INVESTIGATED)


class Wall(Recorded):
    """One colleague is kept from one file, or from every file with one person, until a day; she never sees this row."""

    guard = Own(select="guard.sees_wall(user_id, set_by_id, file_id, person_id)", insert=WRITING,
                update=f"{WRITING} AND guard.sees_wall(user_id, set_by_id, file_id, person_id)",
                columns=("rev", "lifted_by_id", "lifted_at", "lifted_through"))
    signed = ("set_by_id", "lifted_by_id")

    code = models.CharField(max_length=16, unique=True, default=wall_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.UUIDField(null=True)  # of the register, which is a floor above this one
    about_code = models.CharField(max_length=16, editable=False)
    kind = models.CharField(max_length=16, choices=WallKind)
    until = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_through = models.UUIDField(null=True, unique=True, editable=False)  # the request that two people agreed on

    class Meta:
        ordering = ("-set_at",)
        constraints = (
            models.CheckConstraint(condition=Q(file__isnull=True) ^ Q(person_id__isnull=True), name="wall_file_or_person"),
            models.CheckConstraint(condition=Q(until__gt=F("set_at")), name="wall_ends_later"),
            models.CheckConstraint(condition=paired("lifted_by", "lifted_at"), name="wall_lifted_pair"),
            models.CheckConstraint(condition=paired("lifted_through", "lifted_at"), name="wall_lifted_through"),
            models.CheckConstraint(condition=Q(set_by__isnull=False) | Q(kind__in=STRUCTURAL), name="wall_set_by_somebody"),
            models.CheckConstraint(condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("user")), name="wall_lifted_by_another"),
        )
        indexes = (models.Index(fields=("user", "until"), condition=Q(lifted_at__isnull=True), name="wall_user"),)

    def __str__(self) -> str:
        return self.code

    @property
    def stands(self) -> bool:
        """Whether it keeps her out now."""
        return self.lifted_at is None and self.until > timezone.now()

    @property
    def thing(self) -> dict[str, str]:
        """Exactly what two people agree on: this wall, of this colleague, until this moment."""
        return {"wall": str(self.pk), "user": str(self.user_id), "until": self.until.isoformat()}

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person of the register it is about, if it is about one."""
        return (self.person_id,) if self.person_id else ()


class Seal(Recorded):
    """One name on the list of those who alone may see a sealed file; a name that is added later waits for a second person."""

    guard = Own(select=LISTED, insert=WRITING, update=f"{WRITING} AND ({LISTED})",
                columns=("rev", "stands_from", "lifted_at", "lifted_by_id", "through"))
    signed = ("set_by_id", "lifted_by_id")

    code = models.CharField(max_length=16, unique=True, default=seal_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    about_code = models.CharField(max_length=16, editable=False)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    stands_from = models.DateTimeField(null=True)
    through = models.UUIDField(null=True, editable=False)  # the request that two people agreed on
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-set_at",)
        constraints = (
            models.UniqueConstraint(fields=("file", "user"), condition=Q(lifted_at__isnull=True), name="seal_once"),
            models.CheckConstraint(condition=paired("lifted_by", "lifted_at"), name="seal_lifted_pair"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def thing(self) -> dict[str, str]:
        """Exactly what two people agree on: this name on the list of this file."""
        return {"seal": str(self.pk), "user": str(self.user_id), "file": str(self.file_id)}


class Declaration(SealedModel):
    """What a colleague said about herself, at hire and every year: names and numbers of those close to her, sealed.

    Nobody reads it. The vault compares it with the people of a file on which she is to be put, and says yes or no.
    """

    guard = Own(select="guard.hears_of(user_id)",
                insert=f"{WRITING} AND user_id = (SELECT guard.uid())")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)
    narrative = Compartment("names", "numbers", label="casefiles.declaration.v1", scope="user_id", kind="own")

    class Meta:
        ordering = ("-said_at",)
        indexes = (models.Index(fields=("user", "-said_at"), name="declaration_user"),)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """Nobody of the register."""
        return ()


__all__ = ("STRUCTURAL", "Declaration", "Seal", "Wall", "WallKind")
