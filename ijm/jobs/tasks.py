"""What Celery finds."""

from ijm.jobs.running import run, sweep

__all__ = ("run", "sweep")
