"""The wing."""

from django.apps import AppConfig


class AftercareConfig(AppConfig):
    """The wing as Django knows it."""

    name = "aftercare"
    default_auto_field = "django.db.models.UUIDField"
