#!/usr/bin/env python
"""Everything an office does from the command line; `manage.py up` runs it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run `up` before any setting is read; for all else find the running office first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ijm.settings")
    if sys.argv[1:2] == ["up"]:
        from ijm.embedded import up

        sys.exit(up.main(sys.argv[2:]))
    if not os.environ.get("DATABASE_URL"):
        from ijm.embedded.find import running_variables

        here = Path(__file__).resolve().parent
        found = running_variables(Path(os.environ.get("IJM_VAR") or here / "var"))
        os.environ.update({name: value for name, value in found.items() if name not in os.environ})
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
