"""The models of the wing; each stands in its own module."""

from audit.court.models import Package

__all__ = ("Package",)
