"""States of a package for a court, the events between them, and the permitted moves."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ijm.guard.states import Transition


class Event:
    """What packages leave in the trail."""

    ASKED = "package.asked"
    AGREED = "package.agreed"
    REFUSED = "package.refused_by_second"
    WITHDRAWN = "package.withdrawn"
    BEGUN = "package.begun"
    MADE = "package.made"
    FETCHED = "package.fetched"


class PackageState(TextChoices):
    """A package is asked for, agreed to by a second person, made, and fetched once."""

    ASKED = "asked", _("Waits for agreement")
    AGREED = "agreed", _("Agreed")
    MADE = "made", _("Made, not yet fetched")
    FETCHED = "fetched", _("Fetched")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MOVES = (
    Transition("", PackageState.ASKED, Event.ASKED),
    Transition("", PackageState.AGREED, Event.ASKED),
    Transition(PackageState.ASKED, PackageState.AGREED, Event.AGREED),
    Transition(PackageState.ASKED, PackageState.REFUSED, Event.REFUSED),
    Transition(PackageState.ASKED, PackageState.WITHDRAWN, Event.WITHDRAWN),
    Transition(PackageState.AGREED, PackageState.WITHDRAWN, Event.WITHDRAWN),
    Transition(PackageState.AGREED, PackageState.MADE, Event.MADE),
    Transition(PackageState.MADE, PackageState.FETCHED, Event.FETCHED),
)
