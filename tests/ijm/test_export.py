"""Records leave after another person approved it, as the official workbook, which comes in again unchanged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.test import Client
from openpyxl import load_workbook

from aftercare.actions import residences, survivors
from aftercare.models import Survivor
from aftercare.states import SurvivorState
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.notices.models import Notice
from ijm.people.models import Name
from ijm.reports import serials
from ijm.reports.actions import exports
from ijm.reports.htcds import PartialDay, Row, Value, read
from ijm.reports.htcds.columns import by_field
from ijm.reports.htcds.writing import official
from ijm.reports.models import Export
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import stories
from tests.cast import Cast
from tests.ijm.exchanging import brought_in, done_by, exported, uploaded
from tests.ijm.htcds_books import DEMONSTRATION, book, crowd
from tests.trail import last_events

SignIn = Callable[[User], Client]
EVERYTHING: dict[str, Value] = {
    "cas_CaseOwner": "Nobody here", "prs_Salutation": "Ms", "prs_FirstName": "ដារ៉ា / Dara", "prs_SecondName": "សុខ / Sok",
    "con_Consent": False, "prs_Birthdate": PartialDay(1999, 5), "prs_Gender": "TransgenderFeminine",
    "prs_Citizenship": ("KH", "VN"), "prs_Title": "Weaver", "prs_Email": "d@example.org", "prs_HomePhone": "+85523456789",
    "prs_MobilePhone": "+85512345678", "prs_MailingStreet": "House 2", "prs_MailingCity": "Svay Rieng",
    "prs_MailingState": "Svay Rieng", "prs_MailingPostalCode": "12000", "prs_MailingCountry": "KH",
    "vic_TraffickingStatus": "PossibleVictimOfTrafficking", "vic_TraffickingStatusDecisionMakingOrg": "NGO",
    "vic_MethodOfRecruitment": ("AtWork",), "vic_LocationOfRecruitment": "A market", "vic_MethodsOfControl": (
        "DebtBondage", "RestrictsMovement"), "vic_TypeOfExploitation": ("ForcedLabour", "Servitude"),
    "vic_ForcedLabourIndustry": "E_WaterSupplySewerageWasteManagement", "vic_TypeOfSexExploitation": ("Prostitution",),
    "vic_LocationOfExploitation": "A kiln", "cas_Status": "ClosedReferred", "cas_ReferringOrganisation": "A partner",
    "cas_IncomingReferralDate": date(2024, 3, 1), "cas_ReferringPrimaryCaseWorker": "Somebody",
    "cas_ReasonForIncomingReferral": "Other", "cas_IncomingReferralDetails": "-- first line\n=second line",
    "cas_ReferredOrganisation": "Another", "cas_ReferredPrimaryCaseWorker": "Somebody else",
    "cas_ReasonForOutgoingReferral": "Other", "cas_OutgoingReferralDate": date(2024, 9, 1),
    "cas_OutgoingReferralDetails": "@home", "cas_ReasonForCaseClosure": "+ went well",
}  # fmt: skip


def values_of(content: bytes) -> list[dict[str, Value]]:
    sheet = read(content)
    assert sheet.problems == ()
    return [dict(row.values) for row in sheet.rows]


def ordered(rows: list[dict[str, Value]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((field, repr(value)) for field, value in row.items()) for row in rows)


def test_every_column_of_the_standard_is_written_and_read_back_as_it_was() -> None:
    assert set(EVERYTHING) == set(by_field())
    assert values_of(official([EVERYTHING, {"prs_FirstName": "Bopha"}])) == [EVERYTHING, {"prs_FirstName": "Bopha"}]


def test_no_cell_reads_as_a_formula_and_row_one_is_hidden_as_in_the_official_book() -> None:
    harm = {"prs_FirstName": "=1+1", "prs_SecondName": '=HYPERLINK("http://x")', "prs_Title": "@SUM(A1)", "prs_Salutation": "-2"}
    content = official([harm])
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert sheet.row_dimensions[1].hidden and sheet["C2"].value == "Salutation"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert values_of(content) == [harm]


def test_what_came_in_leaves_as_it_was_and_comes_in_again_unchanged(cast: Cast) -> None:
    boss, officer = cast.care_supervisor, cast.data_protection
    with acting_as(boss):
        from aftercare import imports

        imports.import_people([Row(3, EVERYTHING)], by=boss, progress=lambda done, of: None)
    before = [*read(DEMONSTRATION).rows, *read(book(*crowd(12))).rows]
    brought_in(boss, DEMONSTRATION.read_bytes())
    brought_in(boss, book(*crowd(12)))
    export, content = exported(boss, officer)
    assert (export.state, export.rows) == ("done", 57)
    assert ordered(values_of(content)) == ordered([EVERYTHING, *(dict(row.values) for row in before)])
    again = uploaded(boss, content)
    assert (again.rows, again.known, again.to_mend, again.to_bring_in) == (57, 57, 0, 0), "nothing has changed"


def test_what_changed_here_leaves_as_it_is_now(cast: Cast) -> None:
    boss = cast.care_supervisor
    brought_in(boss, book(*crowd(1)))
    with acting_as(boss):
        survivor = Survivor.objects.select_related("alias", "file", "worker").get()
        if survivor.state == SurvivorState.FOLLOWED_UP:
            survivors.advance(survivor, by=boss, to=SurvivorState.IN_CARE)
        residences.move(survivor, by=boss, placement="kin", address="House 9, Street 9", since_on=date.today())  # noqa: DTZ011
        survivors.entrust(survivor, by=boss, worker=cast.care_worker_two)
        name = Name.objects.get()
        with entry("name.corrected", by=boss, about=name):
            name.given = "Neary"
            name.save()
    _export, content = exported(boss, cast.data_protection)
    (row,) = values_of(content)
    assert (row["prs_FirstName"], row["prs_MailingStreet"]) == ("Neary", "House 9, Street 9")
    assert row["cas_CaseOwner"] == cast.care_worker_two.name and row["cas_Status"] == "Active"
    assert "prs_MailingCity" not in row and row["vic_TypeOfExploitation"] == ("ForcedLabour",)


def test_who_was_taken_in_here_leaves_too(cast: Cast) -> None:
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    _export, content = exported(cast.care_worker, cast.care_supervisor)
    (row,) = values_of(content)
    assert row["prs_SecondName"] == "Sin" and row["cas_Status"] == "Active" and row["con_Consent"] is True
    assert row["cas_CaseOwner"] == survivor.worker.name and row["prs_Gender"] == "Feminine"


def test_each_row_and_field_is_recorded_as_read_by_the_asker(cast: Cast) -> None:
    boss = cast.care_supervisor
    brought_in(boss, book(*crowd(3)))
    exported(boss, cast.data_protection)
    looks = [event for event in last_events(60) if event["cat"] == "look" and event["act"] == "field.disclosed"
             and event["who"]["ref"] == str(boss.pk) and event["why"]["code"] == "CASEWORK"]
    opened = {field for event in looks for field in event["fields"]}
    assert {"family", "given", "born_on", "value", "address", "account", "who", "where", "what"} <= opened
    with acting_as(boss, "r"):
        people = {str(person) for person in Survivor.objects.values_list("alias__person_id", flat=True)}
    assert all(set(event["obj"]["subjects"]) <= people for event in looks)
    assert {subject for event in looks for subject in event["obj"]["subjects"]} == people


def test_only_people_of_her_own_files_leave(cast: Cast) -> None:
    brought_in(cast.care_supervisor, book(*crowd(2)))
    other = [row | {"Case Owner": "", "First Name": "Elsewhere"} for row in crowd(1)]
    brought_in(cast.far_care_supervisor, book(*other))
    export, content = exported(cast.care_worker, cast.care_supervisor)
    assert export.rows == 2 and all(row["prs_FirstName"] != "Elsewhere" for row in values_of(content))
    _export, chosen = exported(cast.care_worker, cast.care_supervisor, which="followed_up")
    assert len(values_of(chosen)) == 1


# asking and deciding


def asked(user: User) -> Export:
    with acting_as(user):
        return exports.ask(by=user, purpose="REFERRAL", which="all")


def test_another_person_decides_and_both_are_told(cast: Cast, signed_in: SignIn) -> None:
    export = asked(cast.care_worker)
    for name in ("care_supervisor", "data_protection"):
        with acting_as(getattr(cast, name), "r"):
            assert Notice.objects.get(kind="approval.waiting").about_code == export.code
    client = signed_in(cast.data_protection)
    url, decide = f"/exchange/exports/{export.code}/", f"/approvals/{export.request.code}/decide/"
    text = client.get(url).content.decode()
    assert "Exactly what would leave" in text and decide in text
    assert client.post(decide, {"answer": "approve"})["Location"] == url
    assert decide not in client.get(url).content.decode()
    with acting_as(cast.care_worker, "r"):
        assert Notice.objects.get(kind="approval.decided").path == f"/approvals/{export.request.code}/"
        assert Export.objects.get().request.decided_by_id == cast.data_protection.pk
    assert "Make the workbook" in signed_in(cast.care_worker).get(url).content.decode()


def test_the_asker_never_approves_herself(cast: Cast, signed_in: SignIn) -> None:
    export = asked(cast.care_supervisor)
    client = signed_in(cast.care_supervisor)
    assert "another person decides" in client.get(f"/exchange/exports/{export.code}/").content.decode()
    assert client.post(f"/approvals/{export.request.code}/decide/", {"answer": "approve"}).status_code == 404


def force(user: User, export: Export, **values: Any) -> None:
    with acting_as(user), entry("export.made", by=user, about=export), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(**values)


def test_the_database_itself_lets_nothing_leave_unapproved(cast: Cast) -> None:
    from django.utils import timezone

    boss, export, other = cast.care_supervisor, asked(cast.care_supervisor), asked(cast.care_supervisor)
    for values, why in (({"made_at": timezone.now()}, "another person has not approved"),
                        ({"request": other.request}, "permission denied"), ({"which": "closed"}, "permission denied")):
        with pytest.raises((ProgrammingError, InternalError), match=why):
            force(boss, export, **values)
    with acting_as(cast.data_protection):
        requests.approve(other.request, by=cast.data_protection)
    with acting_as(boss), entry("export.asked", by=boss, about=other), pytest.raises(IntegrityError), transaction.atomic():
        Export(request=other.request, purpose="COURT", which="all").save()
    with acting_as(boss), pytest.raises(Refused, match="not approved"):
        exports.begin(export, by=boss)


def test_an_approval_is_good_for_one_workbook_in_time(cast: Cast) -> None:
    export, _content = exported(cast.care_worker, cast.care_supervisor)
    with acting_as(cast.care_worker), pytest.raises(Refused, match="used already"):
        exports.begin(export, by=cast.care_worker)


def test_nothing_is_made_before_it_is_approved_nor_after_it_was_refused(cast: Cast, signed_in: SignIn) -> None:
    boss, export = cast.care_supervisor, asked(cast.care_supervisor)
    client = signed_in(boss)
    assert client.post(f"/exchange/exports/{export.code}/make/").status_code == 404
    signed_in(cast.data_protection).post(f"/approvals/{export.request.code}/decide/", {"answer": "refuse"})
    assert client.post(f"/exchange/exports/{export.code}/make/").status_code == 404
    assert "refused it on" in client.get(f"/exchange/exports/{export.code}/").content.decode()


def test_a_question_is_taken_back(cast: Cast, signed_in: SignIn) -> None:
    export = asked(cast.care_worker)
    assert signed_in(cast.care_worker).post(f"/approvals/{export.request.code}/withdraw/").status_code == 302
    answer = signed_in(cast.care_supervisor).post(f"/approvals/{export.request.code}/decide/", {"answer": "approve"})
    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["care_worker_two", "far_care_supervisor", "far_care_worker", "administrator", "auditor",
                                 "partner", "investigator", "liaison"])
def test_an_export_of_others_is_a_page_that_is_not_there(cast: Cast, signed_in: SignIn, who: str) -> None:
    export = asked(cast.care_worker)
    client = signed_in(getattr(cast, who))
    missing = client.get("/exchange/exports/XP-0000-0000/no/").content
    for path in ("exchange/exports/{0}/", "exchange/exports/{0}/make/", "approvals/{1}/", "approvals/{1}/decide/",
                 "approvals/{1}/withdraw/"):
        answer = client.post("/" + path.format(export.code, export.request.code), {"answer": "approve"})
        assert (answer.status_code, answer.content) == (404, missing), path
    with acting_as(getattr(cast, who), "r"):
        assert not Export.objects.exists()


def test_a_colleague_does_not_make_what_another_asked(cast: Cast, signed_in: SignIn) -> None:
    export = asked(cast.care_worker)
    signed_in(cast.data_protection).post(f"/approvals/{export.request.code}/decide/", {"answer": "approve"})
    assert signed_in(cast.care_supervisor).post(f"/exchange/exports/{export.code}/make/").status_code == 404


def test_asking_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    answer = client.post("/exchange/exports/new/", {"which": "in_care", "purpose": "COURT"})
    assert answer.status_code == 302 and answer["Location"].startswith("/exchange/exports/XP-")
    assert client.post("/exchange/exports/new/", {"which": "everyone", "purpose": "fun"}).status_code == 200
    with acting_as(cast.care_worker, "r"):
        assert Export.objects.count() == 1


def test_the_workbook_is_downloaded_once_by_its_asker_and_its_foot_names_her(
        cast: Cast, signed_in: SignIn, django_capture_on_commit_callbacks: Any) -> None:
    with acting_as(cast.care_supervisor):
        export = exports.ask(by=cast.care_supervisor, purpose="CASEWORK", which="all")
    with acting_as(cast.data_protection):
        requests.approve(export.request, by=cast.data_protection)
    with acting_as(cast.care_supervisor):
        exports.begin(Export.objects.get(pk=export.pk), by=cast.care_supervisor)
    job = done_by(cast.care_supervisor, "export.make", export.pk)
    client, where = signed_in(cast.care_supervisor), f"/exchange/exports/{export.code}/fetch/"
    assert "Download it, once" in client.get(f"/exchange/exports/{export.code}/").content.decode()
    assert client.get(where).status_code == 302 and client.get(f"/desk/jobs/{job.code}/result/").status_code == 404
    for stranger in ("care_worker", "data_protection", "far_care_supervisor"):
        assert signed_in(getattr(cast, stranger)).post(where).status_code == 404, stranger
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(where)
    assert answer.status_code == 200 and answer["Content-Disposition"] == f'attachment; filename="{export.code}.xlsx"'
    foot = load_workbook(BytesIO(answer.content)).worksheets[0].oddFooter.center.text
    found = serials.read(foot)
    assert found and found.is_ours and (found.export, found.recipient, found.page) == (export.code, cast.care_supervisor.code, 1)
    assert client.post(where).status_code == 404, "once"
    page = signed_in(cast.data_protection).post("/exchange/exports/check/", {"line": foot.lower()}).content.decode()
    assert "This page is ours" in page and cast.care_supervisor.code in page
    hers = foot.replace(cast.care_supervisor.code, cast.care_worker.code)
    for wrong in (foot.replace(" 1 ", " 2 "), hers, "no such line at all"):
        page = signed_in(cast.data_protection).post("/exchange/exports/check/", {"line": wrong}).content.decode()
        assert "We made no such page" in page
