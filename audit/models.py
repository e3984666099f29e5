"""The models of the wing; each stands in its own module."""

from audit.court.models import Package
from audit.flagged import Flag, Review, SavedQuestion

__all__ = ("Flag", "Package", "Review", "SavedQuestion")
