"""The help: guides, a glossary, and what hard fields mean."""

from django.apps import AppConfig


class HelpConfig(AppConfig):
    """Pages that explain the house; no tables."""

    name = "ijm.help"
    label = "help"
    verbose_name = "Help"
