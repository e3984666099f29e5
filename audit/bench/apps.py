"""The measuring tables as an app, which a library asks for; installed in a measuring process alone."""

from django.apps import AppConfig


class Bench(AppConfig):
    """Tables that no office has."""

    name, label = "audit.bench", "bench"
