"""Filing a charge: by the liaison, on a file she stands on, once an article, under articles that define an offence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ijm.reference.models import Offence
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from prosecutions import policy
from prosecutions.actions import charges
from prosecutions.models import Charge, Prosecution
from prosecutions.states import Outcome, Stage
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts

SignIn = Callable[..., Client]


def typed(accused: str, **other: str) -> dict[str, str]:
    """What a liaison types into the form."""
    return {"accused": accused, "offence": "TIP2008-10", "filed_on_0": "៣", "filed_on_1": "11", "filed_on_2": "2026",
            "note": "Closing order of the judge", **other}


def test_the_first_charge_makes_a_referred_case_a_charged_one(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        made = scene.charge(cast, scene.accused_of(prosecution)[0], days_ago=30)
        stored = Prosecution.objects.get()
        assert (stored.state, stored.state_since_on) == (Stage.CHARGED, made.filed_on)
        assert disclose(made, "note", to=cast.liaison) == {"note": "Filed with the closing order."}
        second = scene.charge(cast, scene.accused_of(prosecution)[0], offence="TIP2008-12", days_ago=1)
        assert Prosecution.objects.get().state_since_on == made.filed_on != second.filed_on
    assert made.code.startswith("CH-") and "charge.filed" in acts()


def test_a_new_charge_takes_a_judged_case_back_to_court(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        accused = scene.accused_of(prosecution)[0]
        scene.verdict(cast, scene.charge(cast, accused), Outcome.ACQUITTED)
        assert Prosecution.objects.get().state == Stage.JUDGED
        scene.charge(cast, scene.accused_of(prosecution)[0], offence="TIP2008-12")
        assert Prosecution.objects.get().state == Stage.CHARGED


def test_a_charge_without_a_note_has_nothing_to_reveal(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        made = charges.file(scene.accused_of(prosecution)[0], by=cast.liaison, is_aggravated=False,
                            offence=Offence.objects.get(pk="TIP2008-09"), filed_on=timezone.localdate())
        assert not made.note and made.penalty == "2 to 5 years" and made.decision is None
        assert made.trail_ref().subjects == (str(made.accused.alias.person_id),)


def test_nobody_is_charged_under_a_definition(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison), pytest.raises(Refused):
        scene.charge(cast, scene.accused_of(prosecution)[0], offence="TIP2008-08")


def test_the_database_keeps_one_charge_an_article(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        accused = scene.accused_of(prosecution)[0]
        scene.charge(cast, accused)
        with pytest.raises(IntegrityError), transaction.atomic():
            scene.charge(cast, accused)


def test_nothing_is_added_to_a_closed_file(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    prosecution.state = Stage.CLOSED
    decision = policy.may_charge(cast.liaison, prosecution)
    assert not decision and decision.reason == "closed"


def test_the_liaison_files_a_charge_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison, "r"):
        accused = scene.accused_of(prosecution)[0].code
    client, url = signed_in(cast.liaison), reverse("prosecutions:charge-file", args=[prosecution.code.lower()])
    assert "unconfirmed" in client.get(url).content.decode()
    answer = client.post(url, typed(accused, offence="TIP2008-12", is_aggravated="on"))
    assert answer.url == reverse("prosecutions:prosecution-show", args=[prosecution.code])
    with acting_as(cast.liaison, "r"):
        made = Charge.objects.get()
        assert (made.offence_id, made.filed_on, made.penalty) == ("TIP2008-12", dt.date(2026, 11, 3), "15 to 20 years")
    shown = client.get(answer.url).content.decode()
    assert made.code in shown and "unconfirmed rule" in shown and "Closing order" not in shown


def test_a_wrong_form_comes_back_with_what_was_typed(cast: Cast, signed_in: SignIn) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison):
        accused = scene.accused_of(prosecution)[0]
        scene.charge(cast, accused)
    client, url = signed_in(cast.liaison), reverse("prosecutions:charge-file", args=[prosecution.code])
    twice = client.post(url, typed(accused.code)).content.decode()
    assert "charged under this article already" in twice and "Closing order of the judge" in twice
    plain = client.post(url, typed(accused.code, offence="TIP2008-09", is_aggravated="on")).content.decode()
    assert "no aggravated form" in plain
    unknown = client.post(url, typed(accused.code, offence="TIP2008-08")).content.decode()
    assert "Choose one of the answers" in unknown
    with acting_as(cast.liaison, "r"):
        assert Charge.objects.count() == 1
