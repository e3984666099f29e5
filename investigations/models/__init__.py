"""The tables of the wing."""

from investigations.models.incidents import Incident
from investigations.models.investigations import Investigation
from investigations.models.rescues import RescuedPerson, RescueOperation
from investigations.models.suspects import Suspect
from investigations.models.tips import Tip

__all__ = ("Incident", "Investigation", "RescueOperation", "RescuedPerson", "Suspect", "Tip")
