"""Which database a table lives in."""

from __future__ import annotations

from typing import Any


class Router:
    """The vault's tables live in the key database, everything else in the main one; other aliases never migrate."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Keys from the key database."""
        return "keys" if model._meta.app_label == "vault" else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Only rows of one database can point at each other."""
        return bool((one._meta.app_label == "vault") == (other._meta.app_label == "vault"))

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """The vault on `keys`, the rest on `default`."""
        return db == ("keys" if app_label == "vault" else "default")
