"""A worker with some more kinds of work, for tests that watch it or kill it in the middle: `celery -A tests.slow_worker`."""

from __future__ import annotations

from ijm.bridges import JOBS
from ijm.celery import app

KINDS = ("hangs_once", "goes_on", "makes_a_file", "gives_up")
JOBS |= {f"test.{name}": f"tests.slow_work.{name}" for name in KINDS}

__all__ = ("KINDS", "app")
