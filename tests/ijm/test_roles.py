"""The role table and the decisions that read it. The sentences here are written by hand, against a wrong table."""

from __future__ import annotations

import pytest

from ijm.roles.decisions import Decision, require, role_decision
from ijm.roles.table import TABLE, Can, Kind, Open, Role, exclusions, may, opens, standing_on, who_can
from ijm.trail.errors import Refused
from tests.cast import Cast
from tests.trail import last_events

CONTENTLESS = (Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER)


def test_there_are_ten_roles_and_the_table_knows_each() -> None:
    assert len(Role) == 10 and set(TABLE) == set(Role)
    assert all(str(row.about) for row in TABLE.values())


@pytest.mark.parametrize("role", CONTENTLESS)
def test_who_keeps_watch_over_the_system_reads_no_content(role: Role) -> None:
    assert not TABLE[role].opens and not TABLE[role].stands


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR, Role.LIAISON, Role.HOTLINE])
def test_only_aftercare_knows_where_she_lives_and_how_she_is(role: Role) -> None:
    assert not {Open.WHEREABOUTS, Open.CLINICAL} & TABLE[role].opens and Kind.CARE not in TABLE[role].stands


@pytest.mark.parametrize("role", [Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.LIAISON])
def test_only_investigations_know_plans_and_sources(role: Role) -> None:
    assert not {Open.INTELLIGENCE, Open.SOURCE} & TABLE[role].opens


def test_a_hotline_officer_opens_no_identity() -> None:
    assert TABLE[Role.HOTLINE].opens == {Open.NARRATIVE, Open.SOURCE} and TABLE[Role.HOTLINE].stands == {Kind.INTAKE}


def test_each_kind_of_file_has_its_people() -> None:
    assert standing_on(Kind.INTAKE) == [Role.HOTLINE, Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR]
    assert standing_on(Kind.CARE) == [Role.CARE_WORKER, Role.CARE_SUPERVISOR]
    assert standing_on(Kind.PROSECUTION) == [Role.LIAISON]


def test_proposing_and_approving_are_two_hands() -> None:
    assert who_can(Can.ROLE_PROPOSE) == (Role.ADMINISTRATOR,) and who_can(Can.ROLE_APPROVE) == (Role.DATA_PROTECTION,)
    assert who_can(Can.RESCUE_APPROVE) == (Role.INVESTIGATION_SUPERVISOR,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Role.INVESTIGATOR, Role.CARE_WORKER),
        (Role.INVESTIGATION_SUPERVISOR, Role.CARE_SUPERVISOR),
        (Role.AUDITOR, Role.HOTLINE),
        (Role.ADMINISTRATOR, Role.DATA_PROTECTION),
        (Role.PARTNER, Role.LIAISON),
    ],
)
def test_these_exclude_each_other(one: Role, other: Role) -> None:
    assert {(one, other), (other, one)} <= exclusions()


def test_a_small_office_can_share_these() -> None:
    assert (Role.HOTLINE, Role.INVESTIGATOR) not in exclusions() and (
        Role.CARE_WORKER,
        Role.CARE_SUPERVISOR,
    ) not in exclusions()
    assert not any(one == other for one, other in exclusions())


@pytest.mark.parametrize("role", Role)
def test_every_permission_and_compartment_is_used_by_somebody_only_as_the_table_says(role: Role) -> None:
    for what in Can:
        assert may([role], what) == (role in who_can(what))
    for compartment in Open:
        assert opens([role], compartment) == (compartment in TABLE[role].opens)


def test_every_permission_has_somebody() -> None:
    assert all(who_can(what) for what in Can)


def test_an_unknown_role_may_nothing() -> None:
    assert not may(["CHIEF"], Can.TIP_TAKE) and not opens(["CHIEF"], Open.IDENTITY) and not may([], Can.TIP_TAKE)


def test_a_decision_tells_its_first_reason(cast: Cast) -> None:
    yes = role_decision(cast.investigator, Can.RESCUE_PLAN)
    assert yes and yes.and_(True, "never", "never") is yes
    no = yes.and_(False, "first", "one").and_(False, "second", "two").and_(True, "third", "three")
    assert not no and (no.why, no.reason) == ("first", "one")


def test_a_refusal_by_role_says_who_may(cast: Cast) -> None:
    decision = role_decision(cast.liaison, Can.RESCUE_APPROVE)
    assert str(decision.why) == "This is done by: Investigation supervisor."


def test_require_goes_on_or_records_and_refuses(cast: Cast) -> None:
    require(Decision(True, cast.liaison))
    with pytest.raises(Refused, match="This is done by") as caught:
        require(role_decision(cast.liaison, Can.RESCUE_APPROVE, cast.office))
    event = last_events(1)[0]
    assert (event["cat"], event["act"], event["why"]["code"]) == ("refusal", "rescue_approve.refused", "role")
    assert event["obj"]["rows"] == [str(cast.office.pk)] and caught.value.why
