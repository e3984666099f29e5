"""Correcting a tip, an investigation, an incident, a suspect: one pattern, `ijm.web.correcting`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from ijm.trail.purposes import Purpose
from ijm.vault.disclosure import Broken, disclose
from ijm.vault.sealed import SealedModel
from ijm.web import correcting
from ijm.web.approximate import ApproximateDay
from ijm.web.pages import writes
from investigations import names, policy
from investigations.actions import corrections
from investigations.codes import Known
from investigations.forms.corrections import IncidentCorrection, InvestigationCorrection, SuspectCorrection, TipCorrection
from investigations.forms.tips import KNOWN
from investigations.models import Incident, Investigation, Suspect, Tip
from investigations.views import files, suspects, tips
from investigations.views.common import INTAKE, WORKING, back_with_why

CHILDREN = {value: answer for answer, value in KNOWN.items()}


def opened(record: SealedModel, *sealed: str, by: Any) -> dict[str, Any]:
    """The sealed answers of a record, opened to be corrected; one that cannot be opened stays as it is."""
    shown = disclose(record, *sealed, to=by, purpose=Purpose.CORRECTION)
    return {name: "" if isinstance(value, Broken) else value or "" for name, value in shown.items()}


@writes(*INTAKE, sample="tip")
def tip(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what was said, the place, the danger."""
    user: Any = request.user
    one = policy.get_tip(user, code)
    if turned := back_with_why(request, policy.may_correct_tip(user, one), tips.home(one)):
        return turned
    return correcting.answer(request, correcting.Correction(
        one, TipCorrection, lambda tip: _tip(tip, user),
        lambda changed: corrections.correct_tip(one, by=user, **_columns(changed)), tips.home(one),
        tips.way((one.code, tips.home(one)))))


def _tip(one: Tip, user: Any) -> dict[str, Any]:
    return {"urgency": one.urgency, "people_affected": one.people_affected, "province": one.province,
            "children": CHILDREN[one.is_child_involved].value, **opened(one, "what_was_said", "landmark", by=user)}


def _columns(changed: dict[str, Any]) -> dict[str, Any]:
    if "children" not in changed:
        return changed
    return {**{name: value for name, value in changed.items() if name != "children"},
            "is_child_involved": KNOWN[Known(changed["children"])]}


@writes(*WORKING, sample="investigation")
def investigation(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what an investigation is about, and where."""
    user: Any = request.user
    one = policy.get_investigation(user, code)
    if turned := back_with_why(request, policy.may_work(user, one), files.home(one)):
        return turned
    return correcting.answer(request, correcting.Correction(
        one, InvestigationCorrection, _investigation,
        lambda changed: corrections.correct_investigation(one, by=user, **changed), files.home(one),
        files.way((one.code, files.home(one)))))


def _investigation(one: Investigation) -> dict[str, Any]:
    return {"form_of_exploitation": one.form_of_exploitation, "province": one.province}


@writes(*WORKING, sample="incident")
def incident(request: HttpRequest, code: str) -> HttpResponse:
    """Correct the legal test and the account of an incident."""
    user: Any = request.user
    one = policy.get_incident(user, code)
    home = files.home(one.investigation)
    if turned := back_with_why(request, policy.may_work(user, one.investigation), home):
        return turned
    return correcting.answer(request, correcting.Correction(
        one, IncidentCorrection, lambda incident: _incident(incident, user),
        lambda changed: corrections.correct_incident(one, by=user, **_dated(changed)), home,
        files.way((one.investigation.code, home))))


def _incident(one: Incident, user: Any) -> dict[str, Any]:
    return {"is_child": one.is_child, "acts": one.acts, "means": one.means, "purposes": one.purposes, "province": one.province,
            "occurred": ApproximateDay.read(one.occurred), **opened(one, "account", by=user)}


def _dated(changed: dict[str, Any]) -> dict[str, Any]:
    return changed | ({"occurred": str(changed["occurred"])} if "occurred" in changed else {})


@writes(*WORKING, sample="suspect")
def suspect(request: HttpRequest, code: str) -> HttpResponse:
    """Correct the part somebody had in it, and the names."""
    user: Any = request.user
    one = policy.get_suspect(user, code)
    if turned := back_with_why(request, policy.may_work(user, one.investigation), suspects.home(one)):
        return turned
    return correcting.answer(request, correcting.Correction(
        one, SuspectCorrection, lambda suspect: _suspect(suspect, user),
        lambda changed: corrections.correct_suspect(one, by=user, **changed), suspects.home(one),
        files.way((one.investigation.code, files.home(one.investigation)), (one.code, suspects.home(one)))))


def _suspect(one: Suspect, user: Any) -> dict[str, Any]:
    rows = list(policy.visible_names(user, one))
    shown: dict[Any, Any] = disclose(rows, "family", "given", to=user, purpose=Purpose.CORRECTION)
    return {"role_in_process": one.role_in_process, **names.parts(rows, shown)}
