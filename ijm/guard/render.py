"""The SQL of the whole guard, rendered from what the models declare: policies, grants, history, state guards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from ijm.bridges import FOUR_EYES
from ijm.guard import walls
from ijm.guard.declare import ByFile, Guard, Machinery, Outside, Own, Private, Register
from ijm.guard.history import capture
from ijm.guard.indexing import INDEXING, SEARCH
from ijm.guard.reconcile import GROUND, reconciling
from ijm.guard.rekeying import FUNCTIONS, rekeying
from ijm.guard.tables import OUTSIDE
from ijm.roles import places
from ijm.roles import table as roles
from ijm.roles.budgets import LIMITS

BASE, ACCOUNTS, EYES, ERASURES, PROVED, DESK, PLACES, SMALL, BUDGETS = (
    Path(__file__).with_name(f"{name}.sql")
    for name in ("base", "accounts", "approvals", "erasures", "log", "desk", "places", "small", "budgets"))
VERB = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
MINE = "{column} = ANY (ARRAY(SELECT guard.my_files()))"
HERS = "{column} = (SELECT guard.uid())"
OPENED = "{column} = ANY (ARRAY(SELECT guard.files_opened_now()))"
KNOWN = "{column} = ANY (ARRAY(SELECT guard.my_people()))"
MADE = "{column} = ANY (ARRAY(SELECT guard.people_made_now()))"
WRITING = "(SELECT guard.mode()) = 'w'"
Conditions = dict[str, str]
Model = type[models.Model]

STAMPS = {
    "casefiles_casefile": ("guard.stamp_file()", "BEFORE INSERT OR UPDATE"),
    "people_person": ("guard.stamp_person()", "BEFORE INSERT OR UPDATE"),
    "accounts_rolegrant": ("guard.check_grant()", "BEFORE INSERT OR UPDATE"),
    "accounts_user": ("guard.check_person()", "BEFORE INSERT OR UPDATE"),
    "accounts_reset": ("guard.check_reset()", "BEFORE UPDATE"),
    "mfa_authenticator": ("guard.check_factor()", "BEFORE INSERT OR UPDATE OR DELETE"),
    "casefiles_caseaccess": ("guard.check_access()", "BEFORE INSERT OR UPDATE"),
    "approvals_request": ("guard.check_request()", "BEFORE INSERT OR UPDATE"),
    "accounts_waiver": ("guard.check_waiver()", "BEFORE INSERT OR UPDATE"),
    "accounts_office": ("guard.check_office()", "BEFORE UPDATE"),
    "erasures_erasure": ("guard.check_erasure()", "BEFORE INSERT OR UPDATE"),
    "erasures_legalhold": ("guard.check_hold()", "BEFORE INSERT OR UPDATE"),
    "casefiles_wall": ("guard.check_wall()", "BEFORE INSERT OR UPDATE"),
    "casefiles_seal": ("guard.check_seal()", "BEFORE INSERT OR UPDATE"),
}

# What follows once a statement is done: table -> (name, event, function, what its rows are called there).
AFTERWARDS = {
    "casefiles_caseaccess": (("cap", "INSERT", "guard.check_cap()", "added"),
                             ("enroll_i", "INSERT", "guard.enroll_places()", "changed"),
                             ("enroll_u", "UPDATE", "guard.enroll_places()", "changed")),
    "casefiles_casefile": (("enroll_i", "INSERT", "guard.enroll_files()", "changed"),
                           ("enroll_u", "UPDATE", "guard.enroll_files()", "changed")),
}

LOG = """\
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;
REVOKE ALL ON audit_event, audit_subject, audit_code FROM ijm_app, ijm_audit, ijm_keeper;
GRANT INSERT (body) ON audit_event TO ijm_app; GRANT SELECT ON audit_event, audit_subject, audit_code TO ijm_audit;
GRANT SELECT, INSERT (body) ON audit_event TO ijm_keeper; GRANT SELECT, INSERT ON audit_subject, audit_code TO ijm_keeper;
CREATE POLICY guard_add ON audit_event FOR INSERT TO ijm_app, ijm_keeper WITH CHECK (true);
CREATE POLICY guard_read ON audit_event FOR SELECT TO ijm_audit, ijm_keeper USING (true);
CREATE TRIGGER guard_stamp BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION guard.stamp_event();
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_stamp; ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_keep;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_whole;
GRANT SELECT ON django_migrations TO ijm_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ijm_backup;
"""


def histories() -> dict[Model, Model]:
    """{live model: its history model} for every recorded model."""
    found = {model: getattr(getattr(model, "history", None), "model", None) for model in apps.get_models()}
    return {model: past for model, past in found.items() if past is not None}


def declared() -> Iterator[tuple[Model, Guard]]:
    """Every model of ours with what it declares, live ones only, in the order of their tables."""
    for model in sorted(apps.get_models(), key=lambda m: m._meta.db_table):
        guard = getattr(model, "guard", None)
        if isinstance(guard, Guard) and model._meta.managed and model._meta.app_label != "vault":
            yield model, guard


def conditions(guard: Guard) -> Conditions:
    """{verb: condition} of a declaration; a verb that is absent is refused."""
    if isinstance(guard, ByFile):
        mine, opened = MINE.format(column=guard.column), OPENED.format(column=guard.column)
        insert = WRITING if guard.column == "id" else f"{mine} OR {opened}"
        return {"S": mine, "I": insert, "U": mine}
    if isinstance(guard, Register):
        known, made = KNOWN.format(column=guard.column), MADE.format(column=guard.column)
        insert = WRITING if guard.column == "id" else f"{WRITING} AND ({known} OR {made})"
        return {"S": known, "I": insert, "U": known}
    if isinstance(guard, Own):
        return {verb: text for verb, text in (("S", guard.select), ("I", guard.insert), ("U", guard.update)) if text}
    if isinstance(guard, Private):
        return dict.fromkeys(guard.verbs, HERS.format(column=guard.column))
    return {}


def _policies(table: str, rules: Conditions) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    yield f"CREATE POLICY guard_keeper ON {table} TO ijm_keeper USING (true) WITH CHECK (true);"
    if "S" in rules:
        yield f"CREATE POLICY guard_see ON {table} FOR SELECT TO ijm_app USING ({rules['S']});"
    if "I" in rules:
        yield f"CREATE POLICY guard_add ON {table} FOR INSERT TO ijm_app WITH CHECK ({rules['I']});"
    if "U" in rules:
        yield f"CREATE POLICY guard_change ON {table} FOR UPDATE TO ijm_app USING ({rules['U']}) WITH CHECK ({rules['U']});"
    if "D" in rules:
        yield f"CREATE POLICY guard_drop ON {table} FOR DELETE TO ijm_app USING ({rules['D']});"


def _grants(table: str, verbs: str, columns: tuple[str, ...] = ()) -> str:
    words = [f"UPDATE ({', '.join(columns)})" if verb == "U" and columns else VERB[verb] for verb in verbs]
    grant = f" GRANT {', '.join(words)} ON {table} TO ijm_app;" if words else ""
    return f"REVOKE ALL ON {table} FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper;{grant}"


def _guarded(model: Model, guard: Guard, past: Model | None) -> Iterator[str]:
    table, rules = model._meta.db_table, conditions(guard)
    columns = guard.columns if isinstance(guard, Own) else ()
    yield f"\n-- {table}: {guard.kind}"
    yield _grants(table, "".join(rules), columns)
    yield f"GRANT SELECT, INSERT, UPDATE{', DELETE' if 'D' in rules else ''} ON {table} TO ijm_keeper;"
    yield from _policies(table, rules)
    yield from walls.policies(model, guard, table)
    if past is not None:
        yield _grants(past._meta.db_table, "S")
        yield f"GRANT SELECT, INSERT ON {past._meta.db_table} TO ijm_keeper;"
        yield from _policies(past._meta.db_table, {"S": rules["S"]})
        yield from walls.policies(model, guard, past._meta.db_table)
        yield capture(model, past)
        yield reconciling(model, past)
        yield from rekeying(model)
        yield from rekeying(past)


def _states(model: Model) -> Iterator[str]:
    table = model._meta.db_table
    moves: dict[str, Any] = getattr(model, "transitions", {})
    for column, transitions in sorted(moves.items()):
        pairs = sorted({(move.before, move.after) for move in transitions})
        rows = ", ".join(f"('{table}', '{column}', '{before}', '{after}')" for before, after in pairs)
        name = f"guard_state_{column}"
        yield f"INSERT INTO guard.transition VALUES {rows};"
        yield (f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
               f"EXECUTE FUNCTION guard.check_transition('{column}'); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};")


def _place(table: str, guard: Guard) -> Iterator[str]:
    """A row stays on the file, or with the person, where it was made: who stands on two files moves nothing."""
    column = guard.column if isinstance(guard, ByFile | Register) else "id"
    if column != "id":
        yield (f"CREATE TRIGGER guard_place BEFORE UPDATE ON {table} FOR EACH ROW "
               f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION guard.keep(); "
               f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_place;")


def _stamp(table: str) -> Iterator[str]:
    if table in STAMPS:
        function, when = STAMPS[table]
        yield (f"CREATE TRIGGER guard_stamp {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}; "
               f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_stamp;")
    for name, event, function, rows in AFTERWARDS.get(table, ()):
        yield (f"CREATE TRIGGER guard_{name} AFTER {event} ON {table} REFERENCING NEW TABLE AS {rows} FOR EACH STATEMENT "
               f"EXECUTE FUNCTION {function}; ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_{name};")
    yield from walls.triggers(table)
    if table == "people_alias":
        yield ("CREATE TRIGGER guard_let_go AFTER UPDATE ON people_alias FOR EACH ROW "
               "WHEN (OLD.opens_identity AND NOT NEW.opens_identity) EXECUTE FUNCTION guard.let_go(); "
               "ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_let_go;")


def _signed(model: Model) -> Iterator[str]:
    """Columns that name who decided: nobody writes another's name into them."""
    table = model._meta.db_table
    columns: tuple[str, ...] = getattr(model, "signed", ())
    for column in columns:
        yield (f"CREATE TRIGGER guard_signed_{column} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
               f"EXECUTE FUNCTION guard.check_signed('{column}'); "
               f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_signed_{column};")


def _role_tables() -> Iterator[str]:
    yield "SET LOCAL ROLE ijm_keeper; DELETE FROM guard.transition; DELETE FROM guard.kind_role; DELETE FROM guard.supervision;"
    yield "DELETE FROM guard.exclusion; DELETE FROM guard.approver; DELETE FROM guard.runner;"
    yield "DELETE FROM guard.waivable; DELETE FROM guard.place_life; DELETE FROM guard.place_cap;"
    yield "DELETE FROM guard.searcher; DELETE FROM guard.eyes; DELETE FROM guard.eyes_role;"
    yield "DELETE FROM guard.unlocker; DELETE FROM guard.budget;"
    yield from _four_eyes()
    for kind in roles.Kind:
        for role in roles.standing_on(kind):
            yield f"INSERT INTO guard.kind_role VALUES ('{kind}', '{role}');"
        for role in roles.WING_SUPERVISORS[kind]:
            yield f"INSERT INTO guard.supervision VALUES ('{kind}', '{role}');"
    for role, other in sorted(roles.exclusions()):
        yield f"INSERT INTO guard.exclusion VALUES ('{role}', '{other}');"
    for role in roles.who_can(roles.Can.ROLE_APPROVE):
        yield f"INSERT INTO guard.approver VALUES ('{role}');"
    for role in roles.who_can(roles.Can.OFFICE_RUN):
        yield f"INSERT INTO guard.runner VALUES ('{role}');"
    for role in roles.who_opens(roles.Open.IDENTITY):
        yield f"INSERT INTO guard.searcher VALUES ('{role}');"
    for role, other in sorted(roles.WAIVABLE):
        yield f"INSERT INTO guard.waivable VALUES ('{role}', '{other}');"
    for source, life in places.LIVES.items():
        times = ", ".join(_interval(one) for one in (life.longest, life.confirmed, life.used))
        yield f"INSERT INTO guard.place_life VALUES ('{source}', {times});"
    yield f"INSERT INTO guard.place_cap VALUES ({places.MOST});"
    for role in roles.who_can(roles.Can.BUDGET_UNLOCK):
        yield f"INSERT INTO guard.unlocker VALUES ('{role}');"
    for budget, limit in LIMITS.items():
        yield f"INSERT INTO guard.budget VALUES ('{budget}', {limit.warn}, {limit.stop}, {limit.minutes});"
    yield "RESET ROLE;"


def _four_eyes() -> Iterator[str]:
    """Who asks for and who decides about each kind of request."""
    for code, name in FOUR_EYES.items():
        kind = import_string(name)
        yield f"INSERT INTO guard.eyes VALUES ('{code}', {kind.outside_line!s}, {kind.on_file!s});"
        for part, held in (("ask", kind.askers), ("decide", kind.deciders)):
            for role in held:
                yield f"INSERT INTO guard.eyes_role VALUES ('{code}', '{part}', '{role}');"


def _agreed(model: Model) -> Iterator[str]:
    """{column: values} that a row reaches only after another person approved its request."""
    table = model._meta.db_table
    columns: dict[str, tuple[str, ...]] = getattr(model, "agreed", {})
    for column, values in columns.items():
        reached = ", ".join(f"'{value}'" for value in (column, *values))
        name = f"guard_agreed_{column}"
        yield (f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
               f"EXECUTE FUNCTION guard.check_agreed({reached}); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};")


def _interval(time: timedelta | None) -> str:
    return "NULL" if time is None else f"'{int(time.total_seconds())} seconds'"


def _outside(table: str, rights: Outside) -> str:
    keeper = f" GRANT {', '.join(VERB[verb] for verb in rights.keeper)} ON {table} TO ijm_keeper;" if rights.keeper else ""
    return "\n".join((_grants(table, rights.verbs, rights.columns) + keeper, *_stamp(table)))


def render() -> str:
    """All of it, in an order that can be applied to freshly migrated tables; the same bytes for the same models."""
    parts = ["-- Rendered from the models by ijm/guard; never edited by hand.", BASE.read_text(), ACCOUNTS.read_text(), FUNCTIONS,
             GROUND, SEARCH, EYES.read_text(), ERASURES.read_text(), DESK.read_text(), PLACES.read_text(), SMALL.read_text(),
             BUDGETS.read_text(), walls.functions(declared()), *_role_tables(), LOG, PROVED.read_text()]
    parts += ["SET LOCAL ROLE ijm_keeper; GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA guard TO ijm_owner; RESET ROLE;"]
    past = histories()
    for model, guard in declared():
        if isinstance(guard, Machinery):
            parts.append(f"\n-- {model._meta.db_table}: machinery\n{_grants(model._meta.db_table, guard.verbs)}")
        else:
            parts += _guarded(model, guard, past.get(model))
        parts += [*_place(model._meta.db_table, guard), *_stamp(model._meta.db_table), *_states(model),
                  *_signed(model), *_agreed(model)]
    parts += [INDEXING, "\n-- tables of outside packages"]
    parts += [_outside(table, rights) for table, rights in sorted(OUTSIDE.items())]
    return "\n".join(part.rstrip() for part in parts) + "\n"
