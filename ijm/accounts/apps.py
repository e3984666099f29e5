"""People of the office."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, offices, roles held, second factor, sessions."""

    name = "ijm.accounts"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Record signing in and out."""
        from ijm.accounts import signals  # noqa: F401
