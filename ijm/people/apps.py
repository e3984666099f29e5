"""The one identity register."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, their names and numbers, the wings' own codes for them, what they consented to."""

    name = "ijm.people"
    default_auto_field = "django.db.models.UUIDField"
