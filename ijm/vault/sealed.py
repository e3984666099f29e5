"""Sealed names on a model: assigning keeps the text for the next save, reading gives a `Sealed` that prints nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models

from ijm.roles.table import Open
from ijm.trail.fields import Column
from ijm.trail.history import Recorded, RecordedQuerySet
from ijm.vault import bundle, keyring
from ijm.vault.bundle import Place, Value
from ijm.vault.errors import QueryRefused, Replayed, Tampered, VaultError
from ijm.vault.promises import former, note
from ijm.vault.sealed_names import PENDING, Sealed, SealedName


class Compartment(Column):
    """All sealed names of one compartment of a row: one ciphertext column, its revision, its key number.

    `label` is frozen for ever (it is under the seal); `scope` is the dotted path from the row to the id of the person
    or file whose key seals it; `names` are the sealed names in their order, to which later ones are added at the end.
    """

    def __init__(self, *names: str, label: str = "", scope: str = "", kind: keyring.ScopeKind = "subject",
                 compartment: str = "", **kwargs: Any) -> None:
        self.names, self.label, self.scope, self.kind, self.compartment = names, label, scope, kind, compartment
        *self._before, self._last = self.way = scope.split(".")
        kwargs.update(editable=False, null=True, blank=True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """For migrations: a nullable bytea."""
        name, path, args, kwargs = super().deconstruct()
        for key in ("editable", "null", "blank"):
            kwargs.pop(key, None)
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        """A bytea column."""
        return "BinaryField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Add the two sister columns and the sealed names; migrations and history tables list the columns themselves."""
        super().contribute_to_class(cls, name, private_only)
        self.compartment = self.compartment or name
        self.sisters = _, self.rev_name, self.key_name = name, f"{name}_rev", f"{name}_key"
        self._unseal = bundle.opener(self.label, self.compartment, self.names)
        if cls.__module__ == "__fake__" or cls.__name__.startswith("Historical"):
            return
        cls.add_to_class(f"{name}_rev", models.PositiveIntegerField(default=0, editable=False))
        cls.add_to_class(f"{name}_key", models.PositiveIntegerField(null=True, editable=False, db_index=True))
        for sealed in self.names:
            setattr(cls, sealed, SealedName(self, sealed))

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse to compare ciphertext in SQL; only "is it there" can be asked."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise QueryRefused(f"{self.name} cannot be compared in SQL: ask the search")

    def place(self, record: Any) -> Place:
        """Where this row's bundle belongs. `record.id`, not `pk`: a history row has a key of its own."""
        return Place(self.label, self.compartment, record.id)

    def scope_of(self, record: Any) -> Any:
        """The id of the person or file whose key seals this row."""
        value = record
        for step in self.way:
            value = getattr(value, step)
        return value

    def stored(self, record: Any) -> bytes | None:
        """The sealed bytes of this row, fetched with their revision and key where the query left them out."""
        held = record.__dict__
        if self.name not in held or self.rev_name not in held or self.key_name not in held:
            record.refresh_from_db(fields=self.sisters)
        found: bytes | None = held[self.name]
        return found

    def open(self, record: Any, keys: dict[int, keyring.Key]) -> dict[str, Value]:
        """The plain values of this row; raises a VaultError that tells what is wrong."""
        held = record.__dict__
        try:
            stored, rev, number = held[self.name], held[self.rev_name], held[self.key_name]
        except KeyError:
            stored, rev, number = self.stored(record), held[self.rev_name], held[self.key_name]
        if stored is None:
            if rev:
                raise Replayed(self.label)
            return dict.fromkeys(self.names)
        key = keys.get(number)
        if key is None:
            raise self._unopened(stored, number)
        if not self._fits(key, record):
            raise Tampered(self.label)
        return self._unseal(stored, record.id, key, rev)

    def _unopened(self, stored: bytes, said: int | None) -> VaultError:
        """Why a bundle stays closed whose key is not there."""
        number = bundle.key_number(stored)
        return keyring.why_not(number) if number == said else Tampered(self.label)

    def _fits(self, key: keyring.Key, record: Any) -> bool:
        """Whether this may be a key of the row's own person or file; a way that asks the database is not gone for it."""
        for step in self._before:
            if step not in record._state.fields_cache:
                return True
            record = getattr(record, step)
        return self._is_of(key, getattr(record, self._last))

    def _is_of(self, key: keyring.Key, scope: Any) -> bool:
        """Whether this is a key of this person or file, in this compartment."""
        return key.whose == (self.kind, self.compartment, getattr(scope, "int", None))

    def seal(self, record: Any, key: keyring.Key | None = None, nonce: bytes = b"") -> bool:
        """Seal what was assigned since the last save; one encryption, and none where nothing was assigned.

        `key` is the active one of the row's person or file, where that is known already; `nonce` as `bundle.seal` takes it.
        """
        held = record.__dict__
        pending: dict[str, Value] | None = held.get(PENDING, {}).get(self.name)
        if not pending:
            return False
        keys = {} if key else self.keys_of([record])
        was = former(self, record, keys, is_needed=len(pending) < len(self.names))
        values = {**(was or {}), **pending}
        key = key or self._key(record, keys)
        rev = getattr(record, self.rev_name) + 1
        sealed = bundle.seal([values[name] for name in self.names], place=self.place(record), key=key, rev=rev, nonce=nonce)
        note(record, sealed, key, was, values)
        held[self.name], held[self.rev_name], held[self.key_name] = sealed, rev, key.id
        return True

    def _key(self, record: Any, keys: dict[int, keyring.Key]) -> keyring.Key:
        """The key that seals now: the row's own while it is active and its, else the active one of its person or file."""
        held, scope = keys.get(getattr(record, self.key_name)), self.scope_of(record)
        if held is not None and held.is_active and self._is_of(held, scope):
            return held
        return keyring.key_for(self.kind, scope, self.compartment)

    def seal_all(self, records: Iterable[Any]) -> None:
        """Seal many new rows, their keys made and fetched in one go."""
        new = [record for record in records if record.__dict__.get(PENDING, {}).get(self.name)]
        for start in range(0, len(new), keyring.CACHE_SIZE // 4):
            part = new[start:start + keyring.CACHE_SIZE // 4]
            scopes = [self.scope_of(record) for record in part]
            keys = keyring.keys_for(self.kind, scopes, self.compartment)
            for record, scope, nonce in zip(part, scopes, bundle.nonces(len(part)), strict=True):
                self.seal(record, keys[scope] if getattr(record, self.key_name) is None else None, nonce)

    def refuse_copy(self, record: Any) -> None:
        """A new row takes no bundle of another along: it would never open. Raises FieldError."""
        if record.__dict__.get(self.name) is not None and not record.__dict__.get(PENDING, {}).get(self.name):
            raise FieldError(f"{self.name} is sealed to another row: assign its values anew")

    def keys_of(self, records: Iterable[Any]) -> dict[int, keyring.Key]:
        """The keys of all these rows, with one query."""
        return keyring.keys({getattr(record, self.key_name) for record in records} - {None})


def compartments(model: type[models.Model]) -> tuple[Compartment, ...]:
    """The compartments of a model, in the order of their declaration."""
    found = _compartments.get(model)
    if found is None:
        found = _compartments[model] = tuple(one for one in model._meta.concrete_fields if isinstance(one, Compartment))
    return found


_compartments: dict[type[models.Model], tuple[Compartment, ...]] = {}


class SealedQuerySet(RecordedQuerySet):
    """Rows with sealed names: made singly or in bulk, never updated in SQL by a sealed name."""

    def update(self, **values: Any) -> int:
        """Change open columns of many rows; a sealed name needs its row, so it is refused."""
        closed = {part for field in compartments(self.model) for part in (*field.names, *field.sisters)}
        if closed & values.keys():
            raise QueryRefused(f"{', '.join(sorted(closed & values.keys()))}: save each row instead")
        return super().update(**values)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Insert many rows, each sealed as `save` would."""
        objs = list(objs)
        for record in objs:
            record.rev = 1
        for field in compartments(self.model):
            field.seal_all(objs)
            for record in objs:
                field.refuse_copy(record)
        made = super().bulk_create(objs, *args, **kwargs)
        for record in made:
            record.__dict__.pop(PENDING, None)
        return made


class SealedModel(Recorded):
    """A recorded model with sealed names."""

    objects = SealedQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        abstract = True

    if TYPE_CHECKING:  # sealed names are added to the class by its compartments

        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...

    def save(self, **kwargs: Any) -> None:
        """Seal what was assigned, then save; after a failure the row is as it was before."""
        fields, held = compartments(type(self)), self.__dict__
        before = {name: held[name] for field in fields for name in field.sisters if name in held}
        if self._state.adding:
            for field in fields:
                field.refuse_copy(self)
        self._sealed_now = [field for field in fields if field.seal(self)]
        if not self._state.adding and "update_fields" not in kwargs and len(self._sealed_now) < len(fields):
            kwargs["update_fields"] = self._changing()
        try:
            super().save(**kwargs)
        except BaseException:
            held.update(before)
            raise
        held.pop(PENDING, None)

    def _changing(self) -> set[str]:
        """What a whole save writes: all but the bundles that stay, which may lie under a new key meanwhile."""
        stay = {name for field in compartments(type(self)) if field not in self._sealed_now for name in field.sisters}
        return {field.name for field in self._meta.concrete_fields
                if field.attname in self.__dict__ and not field.primary_key} - stay

    def _riders(self) -> set[str]:
        return {name for field in self._sealed_now for name in field.sisters}

    def refresh_from_db(self, using: str | None = None, fields: Iterable[str] | None = None,
                        from_queryset: models.QuerySet[Any] | None = None) -> None:
        """Read the row again; text that was assigned and not saved is dropped, unless only some columns are fetched."""
        if fields is None:
            self.__dict__.pop(PENDING, None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop(PENDING, None)
        return state


__all__ = ("PENDING", "Compartment", "Open", "Sealed", "SealedModel", "SealedQuerySet", "compartments")
