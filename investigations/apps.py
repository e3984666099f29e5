"""The wing."""

from django.apps import AppConfig


class InvestigationsConfig(AppConfig):
    """The wing as Django knows it."""

    name = "investigations"
    default_auto_field = "django.db.models.UUIDField"
