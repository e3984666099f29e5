"""Bringing records in, in the browser's requests: upload, looking through, mending, bringing in, and who must not."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.jobs.actions import jobs
from ijm.jobs.models import Job
from ijm.reports.actions import mending
from ijm.reports.models import Former, Import, ImportPart
from ijm.reports.states import ImportState
from ijm.trail.context import acting_as
from ijm.vault.keyring import DataKey
from ijm.web import uploads
from tests.cast import Cast
from tests.ijm.exchanging import brought_in, done_by, fresh, send, uploaded
from tests.ijm.htcds_books import book, crowd, text_file
from tests.trail import acts, last_events

SignIn = Callable[[User], Client]
CANARIES = ("Zzvexanalie", "Zzkrusatha")
SURE = {"Second Name": "Sok", "First Name": "Dara", "Birthdate": "04/05/1999"}
WRONG = [
    {"Second Name": CANARIES[0], "First Name": CANARIES[1], "Gender": "Femal", "Birthdate": "05/25/1999"},
    {"Second Name": "Chea", "First Name": "Bopha", "Gender": "femal", "Type of Exploitation": "Forced labour, Servitude"},
    {"Second Name": "Keo", "First Name": "Maly", "Gender": "Femal", "Birthdate": "soon"},
    SURE,
]


def said(answer: Any) -> str:
    return str(answer.content.decode())


def page(client: Client, record: Import, query: str = "") -> str:
    answer = client.get(f"/exchange/imports/{record.code}/{query}")
    assert answer.status_code == 200
    return said(answer)


def test_a_file_is_sealed_read_and_shown_with_every_problem(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_supervisor)
    answer = send(client, book(*WRONG), "whatever.dat")
    assert answer.status_code == 302
    record = Import.objects.none()
    with acting_as(cast.care_supervisor, "r"):
        record = Import.objects.get()
        job = Job.objects.get(kind="import.read")
    assert answer["Location"] == f"/exchange/imports/{record.code}/"
    assert "every 1s" in page(client, record), "progress asks every second"
    done_by(cast.care_supervisor, "import.read", record.pk)
    record = fresh(record, cast.care_supervisor)
    assert (record.state, record.source, record.rows, record.to_mend, record.left_out) == ("ready", "workbook", 4, 3, 0)
    text = page(client, record)
    assert "Row 3" in text and "Take “Feminine”" in text and "Take the first number for the month" in text
    assert "This is not a date." in text and "Rows are left to mend" in text and job.code
    assert not any(canary in text for canary in CANARIES) and "1999" not in text, "names and days stay closed"


def test_names_open_for_bringing_in_only_and_the_look_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    client, record = signed_in(cast.care_supervisor), uploaded(cast.care_supervisor, book(*WRONG))
    assert CANARIES[0] not in said(client.post(f"/exchange/imports/{record.code}/rows/", {"purpose": "CASEWORK"}))
    text = said(client.post(f"/exchange/imports/{record.code}/rows/?show=all", {"purpose": "IMPORT"}))
    assert all(canary in text for canary in CANARIES)
    look = next(event for event in reversed(last_events(6)) if event["act"] == "import.names_seen")
    assert look["why"]["code"] == "IMPORT" and look["obj"]["codes"] == [record.code] and look["fields"] == ["names"]


def test_a_mend_is_accepted_for_one_row_and_for_all_alike(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, book(*WRONG))
    url = f"/exchange/imports/{record.code}/mend/"
    client.post(url, {"row": "4", "column": "vic_TypeOfExploitation"})
    assert fresh(record, boss).to_mend == 3, "its gender is still wrong"
    assert "3 rows were mended." in said(client.post(url, {"row": "3", "column": "prs_Gender", "alike": "1"}, follow=True))
    assert fresh(record, boss).to_mend == 2
    client.post(url, {"row": "3", "column": "prs_Birthdate", "alike": "1"})
    assert fresh(record, boss).to_mend == 1, "“soon” is no exchanged day"
    assert client.post(url, {"row": "99", "column": "prs_Gender"}).status_code == 404
    assert client.post(url, {"row": "3", "column": "no_such"}).status_code == 404
    assert "import.mended" in acts()


def test_a_row_is_written_anew_by_hand(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, book(*WRONG))
    url = f"/exchange/imports/{record.code}/rows/5/"
    shown = said(client.get(url))
    assert "Maly" in shown and 'value="soon"' in shown
    answer = client.post(url, {"prs_Birthdate": "2001", "prs_Gender": "Female"})
    assert answer["Location"] == f"/exchange/imports/{record.code}/"
    assert fresh(record, boss).to_mend == 2
    assert client.get(f"/exchange/imports/{record.code}/rows/77/").status_code == 404


def test_rows_are_left_out_and_taken_in_again(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, book(*WRONG))
    url = f"/exchange/imports/{record.code}/sort/"
    client.post(url, {"row": "mend", "do": "leave"})
    assert (fresh(record, boss).left_out, fresh(record, boss).to_mend) == (3, 0)
    client.post(url, {"row": "3", "do": "take"})
    assert (fresh(record, boss).left_out, fresh(record, boss).to_mend) == (2, 1)
    client.post(url, {"row": "3", "do": "take"})
    assert (fresh(record, boss).left_out, fresh(record, boss).to_mend) == (2, 1), "it is in already"


def test_a_cell_that_needs_no_mend_is_left_as_it_is(cast: Cast) -> None:
    boss = cast.care_supervisor
    record = uploaded(boss, book(*WRONG))
    with acting_as(boss):
        assert mending.accept(record, by=boss, number=6, column="prs_Gender") == 0
    assert fresh(record, boss).to_mend == 3


def test_after_it_was_cancelled_it_is_looked_through_again(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, text_file(crowd(2)))
    back = f"/exchange/imports/{record.code}/back/"
    client.post(f"/exchange/imports/{record.code}/bring-in/")
    client.post(back)
    assert fresh(record, boss).state == ImportState.BRINGING_IN, "not while the work goes on"
    with acting_as(boss):
        jobs.cancel(Job.objects.get(kind="import.bring_in"), by=boss)
    assert client.get(back).status_code == 302 and fresh(record, boss).state == ImportState.BRINGING_IN
    client.post(back)
    assert fresh(record, boss).state == ImportState.READY and "import.halted" in acts()
    assert signed_in(cast.far_care_supervisor).post(back).status_code == 404


def test_everything_is_brought_in_at_once_and_the_rows_are_destroyed(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, text_file(crowd(5)))
    assert client.post(f"/exchange/imports/{record.code}/bring-in/").status_code == 302
    assert fresh(record, boss).state == ImportState.BRINGING_IN
    done_by(boss, "import.bring_in", record.pk)
    record = fresh(record, boss)
    assert (record.state, record.brought, record.left_out) == ("done", 5, 0)
    with acting_as(boss, "r"):
        assert Survivor.objects.count() == Former.objects.filter(record=record).count() == 5
        assert not ImportPart.objects.exists()
        codes = list(Survivor.objects.values_list("code", flat=True))
    text = page(client, record)
    assert all(code in text for code in codes) and "5 people were brought in" in text
    done_by(boss, "import.forget", record.pk)
    key = DataKey.objects.using("keys").get(scope_uuid=record.pk)
    assert key.state == "destroyed" and bytes(key.wrapped) == b""


def test_the_same_file_a_second_time_is_noticed_and_left_out(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    first = brought_in(boss, text_file(crowd(3)))
    client, second = signed_in(boss), uploaded(boss, book(*crowd(4)))
    assert (second.known, second.left_out, second.to_bring_in) == (3, 3, 1), "another kind of file, the same rows"
    text = page(client, second, "?show=known")
    assert f"by {first.code} already." in text
    with acting_as(boss):
        from ijm.reports.actions import imports

        imports.bring_in(second, by=boss)
    done_by(boss, "import.bring_in", second.pk)
    assert fresh(second, boss).brought == 1
    with acting_as(boss, "r"):
        assert Survivor.objects.count() == 4


def test_a_row_that_came_before_may_be_brought_in_all_the_same(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    brought_in(boss, text_file(crowd(2)))
    client, record = signed_in(boss), uploaded(boss, text_file(crowd(2)))
    client.post(f"/exchange/imports/{record.code}/sort/", {"row": "2", "do": "take"})
    client.post(f"/exchange/imports/{record.code}/bring-in/")
    done_by(boss, "import.bring_in", record.pk)
    with acting_as(boss, "r"):
        assert Survivor.objects.count() == 3


def test_people_who_may_be_the_same_are_told(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    brought_in(boss, book(SURE))
    with acting_as(boss, "r"):
        code = Survivor.objects.get().code
    again = [SURE | {"Title": "Weaver"}, SURE | {"Birthdate": "1999", "Title": "Cook"}, SURE | {"Birthdate": "2001"}]
    client, record = signed_in(boss), uploaded(boss, book(*again))
    assert (record.known, record.alike, record.left_out) == (0, 2, 0)
    text = page(client, record, "?show=alike")
    assert code in text and "row 3" in text


def test_an_equal_row_of_the_file_is_left_out_at_first(cast: Cast) -> None:
    record = uploaded(cast.care_supervisor, book(SURE, SURE))
    assert (record.rows, record.known, record.left_out) == (2, 1, 1)


@pytest.mark.parametrize(("content", "words"), [
    (b"\x89PNG not a table", "not an Excel workbook"),
    (b"a,b,c\n1,2,3\n", "not an Excel workbook"),
    ("Prénom,Nom\n".encode("latin-1"), "not in UTF-8"),
    (text_file(crowd(1)).replace(b"Sok", b"=1+1"), "formulas"),
], ids=["picture", "other table", "other writing", "formula"])
def test_a_file_that_cannot_be_taken_says_why(cast: Cast, signed_in: SignIn, content: bytes, words: str) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, content)
    assert record.state == ImportState.FAILED
    assert words in page(client, record)
    assert client.post(f"/exchange/imports/{record.code}/discard/").status_code == 302
    assert fresh(record, boss).state == ImportState.DISCARDED


def test_the_survey_forms_answers_are_people_too(cast: Cast) -> None:
    content = ("start,end,consent_group/con_Consent,prs_First_Name,prs_Second_Name,prs_Gender,prs_Citizenship,"
               "vic_Methods_of_Control,vic_TypeOfExploitation/ForcedLabour,vic_TypeOfExploitation/Servitude,cas_Status,_id\n"
               "2026-01-02,2026-01-02,TRUE,Dara,Sok,Masculine,KH,DebtBondage PhysicalThreats,1,0,Active,77\n")
    record = brought_in(cast.care_supervisor, content.encode())
    assert (record.source, record.brought) == ("survey", 1)
    with acting_as(cast.care_supervisor, "r"):
        from ijm.reports import former

        (values,) = former.opened(Former.objects.select_related("alias"), to=cast.care_supervisor).values()
    assert values["vic_MethodsOfControl"] == ("DebtBondage", "PhysicalThreats") and values["con_Consent"] is True
    assert values["vic_TypeOfExploitation"] == ("ForcedLabour",) and values["prs_SecondName"] == "Sok"


def test_thrown_away_is_gone(cast: Cast, signed_in: SignIn) -> None:
    boss = cast.care_supervisor
    client, record = signed_in(boss), uploaded(boss, book(*WRONG))
    client.post(f"/exchange/imports/{record.code}/discard/")
    with acting_as(boss, "r"):
        assert not ImportPart.objects.exists()
    done_by(boss, "import.forget", record.pk)
    assert DataKey.objects.using("keys").get(scope_uuid=record.pk).state == "destroyed"
    assert client.post(f"/exchange/imports/{record.code}/bring-in/").status_code == 404


# what is too much


def test_more_than_ten_megabytes_is_answered_by_a_page_and_leaves_nothing(cast: Cast, signed_in: SignIn) -> None:
    before = set(os.listdir(tempfile.gettempdir()))
    answer = send(signed_in(cast.care_supervisor), os.urandom(uploads.MOST + 1))
    assert answer.status_code == 413 and "at most 10 MB" in said(answer)
    assert not {name for name in set(os.listdir(tempfile.gettempdir())) - before if name.endswith(".upload")}
    with acting_as(cast.care_supervisor, "r"):
        assert not Import.objects.exists()


def test_a_request_that_lies_about_its_length_is_measured_itself(cast: Cast) -> None:
    handler = uploads.MemoryOnly()
    handler.handle_raw_input(None, {}, 100, b"")
    handler.new_file("file", "people.xlsx", "", None, None, None)
    for _piece in range(11):
        assert handler.receive_data_chunk(bytes(1024 * 1024), 0) is None
    assert handler.held.getbuffer().nbytes == 0 and handler.file_complete(0) is None
    with pytest.raises(uploads.RequestDataTooBig):
        handler.upload_complete()
    with pytest.raises(uploads.RequestDataTooBig):
        handler.handle_raw_input(None, {}, uploads.DRAINED + 1, b"")


def test_no_file_and_an_empty_file_are_told_at_the_field(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.care_supervisor)
    assert "Choose a file." in said(client.post("/exchange/imports/new/", {}))
    assert "The file is empty." in said(send(client, b""))


# who must not


@pytest.mark.parametrize("who", ["care_worker", "far_care_supervisor", "administrator", "auditor", "partner", "data_protection"])
def test_a_colleagues_import_is_a_page_that_is_not_there(cast: Cast, signed_in: SignIn, who: str) -> None:
    record = uploaded(cast.care_supervisor, book(*WRONG))
    client = signed_in(getattr(cast, who))
    missing = client.get("/exchange/imports/IM-0000-0000/nothing/").content
    for path in ("", "rows/", "rows/3/", "mend/", "sort/", "bring-in/", "discard/", "back/"):
        for answer in (client.get(f"/exchange/imports/{record.code}/{path}"),
                       client.post(f"/exchange/imports/{record.code}/{path}", {"row": "3", "purpose": "IMPORT"})):
            assert (answer.status_code, answer.content) == (404, missing), path
    assert fresh(record, cast.care_supervisor).state == ImportState.READY
    with acting_as(getattr(cast, who), "r"):
        assert not Import.objects.exists() and not ImportPart.objects.exists()


def test_no_word_of_a_row_is_in_any_table(cast: Cast) -> None:
    record = uploaded(cast.care_supervisor, book(*WRONG))
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT body FROM tests.events()")
        told = json.dumps([json.loads(row[0]) for row in cursor.fetchall()], ensure_ascii=False)
    with acting_as(cast.care_supervisor, "r"):
        parts = [bytes(part.parcel or b"") + json.dumps(part.index).encode() for part in ImportPart.objects.all()]
    for canary in CANARIES:
        assert canary not in told and not any(canary.encode() in part for part in parts)
    assert record.code in told and not any(Path(settings.EMAIL_FILE_PATH).glob(f"*{record.code}*"))
