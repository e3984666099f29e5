"""A worker with two more kinds of work, for tests that kill it in the middle: `celery -A tests.slow_worker`."""

from __future__ import annotations

from ijm.bridges import JOBS
from ijm.celery import app

JOBS |= {"test.hangs_once": "tests.slow_work.hangs_once", "test.goes_on": "tests.slow_work.goes_on"}

__all__ = ("app",)
