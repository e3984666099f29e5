"""Putting messages on the queue of a test's own office."""

from __future__ import annotations

from typing import Any

from celery import current_app
from kombu import Connection

from tests.office import Office


def put(office: Office, task: str, *words: str, url: str = "") -> None:
    """Put a message on the office's queue, as its web server would."""
    folder = str(office.var / "queue" / "in")
    options: dict[str, Any] = {"global_keyprefix": "ijm:"}
    if office.broker.startswith("filesystem"):
        options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": str(office.var / "queue" / "control")}
    with Connection(url or office.broker, transport_options=options) as connection:
        current_app.send_task(task, words, connection=connection, ignore_result=True)
