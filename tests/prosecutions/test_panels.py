"""What the desk is told by this wing, and the demonstration's courts."""

from __future__ import annotations

from django.urls import reverse

from ijm.trail.context import acting_as
from prosecutions import demo, panels
from prosecutions.models import Hearing, Prosecution, Verdict
from prosecutions.states import Outcome, Stage
from tests.cast import Cast
from tests.prosecutions import scene


def test_the_desk_shows_what_waits(cast: Cast) -> None:
    late, fresh = scene.referred(cast, days_ago=60), scene.referred(cast, days_ago=3)
    with acting_as(cast.liaison):
        for days in (-1, 5, 60):
            scene.hearing(cast, fresh, days=days)
        judged = scene.referred(cast, days_ago=1)
        scene.verdict(cast, scene.charge(cast, scene.accused_of(judged)[0]), Outcome.OTHER)
    with acting_as(cast.liaison, "r"):
        cards = panels.work(cast.liaison)
    assert [(card["kind"], card["late"], card["code"]) for card in cards] == [
        ("hearing", True, fresh.code), ("hearing", False, fresh.code),
        ("prosecution", True, late.code), ("prosecution", False, fresh.code), ("prosecution", False, judged.code)]
    assert cards[0]["url"].endswith("/outcome/") and "Close the file" in cards[-1]["title"]
    for other in (cast.far_liaison, cast.investigator, cast.auditor):
        with acting_as(other, "r"):
            assert panels.work(other) == []


def test_a_search_finds_files_by_any_code_on_them(cast: Cast) -> None:
    prosecution = scene.referred(cast, witnesses=1)
    with acting_as(cast.liaison):
        accused = scene.accused_of(prosecution)[0]
        charge, made = scene.charge(cast, accused), scene.hearing(cast, prosecution)
        for text in (prosecution.code, accused.code.lower(), scene.witnesses_of(prosecution)[0].code, charge.code[:7]):
            assert [card["code"] for card in panels.find(cast.liaison, text)] == [prosecution.code]
        assert [card["code"] for card in panels.find(cast.liaison, "kandal")] == [made.code]
        assert panels.find(cast.liaison, "PF") == [] == panels.find(cast.liaison, "Prum")
    with acting_as(cast.far_liaison, "r"):
        assert panels.find(cast.far_liaison, prosecution.code) == []


def test_the_address_of_a_file(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    assert panels.file_page(cast.liaison, prosecution.file) == reverse(
        "prosecutions:prosecution-show", args=[prosecution.code])


def test_the_demonstration_carries_cases_through_court(cast: Cast) -> None:
    for accused, days in ((2, 1000), (1, 600), (1, 500), (1, 420), (1, 150), (1, 60), (1, 4)):
        scene.refer(cast, accused=accused, witnesses=2, days_ago=days)
    told: list[str] = []
    demo.fill(cast, told.append)
    with acting_as(cast.liaison, "r"):
        stages = list(Prosecution.objects.order_by("referred_at").values_list("state", flat=True))
        assert stages[0] == Stage.CLOSED and stages[-1] == Stage.REFERRED
        assert {Stage.CLOSED, Stage.JUDGED, Stage.CHARGED, Stage.REFERRED} <= set(stages)
        assert Verdict.objects.count() >= 5 and Hearing.objects.filter(state="held").count() >= 8
    assert told == ["court"] * 7


def test_a_demonstration_without_cases_is_empty(cast: Cast) -> None:
    demo.fill(cast, lambda text: None)
    with acting_as(cast.liaison, "r"):
        assert not Prosecution.objects.exists()
