"""Files, places on them, links and deliveries, made by the base's own verbs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ijm.casefiles import deliveries, grants
from ijm.casefiles.models import CaseAccess, CaseFile, Delivery, Source
from ijm.jobs.models import Job
from ijm.notices.models import Notice
from ijm.people.models import Alias, Consent, Identifier, Wing
from ijm.roles.places import LIVES
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from tests import records
from tests.cast import Cast
from tests.trail import last_events


def places(file: CaseFile, by: object) -> dict[str, str]:
    with acting_as(by, "r"):
        rows = CaseAccess.objects.select_related("user").filter(file=file, revoked_at__isnull=True)
        return {row.user.username: row.source for row in rows}


def test_the_opener_and_her_supervisors_stand_on_a_new_file(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    assert places(file, cast.investigator) == {
        "investigator": Source.ASSIGNMENT,
        "investigation_supervisor": Source.SUPERVISION,
        "second_supervisor": Source.SUPERVISION,
    }
    assert last_events(1)[0]["act"] == "file.opened" and last_events(1)[0]["obj"]["codes"] == [file.code]


def test_who_opens_a_file_of_another_wing_does_not_stand_on_it(cast: Cast) -> None:
    file = records.file_of(cast.investigator, Kind.CARE)
    assert places(file, cast.care_supervisor) == {"care_supervisor": Source.SUPERVISION}


def test_a_file_may_be_opened_for_another_office(cast: Cast) -> None:
    with acting_as(cast.care_supervisor):
        file = grants.open_file(Kind.CARE, by=cast.care_supervisor, office=cast.far_office, source=Source.REFERRAL)
    assert places(file, cast.far_care_supervisor) == {
        "far_care_supervisor": Source.SUPERVISION,
        "care_supervisor": Source.REFERRAL,
    }


def test_a_colleague_is_put_on_a_file_once_and_taken_off_at_once(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    with acting_as(cast.investigator):
        grants.seat(file, [cast.colleague, cast.investigator], by=cast.investigator)
        grants.seat(file, [cast.colleague], by=cast.investigator)
    assert places(file, cast.colleague)["colleague"] == Source.ASSIGNMENT
    with acting_as(cast.investigator):
        grants.leave(file, cast.colleague, by=cast.investigator)
    with acting_as(cast.colleague, "r"):
        assert not CaseFile.objects.exists()


def test_a_place_is_unique_while_it_lasts(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    with (
        acting_as(cast.investigator),
        entry("x", by=cast.investigator, about=file),
        pytest.raises(IntegrityError, match="case_access_once"),
        transaction.atomic(),
    ):
        grants._seat(file, cast.investigator.pk, Source.ASSIGNMENT, cast.investigator).save()


def test_every_place_has_an_end_by_its_source(cast: Cast) -> None:
    file = records.file_of(cast.investigator)
    for source in Source:
        seat = grants._seat(file, cast.investigator.pk, source, cast.investigator)
        assert abs(seat.ends_at - seat.starts_at - LIVES[source].longest) < timedelta(seconds=5)


def test_touching_the_sort_key_writes_no_history(cast: Cast) -> None:
    from django.utils import timezone

    file = records.file_of(cast.investigator)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=file):
        before = CaseFile.history.filter(id=file.pk).count()
        CaseFile.objects.filter(pk=file.pk).update(sort_key=timezone.now(), rev=file.rev)
        assert CaseFile.history.filter(id=file.pk).count() == before
        assert CaseAccess.objects.filter(file=file).values_list("sort_key", flat=True).distinct().count() == 1


def test_a_delivery_is_announced_by_the_worker_and_taken_by_the_receiver(cast: Cast) -> None:
    mine = records.person_on(records.file_of(cast.investigator), cast.investigator)
    with acting_as(cast.investigator):
        care = grants.open_file(Kind.CARE, by=cast.investigator)
        with entry("x", by=cast.investigator, about=None):
            Alias(wing=Wing.AFTERCARE, code="SV-1", file=care, person_id=mine.person_id, opens_identity=True).save()
            deliveries.deliver(
                [mine.pk], wing="aftercare", kind="HearingScheduled", payload={"at": "2026-12-01"}, by=cast.investigator
            )
    with acting_as(cast.investigator):
        job = Job.objects.get(kind="announce")
        deliveries.announce(job)
        deliveries.announce(job)
        assert not Notice.objects.exists()
    with acting_as(cast.care_supervisor):
        assert Notice.objects.get().path == f"/files/{care.code}/", "told once, however often the worker tries"
        delivery = Delivery.objects.get()
        with entry("x", by=cast.care_supervisor, about=delivery):
            deliveries.take(delivery, by=cast.care_supervisor)
        assert Delivery.objects.get().taken_by == cast.care_supervisor


def test_nobody_announces_what_another_sent(cast: Cast) -> None:
    mine = records.person_on(records.file_of(cast.investigator), cast.investigator)
    with acting_as(cast.investigator):
        care = grants.open_file(Kind.CARE, by=cast.investigator)
        with entry("x", by=cast.investigator, about=None):
            Alias(wing=Wing.AFTERCARE, code="SV-1", file=care, person_id=mine.person_id).save()
            deliveries.deliver([mine.pk], wing="aftercare", kind="HearingScheduled", payload={}, by=cast.investigator)
        job = Job.objects.get(kind="announce")
    job.owner = cast.liaison
    with acting_as(cast.liaison):
        deliveries.announce(job)
    with acting_as(cast.care_supervisor, "r"):
        assert not Notice.objects.exists()


# the register


def test_rows_about_a_person_name_her_in_the_trail(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.care_worker, Kind.CARE), cast.care_worker)
    name = records.named(alias, cast.care_worker)
    assert tuple(alias.trail_subjects()) == tuple(name.trail_subjects()) == (alias.person_id,)
    assert tuple(alias.person.trail_subjects()) == (alias.person_id,)
    consent = Consent(file_id=alias.file_id, alias=alias, purpose="services", answer="given", recorded_by=cast.care_worker)
    assert tuple(consent.trail_subjects()) == (alias.person_id,)
    assert tuple(Identifier(person_id=alias.person_id).trail_subjects()) == (alias.person_id,)


def test_one_human_has_a_code_of_its_own_in_each_wing(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.investigator), cast.investigator)
    with acting_as(cast.investigator):
        care = grants.open_file(Kind.CARE, by=cast.investigator)
        with entry("x", by=cast.investigator, about=None):
            Alias(wing=Wing.AFTERCARE, code="SV-1", file=care, person_id=alias.person_id, opens_identity=True).save()
        assert list(Alias.objects.values_list("code", flat=True)) == [alias.code], "the other code is hidden from her"
    with acting_as(cast.care_supervisor, "r"):
        assert list(Alias.objects.values_list("code", flat=True)) == ["SV-1"]


def test_a_consent_is_asked_once_a_purpose(cast: Cast) -> None:
    alias = records.person_on(records.file_of(cast.care_worker, Kind.CARE), cast.care_worker)

    def ask(code: str) -> None:
        Consent(
            code=code, file_id=alias.file_id, alias=alias, purpose="services", answer="given", recorded_by=cast.care_worker
        ).save()

    with acting_as(cast.care_worker), entry("x", by=cast.care_worker, about=None):
        ask("CS-1")
        with pytest.raises(IntegrityError, match="consent_once_a_purpose"), transaction.atomic():
            ask("CS-2")
