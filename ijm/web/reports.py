"""What an error report or a line of the log may say: nothing of what was in the request or in the code's variables."""

from __future__ import annotations

import logging
from typing import Any

from django.views.debug import SafeExceptionReporterFilter


class NothingShown(SafeExceptionReporterFilter):
    """Hide every variable and every posted value, whatever its name."""

    def is_active(self, request: Any) -> bool:
        """Always."""
        return True

    def get_post_parameters(self, request: Any) -> dict[str, str]:
        """The names of what was posted, no values."""
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        """No variables."""
        return []


class NoAddresses(logging.Filter):
    """Somebody may type a name where a code belongs: the log says which page was asked for, not by which address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the page's name in the place of the address."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            record.args = tuple(page_of(request) if str(one).startswith("/") else one for one in record.args)
        return True


def page_of(request: Any) -> str:
    """The name of the page that an address leads to, as far as it leads to one of ours."""
    found = getattr(request, "resolver_match", None)
    return f"[{found.view_name or 'page'}]" if found else "[no such page]"
