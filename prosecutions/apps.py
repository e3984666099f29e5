"""The wing."""

from django.apps import AppConfig


class ProsecutionsConfig(AppConfig):
    """The wing as Django knows it."""

    name = "prosecutions"
    default_auto_field = "django.db.models.UUIDField"
