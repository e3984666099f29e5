"""The auditor's words for the codes in an event. A code nobody listed is shown as it stands, never left out."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.acts import ACTS
from ijm.casefiles.models import Source
from ijm.desk import labels
from ijm.roles.table import Open, Role
from ijm.trail.purposes import Purpose
from ijm.vault.sealed import SealedModel, compartments

REASONS: dict[str, Promise] = {
    "role": _("No role for this"),
    "hidden-or-missing": _("Hidden, or not there"),
    "conflict": _("She knows somebody there, or worked on the other side"),
    "wall": _("Kept out by a wall or a seal"),
    "compartment": _("The role does not open these fields"),
    "permission": _("Not permitted"),
    "policy": _("A rule of the record"),
    "self": _("Nobody decides about themselves"),
    "refused": _("Refused"),
}
TITLES: dict[str, tuple[Promise, Promise]] = {
    "SV": (_("Survivor"), _("Who has seen this survivor's records")),
    "RP": (_("Rescued person"), _("Who has seen this rescued person's records")),
    "SU": (_("Suspect"), _("Who has seen this suspect's records")),
    "AC": (_("Accused"), _("Who has seen this accused person's records")),
    "VW": (_("Victim-witness"), _("Who has seen this witness's records")),
    "CR": (_("Care file"), _("Who has seen this care file")),
    "IV": (_("Investigation file"), _("Who has seen this investigation file")),
    "PF": (_("Prosecution file"), _("Who has seen this prosecution file")),
    "TP": (_("Tip"), _("Who has seen this tip")),
}
OTHER = (_("Record"), _("Who has seen this record"))


def kind_of_code(code: str) -> Promise:
    """What sort of record a code names."""
    return TITLES.get(code[:2], OTHER)[0]


def title_of(code: str) -> Promise:
    """The heading of an answer: the sort of record, never a name."""
    return TITLES.get(code[:2], OTHER)[1]


def act(code: str) -> str:
    """What somebody did, in words."""
    if code in ACTS:
        return str(ACTS[code])
    if code.endswith(".refused"):
        return gettext("Tried: %(what)s") % {"what": plain(code.removesuffix(".refused"))}
    return plain(code)


def plain(code: str) -> str:
    """A code read as words: `court_support.needed` as "Court support needed"."""
    said = code.replace(".", " ").replace("_", " ").strip()
    return said[:1].upper() + said[1:]


def purpose(code: str) -> str:
    """Why somebody looked, or why she was refused."""
    if code in Purpose:
        return str(Purpose(code).label)
    return str(REASONS.get(code, plain(code)))


def roles(codes: Iterable[str]) -> str:
    """The roles somebody held at that time."""
    return ", ".join(str(Role(code).label) if code in Role else code for code in codes)


def source(code: str) -> str:
    """Where a place on a file came from."""
    return str(Source(code).label) if code in Source else code


def _sealed(model: str) -> dict[str, str]:
    """{sealed name: compartment} of a model, by its label; nothing for a model that is not there any more."""
    try:
        found = apps.get_model(model)
    except (LookupError, ValueError):
        return {}
    if not issubclass(found, SealedModel):
        return {}
    return {name: field.compartment for field in compartments(found) for name in field.names}


def compartments_of(model: str, names: Iterable[str]) -> tuple[str, ...]:
    """The compartments that these sealed names of a model lie in."""
    owner = _sealed(model)
    return tuple(sorted({owner[name] for name in names if name in owner}))


def fields(model: str, names: Iterable[str]) -> list[str]:
    """Field names, never values, behind the compartment they lie in: "Identity: family, given"."""
    owner, found = _sealed(model), dict[str, list[str]]()
    for name in names:
        found.setdefault(owner.get(name, ""), []).append(name.replace("_", " "))
    return [f"{Open(compartment).label}: {', '.join(said)}" if compartment else ", ".join(said)
            for compartment, said in sorted(found.items())]


def tables(names: Iterable[str]) -> list[str]:
    """Which kinds of rows were changed."""
    known = {model._meta.db_table: labels.kind(model) for model in apps.get_models()}
    return sorted({known.get(name, name) for name in names})
