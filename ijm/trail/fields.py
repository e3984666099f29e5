"""Columns that the database fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field


class XidField(Column):
    """The transaction in which a row was made, stamped by a trigger; the application never writes it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(null=True, editable=False, db_index=True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """Nothing to say in a migration."""
        name, path, args, _kwargs = super().deconstruct()
        return name, path, args, {}

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's 64-bit transaction number."""
        return "xid8"
