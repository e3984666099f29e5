"""The wing."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The wing as Django knows it."""

    name = "audit"
    default_auto_field = "django.db.models.UUIDField"
