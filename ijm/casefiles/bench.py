"""What need-to-know costs: the page of 50 that a person sees, beside the bare indexed page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.measuring import Measure
from ijm.roles.table import Kind
from ijm.trail.context import acting_as

FILES, GRANTS, PAGE = 50_000, 500, 50
BARE = "bare"  # a role that row security does not bind, in measurements only
LOAD = Path(__file__).with_name("bench.sql")


def load(superuser: str) -> None:
    """Fifty thousand files and one person who stands on five hundred of them; once."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        if connection.execute("SELECT count(*) FROM public.casefiles_casefile").fetchone() == (0,):
            connection.execute(LOAD.read_text().replace(":files", str(FILES)).replace(":grants", str(GRANTS)))
            connection.execute("VACUUM ANALYZE")


def page(using: str) -> list[CaseFile]:
    """The newest fifty investigations that this connection may see, by the index that serves this order."""
    return list(CaseFile.objects.using(using).filter(kind=Kind.INVESTIGATION).order_by("-sort_key")[:PAGE])


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of this room: the page alone in an open door, and with the door and the count around it."""
    load(superuser)
    user = User.objects.get(username="bench")

    def whole() -> int:
        with acting_as(user, "r"):
            return len(page("default")) * CaseFile.objects.count()

    if whole() != PAGE * GRANTS:
        raise RuntimeError("row security does not show exactly the granted files")
    yield Measure("page50_whole", "door, page and count, beside the bare page", whole, lambda: page(BARE), 4.0)
    with acting_as(user, "r"):
        yield Measure("page50", "page of 50 under row security, beside the bare page",
                      lambda: page("default"), lambda: page(BARE), 4.0)
