"""Notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What somebody should know: codes and links, never names."""

    name = "ijm.notices"
    default_auto_field = "django.db.models.UUIDField"
