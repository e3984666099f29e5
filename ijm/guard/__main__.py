"""`python -m ijm.guard` writes docs/database.sql and docs/states.md anew."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ijm.settings")
django.setup()

from ijm.guard.documents import write  # noqa: E402

for path in write():
    print(path)
