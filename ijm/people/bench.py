"""What need-to-know costs a search for a name, beside the same search by somebody who may see everybody."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator

import psycopg

from ijm.accounts.models import RoleGrant, User
from ijm.casefiles import bench as files
from ijm.casefiles.bench.filling import NAME, asleep, like
from ijm.casefiles.models import CaseFile
from ijm.measuring import Measure, Part
from ijm.people import finding
from ijm.people.indexed import Segment
from ijm.people.models import Alias, IdentifierKind, Person, Wing
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.vault import numbers, segments
from ijm.vault.bench.names import Crowd
from ijm.vault.segments import Line

NAMES = ("page50_200k", "guardian_200k", "page50_2m", "guardian_2m", "growth", "object", "context", "search")
PEOPLE, ASKED = 20_000, 200
TABLES = ("people_person", "people_alias", "people_segment", "accounts_rolegrant")


def parts(superuser: str) -> tuple[Part, ...]:
    """The measures of access: all of them in the same two offices."""
    return (Part(NAMES, lambda: measures(superuser)),)


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of access: files and pages, and the search for a name among twenty thousand people."""
    yield from files.measures(superuser)
    crowd = Crowd(PEOPLE)
    load(superuser, crowd)
    with acting_as(User.objects.get(username=NAME), "r"):
        yield _search(crowd)


def load(superuser: str, crowd: Crowd) -> None:
    """Each person is known on one file, and the measuring person stands on five hundred of these files; once."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        if connection.execute("SELECT FROM people_alias LIMIT 1").rowcount:
            return
        with asleep(connection, TABLES):
            _people(connection, len(crowd.names))
            _lists(connection, crowd)
        connection.execute("VACUUM ANALYZE people_person, people_alias, people_segment")


def _people(connection: psycopg.Connection, number: int) -> None:
    user, file, person = User.objects.get(username=NAME), CaseFile(), Person(rev=1)
    alias = Alias(code="", wing=Wing.INVESTIGATIONS, file=file, person=person, opens_identity=True, rev=1)
    grant = RoleGrant(user=user, role=Role.INVESTIGATOR, office_id=user.office_id, proposed_by=user, approved_by=user, rev=1)
    every = (f"(SELECT file_id, row_number() OVER (ORDER BY user_id <> '{user.pk}', file_id) n"  # nosec B608: keys of ours
             " FROM casefiles_caseaccess) f")
    first = f"{every} WHERE n <= {number}"
    for statement, values in (
        like(person, first, id=_key("n")),
        like(alias, first, id="gen_random_uuid()", code="'SU-' || n", file_id="f.file_id", person_id=_key("n")),
        like(grant, "generate_series(1, 1)", approved_at="now()", expires_at="now() + interval '90 days'",
             approved_by_id=f"(SELECT id FROM accounts_user WHERE username <> '{NAME}' LIMIT 1)"),  # nosec B608: the same
    ):
        connection.execute(statement, values)


def _key(number: str) -> str:
    """The key of the person of this number, in SQL, as `_person` makes it."""
    return f"lpad(to_hex({number} - 1), 32, '0')::uuid"


def _lists(connection: psycopg.Connection, crowd: Crowd) -> None:
    """The names, sealed as the search keeps them."""
    epoch = finding.active()
    for at in range(0, len(crowd.names), segments.PERSONS):
        persons = [uuid.UUID(int=at + number) for number in range(len(crowd.names[at:at + segments.PERSONS]))]
        made = Segment(epoch=epoch, rev=1, persons=persons)
        lines = [Line.of(person, crowd.names[person.int]) for person in persons]
        made.body, made.body_key = segments.seal(made.pk, 1, lines, epoch=epoch)
        connection.execute(*like(made, "generate_series(1, 1)"))


def _search(crowd: Crowd) -> Measure:
    user = User.objects.get(username=NAME)
    everybody = {uuid.UUID(int=number) for number in range(len(crowd.names))}
    mine, theirs = (itertools.cycle([name for name, _persons in crowd.asked[:ASKED]]) for _way in range(2))

    def ours() -> finding.Found:
        return finding.find(user, next(mine))

    def unasked() -> object:
        epoch, text = finding.active(), next(theirs)
        marks = [numbers.mark(kind, text, epoch=epoch) for kind in IdentifierKind.values]
        return marks, finding.names(epoch).names.partly(text, among=everybody, limit=finding.MOST)

    if not any(ours().persons for _name in range(ASKED)):
        raise RuntimeError("no search finds anybody: fill the measuring office anew")
    return Measure("search", f"a name among {len(crowd.names):,} people: hers, and which unit to ask about others; "
                   "beside the same search among everybody", ours, unasked, 1.5)
