"""Budgets: what counts, the warning, the stop, two more hours by another supervisor; nobody resets her own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions import requests as second
from ijm.approvals.models import Request
from ijm.budgets import kinds, policy
from ijm.budgets.actions import stops
from ijm.budgets.models import Stop
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile, Source
from ijm.notices.actions import reminders
from ijm.notices.models import Notice, NoticeKind, Subject
from ijm.roles.budgets import DOWNLOAD, FILE, IDENTITY, LIMITS, Budget
from ijm.roles.table import Kind
from ijm.trail import spending
from ijm.trail.context import acting_as, current
from ijm.trail.entries import entry
from ijm.trail.errors import NoDoor, Refused
from ijm.trail.spending import Halted, Spent, Tally
from ijm.vault.disclosure import disclose
from ijm.web.downloads import attachment, harmless, own_pages_only
from tests import databases, stories
from tests.cast import Cast
from tests.records import file_of, named, person_on
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
Limit = Callable[..., None]
MANY = 1000  # by which tests.databases raises every limit
WHY = "Two files came back from court today and both have to be read"


@pytest.fixture
def limit(database: None) -> Iterator[Limit]:
    """Other values than those of the house, in this worker's database, until the test is over."""
    changed: list[tuple[str, str]] = []
    to = "UPDATE guard.budget SET warn = %s, stop = %s WHERE kind = %s"

    def set_to(kind: Budget, warn: int, stop: int) -> None:
        name = connections["default"].settings_dict["NAME"]
        changed.append((name, kind))
        with databases.superuser(name) as owner:
            owner.execute(to, [warn, stop, kind])

    yield set_to
    for name, kind in changed:
        with databases.superuser(name) as owner:
            was = LIMITS[Budget(kind)]
            owner.execute(to, [was.warn * MANY, was.stop * MANY, kind])


def spent(user: User) -> dict[str, int]:
    """Her figures, as her own page reads them."""
    with acting_as(user, "r"), connection.cursor() as cursor:
        cursor.execute("SELECT kind, spent FROM guard.my_spending()")
        return {kind: number for kind, number in cursor.fetchall() if number}


def the_stop(cast: Cast) -> Stop:
    """The one stop there is, as the person who was stopped reads it."""
    with acting_as(cast.investigator, "r"):
        return Stop.objects.select_related("user", "office").get()


def the_request(cast: Cast) -> Request | None:
    with acting_as(cast.investigator, "r"):
        return Request.objects.select_related("asked_by").first()


def opening(user: User, *files: CaseFile, kind: str = FILE) -> list[Tally]:
    """What the budgets say when she opens these, one after another, in a transaction of their own."""
    said = []
    for file in files:
        with acting_as(user, "r"):
            spending.one(kind, str(file.pk))
            said += spending.settle()
    return said


def run(sql: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


def test_a_file_is_counted_once_a_day_and_only_by_who_stands_on_it(cast: Cast) -> None:
    one, two = file_of(cast.investigator), file_of(cast.investigator)
    opening(cast.investigator, one, one, two, one)
    opening(cast.colleague, one)  # a number she saw; she has no place on it
    assert spent(cast.investigator) == {Budget.FILES: 2, Budget.BURST: 2} and spent(cast.colleague) == {}


def test_a_file_that_is_nobodys_task_counts_a_second_time(cast: Cast) -> None:
    files = [file_of(cast.investigator) for _ in range(3)]
    with acting_as(cast.investigator):
        grants.seat(files[0], [cast.colleague], by=cast.investigator)
        grants.seat(files[1], [cast.colleague], by=cast.investigator, source=Source.REFERRAL)
        grants.seat(files[2], [cast.colleague], by=cast.investigator, source=Source.REFERRAL)
    remind(cast.colleague, files[2])
    opening(cast.colleague, *files)
    assert spent(cast.colleague) == {Budget.FILES: 3, Budget.BURST: 3, Budget.OUTSIDE: 1}


def remind(user: User, file: CaseFile) -> None:
    with acting_as(user):
        reminders.set_(by=user, file=file.pk, about=file.code, path="/desk/", subject=Subject.CHECK,
                       at=timezone.now() + timedelta(days=1))


def test_ten_minutes_pass_and_the_day_goes_on(cast: Cast) -> None:
    file = file_of(cast.investigator)
    opening(cast.investigator, file)
    with databases.superuser(connection.settings_dict["NAME"]) as owner:
        assert owner.execute("SELECT count(*) FROM guard.opening").fetchone() == (0,), "nothing of an open transaction"
    with acting_as(cast.investigator, "r"):
        spending.some(Budget.SEARCHES, 2)
        spending.some(Budget.SEARCHES)
        assert spending.settle() == [] and spending.settle() == []
    assert spent(cast.investigator)[Budget.SEARCHES] == 3


def test_nothing_is_noted_outside_a_door_or_without_an_id(cast: Cast) -> None:
    spending.one(FILE, str(uuid.uuid4()))
    spending.some(Budget.PAGES)
    assert spending.settle() == []
    with acting_as(cast.investigator, "r") as door:
        spending.one(FILE, "")
        assert not door.spending
        with acting_as(cast.investigator, "r") as inner:
            assert inner.spending is door.spending, "the doors of one person share what is noted"
        with acting_as(cast.colleague, "r") as other:
            assert other.spending is not door.spending
        spending.some(Budget.PAGES)
        with transaction.atomic(), pytest.raises(NoDoor):
            spending.settle()


def test_what_is_refused_for_another_reason_stays_that(cast: Cast) -> None:
    with pytest.raises(DatabaseError), acting_as(cast.investigator, "r"):
        spending.one(FILE, "no id at all")
        spending.settle()
    assert isinstance(spending._meant(DatabaseError("no cause")), DatabaseError)


def test_the_warning_is_a_banner_and_one_event(cast: Cast, signed_in: SignIn, limit: Limit) -> None:
    limit(Budget.FILES, 1, 9)
    investigation = stories.promoted_tip(cast)
    client = signed_in(cast.investigator)
    shown = client.get(f"/investigations/files/{investigation.code}/").content.decode()
    assert "You have opened much today" in shown and str(Budget.FILES.label) in shown
    warned = [event for event in last_events(10) if event["act"] == "budget.warned"]
    assert [event["q"] for event in warned] == [{"kind": "files.day", "count": 1}]
    assert "You have opened much" not in client.get(f"/investigations/files/{investigation.code}/").content.decode()
    opening(cast.investigator, file_of(cast.investigator))
    assert acts().count("budget.warned") == 1, "told once a day"


@pytest.fixture
def stopped(cast: Cast, signed_in: SignIn, limit: Limit) -> tuple[Client, str]:
    """The investigator has opened one file today, and more she may not."""
    limit(Budget.FILES, 1, 1)
    opening(cast.investigator, file_of(cast.investigator))
    return signed_in(cast.investigator), f"/investigations/files/{stories.promoted_tip(cast).code}/"


def test_the_stop_shows_nothing_keeps_what_was_typed_and_is_told(cast: Cast, stopped: tuple[Client, str]) -> None:
    client, path = stopped
    before = spent(cast.investigator)
    answer = client.get(path)
    text = answer.content.decode()
    stop = the_stop(cast)
    assert answer.status_code == 429 and "Enough for now" in text and stop.code in text and path[-13:-1] not in text
    assert (stop.user, stop.kind, stop.office) == (cast.investigator, Budget.FILES, cast.office)
    assert spent(cast.investigator) == before, "what was not shown is not counted"
    assert acts()[-1] == "budget.refused" and "budget.stopped" in acts()
    assert client.get(path).status_code == 429 and the_stop(cast) == stop, "one stop a day, told once"
    for who in ("investigation_supervisor", "second_supervisor", "care_supervisor", "data_protection"):
        with acting_as(getattr(cast, who), "r"):
            assert Notice.objects.filter(kind=NoticeKind.BUDGET_STOPPED, about_code=stop.code).count() == 1, who
    part = client.get(path, headers={"HX-Request": "true"})
    assert part.status_code == 429 and part["HX-Redirect"] == f"/desk/budgets/stops/{stop.code}/"


def test_a_search_that_is_stopped_gives_the_words_back(cast: Cast, signed_in: SignIn, limit: Limit) -> None:
    limit(Budget.SEARCHES, 1, 1)
    client = signed_in(cast.investigator)
    assert client.post("/desk/search/", {"q": "Sok Dara"}).status_code == 200
    answer = client.post("/desk/search/", {"q": "Chan Thida"})
    assert answer.status_code == 429 and "Chan Thida" in answer.content.decode()
    assert "Chan Thida" not in str(last_events(20))


def test_pages_of_lists_are_counted_and_stopped(cast: Cast, signed_in: SignIn, limit: Limit) -> None:
    limit(Budget.PAGES, 1, 2)
    client = signed_in(cast.investigator)
    codes = [client.get("/investigations/files/", {"page": number}).status_code for number in (1, 2, 3)]
    assert codes == [200, 200, 429]
    assert client.get("/investigations/files/?per_page=all&page_size=9999").status_code == 429


def test_another_supervisor_gives_two_more_hours(cast: Cast, stopped: tuple[Client, str], signed_in: SignIn) -> None:
    client, path = stopped
    assert client.get(path).status_code == 429
    stop = the_stop(cast)
    short = client.post(f"/desk/budgets/stops/{stop.code}/ask/", {"reason": "please"})
    assert short.status_code == 200 and the_request(cast) is None
    assert client.post(f"/desk/budgets/stops/{stop.code}/ask/", {"reason": WHY}).status_code == 302
    asked = the_request(cast)
    assert asked and (asked.kind, asked.about, asked.asked_by) == ("budget.unlock", stop.code, cast.investigator)
    again = client.get(path).content.decode()
    assert "You asked already" in again and "textarea" not in again
    assert asked.code in signed_in(cast.second_supervisor).get(f"/desk/budgets/stops/{stop.code}/").content.decode()
    with acting_as(cast.second_supervisor):
        second.approve(Request.objects.get(), by=cast.second_supervisor)
    assert client.get(path).status_code == 200 and "budget.unlocked" in acts()
    opened = file_of(cast.investigator)
    with pytest.raises(Spent, match=r"files\.day"):
        opening(cast.investigator, opened)  # as much again, not without an end


STRANGERS = ("investigator", "colleague", "care_worker", "liaison", "hotline", "partner", "auditor", "administrator",
             "far_supervisor", "far_care_supervisor")
GRAB = "UPDATE approvals_request SET state = 'approved', decided_by_id = %s, decided_at = now(), rev = rev + 1 WHERE id = %s"


def test_nobody_else_unlocks(cast: Cast, stopped: tuple[Client, str]) -> None:
    stopped[0].get(stopped[1])
    with acting_as(cast.investigator):
        asked = stops.ask(the_stop(cast), by=cast.investigator, reason=WHY)
    for who in STRANGERS:
        user = getattr(cast, who)
        with pytest.raises(Refused), acting_as(user):
            second.approve(asked, by=user)
        with suppress(DatabaseError), transaction.atomic(), acting_as(user), entry("attack", by=user, about=None):
            run(GRAB, user.pk, asked.pk)
        again = the_request(cast)
        assert again and again.state == "asked", who
    assert stopped[0].get(stopped[1]).status_code == 429


def test_who_asks_and_when(cast: Cast, stopped: tuple[Client, str], signed_in: SignIn) -> None:
    stopped[0].get(stopped[1])
    stop = the_stop(cast)
    with acting_as(cast.second_supervisor, "r"):
        assert policy.may_ask(cast.second_supervisor, stop).reason == "not-hers"
        assert not policy.requests(stop) and kinds.unlock_thing(Request(about=stop.code))["minutes"] == 120
    with acting_as(cast.investigator, "r"):
        stop.on_day = timezone.localdate() - timedelta(days=1)
        assert policy.may_ask(cast.investigator, stop).reason == "day"
    for stranger in ("colleague", "far_supervisor", "administrator", "auditor"):
        assert signed_in(getattr(cast, stranger)).get(f"/desk/budgets/stops/{stop.code}/").status_code == 404, stranger
    with acting_as(cast.investigator, "r"):
        assert kinds.UNLOCK.says(cast.investigator, Request(about=stop.code)).url == f"/desk/budgets/stops/{stop.code}/"


def test_her_page_shows_her_own_figures_and_the_values_of_the_house(cast: Cast, signed_in: SignIn) -> None:
    opening(cast.investigator, file_of(cast.investigator))
    for who in ("investigator", "administrator", "partner"):
        text = signed_in(getattr(cast, who)).get("/desk/budgets/").content.decode()
        assert all(str(kind.label) in text for kind in Budget)


def test_the_application_cannot_take_counts_back_or_read_others(cast: Cast) -> None:
    opening(cast.investigator, file_of(cast.investigator))
    tries = ("DELETE FROM guard.opening", "UPDATE guard.spent SET n = 0", "TRUNCATE guard.warned", "SELECT * FROM guard.opening",
             "UPDATE guard.budget SET stop = 1000000", "DELETE FROM guard.decoy", "SELECT * FROM guard.decoy",
             "SELECT guard.tally(guard.uid(), 'files.day', 1440)", "SELECT guard.halted(NULL)", "SELECT guard.unlocks(NULL, '')")
    for sql in tries:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting_as(cast.investigator):
            run(sql)
    with acting_as(cast.investigator), connection.cursor() as cursor:
        cursor.execute("SELECT guard.forget_spending(-1000)")
    assert spent(cast.investigator)[Budget.FILES] == 1, "what is younger than a week is thrown away by nobody"
    with acting_as(cast.investigator), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM guard.spend('{}', '{}', '{searches.hour}', '{-50}')")
        cursor.execute("SELECT * FROM guard.spend('{}', '{}', '{searches.hour}', '{5}')")
    assert spent(cast.investigator)[Budget.SEARCHES] == 5, "nothing is spent backwards"
    with pytest.raises(DatabaseError, match="spent by somebody"), transaction.atomic():
        run("SELECT * FROM guard.spend('{}', '{}', '{searches.hour}', '{1}')")


def test_an_identity_counts_where_it_is_not_on_files_of_her_own(cast: Cast) -> None:
    alias = person_on(file_of(cast.investigator), cast.investigator)
    name = named(alias, cast.investigator)
    with acting_as(cast.investigator, "r"):
        disclose(name, "given", to=cast.investigator)
        door = current()
        assert door and (IDENTITY, str(alias.person_id)) not in door.spending.items
    with acting_as(cast.colleague, "r"):
        disclose(name, "given", to=cast.colleague)
        spending.settle()
    assert spent(cast.colleague) == {Budget.IDENTITIES: 1}


def test_of_many_only_those_count_that_are_not_hers(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = (person_on(file_of(cast.investigator), cast.investigator) for _ in range(2))
    rows = [named(alias, cast.investigator) for alias in (mine, other)]
    how = {rows[0].pk: "assignment", rows[1].pk: "bridge"}
    monkeypatch.setattr("ijm.vault.disclosure.relation", lambda some: ",".join(sorted({how[row.pk] for row in some})))
    with acting_as(cast.investigator, "r") as door:
        disclose(rows, "given", to=cast.investigator)
        assert door.spending.items == {(IDENTITY, str(other.person_id))}


def test_parallel_spending_ends_exactly_at_the_stop(committed_cast: Cast, limit: Limit) -> None:
    limit(Budget.DOWNLOADS, 3, 6)
    user, done, refused = committed_cast.investigator, [], []

    def take() -> None:
        try:
            with acting_as(user, "r"):
                spending.one(DOWNLOAD, str(uuid.uuid4()))
                spending.settle()
            done.append(1)
        except Spent as why:
            refused.append(why.kind)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), refused) == (6, ["downloads.day"] * 6)
    assert spent(user)[Budget.DOWNLOADS] == 6


@pytest.mark.parametrize(("name", "becomes"), [
    ("FL-1.png", "FL-1.png"), ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
    ('x".exe', "x_.exe"), ("../../etc/passwd", "_.._etc_passwd"),
    ("invoice\u202egnp.exe", "invoicegnp.exe"), ("", "file"), ("...", "file"), ("ឈ្មោះ.pdf", "ឈ្មោះ.pdf"), ("x" * 500, "x" * 120)])
def test_a_name_on_its_way_out_is_harmless(name: str, becomes: str) -> None:
    assert harmless(name) == becomes
    told = attachment(RequestFactory().get("/"), b"x", name=name, item="", size=1)["Content-Disposition"]
    assert told.startswith("attachment; filename") and not set(told) & set("\r\n\u202e") and told.isascii()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_gets_no_file(site: str, settings: object) -> None:
    with pytest.raises(PermissionDenied):
        own_pages_only(RequestFactory().get("/", headers={"Sec-Fetch-Site": site}))
    for ours in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        own_pages_only(RequestFactory().get("/", headers=ours))
    assert isinstance(Halted("HT-1"), Exception) and Kind.CARE
