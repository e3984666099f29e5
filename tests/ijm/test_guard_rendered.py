"""What the guard renders, and what its check finds when somebody changed the database by hand."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ijm.embedded.management.commands.migrate import Command
from ijm.embedded.owner import as_owner
from ijm.guard import apply, checks, documents, render
from ijm.guard.catalogue import STRONG_ROLES, protected
from ijm.guard.declare import ByFile, Guard, Machinery, Own, Register
from ijm.guard.states import Transition, may_move
from ijm.people.models import Name
from tests.cast import Cast
from tests.databases import superuser

NOT_EQUAL = "docs/ is not as the models say: run `python -m ijm.guard` and commit what it writes"


def test_two_renderings_are_the_same_bytes() -> None:
    assert render.render() == render.render()


@pytest.mark.parametrize("path", documents.pages(), ids=lambda path: path.name)
def test_the_committed_page_is_what_the_models_say(path: Path) -> None:
    assert path.read_text() == documents.pages()[path], NOT_EQUAL


def test_the_pages_are_written_where_they_belong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    runpy.run_module("ijm.guard", run_name="__main__")
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {"database.sql", "states.md"}


def test_a_state_that_nothing_leaves_is_final() -> None:
    moves = (Transition("", "a", "x"), Transition("a", "b", "y"))
    assert documents.final(moves) == {"b"}
    assert may_move(moves, "a", "b") and not may_move(moves, "b", "a")


def test_every_guarded_table_has_a_policy_for_each_verb_it_grants() -> None:
    text = render.render()
    for model, guard in render.declared():
        if isinstance(guard, Machinery):
            continue
        table = model._meta.db_table
        assert f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" in text
        assert "S" not in render.conditions(guard) or f"CREATE POLICY guard_see ON {table} FOR SELECT" in text


def test_a_bare_declaration_grants_nothing() -> None:
    assert render.conditions(Guard()) == {}
    assert render._grants("x", "") == "REVOKE ALL ON x FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper;"
    assert "see" not in "".join(render._policies("x", {}))
    assert render.conditions(Own(select="", insert="true")) == {"I": "true"}
    bare = SimpleNamespace(_meta=SimpleNamespace(db_table="x", concrete_fields=()))
    assert list(render._guarded(bare, Own(), None))[-1].startswith("CREATE POLICY")


def test_who_may_what_is_said_once_for_files_and_register() -> None:
    assert (
        render.conditions(ByFile(column="id"))["I"] == render.conditions(Register(column="id"))["I"] == render.WRITING
    )
    assert "files_opened_now" in render.conditions(ByFile())["I"]
    assert "people_made_now" in render.conditions(Register())["I"]


def test_an_unrecorded_column_changes_without_history() -> None:
    from ijm.casefiles.models import CaseFile
    from ijm.guard.history import capture

    text = capture(CaseFile, CaseFile.history.model)
    told = re.search(r"WHERE \((.*?)\) IS DISTINCT FROM", text)
    assert told and "c.status" in told[1] and "c.sort_key" not in told[1]
    assert ",'{}')" in text.replace(" ", ""), "no sealed column, no digest"
    assert "sha256(w.identity)" in capture(Name, Name.history.model)


def test_the_context_key_is_padded_as_in_rfc_2104() -> None:
    import hashlib
    import hmac

    key = bytes(range(32))
    inner, outer = apply.pads(key)
    assert hashlib.sha256(outer + hashlib.sha256(inner + b"m").digest()).digest() == hmac.digest(key, b"m", "sha256")
    with pytest.raises(ValueError, match="32 bytes"):
        apply.pads(b"short")


# system checks


def said(monkeypatch: pytest.MonkeyPatch, model: object, recorded: bool = True) -> list[str]:
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda include_auto_created: [model]))
    monkeypatch.setattr(checks, "histories", lambda: {model: object()} if recorded else {})
    return [message.id for message in checks.every_table_is_classified(None)]


def model(guard: object = None, **meta: object) -> object:
    told = {"label": "x.X", "db_table": "x", "managed": True, "app_label": "x", "local_many_to_many": []} | meta
    return type("X", (), {"_meta": SimpleNamespace(**told), "guard": guard})


def test_every_table_of_the_house_is_classified() -> None:
    assert checks.every_table_is_classified(None) == []


@pytest.mark.parametrize(
    ("wrong", "recorded", "ids"),
    [
        (model(), True, ["guard.E001"]),
        (model(ByFile()), False, ["guard.E002"]),
        (model(ByFile(), local_many_to_many=[1]), True, ["guard.E003"]),
        (model(ByFile()), True, []),
        (model(Machinery()), False, []),
        (model(managed=False), False, []),
        (model(app_label="vault"), False, []),
        (model(db_table="django_session"), False, []),
    ],
)
def test_a_table_that_does_not_say_who_may_see_it_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, wrong: object, recorded: bool, ids: list[str]
) -> None:
    assert said(monkeypatch, wrong, recorded) == ids


def test_history_tables_follow_their_model(monkeypatch: pytest.MonkeyPatch) -> None:
    past = Name.history.model
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda include_auto_created: [past]))
    assert checks.every_table_is_classified(None) == []
    assert issubclass(past, models.Model) and past._meta.db_table in protected()


# the live catalogue


@pytest.fixture
def owner(database: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """The owner's connection, as somebody with the keys of the server room would have it; all is undone at the end."""
    with django_db_blocker.unblock(), as_owner("default") as connection, transaction.atomic():
        yield connection
        transaction.set_rollback(True)


def changed(connection: BaseDatabaseWrapper, *statements: str) -> list[str]:
    """What the check says after these statements."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return apply.check(connection)


def test_a_fresh_database_is_as_declared(owner: BaseDatabaseWrapper) -> None:
    assert apply.check(owner) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("DROP POLICY guard_see ON people_name", "policy guard_see on people_name is missing"),
        (
            "CREATE POLICY guard_more ON people_name FOR SELECT TO ijm_app USING (true)",
            "policy guard_more on people_name is not ours",
        ),
        (
            "ALTER POLICY guard_see ON people_name USING (true)",
            "policy guard_see on people_name is not as it was applied",
        ),
        ("ALTER POLICY guard_see ON people_name TO PUBLIC", "policy guard_see on people_name is not as it was applied"),
        ("DROP TRIGGER guard_record_u ON people_name", "trigger guard_record_u on people_name is missing"),
        (
            "ALTER TABLE people_name DISABLE TRIGGER guard_record_u",
            "trigger guard_record_u on people_name can be switched off",
        ),
        ("ALTER TABLE audit_event ENABLE TRIGGER guard_keep", "trigger guard_keep on audit_event can be switched off"),
        (
            "CREATE TRIGGER extra BEFORE INSERT ON people_name EXECUTE FUNCTION guard.keep()",
            "trigger extra on people_name is not ours",
        ),
        ("ALTER TABLE people_name NO FORCE ROW LEVEL SECURITY", "people_name does not force row security"),
        (
            "ALTER TABLE people_historicalname DISABLE ROW LEVEL SECURITY",
            "people_historicalname does not force row security",
        ),
        ("ALTER FUNCTION guard.uid() RESET search_path", "function guard.uid is loose"),
        ("ALTER FUNCTION guard.my_files() OWNER TO ijm_owner", "function guard.my_files is loose"),
        ("GRANT DELETE ON people_name TO ijm_app", "people_name: DELETE is granted to a serving role"),
        ("GRANT TRUNCATE ON audit_event TO ijm_audit", "audit_event: TRUNCATE is granted to a serving role"),
        ("GRANT SELECT ON audit_event TO ijm_app", "rights on audit_event is not as it was applied"),
        (
            "GRANT UPDATE (expires_at) ON casefiles_caseaccess TO ijm_app",
            "rights on casefiles_caseaccess is not as it was applied",
        ),
        ("GRANT SELECT ON guard.context_key TO ijm_app", "rights on context_key is not as it was applied"),
        (
            "GRANT EXECUTE ON FUNCTION guard.index_subjects() TO ijm_app",
            "function guard.index_subjects() is not as it was applied",
        ),
        (
            """CREATE OR REPLACE FUNCTION guard.mode() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN 'w'; END $$""",
            "function guard.mode() is not as it was applied",
        ),
    ],
)
def test_what_was_changed_by_hand_is_found(owner: BaseDatabaseWrapper, change: str, finding: str) -> None:
    assert finding in changed(owner, change)


@pytest.mark.parametrize("power", ["BYPASSRLS", "SUPERUSER", "CREATEROLE"])
def test_a_serving_role_that_became_mighty_is_found(database: None, power: str) -> None:
    """Roles belong to the whole server, so this is never committed."""
    with superuser() as connection, connection.transaction(force_rollback=True):
        connection.execute(f"ALTER ROLE ijm_audit {power}")
        assert connection.execute(STRONG_ROLES).fetchall() == [("ijm_audit",)]


def test_applying_again_mends_it(owner: BaseDatabaseWrapper) -> None:
    assert (
        len(
            changed(
                owner, "ALTER POLICY guard_see ON people_name USING (true)", "GRANT DELETE ON people_name TO ijm_app"
            )
        )
        == 3
    )
    apply.drop(owner)
    assert apply.check(owner) != []
    apply.apply(owner)
    assert apply.check(owner) == []


def test_without_its_policies_a_table_shows_nothing(committed_cast: Cast, committed_db: tuple[str, str]) -> None:
    from ijm.accounts.models import User

    assert User.objects.exists()
    with as_owner("default") as connection:
        apply.drop(connection)
    assert not User.objects.exists(), "between drop and apply nobody sees a row"


def test_a_new_context_key_keeps_the_old_one_for_a_while(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from ijm.trail.context import sign

    signed = sign(committed_cast.auditor.trail_who(), "r", "AUDIT")
    for key, known in ((b"k" * 32, True), (b"l" * 32, False)):
        monkeypatch.setattr(settings, "CONTEXT_KEY", key)
        with as_owner("default") as connection:
            apply.apply(connection)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT set_config('ijm.ctx', %s, false)", [signed])
            cursor.execute("SELECT guard.uid() IS NOT NULL")
            assert cursor.fetchone() == (known,)


def test_migrating_again_changes_nothing(committed_db: tuple[str, str]) -> None:
    call_command(Command(), verbosity=0)
    with as_owner("default") as connection:
        assert apply.check(connection) == []
