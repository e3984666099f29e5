"""The models of the wing; each stands in its own module."""

from audit.court.models import Package
from audit.flagged import Flag, Review, SavedQuestion
from audit.found import Finding

__all__ = ("Finding", "Flag", "Package", "Review", "SavedQuestion")
