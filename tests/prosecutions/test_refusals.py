"""Everyone who must not succeed: by page (the same 404), by action (Refused), by the database (no row, no write)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ijm.casefiles import grants
from ijm.casefiles.models import CaseAccess
from ijm.ids import new_code
from ijm.people.models import Name
from ijm.reference.models import Court, Offence
from ijm.roles.table import Can, may
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from prosecutions import policy
from prosecutions.actions import charges, hearings, prosecutions, verdicts
from prosecutions.models import Accused, Charge, Hearing, Prosecution, Verdict, VictimWitness
from prosecutions.states import HearingKind, Outcome
from tests.cast import EVERYBODY, Cast
from tests.prosecutions import scene
from tests.trail import acts, last_events

SignIn = Callable[..., Client]
OTHERS = tuple(name for name in EVERYBODY if name != "liaison")
TABLES = (Prosecution, Accused, VictimWitness, Charge, Hearing, Verdict)


class Case:
    """One case with a row in every table of the wing."""

    def __init__(self, cast: Cast) -> None:
        self.prosecution = scene.referred(cast, witnesses=1)
        with acting_as(cast.liaison):
            self.accused = scene.accused_of(self.prosecution)[0]
            self.charge = scene.charge(cast, self.accused)
            self.open = scene.charge(cast, self.accused, offence="TIP2008-12")
            self.verdict = scene.verdict(cast, self.charge)
            self.hearing = scene.hearing(cast, self.prosecution)
            self.witness = scene.witnesses_of(self.prosecution)[0]

    def pages(self) -> list[str]:
        """Every address that leads to this case."""
        file, code = self.prosecution.code, self.hearing.code
        named = {"prosecution-show": [file], "prosecution-close": [file], "charge-file": [file],
                 "hearing-schedule": [file], "verdict-record": [file], "accused-reveal": [file, self.accused.code],
                 "charge-reveal": [self.charge.code], "verdict-reveal": [self.verdict.code], "hearing-show": [code],
                 "hearing-outcome": [code], "hearing-reveal": [code], "witness-protect": [self.witness.code]}
        return [reverse(f"prosecutions:{name}", args=args) for name, args in named.items()]

    def acts(self, by: object) -> list[Callable[[], object]]:
        """Every act of the wing on this case."""
        today, given = timezone.localdate(), {"by": by}
        return [
            lambda: charges.file(self.accused, offence=Offence.objects.get(pk="TIP2008-09"), is_aggravated=False,
                                 filed_on=today, **given),
            lambda: hearings.schedule(self.prosecution, court=Court.objects.get(pk="FI-12"), kind=HearingKind.TRIAL,
                                      at=timezone.now() + dt.timedelta(days=3), **given),
            lambda: hearings.hold(self.hearing, **given),
            lambda: hearings.adjourn(self.hearing, **given),
            lambda: verdicts.record(self.open, outcome=Outcome.ACQUITTED, returned_on=today, **given),
            lambda: prosecutions.protect(self.witness, measures=["screen"], **given),
            lambda: prosecutions.close(self.prosecution, on=today, **given),
        ]


@pytest.fixture
def case(cast: Cast) -> Case:
    """One case with a row in every table of the wing."""
    return Case(cast)


@pytest.mark.parametrize("who", OTHERS)
def test_every_page_is_the_same_404_for_everybody_else(cast: Cast, case: Case, signed_in: SignIn, who: str) -> None:
    client = signed_in(getattr(cast, who))
    missing = client.get("/prosecutions/files/PF-0000-0000/").content
    before = len(acts())
    for url in case.pages():
        for answer in (client.get(url), client.post(url, {"purpose": "COURT"})):
            assert (answer.status_code, answer.content) == (404, missing), url
    refused = last_events(100)[-(len(acts()) - before):]
    assert len(refused) == 2 * len(case.pages()) and {event["cat"] for event in refused} == {"refusal"}


@pytest.mark.parametrize("who", [name for name in OTHERS if name != "far_liaison"])
def test_every_act_is_refused_to_everybody_of_another_role(cast: Cast, case: Case, who: str) -> None:
    user = getattr(cast, who)
    with acting_as(user):
        for act in case.acts(user):
            with pytest.raises(Refused):
                act()
        assert policy.visible_prosecutions(user).count() == 0
    assert [event["cat"] for event in last_events(7)] == ["refusal"] * 7


@pytest.mark.parametrize("who", OTHERS)
def test_the_database_shows_everybody_else_no_row(cast: Cast, case: Case, who: str) -> None:
    user = getattr(cast, who)
    with acting_as(user, "r"):
        assert [table.objects.count() for table in TABLES] == [0] * len(TABLES)
        assert [table.history.count() for table in TABLES] == [0] * len(TABLES)


@pytest.mark.parametrize("who", ["far_liaison", "investigator", "care_supervisor"])
def test_the_database_takes_no_write_from_a_stranger(committed_cast: Cast, who: str) -> None:
    case, user = Case(committed_cast), getattr(committed_cast, who)
    made = Hearing(code=new_code("HR"), file=case.prosecution.file, prosecution=case.prosecution,
                   kind=HearingKind.TRIAL, court=Court.objects.get(pk="FI-12"), at=timezone.now())
    with acting_as(user), entry("hearing.forged", by=user, about=None):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            made.save()
        assert Charge.objects.filter(pk=case.charge.pk).update(is_aggravated=False) == 0


def test_a_liaison_of_another_office_is_refused_by_page_and_by_the_database(committed_cast: Cast) -> None:
    case, far = Case(committed_cast), committed_cast.far_liaison
    with acting_as(far):
        for find, args in ((policy.get_prosecution, [case.prosecution.code]), (policy.get_charge, [case.charge.code]),
                           (policy.get_hearing, [case.hearing.code]), (policy.get_verdict, [case.verdict.code]),
                           (policy.get_witness, [case.witness.code]),
                           (policy.get_accused, [case.prosecution, case.accused.code])):
            with pytest.raises(Http404):
                find(far, *args)  # type: ignore[operator]
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            hearings.schedule(case.prosecution, by=far, court=Court.objects.get(pk="FI-12"), kind=HearingKind.TRIAL,
                              at=timezone.now() + dt.timedelta(days=3))


def test_access_that_has_ended_opens_nothing(cast: Cast, case: Case, signed_in: SignIn) -> None:
    url, far = reverse("prosecutions:prosecution-show", args=[case.prosecution.code]), cast.far_liaison
    with acting_as(cast.liaison):
        grants.seat(case.prosecution.file, [far], by=cast.liaison)
    assert signed_in(far).get(url).status_code == 200
    with acting_as(cast.liaison):
        grants.leave(case.prosecution.file, far, by=cast.liaison)
    assert signed_in(far).get(url).status_code == 404
    with acting_as(cast.liaison), entry("access.granted", by=cast.liaison, about=case.prosecution):
        now = timezone.now()
        CaseAccess.objects.bulk_create([CaseAccess(
            rev=1, file=case.prosecution.file, user=far, source="referral", reason_code="REFERRAL",
            granted_by=cast.liaison, starts_at=now - dt.timedelta(days=2), expires_at=now - dt.timedelta(days=1))])
    assert signed_in(far).get(url).status_code == 404
    with acting_as(far, "r"):
        assert not Prosecution.objects.exists() and not Name.objects.exists()


def test_a_visitor_without_a_second_factor_or_a_session_is_sent_to_sign_in(cast: Cast, case: Case,
                                                                            signed_in: SignIn) -> None:
    url = reverse("prosecutions:prosecution-show", args=[case.prosecution.code])
    assert signed_in(cast.liaison, second_factor=False).get(url).status_code == 302
    assert Client().get(url).status_code == 302


def test_only_liaisons_have_the_rights_of_this_wing(cast: Cast) -> None:
    for name in EVERYBODY:
        has = {can for can in (Can.CHARGE_FILE, Can.HEARING_SCHEDULE, Can.VERDICT_RECORD)
               if may(getattr(cast, name).role_codes, can)}
        assert bool(has) == name.endswith("liaison")


def test_the_liaison_reads_no_name_of_a_witness(cast: Cast, case: Case) -> None:
    with acting_as(cast.liaison, "r"):
        assert not Name.objects.filter(person_id=case.witness.alias.person_id).exists()
