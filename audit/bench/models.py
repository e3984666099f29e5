"""One record in five tables: without a history, with ours, and with those of three libraries that are often used.

All five hold the same columns and the same sealed bundle, so that what differs is the recording alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections, models

from ijm.guard.history import capture
from ijm.vault.sealed import Compartment, SealedModel

WORDS = "She was seen near the market; the van came back after dark, and two people went in. " * 5
LIBRARIES = ("auditlog", "pgtrigger", "pghistory", "audit.bench.apps.Bench")
SISTERS = ("narrative_rev", "narrative_key")  # a bundle brings them along
ROWS = 2_000
FILES = 100  # so many keys


class Shape(SealedModel):
    """What every one of the five tables has."""

    file_id = models.UUIDField()
    code = models.CharField(max_length=12)
    state = models.CharField(max_length=20)
    province = models.CharField(max_length=8)
    people = models.IntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        abstract = True


def _bundle(label: str) -> Compartment:
    return Compartment("account", "landmark", label=f"bench.{label}.v1", scope="file_id", kind="file", compartment="narrative")


class Bare(Shape):
    """Nothing is recorded."""

    narrative = _bundle("bare")

    class Meta:
        app_label, db_table, managed = "bench", "bench_bare", False


class Ours(Shape):
    """Our way: the guard's triggers."""

    narrative = _bundle("ours")

    class Meta:
        app_label, db_table, managed = "bench", "bench_ours", False


class Signals(Shape):
    """django-simple-history as it comes: a signal writes the history."""

    narrative = _bundle("signals")

    class Meta:
        app_label, db_table, managed = "bench", "bench_signals", False


class Triggered(Shape):
    """django-pghistory: its triggers write an event."""

    narrative = _bundle("triggered")

    class Meta:
        app_label, db_table, managed = "bench", "bench_triggered", False


class Logged(Shape):
    """django-auditlog: a signal writes what changed."""

    narrative = _bundle("logged")

    class Meta:
        app_label, db_table, managed = "bench", "bench_logged", False


TABLES: tuple[type[Shape], ...] = (Bare, Ours, Signals, Triggered, Logged)
for table in TABLES:  # no office has them: neither migrations nor checks are to find their histories
    del apps.all_models["audit"][table.history.model._meta.model_name]
apps.clear_cache()


def make(superuser: str) -> None:
    """Make the five tables anew, with what each way needs, and fill them."""
    event = _with_libraries()
    with psycopg.connect(superuser, autocommit=True) as connection:
        for statement in [*_statements(), *_of_libraries(event)]:
            connection.execute(statement.encode())
    fill()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(capture(Ours, Ours.history.model).encode())
        connection.execute(f"VACUUM ANALYZE {', '.join(model._meta.db_table for model in TABLES)}".encode())


@cache
def _with_libraries() -> Any:
    """Take the peers into this process, which serves nobody; pghistory's model of events."""
    if not apps.is_installed(LIBRARIES[0]):
        apps.set_installed_apps([*settings.INSTALLED_APPS, *LIBRARIES])
    import pghistory
    from auditlog.registry import auditlog  # type: ignore[import-untyped]

    auditlog.register(Logged, exclude_fields=["narrative"])  # it cannot write bytes as text
    pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=list(SISTERS), model_name="TriggeredEvent",
        obj_field=pghistory.ObjForeignKey(db_constraint=False),
        context_field=None,  # type: ignore[arg-type]
        meta={"app_label": "bench", "db_table": "bench_triggered_event"})(Triggered)
    return apps.get_model("bench", "TriggeredEvent")


def _statements() -> Iterator[str]:
    for model in TABLES:
        past = model.history.model
        yield f"DROP TABLE IF EXISTS {model._meta.db_table}, {past._meta.db_table} CASCADE"
        yield from _created(model, past)
        yield f"GRANT SELECT, INSERT, UPDATE ON {model._meta.db_table}, {past._meta.db_table} TO ijm_app, ijm_keeper"


def _created(*models_: Any) -> list[str]:
    with connections["default"].schema_editor(collect_sql=True, atomic=False) as editor:
        for model in models_:
            editor.create_model(model)
    return list(editor.collected_sql)


def _of_libraries(event: Any) -> Iterator[str]:
    import pgtrigger
    from auditlog.models import LogEntry  # type: ignore[import-untyped]

    for model in (event, LogEntry):
        yield f"DROP TABLE IF EXISTS {model._meta.db_table} CASCADE"
        yield from _created(model)
        yield f"GRANT SELECT, INSERT ON {model._meta.db_table} TO ijm_app"
    yield "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ijm_app; GRANT SELECT, INSERT ON django_content_type TO ijm_app"
    for model, trigger in pgtrigger.registered():
        if model is Triggered:  # type: ignore[comparison-overlap]
            yield trigger.compile(model).install_sql


def fill() -> None:
    """The same rows in each table."""
    for model in TABLES:
        model._default_manager.bulk_create([row(model, number) for number in range(ROWS)])


def row(model: Any, number: int) -> Any:
    """One invented record."""
    from django.utils import timezone

    return model(id=uuid.UUID(int=number + 1), file_id=uuid.UUID(int=number % FILES + 1), code=f"BN-{number:04}", state="open",
                 province="12", people=number % 7, seen_at=timezone.now(), account=f"{WORDS}{number}", landmark="Near the bridge")
