"""The guard."""

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Row security, history triggers, state guards and grants, rendered from the models."""

    name = "ijm.guard"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Register the guard's system checks."""
        from ijm.guard import checks  # noqa: F401
