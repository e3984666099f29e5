"""The command `demo_code`: the demonstration's second-factor code of this moment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ijm.embedded.totp import demo_line
from ijm.env import env


class Command(BaseCommand):
    """Print the six digits that a sign-in to the demonstration asks for."""

    help = "Print the second-factor code of the demonstration office."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the line, or say why there is none."""
        line = demo_line(env.var)
        if env.mode != "demo" or not line:
            raise CommandError("There is no demonstration office here: make one with `manage.py up --demo`.")
        self.stdout.write(line)
