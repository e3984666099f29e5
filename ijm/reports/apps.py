"""Reports and exchange as a Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figures, and the HTCDS exchange with its import command."""

    name = "ijm.reports"
    label = "reports"
