"""The embedded room as a Django app: its commands, and the Celery app at hand wherever Django runs."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """Brings the commands `up`, `provision`, `migrate` and `demo_code`."""

    name = "ijm.embedded"
    label = "embedded"

    def ready(self) -> None:
        """Make the office's Celery app the current one, so that `shared_task` finds it."""
        import_module("ijm.celery")
