"""Verdict and sentence: one on each charge, in words and numbers that fit each other; survivors' workers are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from ijm.casefiles.models import Delivery
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from prosecutions import policy
from prosecutions.models import Prosecution, Verdict
from prosecutions.states import Outcome, Stage
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts

SignIn = Callable[..., Client]
TODAY = ("returned_on_0", "returned_on_1", "returned_on_2")


def typed(charge: str, **other: str) -> dict[str, str]:
    """What a liaison types into the form, for a verdict of today."""
    today = timezone.localdate()
    day = dict(zip(TODAY, (str(today.day), str(today.month), str(today.year)), strict=True))
    return {"charge": charge, "outcome": "convicted", "years": "7", "months": "6", **day, **other}


def test_the_case_is_judged_with_the_verdict_on_its_last_charge(cast: Cast) -> None:
    prosecution = scene.referred(cast, accused=2)
    with acting_as(cast.liaison):
        one, other = (scene.charge(cast, accused) for accused in scene.accused_of(prosecution))
        made = scene.verdict(cast, one, compensation_khr=48_000_000, compensation_usd=1_200)
        assert Prosecution.objects.get().state == Stage.CHARGED
        assert disclose(made, "grounds", to=cast.liaison) == {"grounds": "Read in open court."}
        scene.verdict(cast, other, Outcome.ACQUITTED)
        case = Prosecution.objects.get()
        assert (case.state, case.state_since_on) == (Stage.JUDGED, timezone.localdate())
    assert made.trail_ref().subjects == (str(one.accused.alias.person_id),)
    assert acts().count("verdict.recorded") == 2


def test_the_survivors_own_workers_are_told_of_the_verdict(cast: Cast) -> None:
    prosecution = scene.referred(cast, witnesses=2)
    with acting_as(cast.liaison):
        made = scene.verdict(cast, scene.charge(cast, scene.accused_of(prosecution)[0]))
    with acting_as(cast.care_supervisor, "r"):
        lying = list(Delivery.objects.all())
        assert [one.kind for one in lying] == ["VerdictReturned"] * 2
        assert lying[0].payload["verdict"] == str(made.pk) and "months" not in str(lying[0].payload)


def test_one_verdict_a_charge(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
        assert policy.may_record_verdict(cast.liaison, charge.accused.prosecution)
        scene.verdict(cast, charge)
        assert not policy.may_record_verdict(cast.liaison, charge.accused.prosecution)
        with pytest.raises(Refused, match="recorded already"):
            scene.verdict(cast, charge)


@pytest.mark.parametrize(("outcome", "given"), [
    (Outcome.ACQUITTED, {"sentence_months": 12}),
    (Outcome.CONVICTED, {"sentence_months": 0, "is_suspended": True}),
    (Outcome.CONVICTED, {"sentence_months": -1}),
    (Outcome.CONVICTED, {"compensation_khr": -5}),
])
def test_the_database_refuses_what_does_not_fit(cast: Cast, outcome: Outcome, given: dict[str, int]) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
        with pytest.raises(IntegrityError), transaction.atomic():
            scene.verdict(cast, charge, outcome, **given)


def test_a_verdict_without_words_has_no_grounds_to_reveal(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        made = scene.verdict(cast, scene.charge(cast, scene.accused_of(prosecution)[0]), grounds="")
        assert not made.grounds


@pytest.mark.parametrize(("months", "suspended", "said"), [
    (None, False, ""), (0, False, "0 months"), (1, False, "1 month"), (12, False, "1 year"),
    (90, False, "7 years 6 months"),
    (30, True, "2 years 6 months (suspended)"),
])
def test_a_sentence_is_said_in_years_and_months(months: int | None, suspended: bool, said: str) -> None:
    with translation.override("en"):
        assert Verdict(sentence_months=months, is_suspended=suspended).sentence == said


def test_compensation_is_said_in_both_currencies() -> None:
    with translation.override("en"):
        assert Verdict(compensation_khr=48_000_000, compensation_usd=1200).compensation == "48,000,000 KHR · 1,200 USD"
        assert Verdict(compensation_khr=0).compensation == ""
    with translation.override("km"):
        assert Verdict(compensation_usd=1200).compensation == "១,២០០ USD"
    assert (Verdict(outcome="convicted").tone, Verdict(outcome="other").tone) == ("info", "line")


def test_the_liaison_records_a_verdict_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast)
    client, url = signed_in(cast.liaison), reverse("prosecutions:verdict-record", args=[prosecution.code])
    assert "Every charge on this file has its verdict" in client.get(url).content.decode()
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
    assert charge.accused.code in client.get(url).content.decode()
    answer = client.post(url, typed(charge.code, compensation_khr="៤៨,០០០,០០០", grounds="In open court"), follow=True)
    shown = answer.content.decode()
    for words in ("Convicted", "7 years 6 months", "48,000,000 KHR", "Judged"):
        assert words in shown
    assert "In open court" not in shown
    with acting_as(cast.liaison, "r"):
        assert Verdict.objects.get().sentence_months == 90


@pytest.mark.parametrize(("given", "words"), [
    ({"years": "", "months": ""}, "Write the sentence"),
    ({"years": "x", "months": ""}, "Write a whole number"),
    ({"outcome": "acquitted"}, "Only a conviction has a sentence"),
    ({"years": "0", "months": "", "is_suspended": "on"}, "no sentence to suspend"),
    ({"outcome": ""}, "Choose one of the answers"),
])
def test_a_wrong_form_says_how_to_mend_it(cast: Cast, signed_in: SignIn, given: dict[str, str], words: str) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        charge = scene.charge(cast, scene.accused_of(prosecution)[0])
    url = reverse("prosecutions:verdict-record", args=[prosecution.code])
    assert words in signed_in(cast.liaison).post(url, typed(charge.code, **given)).content.decode()
    with acting_as(cast.liaison, "r"):
        assert not Verdict.objects.exists()
