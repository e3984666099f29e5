"""The web application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ijm.settings")

application = get_wsgi_application()

from ijm.guard.serving import watch  # noqa: E402
from ijm.vault import canary, process  # noqa: E402

watch()
canary.demand()
process.heed_hangup()
