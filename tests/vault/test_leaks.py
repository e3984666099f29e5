"""Group 10, what needs no journey: pickles, messages to the worker, error pages, the log, stored statements, core files."""

from __future__ import annotations

import ast
import copy
import logging
import pickle
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from aftercare.models import Residence
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.vault.sealed import SealedModel, compartments
from tests.cluster import CLUSTER
from tests.vault.attacks import HARMLESS, attack
from tests.vault.conftest import Ground

WORD = "Quixomara " + "Vexanaly"  # in two parts: a report may show lines of this file
SEALED = [model for model in apps.get_models() if issubclass(model, SealedModel) and compartments(model)]


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model._meta.label)
@attack(10, HARMLESS)
def test_no_copy_of_a_row_holds_what_was_typed(model: type[SealedModel]) -> None:
    """Pickled, printed, copied or taken apart: a row says that something is there, and not what."""
    row = model()
    for field in compartments(model):
        for name in field.names:
            setattr(row, name, WORD)
    said = [str(row), repr(row), str([getattr(row, name) for field in compartments(model) for name in field.names])]
    assert not [text for text in said if "Quixomara" in text]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert b"Quixomara" not in pickle.dumps(row, protocol)
    assert "Quixomara" not in repr(copy.copy(row).__getstate__())


@attack(10, HARMLESS)
def test_a_message_to_the_worker_can_be_nothing_but_json() -> None:
    assert (current_app.conf.task_serializer, set(current_app.conf.accept_content)) == ("json", {"json"})
    assert current_app.conf.result_backend in (None, "", "disabled://"), "no result waits anywhere"


def tasks() -> dict[str, list[str]]:
    """What each task of the worker takes, by its name, as the sources say."""
    found = dict[str, list[str]]()
    for package in ("ijm", "investigations", "aftercare", "prosecutions", "audit"):
        for path in (settings.BASE_DIR / package).rglob("*.py"):
            if "shared_task" in (text := path.read_text()):
                found |= {node.name: [one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)]
                          for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
                          and any("shared_task" in ast.dump(by) for by in node.decorator_list)}
    return found


@attack(10, HARMLESS)
def test_a_task_takes_the_id_of_a_job_and_nothing_else() -> None:
    """What a task is called with lies in the broker."""
    taken = tasks()
    assert len(taken) > 4 and {name: words for name, words in taken.items() if words} == {"run": ["job_id"]}


@attack(10, HARMLESS)
def test_no_statement_carries_what_was_typed(ground: Ground) -> None:
    """Neither the words of a statement nor what is bound to it: so no log and no statistics of the server can keep it."""
    sent = list[str]()

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(f"{sql} {[bytes(one.obj) if hasattr(one, 'obj') else one for one in params or ()]}")
        return execute(sql, params, many, context)

    with ExitStack() as listening:
        for alias in ("default", "keys", "trail"):
            listening.enter_context(connections[alias].execute_wrapper(listen))
        home = ground.home(address=WORD, reason=WORD)
        ground.name(family=WORD)
        assert ground.read(home, "address") == {"address": WORD}
    assert len(sent) > 20 and any("INSERT INTO" in one and "aftercare_residence" in one for one in sent)
    assert not [one for one in sent if "quixomara" in one.lower()]


def failing(text: str) -> None:
    """Ends with an error while what was typed is in its hands."""
    held = {"address": text}
    raise RuntimeError(f"cannot go on with {len(held)} values")


@attack(10, HARMLESS)
def test_an_error_report_shows_no_variable_and_no_posted_value() -> None:
    request = RequestFactory().post("/aftercare/residences/new/", {"address": WORD})
    try:
        failing(WORD)
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info())
    assert [frame["vars"] for frame in reporter.get_traceback_frames()] == [[], []]
    posted = reporter.filter.get_post_parameters(request)
    assert posted.keys() == {"address"} and WORD not in str(posted)


@attack(10, HARMLESS)
def test_errors_of_the_database_repeat_no_value(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    """A save that fails in the database: neither the error nor the log repeats what was to be saved."""
    home, she = ground.home(), ground.cast.care_worker
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception) as caught, acting_as(she), \
            entry("test.changed", by=she, about=None):
        Residence(code=home.code, file_id=home.file_id, survivor=home.survivor, placement="kin", since_on=home.since_on,
                  address=WORD, reason=WORD).save()
    said = f"{caught.value} {caught.value!r} {caught.value.__cause__} {caplog.text}"
    assert "Quixomara" not in said and WORD.encode().hex() not in said


@attack(10, HARMLESS)
def test_stored_statements_hold_no_value(ground: Ground) -> None:
    """Where the server keeps statements (pg_stat_statements), they are kept without what was bound to them."""
    ground.home(address=WORD)
    dsn = CLUSTER.superuser_dsn(connections["default"].settings_dict["NAME"])
    with psycopg.connect(dsn, autocommit=True) as connection:
        loaded = connection.execute("SELECT current_setting('shared_preload_libraries') ~ 'pg_stat_statements'").fetchone()
        active = connection.execute("SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE usename ~ '^ijm'").fetchone()
        assert "Quixomara" not in str(active)
        if loaded and loaded[0]:
            kept = connection.execute("SELECT string_agg(query, ' ') FROM pg_stat_statements").fetchone()
            assert "Quixomara" not in str(kept)


@attack(10, HARMLESS)
def test_the_servers_own_log_keeps_no_parameters() -> None:
    with psycopg.connect(CLUSTER.superuser_dsn(), autocommit=True) as connection:
        kept = {name: connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in (
            "log_statement", "log_parameter_max_length_on_error", "log_min_error_statement")}
    assert {name: row[0] for name, row in kept.items() if row} == {
        "log_statement": "none", "log_parameter_max_length_on_error": "0", "log_min_error_statement": "panic"}


@attack(10, HARMLESS)
def test_no_file_of_the_repository_holds_a_key() -> None:
    done = subprocess.run(["git", "ls-files", "*.key", "*passphrase*"], cwd=settings.BASE_DIR, capture_output=True, text=True,
                          check=False)
    assert done.stdout.split() == []
