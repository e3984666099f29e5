"""A page with a hole: what somebody types is run as SQL, inside a request of his own. It still shows nothing of others.

And a connection that served one person, however badly that ended, knows nothing of her when it serves the next.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.roles.table import Kind
from ijm.trail.context import acting_as, sign
from tests import databases, records
from tests.cast import Cast

Files = tuple[CaseFile, CaseFile]


@pytest.fixture(scope="module")
def files(young: Cast) -> Files:
    """The care worker's file, which the investigator must not see, and his own."""
    return records.file_of(young.care_worker, Kind.CARE), records.file_of(young.investigator)


def hole(typed: str) -> set[str]:
    """Every code that a page shows which pastes what was typed into its question; an error shows nothing."""
    seen: set[str] = set()
    connection = connections["default"]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT code FROM casefiles_casefile WHERE code = '" + typed)
            while True:
                seen |= {str(value) for row in (cursor.fetchall() if cursor.description else ()) for value in row}
                if not cursor.nextset():
                    return seen
    except DatabaseError:
        return seen


def forged(user: User, signature: str = "0" * 64, *, until: int = 60) -> str:
    """A context in somebody else's name."""
    return f"v1|{user.pk}||r|CASEWORK|{int(time.time()) + until}.{signature}"


def guessed(user: User) -> str:
    """Signed, but with a key that is not ours."""
    text = forged(user).partition(".")[0]
    return f"{text}.{hmac.new(b'0' * 32, text.encode(), hashlib.sha256).hexdigest()}"


ALL = "SELECT code FROM casefiles_casefile UNION ALL SELECT code FROM aftercare_survivor UNION ALL SELECT code FROM people_alias"
SET = "x'; SELECT set_config('ijm.ctx', '{}', {}); " + ALL + " --"
WAYS: dict[str, Callable[[User, str], str]] = {
    "every row": lambda her, mine: "x' UNION ALL SELECT id::text FROM casefiles_casefile UNION ALL " + ALL + " --",
    "no signature": lambda her, mine: SET.format(forged(her), "true"),
    "his own signature": lambda her, mine: SET.format(forged(her, mine.rpartition(".")[2]), "true"),
    "a key of his own": lambda her, mine: SET.format(guessed(her), "true"),
    "for the whole session": lambda her, mine: SET.format(guessed(her), "false"),
    "her name in his context": lambda her, mine: SET.format(mine.replace(mine.split("|")[1], str(her.pk)), "true"),
    "an empty context": lambda her, mine: SET.format("", "true"),
    "a context that is over": lambda her, mine: SET.format(sign(her.trail_who(), "r", "CASEWORK", life=-1), "true"),
    "numbers that are none": lambda her, mine: SET.format("v1|x||r|CASEWORK|x." + "0" * 64, "true"),
    "as the keeper": lambda her, mine: "x'; SET ROLE ijm_keeper; " + ALL + " --",
    "as the owner": lambda her, mine: "x'; SET SESSION AUTHORIZATION ijm_owner; " + ALL + " --",
    "without row security": lambda her, mine: "x'; SET row_security = off; " + ALL + " --",
    "the key itself": lambda her, mine: "x'; SELECT encode(ipad, 'hex') FROM guard.context_key --",
    "another's context": lambda her, mine: "x'; SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                                           "AND query <> '' AND usename = 'ijm_app' --",
    "tables of his own": lambda her, mine: "x'; CREATE TEMP TABLE casefiles_caseaccess (file_id uuid); " + ALL + " --",
    "functions of his own": lambda her, mine: "x'; CREATE FUNCTION pg_temp.uid() RETURNS uuid LANGUAGE sql AS "
                                              f"'SELECT ''{her.pk}''::uuid'; SET search_path = pg_temp, public; " + ALL + " --",
    "a guard of his own": lambda her, mine: "x'; CREATE OR REPLACE FUNCTION guard.uid() RETURNS uuid LANGUAGE sql AS "
                                            f"'SELECT ''{her.pk}''::uuid'; " + ALL + " --",
    "no guard at all": lambda her, mine: "x'; ALTER TABLE casefiles_casefile DISABLE ROW LEVEL SECURITY; " + ALL + " --",
    "a file from the server": lambda her, mine: "x'; SELECT pg_read_file('postgresql.conf') --",
    "a copy to a program": lambda her, mine: "x'; COPY casefiles_casefile TO PROGRAM 'cat' --",
    "a place of his own": lambda her, mine: "x'; INSERT INTO casefiles_caseaccess SELECT * FROM "
                                            "casefiles_caseaccess; " + ALL + " --",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["r", "w"])
def test_what_is_typed_into_a_hole_shows_only_ones_own(way: str, mode: Any, young: Cast, files: Files) -> None:
    he, her = young.investigator, young.care_worker
    hers, his = files
    with acting_as(he, mode):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT current_setting('ijm.ctx')")
            mine = cursor.fetchone()[0]
        assert hole("x' OR code = '" + his.code + "' --") == {his.code}, "the hole is open"
        seen = hole(WAYS[way](her, mine))
        assert hers.code not in seen and str(hers.pk) not in seen
        assert seen <= {his.code, str(his.pk), "", *(value for value in seen if value.startswith("v1|"))}
    assert stranger() == set(), "nothing of it stays on the connection"


def stranger() -> set[str]:
    """What the connection shows to somebody who says no name."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT code FROM casefiles_casefile UNION ALL SELECT code FROM people_alias")
        return {row[0] for row in cursor.fetchall()}


def test_a_way_of_ones_own_would_be_noticed(young: Cast, files: Files) -> None:
    """The same hole with a context that is really hers shows her file: the test above can fail."""
    with acting_as(young.investigator, "r"):
        true = sign(young.care_worker.trail_who(), "r", "CASEWORK")
        assert files[0].code in hole(SET.format(true, "true"))


class Trouble(Exception):
    """What goes wrong in the middle of a request."""


def raises() -> None:
    raise Trouble


def divides() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def waits() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5ms'; SELECT pg_sleep(1)")


def inside() -> None:
    with transaction.atomic():
        divides()


def back() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT look; SELECT 1 / 0")


def dies() -> None:
    """The server ends the connection, as after a restart."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with databases.superuser() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    divides()


@pytest.mark.parametrize("trouble", [raises, divides, waits, inside, back, dies])
def test_a_connection_used_again_after_an_error_knows_nothing(
    trouble: Callable[[], None], young: Cast, files: Files
) -> None:
    hers, his = files
    with pytest.raises((Trouble, DatabaseError, OperationalError, InterfaceError)), acting_as(young.care_worker, "r"):
        assert CaseFile.objects.filter(pk=hers.pk).exists()
        trouble()
    if trouble is dies:
        connections["default"].close()
    assert stranger() == set()
    with acting_as(young.investigator, "r"):
        assert set(CaseFile.objects.values_list("code", flat=True)) == {his.code}
    with acting_as(young.care_worker, "r"):
        assert set(CaseFile.objects.values_list("code", flat=True)) == {hers.code}
