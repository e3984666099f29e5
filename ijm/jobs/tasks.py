"""What Celery finds."""

from ijm.jobs.work import run, sweep

__all__ = ("run", "sweep")
