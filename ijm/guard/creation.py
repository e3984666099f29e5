"""Steps of a migration that do many things to the tables of an app at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Do several steps on an app's tables with the models built once before and once after all of them.

    For steps that do not look at each other's outcome: constraints that go; then fields that go and others that come.
    """

    category = OperationCategory.MIXED
    serialization_expand_args = ["steps"]

    def __init__(self, steps: Sequence[Operation]) -> None:
        self.steps = steps

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Declare all of it; the models are built when they are next asked for."""
        if "apps" in state.__dict__:
            del state.apps  # how a cached_property is forgotten
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState,
                          to_state: ProjectState) -> None:
        """Do the steps in their order."""
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState,
                           to_state: ProjectState) -> None:
        """Undo the steps, the last one first."""
        for step in reversed(self.steps):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what, for `migrate --plan`."""
        return "; ".join(step.describe() for step in self.steps)

    def references_model(self, name: Any, app_label: Any) -> bool:
        """Let Django's optimizer move nothing across this step."""
        return True


class CreateTables(Together):
    """Create these models' tables in one step; they may refer to each other, in any order.

    Each CreateModel by itself lets Django build anew every model that is related with it: over a hundred tables that all
    lead to the user, that is most of the time of `migrate`. Foreign keys follow at the end of the migration, as always.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["tables"]

    def __init__(self, tables: Sequence[CreateModel]) -> None:
        super().__init__(tables)
        self.tables = tables

    def describe(self) -> str:
        """Say which tables, for `migrate --plan`."""
        return "Create " + ", ".join(table.name for table in self.tables)
