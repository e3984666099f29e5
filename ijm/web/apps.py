"""The shell."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, components, styles."""

    name = "ijm.web"
    default_auto_field = "django.db.models.UUIDField"
