"""A flag in words: why it was raised, and the question to the log that explains it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.flagged import Flag
from audit.states import Ground
from ijm.web.words import number


def why(flag: Flag) -> str:
    """One sentence with the numbers behind it; it says what was seen and accuses nobody."""
    told = {"n": number(flag.number), "usual": number(flag.usual)}
    if flag.ground == Ground.VOLUME and flag.usual:
        return _("%(n)s records were looked at on this day; usual are about %(usual)s.") % told
    if flag.ground == Ground.VOLUME:
        return _("%(n)s records were looked at on this day, and nothing is known of what is usual.") % told
    return _many(flag) % told


def _many(flag: Flag) -> str:
    many = flag.number
    said = {
        Ground.HOURS: ngettext("%(n)s look before seven, after nineteen or at the weekend.",
                               "%(n)s looks before seven, after nineteen or at the weekend.", many),
        Ground.NEVER: ngettext("%(n)s look at a file without a place on it at that time.",
                               "%(n)s looks at a file without a place on it at that time.", many),
        Ground.CLOSED: ngettext("%(n)s look at sealed fields of a file that was closed by then.",
                                "%(n)s looks at sealed fields of a file that was closed by then.", many),
        Ground.ONESELF: _("The person in the file bears the whole name of this colleague. You do not see which."),
        Ground.SURNAME: _("The person in the file bears the surname of this colleague. You do not see which."),
        Ground.GUESSING: ngettext("%(n)s code or search that led nowhere.", "%(n)s codes or searches that led nowhere.", many),
        Ground.TAKING: ngettext("%(n)s print, download or export within one hour.",
                                "%(n)s prints, downloads or exports within one hour.", many),
        Ground.GRANTED: _("Refused first, then given a place within seven days, then opened."),
        Ground.ABOUT_HERSELF: ngettext("%(n)s question to the log about the one who asked.",
                                       "%(n)s questions to the log about the one who asked.", many),
        Ground.SAMPLE: ngettext("%(n)s look of that month, drawn at random. Nothing is suspected.",
                                "%(n)s looks of that month, drawn at random. Nothing is suspected.", many),
    }
    return str(said[Ground(flag.ground)])


def questions(flag: Flag) -> list[tuple[str, str]]:
    """What to ask the log about it: her day, and who has seen the record it is about."""
    day = flag.day
    span = {"period": "own", **{f"{end}_{place}": str(part) for end in ("since", "until")
                                for place, part in enumerate((day.day, day.month, day.year))}}
    asked = [(_("What she did on that day"), f"{reverse('audit:did')}?{urlencode({'person': flag.actor.code, **span})}")]
    if flag.about_code and not flag.about_code.startswith("US-"):
        asked.append((_("Who has seen %(code)s") % {"code": flag.about_code},
                      f"{reverse('audit:who-saw')}?{urlencode({'code': flag.about_code, 'period': '90'})}"))
    return asked
