"""The journeys of investigation and care as people walk them, each step on the page where it belongs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.browser import Walker
from tests.journeys.conftest import House
from tests.journeys.words import SAID, Said


def english(walker: Walker, *words: str) -> None:
    """What a page says, checked where it speaks English."""
    if walker.language == "en":
        walker.says(*words)


def wrongly(walker: Walker, name: str) -> None:
    """Send a form with something missing: the summary leads to the fields."""
    walker.press()
    summary = walker.page.locator("[data-error-summary]").first
    assert summary.is_visible(), f"{name}: no error summary"
    for link in summary.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))"):
        assert walker.page.locator(link).count() == 1, f"{name}: {link} leads nowhere"
    walker.look(f"{name}-wrong")


def take_tip(house: House, said: Said = SAID) -> str:
    """A hotline officer takes a tip; its code."""
    walker = house.walk("hotline")
    walker.go("/investigations/tips/new/")
    walker.fill(what_was_said=said.what_was_said)
    wrongly(walker, "a-04-take")
    assert walker.page.locator("[name=what_was_said]").input_value() == said.what_was_said, "what was typed is kept"
    walker.choose(urgency="no", channel="hotline", children="unknown", province="12")
    walker.fill(people_affected="12", landmark=said.landmark, caller_name=said.caller_name,
                caller_phone=said.caller_phone, safe_contact=said.safe_contact)
    walker.press()
    walker.hides(said.what_was_said, said.caller_name, said.caller_phone)
    walker.look("a-05-tip-taken")
    code = walker.code
    walker.close()
    return code


def assess(house: House, tip: str, said: Said = SAID) -> str:
    """A supervisor reads the tip, grades it and opens an investigation; its code."""
    walker = house.walk("investigation_supervisor")
    walker.go("/desk/notices/")
    walker.press(f"main li:has-text('{tip}') button")
    assert walker.code == tip, "the notice leads to the tip"
    walker.go(f"/investigations/tips/{tip}/assess/")
    assert walker.reveal(f"/investigations/tips/{tip}/reveal/", "CASEWORK", item="what_was_said") == said.what_was_said
    walker.look("a-08-assess-open")
    if not house.scripts:
        walker.go(f"/investigations/tips/{tip}/assess/")
    walker.choose(source_grade="B", information_grade="2", followed_up="yes")
    walker.fill(reason=said.reason)
    walker.press()
    walker.look("a-09-promote")
    walker.choose(form_of_exploitation="ForcedLabour", lead=str(house.cast.investigator.pk))
    walker.press()
    walker.look("a-10-investigation-opened")
    code = walker.code
    walker.close()
    return code


def investigate(house: House, investigation: str, said: Said = SAID) -> str:
    """The lead records an incident and a suspect; the suspect's code."""
    walker = house.walk("investigator")
    walker.go(f"/investigations/files/{investigation}/incidents/new/")
    walker.choose(acts="recruitment")
    wrongly(walker, "a-12-incident")
    walker.choose(means="deception", purposes="labour", province="12", occurred_3="about")
    walker.fill(occurred_1="5", occurred_2="2026", account=said.account)
    walker.press()
    assert walker.path == f"/investigations/files/{investigation}/", walker.text()
    walker.go(f"/investigations/files/{investigation}/suspects/new/")
    walker.pick("role_in_process")
    walker.fill(family_km=said.suspect_family_km, given_km=said.suspect_given_km, family=said.suspect_family,
                given=said.suspect_given, called=said.suspect_called)
    walker.press()
    suspect = walker.code
    assert said.suspect_family in walker.reveal(f"/investigations/suspects/{suspect}/reveal/", "CASEWORK")
    walker.look("a-14-suspect-open")
    walker.go(f"/investigations/files/{investigation}/")
    walker.hides(said.suspect_family, said.suspect_given_km, said.account)
    walker.look("a-15-investigation")
    walker.close()
    return suspect


def plan_rescue(house: House, investigation: str, said: Said = SAID) -> str:
    """The lead plans a rescue operation; its code."""
    walker = house.walk("investigator")
    walker.go(f"/investigations/files/{investigation}/rescues/new/")
    walker.fill(place=said.place, plan=said.plan, expected_persons="5", expected_children="6")
    walker.choose(risk="medium", checks="authority")
    wrongly(walker, "b-02-plan")
    soon = timezone.localtime() + timedelta(days=2)
    walker.day("time", soon)
    walker.fill(time_3="05:30", expected_children="1")
    walker.press()
    walker.hides(said.place, said.plan)
    walker.look("b-03-waits-for-approval")
    code = walker.code
    english(walker, "Two persons decide")
    assert walker.page.locator(f"a[href$='{code}/approve/']").count() == 0, "who planned it does not approve it"
    walker.close()
    return code


def approve_rescue(house: House, operation: str, said: Said = SAID) -> None:
    """A second person reads the plan and approves it."""
    walker = house.walk("investigation_supervisor")
    walker.go("/desk/notices/")
    walker.press(f"main li:has-text('{operation}') button")
    walker.go(f"/investigations/rescues/{operation}/approve/")
    walker.says(said.place, said.plan)
    walker.press()
    walker.look("b-05-approved")
    walker.close()


def conclude_rescue(house: House, operation: str, said: Said = SAID) -> None:
    """The lead writes down five persons and hands them over; from then on their names are gone for this wing."""
    walker = house.walk("investigator")
    walker.go(f"/investigations/rescues/{operation}/conclude/")
    walker.choose(outcome="reached")
    for number, (family, given) in enumerate(said.rescued):
        walker.fill(**{f"form-{number}-family": family, f"form-{number}-given": given,
                       f"form-{number}-needs": said.needs, f"form-{number}-age_band_0": "១៩"})
        walker.choose(**{f"form-{number}-sex": "female", f"form-{number}-age_band_2": "about"})
    walker.choose(**{"form-0-language": "khm"})
    walker.look("b-06-conclude")
    walker.press()
    walker.hides(*(word for name in said.rescued for word in name), said.needs)
    walker.look("b-07-concluded")
    walker.close()


def take_in(house: House, said: Said = SAID) -> tuple[str, str]:
    """The care supervisor takes in one of five who wait, with her consent; codes of referral and survivor."""
    walker = house.walk("care_supervisor")
    walker.go("/aftercare/referrals/")
    rows = walker.page.locator("main tbody tr")
    assert rows.count() >= 5, f"five wait, not {rows.count()}"
    rows.first.locator("th a").click()
    walker.page.wait_for_load_state("load")
    referral = walker.code
    assert walker.reveal(f"/aftercare/referrals/{referral}/reveal/", "REFERRAL", item="needs") == said.needs
    walker.look("b-09-referral")
    walker.go(f"/aftercare/referrals/{referral}/take-in/")
    walker.choose(worker=house.cast.care_worker.code, answer_services="given")
    walker.fill(witness=said.witness)
    wrongly(walker, "b-11-take-in")
    assert walker.page.locator("[name=witness]").input_value() == said.witness, "what was typed is kept"
    walker.choose(answer_storage="given")
    walker.press()
    survivor = walker.code
    assert survivor.startswith("SV-"), walker.text()
    walker.look("b-12-survivor")
    walker.close()
    return referral, survivor


def move(house: House, survivor: str, said: Said = SAID) -> None:
    """Her worker records where she lives now."""
    walker = house.walk("care_worker")
    walker.go(f"/aftercare/survivors/{survivor}/move/")
    walker.fill(directions=said.directions, phone_there=said.phone_there, reason=said.why_moved)
    wrongly(walker, "c-03-move")
    assert walker.page.locator("[name=directions]").input_value() == said.directions, "what was typed is kept"
    walker.choose(placement="kin")
    walker.fill(address=said.address)
    walker.press()
    walker.hides(said.address, said.directions, said.phone_there)
    walker.look("c-04-moved")
    walker.close()


def share(house: House, survivor: str) -> None:
    """The care supervisor puts a second worker on the file."""
    walker = house.walk("care_supervisor")
    walker.go(f"/aftercare/survivors/{survivor}/people/")
    walker.choose(colleague=house.cast.care_worker_two.code)
    walker.press()
    walker.look("c-06-shared")
    walker.close()


def read_address(house: House, survivor: str, said: Said = SAID) -> None:
    """The second worker opens the address for a home visit; it closes when she hides it."""
    walker = house.walk("care_worker_two")
    walker.go(f"/aftercare/survivors/{survivor}/")
    walker.hides(said.address)
    shown = walker.reveal(f"/aftercare/survivors/{survivor}/reveal/", "HOME_VISIT", item="address")
    assert said.address in shown and said.phone_there in shown
    walker.look("c-07-address-open")
    walker.page.locator("[data-seal-hide]").first.click()
    walker.page.locator(".sealed[data-open]").wait_for(state="detached")
    walker.hides(said.address)
    walker.close()


def ask_only(house: House, investigation: str, said: Said = SAID) -> None:
    """The investigator of the same case learns whom to ask, and nothing else."""
    walker = house.walk("investigator")
    walker.go(f"/investigations/files/{investigation}/")
    walker.hides(said.address, said.directions, "SV-", "CR-", *(word for name in said.rescued for word in name))
    walker.says(house.cast.office.name_km if walker.language == "km" else house.cast.office.name_en)
    walker.look("c-08-whom-to-ask")
    walker.close()
