"""The Celery app `ijm`: jobs of the office, done by the worker that `manage.py up` starts."""

from __future__ import annotations

import os

import kombu.transport

# Before Celery looks: these names mean our transports, which lose nothing and outlive a server's restart.
kombu.transport.TRANSPORT_ALIASES["filesystem"] = "ijm.embedded.queue:Transport"
for name in ("redis", "rediss"):
    kombu.transport.TRANSPORT_ALIASES[name] = "ijm.embedded.valkey:Transport"

from celery import Celery  # noqa: E402
from celery.signals import worker_init  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ijm.settings")

app = Celery("ijm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def serve_humbly(**kwargs: object) -> None:
    """Refuse, from the worker's start, a database role that could step around the guard."""
    from ijm.guard.serving import watch

    watch()
