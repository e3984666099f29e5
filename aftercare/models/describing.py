"""How a page speaks of somebody without her name: "Woman, 18 to 24"."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ijm.people.models import CHILD_BANDS, AgeBand, Sex


def described(sex: str, age_band: str) -> str:
    """Her sex and age in words, as far as they are known."""
    child = age_band in CHILD_BANDS
    if child:
        who = {Sex.FEMALE: _("Girl"), Sex.MALE: _("Boy")}.get(Sex(sex), _("Child"))
    elif age_band == AgeBand.UNKNOWN:
        who = {Sex.FEMALE: _("Woman or girl"), Sex.MALE: _("Man or boy")}.get(Sex(sex), _("Person"))
    else:
        who = {Sex.FEMALE: _("Woman"), Sex.MALE: _("Man")}.get(Sex(sex), _("Adult"))
    return f"{who}, {AgeBand(age_band).label}"
