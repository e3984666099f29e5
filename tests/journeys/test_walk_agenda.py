"""Walking through somebody's days: agenda, reminder, calendar, how she is told, and how a survivor is reached safely."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from aftercare.actions import support
from aftercare.models import Survivor
from aftercare.policy import waiting_deliveries
from ijm.notices.actions import reminders
from ijm.notices.models import DueMoment, Subject
from ijm.notices.tasks import remind
from ijm.trail.context import acting_as
from tests import stories
from tests.journeys.conftest import House
from tests.office import wait_until

pytestmark = pytest.mark.browser
NOTE = "Yubeltha sells fruit by the river"


@pytest.fixture(scope="module")
def survivor(house: House) -> Survivor:
    """A survivor with a hearing ahead, support planned, and a reminder of her worker's that is due."""
    cast = house.cast
    prosecution = stories.referred_prosecution(cast)
    survivor = stories.taken_in(cast)
    stories.hearing_of(cast, prosecution)
    worker = cast.care_worker
    with acting_as(worker):
        news = waiting_deliveries(worker).get(file=survivor.file)
        support.plan(news, survivor, by=worker, needs=["screen", "transport"], companion=worker)
        reminders.set_(by=worker, file=survivor.file_id, about=survivor.code, subject=Subject.CALL_BACK, note=NOTE,
                       path=f"/aftercare/survivors/{survivor.code}/", at=timezone.now() + timedelta(seconds=1))
    return survivor


def test_her_days_at_a_desk_and_on_a_telephone(house: House, survivor: Survivor) -> None:
    walker = house.walk("care_worker")
    walker.go(f"/aftercare/survivors/{survivor.code}/safe-contact/")
    walker.choose(is_allowed="yes", ways="call", days="0", from_at="09:00", until_at="17:00")
    walker.fill(number="012 555 019", never_say=NOTE)
    walker.press()
    walker.says("How to reach them safely", "Monday", "09:00")
    walker.hides("Yubeltha")
    walker.look("survivor-reach-known")
    walker.go(f"/desk/reminders/new/{survivor.code}/")
    walker.choose(subject="prepare")
    walker.day("at", timezone.localdate() + timedelta(days=3))
    walker.fill(at_3="9:30", note=NOTE)
    walker.press()
    walker.go("/desk/reminders/")
    walker.says("Call back", "Prepare papers")
    walker.hides("Yubeltha")
    walker.look("reminders")
    form = str(walker.page.locator("main form[action$='/reveal/']").first.get_attribute("action"))
    assert walker.reveal(form, "CASEWORK") == NOTE
    walker.go("/desk/agenda/")
    walker.says("Court support", "Prepare papers", survivor.code)
    walker.look("agenda")
    walker.close()


def test_how_she_is_told(house: House, survivor: Survivor) -> None:
    told = DueMoment.objects.filter(owner=house.cast.care_worker, told_at__isnull=False)
    assert wait_until(lambda: remind() >= 0 and told.exists()), "it is due a second after it was set"
    walker = house.walk("care_worker")
    walker.go("/desk/notices/")
    walker.says("A reminder of yours is due")
    walker.go("/desk/calendar/")
    walker.press("main form button")
    walker.says("Your new address", "/calendar/")
    walker.look("calendar")
    walker.close()


def test_the_same_in_khmer(house: House, survivor: Survivor) -> None:
    walker = house.walk("care_worker", language="km")
    for path, name in (("/desk/agenda/", "agenda"), ("/desk/agenda/month/", "agenda-month"), ("/desk/reminders/", "reminders"),
                       (f"/files/history/{survivor.code}/", "history"),
                       (f"/aftercare/survivors/{survivor.code}/safe-contact/", "safe-contact")):
        walker.go(path)
        walker.look(name)
        assert walker.page.locator("html").get_attribute("lang") == "km"
    walker.close()
