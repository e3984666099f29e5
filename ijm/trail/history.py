"""Recorded models: optimistic lock, history written by the database, nobody deletes. simple-history's only room."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from simple_history.models import HistoricalRecords

from ijm.trail import entries
from ijm.trail.errors import NobodyDeletes, NoDoor, Stale
from ijm.trail.events import TrailRef


def recorded() -> HistoricalRecords:
    """History whose rows a trigger writes: the person as a bare id, the entry's id as reason."""
    return HistoricalRecords(
        inherit=True,
        history_id_field=models.UUIDField(default=uuid.uuid4),
        history_user_id_field=models.UUIDField(null=True),
        history_change_reason_field=models.CharField(max_length=64, null=True),
    )


if TYPE_CHECKING:
    Rows = models.QuerySet[Any]
else:
    Rows = models.QuerySet


class RecordedQuerySet(Rows):
    """Rows that change only inside an entry and are never deleted."""

    def update(self, **values: Any) -> int:
        """Change many rows inside an entry; each row's revision goes up by one."""
        if not entries.is_open():
            raise NoDoor(f"{self.model._meta.label} changes inside an entry only")
        values.setdefault("rev", models.F("rev") + 1)
        return super().update(**values)

    def delete(self) -> NoReturn:
        """Refuse: nobody deletes."""
        raise NobodyDeletes(self.model._meta.label)


class Recorded(models.Model):
    """A record with a random key, a revision that guards against lost updates, and a history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rev = models.PositiveIntegerField(default=0, editable=False)

    history = recorded()
    objects = RecordedQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save with the revision raised by one; raises Stale when somebody else saved in between."""
        self._was = self.rev
        self.rev += 1
        if not self._state.adding:
            kwargs.setdefault("force_update", True)
        fields = {*update_fields, "rev", *self._riders()} if update_fields is not None else None
        try:
            super().save(update_fields=fields, **kwargs)
        except BaseException:
            self.rev = self._was
            raise

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: nobody deletes."""
        raise NobodyDeletes(self._meta.label)

    def trail_ref(self) -> TrailRef:
        """How the trail names this record."""
        return TrailRef(
            model=self._meta.label_lower,
            pk=str(self.id),
            file=str(getattr(self, "file_id", "") or ""),
            subjects=tuple(str(subject) for subject in self.trail_subjects()),
            code=getattr(self, "code", ""),
        )

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The persons of the register whom this record is about."""
        return ()

    def _riders(self) -> set[str]:
        """Columns that are saved whenever the row is."""
        return set()

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, update_fields: Any,
                   forced_update: Any) -> bool:
        done = super()._do_update(
            base_qs.filter(rev=self._was), using, pk_val, values, update_fields, forced_update)
        if not done:
            raise Stale(f"{self._meta.label} {self.pk}")
        return bool(done)
