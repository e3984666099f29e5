"""What is kept at the desk: pins, filters, approvals, handing over; and the people who must not reach another's."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess
from ijm.desk import filters as links
from ijm.desk import pins
from ijm.desk.actions import filters
from ijm.desk.models import Pin, SavedFilter
from ijm.messages import Event
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.web.navigation import SIDE
from tests import stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.trail import last_events

TIPS = "investigations:tip-list"
URGENT = "urgency=now"


def kept_by(user: User, query: str = URGENT, *, shared: bool = False) -> SavedFilter:
    with acting_as(user):
        made = filters.keep(TIPS, by=user, query=query)
        if shared:
            filters.share(made, by=user, shared=True)
        return made


def test_a_record_is_pinned_and_taken_off_again(cast: Cast) -> None:
    """On her desk while it is pinned; the button says which it is."""
    tip = stories.taken_tip(cast)
    client, page = sign_in(cast.hotline), reverse("investigations:tip-show", args=[tip.code])
    assert 'aria-pressed="false"' in client.get(page).content.decode()
    answer = client.post(reverse("desk:pin"), {"code": tip.code.lower().replace("-", " "), "next": page})
    assert answer.status_code == 302 and answer["Location"] == page
    assert 'aria-pressed="true"' in client.get(page).content.decode()
    assert page in client.get("/desk/").content.decode()
    client.post(reverse("desk:pin"), {"code": tip.code})
    with acting_as(cast.hotline, "r"):
        assert pins.mine(cast.hotline) == []


@pytest.mark.parametrize("who", ["far_hotline", "colleague", "care_worker", "auditor", "administrator", "partner"])
def test_nobody_pins_a_record_she_may_not_see(cast: Cast, who: str) -> None:
    """Hidden and missing are the same page, and nothing is kept."""
    tip = stories.taken_tip(cast)
    client = sign_in(getattr(cast, who))
    hidden, missing = (client.post(reverse("desk:pin"), {"code": code}) for code in (tip.code, "TP-0000-0000"))
    assert hidden.status_code == missing.status_code == 404 and hidden.content == missing.content
    assert not Pin.objects.filter(owner=getattr(cast, who)).exists()


def test_a_pin_vanishes_with_her_place_on_the_file_and_is_nobody_elses(cast: Cast) -> None:
    rescue = stories.planned_rescue(cast)
    code = rescue.investigation.code
    sign_in(cast.investigator).post(reverse("desk:pin"), {"code": code})
    with acting_as(cast.investigation_supervisor, "r"):
        assert Pin.objects.count() == 0, "another's pins are hidden by the database"
    with acting_as(cast.investigation_supervisor):
        grants.leave(rescue.investigation.file, cast.investigator, by=cast.investigation_supervisor)
    desk = sign_in(cast.investigator).get("/desk/").content.decode()
    assert code not in desk.partition('id="pn"')[2].partition("</section>")[0]


def test_a_filter_is_kept_once_and_called_by_its_own_words(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    sent = {"list": TIPS, "query": "urgency=now&name=Sok+Chanthy&show=received&page=4"}
    answer = client.post(reverse("desk:filter-keep"), sent)
    assert answer["Location"] == reverse(TIPS) + "?show=received&urgency=now", "what the list does not know is left out"
    client.post(reverse("desk:filter-keep"), sent)
    with acting_as(cast.hotline, "r"):
        assert SavedFilter.objects.count() == 1
    assert last_events(30)[0]["act"] and "Chanthy" not in str(last_events(30))
    text = client.get(reverse(TIPS)).content.decode()
    assert "To assess · Danger now: Yes, now" in text
    client.cookies["lang"] = "km"
    assert "Danger now: Yes" not in client.get(reverse(TIPS)).content.decode()


@pytest.mark.parametrize("sent", [{"list": TIPS, "query": "name=Sok"}, {"list": "nowhere:at-all", "query": URGENT},
                                  {"list": "aftercare:survivor-list", "query": "age_band=child"}, {}])
def test_nothing_is_kept_of_what_is_no_filter_of_hers(cast: Cast, sent: dict[str, str]) -> None:
    """No filter, no such list, a list of another wing."""
    assert sign_in(cast.hotline).post(reverse("desk:filter-keep"), sent).status_code in (302, 404)
    assert not SavedFilter.objects.filter(owner=cast.hotline).exists()


def test_a_shared_filter_reaches_her_own_office_only_and_carries_no_row(cast: Cast) -> None:
    tip = stories.taken_tip(cast)
    made = kept_by(cast.investigation_supervisor, "channel=hotline", shared=True)
    colleague, far = sign_in(cast.second_supervisor), sign_in(cast.far_supervisor)
    assert "How it came: Hotline call" in colleague.get(reverse("desk:filters")).content.decode()
    assert "How it came: Hotline call" not in far.get(reverse("desk:filters")).content.decode()
    assert "How it came: Hotline call" not in sign_in(cast.care_worker).get(reverse("desk:filters")).content.decode()
    assert tip.code not in far.get(reverse(TIPS) + "?channel=hotline").content.decode()
    with acting_as(cast.far_supervisor, "r"):
        assert SavedFilter.objects.count() == 0
    change = reverse("desk:filter-change", args=[made.pk])
    for who in (cast.second_supervisor, cast.far_supervisor, cast.administrator):
        assert sign_in(who).post(change, {"answer": "remove"}).status_code == 404
    with acting_as(cast.second_supervisor), pytest.raises(Refused):
        filters.remove(made, by=cast.second_supervisor)
    with acting_as(cast.second_supervisor), entry(Event.FILTER_UNSHARED, by=cast.second_supervisor, about=None):
        assert SavedFilter.objects.filter(pk=made.pk).update(is_shared=False) == 0, "the database changes nothing of another's"


def test_nobody_shares_into_another_office(cast: Cast) -> None:
    """The office beside a filter is its owner's, or the database refuses the row."""
    with acting_as(cast.hotline), pytest.raises(DatabaseError), transaction.atomic(), \
            entry(Event.FILTER_KEPT, by=cast.hotline, about=None):
        SavedFilter(owner=cast.hotline, office=cast.far_office, listing=TIPS, query=URGENT, is_shared=True).save()


def test_a_filter_is_shared_taken_back_and_removed(cast: Cast) -> None:
    made, client = kept_by(cast.hotline), sign_in(cast.hotline)
    url = reverse("desk:filter-change", args=[made.pk])
    assert client.get(url).status_code == 302
    for answer, words in (("share", "Your office"), ("unshare", "Only you"), ("nonsense", "Only you")):
        client.post(url, {"answer": answer})
        assert words in client.get(reverse("desk:filters")).content.decode()
    client.post(url, {"answer": "remove"})
    assert "No filter is kept yet" in client.get(reverse("desk:filters")).content.decode()
    assert client.post(url, {"answer": "share"}).status_code == 404


def test_forty_filters_are_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.desk.policy.MOST", 1)
    kept_by(cast.hotline)
    answer = sign_in(cast.hotline).post(reverse("desk:filter-keep"), {"list": TIPS, "query": "urgency=no"}, follow=True)
    assert "Forty filters are kept already" in answer.content.decode()


def test_a_filter_of_a_list_that_is_gone_is_passed_over(cast: Cast) -> None:
    assert links.links([{"pk": "1", "listing": "gone:list", "query": URGENT, "shared": False, "mine": True}]) == []


def test_approvals_stand_with_whoever_decides_and_with_whoever_asked(cast: Cast) -> None:
    """She decides; the planner waits and is told why; nobody else learns of it; afterwards it comes back answered."""
    rescue = stories.planned_rescue(cast)
    page = reverse("desk:approvals")
    decides = sign_in(cast.investigation_supervisor).get(page).content.decode()
    assert "You decide" in decides and rescue.code in decides
    asked = sign_in(cast.investigator).get(page).content.decode()
    assert "another person decides" in asked and "You decide" not in asked
    for who in ("far_supervisor", "colleague", "care_supervisor", "auditor", "partner"):
        assert rescue.code not in sign_in(getattr(cast, who)).get(page).content.decode()
    stories.approved_rescue(cast)
    assert "Answered lately" in sign_in(cast.investigator).get(page).content.decode()
    assert "1 waits for you" in sign_in(cast.investigation_supervisor).get("/desk/").content.decode()


def two_survivors(cast: Cast) -> list[Survivor]:
    stories.concluded_rescue(cast)
    return [stories.taken_in(cast), stories.taken_in(cast)]


def test_several_survivors_are_handed_over_after_a_look(cast: Cast) -> None:
    """A preview with its number and who cannot go and why; one history entry each; all of it taken back at once."""
    one, two = two_survivors(cast)
    client, url = sign_in(cast.care_supervisor), reverse("aftercare:survivor-hand-over")
    assert 'name="row"' in client.get(reverse("aftercare:survivor-list")).content.decode()
    chosen = {"row": [one.code, two.code, "SV-0000-0000"]}
    look = client.post(url, {**chosen, "worker": cast.care_worker_two.code}).content.decode()
    assert "Reassign 2 files to" in look and "was left out" in look
    assert "None of them can be handed over" in client.post(url, {**chosen, "worker": cast.care_worker.code}).content.decode()
    with acting_as(cast.care_supervisor, "r"):
        assert {row.worker_id for row in Survivor.objects.all()} == {cast.care_worker.pk}, "a look changes nothing"
    done = client.post(url, {**chosen, "worker": cast.care_worker_two.code, "confirmed": "yes"}, follow=True).content.decode()
    assert "2 survivors are now with" in done
    assert [event["act"] for event in last_events(40)].count("survivor.entrusted") == 2
    token = re.search(r'name="token" value="([^"]+)"', done)
    assert token is not None
    client.post(reverse("web:undo"), {"token": token.group(1)})
    with acting_as(cast.care_supervisor, "r"):
        assert {row.worker_id for row in Survivor.objects.all()} == {cast.care_worker.pk}
        assert not CaseAccess.objects.filter(user=cast.care_worker_two, revoked_at__isnull=True).exists()


@pytest.mark.parametrize("who", ["care_worker", "far_care_supervisor", "investigation_supervisor", "administrator", "auditor"])
def test_nobody_hands_over_whom_she_does_not_supervise(cast: Cast, who: str) -> None:
    """No bulk box for a worker; a supervisor of another office finds none of these codes; others find no page."""
    [one, two] = two_survivors(cast)
    client, url = sign_in(getattr(cast, who)), reverse("aftercare:survivor-hand-over")
    sent = {"row": [one.code, two.code], "worker": cast.care_worker_two.code, "confirmed": "yes"}
    assert client.post(url, sent).status_code in (302, 404)
    with acting_as(cast.care_supervisor, "r"):
        assert {row.worker_id for row in Survivor.objects.all()} == {cast.care_worker.pk}
    if who == "care_worker":
        assert 'name="row"' not in client.get(reverse("aftercare:survivor-list")).content.decode()


def test_search_answers_by_kind_and_by_open_words(cast: Cast) -> None:
    tip, rescue = stories.taken_tip(cast), stories.planned_rescue(cast)
    client = sign_in(cast.investigation_supervisor)
    found = client.post(reverse("desk:search"), {"q": "hotline"}).content.decode()
    assert "Tips" in found and tip.code in found and rescue.code not in found
    whole = client.post(reverse("desk:search"), {"q": tip.code.lower().replace("-", " ").replace("0", "o")})
    assert whole.status_code == 302 and tip.code in whole["Location"]
    assert "Forced labour" in client.post(reverse("desk:search"), {"q": "forced lab"}).content.decode()
    assert tip.code not in sign_in(cast.far_supervisor).post(reverse("desk:search"), {"q": "hotline"}).content.decode()
    staff = sign_in(cast.administrator).post(reverse("desk:search"), {"q": "care work"}).content.decode()
    assert "People who work here" in staff
    assert "People who work here" not in client.post(reverse("desk:search"), {"q": "care work"}).content.decode()


def test_a_code_on_the_desk_leads_to_its_page(cast: Cast) -> None:
    rescue = stories.planned_rescue(cast)
    client = sign_in(cast.investigator)
    for code, name in ((rescue.code, "rescue"), (rescue.investigation.file.code, "investigation")):
        assert name in client.get(reverse("desk:go", args=[code]))["Location"]
    assert sign_in(cast.far_investigator).get(reverse("desk:go", args=[rescue.code])).status_code == 404


def test_the_keys_have_a_page_and_can_be_switched_off(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    page = client.get(reverse("desk:keys")).content.decode()
    assert "<kbd>g</kbd> <kbd>t</kbd>" in page and "data-silent" not in page and "Survivors" not in page
    with acting_as(cast.hotline):
        cast.hotline.has_shortcuts = False
        with entry(Event.USER_ADDED, by=cast.hotline, about=None):
            cast.hotline.save(update_fields=["has_shortcuts"])
    assert "data-silent" in client.get(reverse("desk:keys")).content.decode()


def test_no_two_pages_have_the_same_key() -> None:
    keys = [item.key for group in SIDE for item in group.items if item.key]
    assert len(keys) == len(set(keys))
