"""What `migrate` refuses, and the step of a migration that creates the tables of an app together."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter

from ijm.embedded.owner import as_owner
from ijm.guard.creation import CreateTables, Together

OLDER = "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0002_older', now())"
KEY: tuple[str, models.Field[int, int]] = ("id", models.IntegerField(primary_key=True))
STEP = CreateTables(tables=[
    migrations.CreateModel("Hen", [KEY, ("best", models.ForeignKey("yard.Egg", models.PROTECT, related_name="+"))]),
    migrations.CreateModel("Egg", [KEY, ("laid_by", models.ForeignKey("yard.Hen", models.PROTECT, related_name="+"))]),
])


def sql(*, forwards: bool) -> list[str]:
    """What the step would say to the database, in order."""
    before = ProjectState()
    assert not before.apps.all_models["yard"], "built already, as it is while migrating"
    after = before.clone()
    STEP.state_forwards("yard", after)
    with connections["default"].schema_editor(collect_sql=True, atomic=False) as editor:
        if forwards:
            STEP.database_forwards("yard", editor, before, after)
        else:
            STEP.database_backwards("yard", editor, after, before)
    return editor.collected_sql


def test_tables_that_refer_to_each_other_are_created_in_one_step(db: None) -> None:
    said = sql(forwards=True)
    assert [line.split("(")[0] for line in said[:2]] == ['CREATE TABLE "yard_hen" ', 'CREATE TABLE "yard_egg" ']
    assert sum("FOREIGN KEY" in line for line in said[2:]) == 2


def test_the_step_is_taken_back_from_its_end(db: None) -> None:
    assert sql(forwards=False) == ['DROP TABLE "yard_egg" CASCADE;', 'DROP TABLE "yard_hen" CASCADE;']


def test_a_state_that_nobody_asked_for_is_not_built() -> None:
    state = ProjectState()
    STEP.state_forwards("yard", state)
    assert "apps" not in state.__dict__ and set(state.models) == {("yard", "hen"), ("yard", "egg")}


def test_the_step_says_itself() -> None:
    assert STEP.describe() == "Create Hen, Egg" and STEP.references_model("anything", "anywhere")
    several = Together([*STEP.tables, migrations.DeleteModel("Hen")])
    assert several.describe() == "Create model Hen; Create model Egg; Delete model Hen"
    text, imports = OperationWriter(STEP).serialize()
    assert text.count("migrations.CreateModel(") == 2 and "import ijm.guard.creation" in imports


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_database_of_another_version_is_refused_in_one_line(alias: str, committed_db: tuple[str, str]) -> None:
    with as_owner(alias) as connection, connection.cursor() as cursor:
        cursor.execute(OLDER)
    with pytest.raises(CommandError, match=r"made this database \(people\.0002_older\)") as refused:
        call_command("migrate", verbosity=0)
    assert "\n" not in str(refused.value)


def test_the_rows_of_a_package_that_is_no_longer_installed_are_no_matter(committed_db: tuple[str, str]) -> None:
    with as_owner("default") as connection, connection.cursor() as cursor:
        cursor.execute(OLDER.replace("people", "long_gone"))
    call_command("migrate", verbosity=0, check_unapplied=True)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'long_gone%'")
        assert cursor.fetchone() == (0,), "nothing was made for it"
