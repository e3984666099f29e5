"""The tables of the wing."""

from prosecutions.models.charges import Charge
from prosecutions.models.hearings import Hearing
from prosecutions.models.prosecutions import Accused, Prosecution, VictimWitness
from prosecutions.models.verdicts import Verdict

__all__ = ("Accused", "Charge", "Hearing", "Prosecution", "Verdict", "VictimWitness")
