"""Long work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that the worker process does on somebody's behalf."""

    name = "ijm.jobs"
    default_auto_field = "django.db.models.UUIDField"
