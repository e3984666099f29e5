"""Opened values as words: what is there, and in place of what cannot be opened, why."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ijm.vault.disclosure import Broken
from ijm.web.words import day


def joined(values: Iterable[object], glue: str = " ") -> str:
    """The values that are there, in one text; where some cannot be opened, said once why."""
    shown = list(values)
    reasons = dict.fromkeys(why(value) for value in shown if isinstance(value, Broken))
    return glue.join([*(str(value) for value in shown if value), *reasons])


def why(broken: Broken) -> str:
    """Erased on which day under which certificate; else the code that the person at the desk reads out."""
    if broken.certificate and broken.since:
        return _("Erased on %(on)s, certificate %(number)s") % {"on": day(broken.since), "number": broken.certificate}
    return broken.code
