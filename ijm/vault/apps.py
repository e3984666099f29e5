"""The vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys, sealed fields and disclosure."""

    name = "ijm.vault"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Register the vault's system checks and how arrays are written; let no core file of this process be written."""
        from ijm.vault import arrays, checks, process  # noqa: F401

        arrays.register()
        process.harden()
