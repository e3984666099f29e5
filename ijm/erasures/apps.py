"""The room of erasures and legal holds."""

from django.apps import AppConfig


class ErasuresConfig(AppConfig):
    """Erasures and legal holds."""

    name = "ijm.erasures"
    label = "erasures"
