"""The tables of the exchange."""

from ijm.reports.models.exports import Export, Which
from ijm.reports.models.former import Former
from ijm.reports.models.imports import Import, ImportPart, SourceKind

__all__ = ("Export", "Former", "Import", "ImportPart", "SourceKind", "Which")
