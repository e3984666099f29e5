"""What an error report may say: nothing of what was in the request or in the code's variables."""

from __future__ import annotations

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
