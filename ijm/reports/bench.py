"""What bringing people in costs: a hundred at a time beside one at a time, by the same importer, rolled back each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from django.utils.module_loading import import_string

from ijm.accounts.models import User
from ijm.bridges import IMPORTERS
from ijm.casefiles.bench import load
from ijm.measuring import Measure, Part
from ijm.reports.htcds import PartialDay, Row
from ijm.trail.context import acting_as

PEOPLE = 20
# A supervisor of aftercare like the measuring user, made by the superuser of the measuring cluster; once.
LOAD = """
INSERT INTO accounts_user SELECT (jsonb_populate_record(NULL::accounts_user, to_jsonb(u) || jsonb_build_object(
  'id', gen_random_uuid(), 'code', 'US-BENCH2', 'username', 'bench2'))).*
FROM accounts_user u WHERE u.username = 'bench' AND NOT EXISTS (SELECT FROM accounts_user WHERE username = 'bench2');
INSERT INTO accounts_rolegrant (id, rev, user_id, role, office_id, starts_at, expires_at, proposed_by_id, approved_by_id,
  approved_at)
SELECT gen_random_uuid(), 1, u.id, 'CARE_SUPERVISOR', u.office_id, now(), now() + interval '300 days', b.id, u.id, now()
FROM accounts_user u, accounts_user b WHERE u.username = 'bench2' AND b.username = 'bench'
  AND NOT EXISTS (SELECT FROM accounts_rolegrant g WHERE g.user_id = u.id)
"""


class Back(Exception):
    """Takes back what was measured."""


def people(number: int) -> list[Row]:
    """So many rows with as much as offices write down."""
    said: dict[str, Any] = {
        "prs_SecondName": "Sok", "prs_Birthdate": PartialDay(1999, 5, 4), "prs_Gender": "Feminine", "prs_Citizenship": ("KH",),
        "prs_MailingStreet": "House 2", "prs_MailingState": "Kampong Speu", "con_Consent": True,
        "vic_TypeOfExploitation": ("ForcedLabour",), "cas_IncomingReferralDetails": "Came with her sister."}
    return [Row(at, {**said, "prs_FirstName": f"Dara {at}", "prs_MobilePhone": f"+85512{at:06}"}) for at in range(number)]


def bring_in(user: User, portions: Sequence[Sequence[Row]]) -> None:
    """Bring these portions in, each in entries of its own, and take everything back."""
    with suppress(Back), acting_as(user):
        for portion in portions:
            for name in IMPORTERS["htcds"]:
                import_string(name)(portion, by=user, progress=lambda done, of: None)
        raise Back


def parts(superuser: str) -> tuple[Part, ...]:
    """The measure of this room."""
    return (Part(("import_rows",), lambda: measures(superuser)),)


def measures(superuser: str) -> Iterator[Measure]:
    """Who brings them in is made beside whoever measures the files."""
    load(superuser)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(LOAD)
    user, rows = User.objects.get(username="bench2"), people(PEOPLE)
    yield Measure("import_rows", f"bringing {PEOPLE} people in together, beside one after the other",
                  lambda: bring_in(user, [rows]), lambda: bring_in(user, [[row] for row in rows]), 0.6)
