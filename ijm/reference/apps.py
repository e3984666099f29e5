"""The reference lists as a Django application."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Countries, provinces, courts, offences, time limits and code lists."""

    name = "ijm.reference"
    label = "reference"
