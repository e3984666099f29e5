"""My long work in a real browser: empty, watched without a reload, stopped, asked for again, fetched; without scripts too."""

from __future__ import annotations

import uuid

import pytest

from ijm.accounts.models import User
from ijm.bridges import JOBS
from ijm.jobs import work
from ijm.jobs.models import Job
from ijm.jobs.words import KINDS
from ijm.trail.context import acting_as
from tests.browser import Walker
from tests.journeys.conftest import House
from tests.office import wait_until
from tests.queues import put

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker of the house knows some more kinds of work; this process knows them too."""
    monkeypatch.setattr(work, "send", lambda job: None)
    for name in ("goes_on", "makes_a_file", "gives_up"):
        monkeypatch.setitem(JOBS, f"test.{name}", f"tests.slow_work.{name}")
        monkeypatch.setitem(KINDS, f"test.{name}", KINDS["export.make"])


def ask(house: House, owner: User, name: str) -> Job:
    """Ask for work, as a page would."""
    with acting_as(owner):
        job = work.enqueue(f"test.{name}", owner=owner, about=uuid.uuid4())
    put(house.office, work.TASK, str(job.pk))
    return job


def bar(walker: Walker) -> int:
    """How far the bar on the page is; 100 when it has gone."""
    found = walker.page.locator("main progress")
    return int(found.first.get_attribute("value") or 0) if found.count() else 100


def test_long_work_is_watched_stopped_repeated_and_fetched(house: House) -> None:
    owner = house.cast.far_care_worker  # who has no other work
    walker = house.walk("far_care_worker", language="km")
    walker.go("/desk/jobs/")
    walker.look("jobs-empty")
    job = ask(house, owner, "goes_on")
    walker.go(f"/desk/jobs/{job.code}/")
    first = bar(walker)
    assert wait_until(lambda: first < bar(walker) < 100, seconds=10), "the bar moves by itself"
    walker.look("jobs-running")
    walker.press("form[action$='/cancel/'] button")
    assert wait_until(lambda: walker.page.locator("form[action$='/again/']").count() == 1, seconds=10)
    assert not walker.page.locator("[hx-trigger]").count(), "a page of ended work asks no more"
    walker.look("jobs-cancelled")
    failed, done = ask(house, owner, "gives_up"), ask(house, owner, "makes_a_file")
    walker.go("/desk/jobs/")
    assert wait_until(lambda: walker.page.locator("a[download]").count() == 1, seconds=10)
    assert done.code in walker.page.locator(f"#said-{done.code}").inner_text(), "the end is said to who does not see it"
    walker.says(failed.code, done.code, job.code)
    walker.look("jobs-list")
    with walker.page.expect_download() as fetched:
        walker.page.locator("a[download]").click()
    assert fetched.value.suggested_filename == f"{done.code}.csv"
    walker.close()


def test_long_work_needs_no_scripts(house: House) -> None:
    owner = house.cast.far_liaison
    walker = house.walk("far_liaison", scripts=False, looking=False)
    job = ask(house, owner, "goes_on")
    walker.go(f"/desk/jobs/{job.code}/")
    assert wait_until(lambda: _again(walker) > 0), "the link loads the page anew, and it is further"
    walker.press("form[action$='/cancel/'] button")
    assert wait_until(lambda: _again(walker) == 100)
    assert walker.page.locator("form[action$='/again/']").count() == 1
    walker.close()


def _again(walker: Walker) -> int:
    link = walker.page.locator("main .btns a")
    if link.count():
        link.first.click()
    return bar(walker)
