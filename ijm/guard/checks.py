"""System checks: every table says who may see it, every guarded one is recorded."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from ijm.guard.declare import Guard
from ijm.guard.render import histories
from ijm.guard.tables import OUTSIDE


@register("guard")
def every_table_is_classified(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A model without a declaration, or guarded and not recorded, stops the start."""
    found: list[CheckMessage] = []
    recorded, past = histories(), set(histories().values())
    for model in apps.get_models(include_auto_created=True):
        meta, guard = model._meta, getattr(model, "guard", None)
        if model in past or meta.db_table in OUTSIDE or not meta.managed or meta.app_label == "vault":
            continue
        if not isinstance(guard, Guard):
            found.append(Error(f"{meta.label} does not say who may see its rows", obj=model, id="guard.E001"))
        elif guard.recorded and model not in recorded:
            found.append(Error(f"{meta.label} is guarded but not recorded", obj=model, id="guard.E002"))
        elif guard.recorded and meta.local_many_to_many:
            found.append(Error(f"{meta.label} has a many-to-many without a recorded model", obj=model, id="guard.E003"))
    return found
