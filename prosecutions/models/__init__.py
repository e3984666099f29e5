"""The tables of the wing."""

from prosecutions.models.charges import Charge
from prosecutions.models.hearings import Hearing, HearingKind
from prosecutions.models.prosecutions import Accused, Measure, Prosecution, VictimWitness
from prosecutions.models.verdicts import Outcome, Verdict

__all__ = ("Accused", "Charge", "Hearing", "HearingKind", "Measure", "Outcome", "Prosecution", "Verdict",
           "VictimWitness")
