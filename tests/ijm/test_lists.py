"""Every list of the house: as few questions with many rows as with few; sorted, filtered, counted; by whom and by whom not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from django.db import connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftercare.actions import support
from aftercare.models import Survivor
from ijm.casefiles.models import Delivery
from ijm.reference import changes
from ijm.trail.context import acting_as
from ijm.web import lists
from ijm.web.lists.filters import KINDS
from ijm.web.lists.shown import ROWS
from investigations.actions import tips
from tests import cast as casting
from tests import databases, matrix, piles, stories, world
from tests.conftest import sign_in
from tests.ijm import forgetting, walls
from tests.trail import last_events

MOST = 11
"""Everything that goes to the database for one page: the session, the person with office and roles, BEGIN, the signed context
with its savepoint, the counts, the rows, how she stands to their files, the event of the look, the frame's facts, COMMIT, the
session's new end. Nothing is left out of the count but one thing: at most every five seconds a process asks once more, whether
the reference lists were changed by another."""
ENDS = ("-list", ":list", ":notices", ":people", ":opened", ":reminders", ":offices", ":filters", ":approvals", ":agenda",
        ":drafts")
PAGES = [page for page in matrix.doors() if not page.arguments and page.name.endswith(ENDS)]
# Whoever of these may open a list stands on the most files of it.
PEOPLE = ("investigation_supervisor", "care_supervisor", "liaison", "administrator", "data_protection", "hotline")


@pytest.fixture(scope="module")
def office(database: None, django_db_blocker: Any) -> Iterator[casting.Cast]:
    """Databases of this module alone, with a record of every kind."""
    from ijm.vault import keyring

    mine = databases.names("_lists")
    with django_db_blocker.unblock():
        databases.copy(databases.names("_cast"), mine)
        databases.point_at(*mine)
        try:
            people = casting.load()
            begin(people)
            yield people
        finally:
            databases.point_at(*databases.names())
            databases.drop(*mine)
            keyring.forget()


def begin(office: casting.Cast) -> None:
    """A tip, an operation, a case in court, survivors of it, and court support for one: something in every list."""
    prosecution = stories.referred_prosecution(office)
    survivor = stories.taken_in(office)
    stories.hearing_of(office, prosecution)
    stories.planned_rescue(office)
    stories.taken_tip(office)
    with acting_as(office.care_worker):
        delivery = Delivery.objects.get(kind="HearingScheduled")
        support.plan(delivery, Survivor.objects.get(pk=survivor.pk), by=office.care_worker, needs=["transport"],
                     companion=office.care_worker)
    stories.hearing_of(office, prosecution)
    forgetting.asked(office, survivor)
    forgetting.held(office)
    world.flagged(office)
    investigation = stories.promoted_tip(office)
    world.packaged(office, investigation)
    walls.walled(office.hotline, investigation.code, office.investigation_supervisor)
    world.sealed(office)


def cost(who: Any, path: str) -> tuple[int, int, list[str]]:
    """How many statements one look costs on both connections, how many lines it shows, and what was asked."""
    client = sign_in(who)
    client.get(path)
    changes.held.asked_at = monotonic()
    with CaptureQueriesContext(connections["default"]) as asked, CaptureQueriesContext(connections["trail"]) as told:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(asked) + len(told), answer.content.decode().count("<tr>"), [one["sql"][:160] for one in asked]


def visits(office: casting.Cast) -> dict[str, tuple[int, int, list[str]]]:
    """What every list costs somebody who may open it."""
    first = {page.name: next((who for who in PEOPLE if who in page.members()), "") for page in PAGES}
    return {name: cost(getattr(office, who), reverse(name)) for name, who in first.items() if who}


def test_a_list_costs_no_more_with_many_rows_than_with_few(office: casting.Cast) -> None:
    few = visits(office)
    with databases.superuser(connections["default"].settings_dict["NAME"]) as connection:
        piles.grow(connection, 60)
    many = visits(office)
    grown = {name: asked for name, (number, _lines, asked) in many.items() if number > few[name][0]}
    assert grown == {}, "each row asks for itself"
    made = {one.name for one in lists.every()}
    dear = {name: (number, asked) for name, (number, _lines, asked) in many.items() if number > MOST}
    assert dear == {}, "a list asks at most eleven times, everything counted"
    full = {name for name, (_number, lines, _asked) in many.items() if lines > ROWS}
    short = {name for name in made - full if not name.startswith("reports:") and not is_full(office, name)}
    assert short == set(), "each list of the wings was measured with a whole page of rows"


def is_full(office: casting.Cast, name: str) -> bool:
    """Whether somebody else than the first visitor sees a whole page there, at no higher cost."""
    (page,) = [page for page in PAGES if page.name == name]
    paths = (reverse(name), f"{reverse(name)}?show=all")
    found = [cost(getattr(office, who), path) for who in PEOPLE if who in page.members() for path in paths]
    return any(lines > ROWS for _number, lines, _asked in found) and all(number <= MOST for number, _lines, _asked in found)


# Pages of one's own making: what each says while there is nothing on it. (What one opened is never empty: it counts these looks.)
BARE = {"desk:notices", "desk:reminders", "desk:filters", "desk:approvals", "desk:agenda", "jobs:list",
        "documents:paper-list"}


def test_a_page_without_rows_says_what_fills_it(cast: casting.Cast) -> None:
    """A new office: every list tells what will stand here, and most of them the next step."""
    said = {}
    for page in PAGES:
        who = next((who for who in PEOPLE if who in page.members()), "")
        if who and (page.name in BARE or page.name in {one.name for one in lists.every()}):
            html = sign_in(getattr(cast, who)).get(reverse(page.name)).content.decode()
            said[page.name] = html.partition("<main")[2]
    bare = [name for name, html in said.items() if "empty-state" not in html]
    assert bare == [], "an empty page says nothing"
    assert len(said) > len(BARE)
    words = {name: html.partition("empty-state")[2].partition("<h2>")[2] for name, html in said.items()}
    short = [name for name, text in words.items() if len(text.partition("</section>")[0]) < 60]
    assert short == [], "an empty page says too little"


def test_everybodys_agenda_costs_as_little_as_a_list(office: casting.Cast) -> None:
    """Hearings, the hours of operations, what is to be asked again and reminders in eleven questions, whoever looks."""
    dear = {who: asked for who in PEOPLE for number, _lines, asked in [cost(getattr(office, who), reverse("desk:agenda"))]
            if number > MOST}
    assert dear == {}


def listings() -> list[lists.Listing]:
    return list(lists.every())


def test_every_list_of_the_wings_is_made_the_one_way() -> None:
    wings = ("investigations:", "aftercare:", "prosecutions:")
    named = {page.name for page in PAGES if page.name.startswith(wings)}
    assert named == {one.name for one in listings() if one.name.startswith(wings)}


@pytest.mark.parametrize("listing", listings(), ids=lambda one: one.name)
def test_an_address_carries_codes_days_and_open_lists_only(db: None, listing: lists.Listing) -> None:
    """No filter takes free text; one that could is refused while it is written."""
    declared = listing.filters.base_filters.values() if listing.filters else ()
    assert all(isinstance(one, KINDS) for one in declared)
    noise = QueryDict("q=Sok+Chanthy&what_was_said=x&name=y&show=nonsense&page=3&sort=password")
    assert lists.clean(listing, noise) == ""


def test_a_filter_of_typed_words_cannot_be_written() -> None:
    import django_filters
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="typed words"):
        type("Loose", (lists.Filters,), {"name": django_filters.CharFilter(field_name="code")})


def test_a_list_is_filtered_sorted_and_counted(cast: casting.Cast) -> None:
    """Tabs count what the filters leave; a head sorts one way, then the other; the rows shown are recorded, no other."""
    urgent, calm = stories.taken_tip(cast), stories.taken_tip(cast)
    with acting_as(cast.hotline):
        tips.take(by=cast.hotline, channel="police", urgency="now", what_was_said="Soon", province="01", is_child_involved=None)
    client, url = sign_in(cast.investigation_supervisor), reverse("investigations:tip-list")
    whole = client.get(url).content.decode()
    assert '3</span>' in whole and urgent.code in whole and "aria-sort=\"descending\"" in whole
    few = client.get(url, {"channel": "hotline", "sort": "code"}).content.decode()
    assert "How it came: Hotline call" in few and 'aria-sort="ascending"' in few and few.count('scope="row"') == 2
    first, second = sorted([urgent.code, calm.code])
    assert few.index(first) < few.index(second)
    assert set(last_events(1)[0]["obj"]["codes"]) == {urgent.code, calm.code}
    assert 'href="?show=received&amp;channel=hotline"' in few or "channel=hotline&amp;show=received" in few
    none = client.get(url, {"channel": "partner"}).content.decode()
    assert "Nothing matches these filters" in none and "Clear the filters" in none
    days = client.get(url, {"since_0": "១", "since_1": "1", "since_2": "២០៣០"}).content.decode()
    assert "Nothing matches these filters" in days
    assert "Write the day" in client.get(url, {"since_0": "45", "since_1": "1", "since_2": "2026"}).content.decode()


def test_only_the_table_is_sent_when_only_the_table_is_asked_for(cast: casting.Cast) -> None:
    """A filter costs less than three thousand bytes packed, with a whole page of rows; going back gets the whole page."""
    for _number in range(ROWS + 2):
        stories.taken_tip(cast)
    client, url = sign_in(cast.hotline), reverse("investigations:tip-list")
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}
    part = client.get(url, {"urgency": "no"}, **asked)
    packed = len(gzip.compress(part.content, 6))
    assert b"<html" not in part.content and part.content.count(b'scope="row"') == ROWS and packed < 3000, packed
    assert part["HX-Push-Url"] == url + "?urgency=no", "without what was left empty"
    assert b'id="listed"' in part.content and "HX-Request" in part["Vary"]
    back = client.get(url, {"urgency": "no"}, **asked, HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert b"<html" in back.content
    assert b"Page 2 of 2" in client.get(url, {"page": "2"}).content and b"Page 2 of 2" in client.get(url, {"page": "77"}).content


@pytest.mark.parametrize("who", ["far_supervisor", "far_hotline", "colleague"])
def test_a_hidden_row_is_in_no_list_and_no_count(cast: casting.Cast, who: str) -> None:
    """Neither another office nor a colleague who is not on the file learns that there is one."""
    tip, rescue = stories.taken_tip(cast), stories.planned_rescue(cast)
    client = sign_in(getattr(cast, who))
    for name in ("investigations:tip-list", "investigations:investigation-list", "investigations:rescue-list"):
        answer = client.get(reverse(name), {"show": "all"})
        if answer.status_code == 200:
            text = answer.content.decode()
            assert tip.code not in text and rescue.code not in text and rescue.investigation.code not in text
            assert set(re.findall(r'<span class="n">(\d+)</span></a>', text.partition('id="list"')[2])) == {"0"}
