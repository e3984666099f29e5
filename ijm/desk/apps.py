"""The desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """My work today, search, notices, what I opened, roles and rights."""

    name = "ijm.desk"
    default_auto_field = "django.db.models.UUIDField"
