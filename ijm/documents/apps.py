"""Documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Letters and sheets: numbered, marked, recorded."""

    name = "ijm.documents"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say at a check whether this machine can set type well."""
        from ijm.documents import checks  # noqa: F401
