"""The command `words`: gathers every word of the pages into the Khmer catalogue and compiles it."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

LANGUAGE = "km"
LEFT_OUT = [".venv/*", "var/*", "tests/*", "docs/*", "node_modules/*", "ijm/web/styles/*"]


class Command(BaseCommand):
    """Make and compile the catalogue; gettext's programs are needed by nobody else."""

    help = "Gather the words of all pages into ijm/locale and compile the Khmer catalogue."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, then compile."""
        if not (shutil.which("xgettext") and shutil.which("msgfmt")):
            raise CommandError("The programs xgettext and msgfmt are missing: install the package gettext.")
        call_command("makemessages", locale=[LANGUAGE], ignore_patterns=LEFT_OUT, no_location=True, no_wrap=True,
                     verbosity=0)
        call_command("compilemessages", locale=[LANGUAGE], ignore_patterns=LEFT_OUT, verbosity=0)
        self.stdout.write(f"{settings.LOCALE_PATHS[0]}: the catalogue is up to date; empty entries still want words.")
