"""Records of this wing in words: titles, tones of states, lists of codes in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from ijm.reference import lists
from ijm.web import words as spoken
from ijm.web.approximate import ApproximateDay
from investigations.models import Incident, Investigation, RescuedPerson, RescueOperation, Suspect, Tip
from investigations.states import RescueState, Stage, SuspectState, TipState

TONES: dict[str, str] = {
    TipState.RECEIVED: "warn", TipState.ASSESSED: "info", TipState.PROMOTED: "good", TipState.DECLINED: "",
    Stage.ENQUIRY: "info", Stage.OPERATION: "warn", Stage.REFERRED: "good", Stage.CLOSED: "",
    SuspectState.SUSPECTED: "info", SuspectState.ARRESTED: "bad", SuspectState.RELEASED: "", SuspectState.CLEARED: "",
    RescueState.PLANNED: "warn", RescueState.APPROVED: "info", RescueState.CONCLUDED: "good",
    RescueState.CANCELLED: "",
}


def province(code: str) -> str:
    """A province by name, or that it is not known."""
    return dict(lists.provinces()).get(code) or _("place not known")


def tip_title(tip: Tip) -> str:
    """What tells one tip from another without a name."""
    return _("%(channel)s, %(province)s") % {"channel": tip.get_channel_display(), "province": province(tip.province)}


def investigation_title(investigation: Investigation) -> str:
    """What an investigation is about, without a name."""
    form = lists.label("vic_TypeOfExploitation", investigation.form_of_exploitation)
    return _("%(form)s, %(province)s") % {"form": form, "province": province(investigation.province)}


def rescue_title(operation: RescueOperation) -> str:
    """An operation, without its place or time."""
    return _("Rescue operation for %(number)s persons") % {"number": spoken.number(operation.expected_persons)}


def suspect_title(suspect: Suspect) -> str:
    """A suspect, without a name."""
    return _("Suspect: %(part)s") % {"part": part(suspect)}


def part(suspect: Suspect) -> str:
    """The part a suspect had in what happened."""
    return lists.label("per_RoleInProcess", suspect.role_in_process)


def person_title(rescued: RescuedPerson) -> str:
    """A rescued person, as far as this wing may know her."""
    return f"{rescued.get_sex_display()}, {rescued.get_age_band_display()}"


def words(choices: type[TextChoices], codes: Iterable[str]) -> str:
    """Codes of a closed list as words."""
    labels = dict(choices.choices)
    return ", ".join(str(labels.get(code, code)) for code in codes)


def languages(codes: Iterable[str]) -> str:
    """Language codes as words."""
    return ", ".join(lists.label("language", code) for code in codes)


def occurred(incident: Incident) -> str:
    """The day of an incident as far as it is known."""
    return ApproximateDay.read(incident.occurred).spoken()


def yes_no(value: bool | None) -> str:
    """Yes, no, or an honest not known."""
    return _("not known") if value is None else _("yes") if value else _("no")


def stages(investigation: Investigation) -> list[dict[str, Any]]:
    """The way of an investigation, with the place it has come to; a stage it went past without is left out."""
    here, passed = Stage(investigation.stage), _passed(investigation)
    order = list(Stage)
    ahead = order[order.index(here) + 1:]
    return [{"label": stage.label, "state": "next" if stage in ahead else "current" if stage == here else "done",
             "since": investigation.stage_since if stage == here else None}
            for stage in order if stage in ahead or stage in passed]


def _passed(investigation: Investigation) -> set[str]:
    """The stages it has been in, as its history tells."""
    told: Any = investigation.history
    return {investigation.stage, *told.values_list("stage", flat=True)}


def when(moment: datetime) -> str:
    """A moment for a narrow column."""
    return f"{spoken.short_day(moment)}, {spoken.clock(moment)}"


def number(value: int | None) -> str:
    """A number in the digits of the page, or that it is not known."""
    return _("not known") if value is None else spoken.number(value)


def day(moment: datetime) -> str:
    """A day for a narrow column."""
    return spoken.short_day(moment)
