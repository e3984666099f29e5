"""The vault's tables, which live in the key database."""

from __future__ import annotations

from django.db import models

KEYS = "keys"


class State(models.TextChoices):
    """A key seals while active, opens while retired, is gone when destroyed."""

    ACTIVE = "active"
    RETIRED = "retired"
    DESTROYED = "destroyed"


GONE = models.Q(state=State.DESTROYED)
EMPTY = models.Q(wrapped=b"")


class Kek(models.Model):
    """The key of one compartment, wrapped under the root key, with a known box by which the root is proven."""

    id = models.IntegerField(primary_key=True)
    compartment = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    canary = models.BinaryField(null=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)

    class Meta:
        db_table = "vault_kek"
        constraints = (
            models.UniqueConstraint(fields=("compartment",), condition=models.Q(state="active"), name="vault_kek_active"),
            models.UniqueConstraint(fields=("compartment", "version"), name="vault_kek_version"),
            models.CheckConstraint(condition=GONE & EMPTY | ~GONE & ~EMPTY, name="vault_kek_gone_is_empty"),
        )


class DataKey(models.Model):
    """The key of one person, file or exhibit in one compartment, wrapped under the compartment's key."""

    id = models.IntegerField(primary_key=True)
    scope_kind = models.CharField(max_length=16)
    scope_uuid = models.UUIDField()
    compartment = models.CharField(max_length=16)
    kek_id = models.IntegerField()
    wrapped = models.BinaryField()
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    messages = models.BigIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.JSONField(null=True)
    certificate = models.CharField(max_length=32, default="")

    class Meta:
        db_table = "vault_key"
        indexes = (
            models.Index(fields=("scope_uuid", "scope_kind"), name="vault_key_scope"),
            models.Index(fields=("kek_id",), name="vault_key_kek"),
        )
        constraints = (
            models.UniqueConstraint(fields=("scope_kind", "scope_uuid", "compartment"),
                                    condition=models.Q(state="active"), name="vault_key_active"),
            models.CheckConstraint(condition=GONE & EMPTY | ~GONE & ~EMPTY, name="vault_key_gone_is_empty"),
        )


__all__ = ("KEYS", "DataKey", "Kek", "State")
