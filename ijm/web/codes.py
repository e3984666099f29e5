"""Records are asked for by their codes; what is hidden and what does not exist are the same."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from ijm.ids import normalise_code

Row = TypeVar("Row", bound=Model)


def get_by_code(rows: QuerySet[Row], code: str, *, column: str = "code") -> Row:
    """The one row of this code, however it was typed; raises Http404 when she may not see it or there is none."""
    found = rows.filter(**{column: normalise_code(code) or ""}).first()
    if found is None:
        raise Http404
    return found
