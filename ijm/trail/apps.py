"""The recording floor."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Events, doors and history: the ground floor of the house."""

    name = "ijm.trail"
    default_auto_field = "django.db.models.UUIDField"
