"""The five journeys by their actions: what each leaves, and what nobody else can read afterwards."""

from __future__ import annotations

import pytest

from aftercare.models import Referral, Survivor
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile, Delivery
from ijm.jobs.models import Job
from ijm.people.models import Alias, Name, Person
from ijm.trail.context import acting_as
from investigations.models import RescuedPerson, RescueOperation
from prosecutions.models import Accused, VictimWitness
from tests import stories
from tests.cast import Cast


def test_five_rescued_persons_are_five_referrals_that_the_investigator_cannot_read(cast: Cast) -> None:
    operation = stories.concluded_rescue(cast)
    with acting_as(cast.investigator, "r"):
        assert RescueOperation.objects.get(pk=operation.pk).state == "concluded"
        assert RescuedPerson.objects.count() == 5
        assert Referral.objects.count() == 0 and not CaseFile.objects.filter(kind="care").exists()
        assert Person.objects.count() == 1, "the suspect's identity, none of the five"
        assert not Alias.objects.filter(wing="aftercare").exists()
    with acting_as(cast.care_supervisor, "r"):
        assert Referral.objects.filter(state="waiting").count() == 5
        assert Name.objects.count() == 5


@pytest.mark.parametrize("who", ["hotline", "colleague", "liaison", "partner", "auditor", "administrator",
                                 "data_protection", "far_care_supervisor", "care_worker_two", "far_investigator"])
def test_nobody_else_reads_a_row_of_the_care_files(cast: Cast, who: str) -> None:
    stories.concluded_rescue(cast)
    stories.taken_in(cast)
    with acting_as(getattr(cast, who), "r"):
        assert (Referral.objects.count(), Survivor.objects.count(), Person.objects.count(), Name.objects.count()) == (0, 0, 0, 0)


def test_the_worker_who_takes_her_in_stands_on_one_file_of_five(cast: Cast) -> None:
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    with acting_as(cast.care_worker, "r"):
        assert [row.pk for row in Survivor.objects.all()] == [survivor.pk]
        assert Referral.objects.count() == 1


def test_a_member_of_one_file_learns_only_how_many_others_and_whom_to_ask(cast: Cast) -> None:
    operation = stories.concluded_rescue(cast)
    with acting_as(cast.investigator, "r"):
        file = CaseFile.objects.get(pk=operation.file_id)
        told = {(other.kind, other.office.code, other.number) for other in grants.linked(file)}
    assert ("care", cast.office.code, 5) in told
    with acting_as(cast.far_investigator, "r"):
        assert grants.linked(file) == []


def test_a_referred_case_has_accused_with_names_and_witnesses_without(cast: Cast) -> None:
    prosecution = stories.referred_prosecution(cast)
    with acting_as(cast.liaison, "r"):
        assert Accused.objects.count() == 1 and VictimWitness.objects.count() == 5
        assert Name.objects.count() == 1, "the accused's name, no witness's"
    with acting_as(cast.investigator, "r"):
        assert not CaseFile.objects.filter(pk=prosecution.file_id).exists()


def test_a_hearing_lies_on_each_witness_file_and_only_care_sees_it(cast: Cast) -> None:
    prosecution = stories.referred_prosecution(cast)
    stories.hearing_of(cast, prosecution)
    with acting_as(cast.care_supervisor, "r"):
        assert Delivery.objects.filter(kind="HearingScheduled", state="waiting").count() == 5
    with acting_as(cast.liaison, "r"):
        assert Delivery.objects.count() == 0
        assert Job.objects.filter(kind="announce", owner=cast.liaison).count() == 5
