"""What the wing shows on the desk, in the search, and as the page of a file; its demonstration; its words."""

from __future__ import annotations

from types import SimpleNamespace

from django.utils import translation

from aftercare.models import Referral
from ijm.casefiles.models import CaseFile
from ijm.trail.context import acting_as
from investigations import demo, describing, panels
from investigations.codes import Act
from investigations.models import Investigation, RescuedPerson, RescueOperation, Suspect, Tip
from tests.cast import Cast
from tests.investigations import making


def titles(cards: list[panels.Card]) -> list[tuple[str, str]]:
    """What the cards say and name."""
    return [(card["title"], card["code"]) for card in cards]


def test_a_supervisor_finds_the_tip_and_the_plan_on_her_desk(cast: Cast, tip: Tip) -> None:
    boss = cast.investigation_supervisor
    with acting_as(boss, "r"):
        card, = panels.work(boss)
        assert (card["title"], card["about"], card["late"]) == ("Assess a tip", "Hotline call, Kandal", True)
    one = making.investigation(cast, making.assessed(cast, tip))
    rescue = making.rescue(cast, one)
    with acting_as(boss, "r"):
        assert titles(panels.work(boss)) == [("Approve a rescue operation", rescue.code)]
    with acting_as(cast.investigator, "r"):
        assert titles(panels.work(cast.investigator)) == [("Forced labour, Kandal", one.code)]
    making.approved(cast, rescue)
    with acting_as(cast.investigator, "r"):
        assert ("Conclude a rescue operation", rescue.code) in titles(panels.work(cast.investigator))


def test_the_hotline_officer_has_nothing_waiting(cast: Cast, tip: Tip) -> None:
    with acting_as(cast.hotline, "r"):
        assert panels.work(cast.hotline) == []


def test_a_code_is_found_by_who_may_see_it(cast: Cast, concluded: RescueOperation, suspect: Suspect) -> None:
    by = cast.investigator
    with acting_as(by, "r"):
        rescued = RescuedPerson.objects.select_related("alias")[0]
        loosely, one = suspect.code.lower().replace("-", " "), concluded.investigation
        for text, code in ((loosely, suspect.code), (concluded.code, concluded.code), (rescued.code, concluded.code),
                           (one.code, one.code)):
            assert [card["code"] for card in panels.find(by, text)] == [code]
        assert panels.find(by, "Keo") == []
        assert str(rescued) == rescued.code
    with acting_as(cast.colleague, "r"):
        assert panels.find(cast.colleague, suspect.code) == []


def test_a_file_has_its_page(cast: Cast, tip: Tip, investigation: Investigation) -> None:
    with acting_as(cast.investigator, "r"):
        pages = {panels.file_page(cast.investigator, file) for file in CaseFile.objects.all()}
    assert pages == {f"/investigations/tips/{tip.code}/", f"/investigations/files/{investigation.code}/"}


def test_words_follow_the_language() -> None:
    assert describing.words(Act, ["receipt", "strange"]) == "Receipt, strange"
    assert describing.number(None) == "not known"
    assert describing.yes_no(False) == "no"
    assert describing.province("") == "place not known"
    with translation.override("km"):
        assert describing.number(12) == "១២"


def test_the_demonstration_tells_three_years(cast: Cast) -> None:
    said: list[str] = []
    demo.fill(SimpleNamespace(**vars(cast)), said.append)
    with acting_as(cast.investigation_supervisor, "r"):
        assert Investigation.objects.count() == 5
        assert Tip.objects.count() == 9
        assert {"planned", "concluded"} == set(RescueOperation.objects.values_list("state", flat=True))
        told = list(Tip.objects.order_by("received_at").values_list("received_at", flat=True))
        assert (told[-1] - told[0]).days > 1000
    with acting_as(cast.care_supervisor, "r"):
        assert Referral.objects.count() == 8
    assert len(said) == 10
