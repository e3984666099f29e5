"""System checks: a sealed model says everything the seal needs."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from ijm.roles.table import Open
from ijm.vault import canary, roots
from ijm.vault.keyring import EVIDENCE
from ijm.vault.sealed import SealedModel, compartments


@register("vault")
def sealed_models_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each compartment is one of the eight or holds a file's key; it has a frozen label of its own, a scope and a name."""
    found: list[CheckMessage] = []
    labels: dict[str, str] = {}
    for model in apps.get_models():
        if model.__name__.startswith("Historical"):
            continue
        for field in compartments(model):
            where = f"{model._meta.label}.{field.name}"
            if field.compartment not in (*Open.values, EVIDENCE):
                found.append(Error(f"{where}: '{field.compartment}' is no compartment", id="vault.E001"))
            if not (field.label and field.scope and field.names):
                found.append(Error(f"{where} needs label, scope and names", id="vault.E002"))
            if labels.setdefault(field.label, where) != where:
                found.append(Error(f"{where} has the label of {labels[field.label]}", id="vault.E003"))
            if not issubclass(model, SealedModel):
                found.append(Error(f"{where}: the model must be a SealedModel", id="vault.E004"))
    return found


@register("vault")
def the_root_is_right(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Commands and the worker stop here, with one line, when their root key is the wrong one.

    Without any root key (a machine that only makes back-ups) a command may run; it opens nothing.
    """
    if roots.root().is_at_hand():
        canary.demand()
    return []
