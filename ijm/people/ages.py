"""From an age to its band: somebody writes how old a person is as far as it is known, and the band alone is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.people.models import AgeBand
from ijm.web import forms
from ijm.web.ages import OLDEST, ApproximateAgeInput

FROM = {AgeBand.CHILD_0_11: 0, AgeBand.CHILD_12_14: 12, AgeBand.CHILD_15_17: 15, AgeBand.ADULT_18_24: 18,
        AgeBand.ADULT_25_34: 25, AgeBand.ADULT_35_49: 35, AgeBand.ADULT_50: 50}
HELP = _("Kept as an age group, such as 15 to 17. Of two ages the lower one counts.")


def band_of(years: int | None) -> AgeBand:
    """The band of an age in years; who is of no known age is in none of them."""
    if years is None:
        return AgeBand.UNKNOWN
    return max((band for band, first in FROM.items() if first <= years), key=FROM.__getitem__)


def ages_of(band: str) -> forms.ApproximateAge:
    """The ages of a band, as a form shows what is known so far."""
    if band not in FROM:
        return forms.ApproximateAge()
    first = FROM[AgeBand(band)]
    return forms.ApproximateAge(first, min((later - 1 for later in FROM.values() if later > first), default=OLDEST))


class AgeBandInput(ApproximateAgeInput):
    """An age to write; a band that stands already is shown by its lowest and its highest age."""

    def decompress(self, value: Any) -> list[str]:
        """Take a band apart."""
        return super().decompress(ages_of(value) if value else None)


class AgeBandField(forms.ApproximateAgeField):
    """An age known in part, in Khmer or Latin digits. Gives the band of the lowest it may be."""

    choices = AgeBand.choices  # the words of a band, where two versions are compared

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"widget": AgeBandInput, "help_text": HELP, **given})

    def clean(self, value: Any) -> Any:
        """Turn the parts into a band."""
        age = super().clean(value)
        return None if age is None else band_of(age.lowest).value
