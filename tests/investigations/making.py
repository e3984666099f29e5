"""Records of this wing as its people make them, for tests of every wing."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.trail.context import acting_as
from investigations import policy
from investigations.actions import incidents, rescues, suspects, tips
from investigations.models import Incident, Investigation, RescueOperation, Suspect, Tip
from investigations.names import Names
from tests.cast import Cast

SAID = "They keep her papers and say she owes the price of the journey."
PLACE = "The blue house behind the ice factory"
SUSPECT = Names("កែវ", "សំណាង", "Keo", "Samnang", "Bong Nang")
FOUND = tuple(
    rescues.FoundPerson(Names(f"ស៊ិន{number}", "ស្រីពៅ", f"Sin{number}", "Sreypov"), "female", band, ("khm", "vie"),
                        "A doctor")
    for number, band in enumerate(("15-17", "18-24", "18-24", "25-34", "0-11")))


def tip(cast: Cast) -> Tip:
    """Taken by the hotline officer."""
    with acting_as(cast.hotline):
        return tips.take(by=cast.hotline, channel="hotline", urgency="now", what_was_said=SAID, province="08",
                         landmark="Ice factory", people_affected=5, is_child_involved=True, caller_name="Sok Chan",
                         caller_phone="012 345 678", safe_contact="After eight")


def assessed(cast: Cast, one: Tip) -> Tip:
    """Graded by the supervisor."""
    with acting_as(cast.investigation_supervisor):
        fresh = policy.get_tip(cast.investigation_supervisor, one.code)
        return tips.assess(fresh, by=cast.investigation_supervisor, source_grade="B", information_grade="2",
                           reason="She knows the street.")


def investigation(cast: Cast, one: Tip) -> Investigation:
    """Opened by the supervisor, led by the investigator."""
    with acting_as(cast.investigation_supervisor):
        return tips.promote(one, by=cast.investigation_supervisor, lead=cast.investigator,
                            form_of_exploitation="ForcedLabour")


def incident(cast: Cast, one: Investigation) -> Incident:
    """Recorded by the investigator."""
    with acting_as(cast.investigator):
        return incidents.record(one, by=cast.investigator, acts=["recruitment"], means=["deception"],
                                purposes=["labour"], is_child=False, occurred="2026-05~", account="Told by a neighbour")


def suspect(cast: Cast, one: Investigation) -> Suspect:
    """Recorded by the investigator."""
    with acting_as(cast.investigator):
        return suspects.record(one, by=cast.investigator, role_in_process="Exploiter", names=SUSPECT)


def rescue(cast: Cast, one: Investigation, *, by: User | None = None) -> RescueOperation:
    """Planned by the investigator."""
    planner = by or cast.investigator
    with acting_as(planner):
        return rescues.plan(one, by=planner, place=PLACE, time="2026-12-01T04:30:00+07:00",
                            plan="Police enter first.", risk="high", expected_persons=5, expected_children=2,
                            languages=["khm", "vie"], checks=["authority", "doctor"])


def approved(cast: Cast, one: RescueOperation) -> RescueOperation:
    """Approved by the supervisor."""
    with acting_as(cast.investigation_supervisor):
        fresh = policy.get_rescue(cast.investigation_supervisor, one.code)
        requests.approve(fresh.request, by=cast.investigation_supervisor)
        return policy.get_rescue(cast.investigation_supervisor, one.code)


def conclude(cast: Cast, one: RescueOperation) -> RescueOperation:
    """Concluded by the investigator with five persons."""
    with acting_as(cast.investigator):
        return rescues.conclude(one, by=cast.investigator, outcome="reached", persons=FOUND)
