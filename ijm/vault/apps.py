"""The vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys, sealed fields and disclosure."""

    name = "ijm.vault"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Register the vault's system checks."""
        from ijm.vault import checks  # noqa: F401
