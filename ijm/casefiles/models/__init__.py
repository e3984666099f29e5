"""The tables of this room."""

from ijm.casefiles.models.access import CaseAccess, Source
from ijm.casefiles.models.deliveries import Delivery
from ijm.casefiles.models.files import CaseFile, FileLink, Status
from ijm.casefiles.models.roster import RosterLine
from ijm.casefiles.models.transfers import Transfer
from ijm.casefiles.models.walls import Declaration, Seal, Wall, WallKind

__all__ = ("CaseAccess", "CaseFile", "Declaration", "Delivery", "FileLink", "RosterLine", "Seal", "Source", "Status", "Transfer",
           "Wall", "WallKind")
