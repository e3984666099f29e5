"""The room of requests that need a second person."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests that one person makes and another decides."""

    name = "ijm.approvals"
    label = "approvals"
