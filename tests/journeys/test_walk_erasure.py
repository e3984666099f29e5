"""A survivor asks to be forgotten, walked: her worker asks, a hold stops it, another agrees, her name is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from aftercare.models import Survivor
from ijm.trail.context import acting_as
from prosecutions.models import VictimWitness
from tests import stories
from tests.browser import Walker
from tests.ijm import forgetting
from tests.journeys.conftest import House

pytestmark = pytest.mark.browser
NAMES = ("Chanthy", "Sokha", "Ratha", "Maly", "Thida")


def test_a_survivor_is_forgotten(house: House) -> None:
    cast = house.cast
    stories.referred_prosecution(cast)
    survivor = stories.taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        survivor = Survivor.objects.select_related("alias").get(pk=survivor.pk)
    with acting_as(cast.liaison, "r"):
        witness = VictimWitness.objects.select_related("alias").get(alias__person=survivor.alias.person_id).alias.code
    reveal = f"/aftercare/survivors/{survivor.code}/reveal/"

    worker = house.walk("care_worker")
    worker.go(f"/aftercare/survivors/{survivor.code}/")
    said = worker.reveal(reveal, "CONTACT", item="name")
    assert any(name in said for name in NAMES)
    worker.press("a:has-text('asks to be forgotten')")
    worker.choose(basis="her_wish")
    worker.press()
    code = worker.code
    worker.says("Nothing is destroyed while this stands", "Another wing has an open case file")
    worker.hides("Investigation", "Prosecution file")
    worker.look("erasure-held")
    forgetting.close_everything(cast, survivor)

    liaison = house.walk("liaison")
    liaison.go(f"/erasures/holds/new/?about={witness}")
    liaison.choose(reason="appeal")
    liaison.day("until_on", timezone.localdate() + timedelta(days=30))
    liaison.press()
    hold = liaison.code

    officer = house.walk("data_protection")
    officer.go("/desk/approvals/")
    officer.says("Erasure of a survivor's data")
    officer.go(f"/erasures/{code}/")
    officer.says(hold, "VAULT-HOLD", "An appeal is pending")
    liaison.press("button:has-text('Lift the hold')")
    liaison.close()
    officer.go(f"/erasures/{code}/")
    officer.look("erasure-decide")
    officer.press("button[value=approve]")
    _until_done(officer, code)
    officer.says("Certificate", "The last backup")
    officer.look("erasure-done")
    officer.press("button:has-text('Print the certificate')")
    officer.says("Certificate of erasure")
    officer.close()

    worker.page.wait_for_timeout(2_500)  # so long a process may hold a key that another has destroyed
    worker.go(f"/aftercare/survivors/{survivor.code}/")
    said = worker.reveal(reveal, "CONTACT", item="name")
    assert "Erased on" in said and not any(name in said for name in NAMES)
    worker.look("erasure-erased")
    worker.close()


def _until_done(officer: Walker, code: str) -> None:
    for _ in range(60):
        officer.go(f"/erasures/{code}/")
        if officer.page.locator("h2#cert").count():
            return
        officer.page.wait_for_timeout(500)
    raise AssertionError(officer.text())
