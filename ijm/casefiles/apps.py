"""Case files."""

from django.apps import AppConfig


class CasefilesConfig(AppConfig):
    """Files, who stands on them, links between them, deliveries to them."""

    name = "ijm.casefiles"
    default_auto_field = "django.db.models.UUIDField"
