"""A referred case waits on the liaison's desk; who sent it can read nothing of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ijm.accounts.actions import offices
from ijm.bridges import send
from ijm.casefiles import grants
from ijm.casefiles.models import CaseFile
from ijm.messages import CaseReferred
from ijm.notices.models import Notice
from ijm.people.models import Name, Person
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from prosecutions.actions import prosecutions
from prosecutions.inbox import receiving_office
from prosecutions.models import Accused, Prosecution, VictimWitness
from prosecutions.states import Stage
from tests.cast import Cast
from tests.prosecutions import scene
from tests.trail import acts


def test_a_referred_case_waits_on_the_liaisons_desk(cast: Cast) -> None:
    prosecution = scene.referred(cast, accused=2, witnesses=3)
    assert (prosecution.state, prosecution.exploitation_label) == (Stage.REFERRED, "Forced labour")
    with acting_as(cast.liaison, "r"):
        assert len(scene.accused_of(prosecution)) == 2
        assert {row.code[:2] for row in scene.accused_of(prosecution)} == {"AC"}
        assert {row.code[:2] for row in scene.witnesses_of(prosecution)} == {"VW"}
        notice = Notice.objects.get(about_code=prosecution.code)
        assert (notice.user, notice.kind, notice.path) == (
            cast.liaison, "case.referred", f"/files/{prosecution.code}/")
    assert "prosecution.received" in acts()


def test_the_accused_have_names_and_the_witnesses_have_none(cast: Cast) -> None:
    prosecution = scene.referred(cast)
    with acting_as(cast.liaison, "r"):
        suspect = scene.accused_of(prosecution)[0].alias.person_id
        assert set(Name.objects.values_list("person_id", flat=True)) == {suspect}
        assert list(Person.objects.values_list("id", flat=True)) == [suspect]


def test_each_file_learns_that_the_other_is_there_and_whom_to_ask(cast: Cast) -> None:
    story = scene.refer(cast)
    with acting_as(cast.liaison, "r"):
        linked = grants.linked(Prosecution.objects.get().file)
    assert [(one.kind, one.office, one.number) for one in linked] == [(Kind.INVESTIGATION, cast.office, 1)]
    with acting_as(cast.investigator, "r"):
        assert [one.kind for one in grants.linked(story.investigation)] == [Kind.PROSECUTION]


def test_who_referred_the_case_reads_nothing_of_it_afterwards(cast: Cast) -> None:
    scene.refer(cast)
    with acting_as(cast.investigator, "r"):
        assert not Prosecution.objects.exists() and not Accused.objects.exists() and not VictimWitness.objects.exists()
        assert not CaseFile.objects.filter(kind=Kind.PROSECUTION).exists()


def test_a_summary_that_is_no_form_of_exploitation_is_not_kept(cast: Cast) -> None:
    with acting_as(cast.investigator):
        story = scene.investigate(cast, witnesses=0)
        send(CaseReferred(story.investigation.pk, timezone.now(), tuple(story.suspects), (), "Sok Dara, kiln"),
             by=cast.investigator)
    with acting_as(cast.liaison, "r"):
        assert Prosecution.objects.get().exploitation == "" == Prosecution.objects.get().exploitation_label


def test_an_office_without_a_liaison_refers_to_the_office_that_supports_it(cast: Cast) -> None:
    with acting_as(cast.administrator):
        new = offices.add(by=cast.administrator, name_en="Kampot")
        newer = offices.add(by=cast.administrator, name_en="Takeo", supported_by=new)
        newer.refresh_from_db()
    assert receiving_office(new) == cast.office, "supported by the office of who opened it, where nothing else was said"
    assert newer.supported_by == new
    assert receiving_office(newer) == newer, "neither has a liaison; the file waits where it was sent"
    newer.supported_by = cast.office
    assert receiving_office(newer) == cast.office
    newer.supported_by = None
    assert receiving_office(newer) == newer, "nobody supports it"
    cast.far_office.supported_by = cast.office
    assert receiving_office(cast.far_office) == cast.far_office, "it has a liaison of its own"


@pytest.mark.parametrize("who", ["hotline", "care_worker", "care_supervisor", "liaison", "partner", "auditor",
                                 "administrator", "data_protection"])
def test_only_who_may_refer_an_investigation_opens_a_prosecution(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    with acting_as(cast.investigator):
        origin = grants.open_file(Kind.INVESTIGATION, by=cast.investigator)
    with acting_as(user), pytest.raises(Refused):
        prosecutions.receive(origin, by=user, at=timezone.now(), accused=(), witnesses=())
    assert acts()[-1] == "investigation_refer.refused"
