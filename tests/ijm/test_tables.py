"""Sheets: harmless cells, Khmer, nothing on the disk, only what the page shows, each row a recorded look."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.documents import policy, sheets, tables
from ijm.documents.actions import papers, wanted
from ijm.documents.models import Issued, Paper, Wanted
from ijm.documents.tasks import make_sheet
from ijm.jobs.models import Job
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests import stories
from tests.cast import Cast
from tests.trail import last_events

SignIn = Callable[[User], Client]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", " =1", "\u200b=1", "|calc",
            '=HYPERLINK("http://evil","x")', "=cmd|' /C calc'!A0", "\ufeff=1")
PLAIN = ("SV-7K4M-92QX", "ស្ត្រីពេញវ័យ ១៩ ដល់ ២៤", "a=b", "", "x -1", "'quoted", "☃")


@pytest.fixture
def survivor(cast: Cast) -> Survivor:
    """Somebody in care."""
    stories.concluded_rescue(cast)
    return stories.taken_in(cast)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert tables.harmless(text) == f"'{text}"
    (row,) = openpyxl.load_workbook(io.BytesIO(tables.xlsx(["A"], [[text]], title="T"))).worksheets[0].iter_rows(min_row=2)
    assert row[0].data_type == "s" and str(row[0].value).startswith("'")
    assert next(csv.reader(io.StringIO(b"".join(tables.csv([], [[text]])).decode("utf-8-sig").split("\n", 1)[1])))[0][0] == "'"


def test_other_words_numbers_and_days_stay_what_they_are() -> None:
    assert [tables.harmless(text) for text in PLAIN] == list(PLAIN)
    at = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx(
        ["Code", "=n"], [[PLAIN[1], 7], [True, dt.date(2026, 11, 22)], [None, at], ["\x00x\x1f", "y" * 40_000]],
        title="A/b:[c]*?'", facts=[("=Number", "=PA")], facts_title="About")))
    assert book.sheetnames == ["A b  c", "About"] and book["About"]["A1"].value == "'=Number"
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0] == ["Code", "'=n"] and rows[1] == [PLAIN[1], 7] and rows[2][1].date() == dt.date(2026, 11, 22)
    assert rows[3][1].isoformat() == "2026-11-22T10:00:00" and rows[4][0] == "x" and len(rows[4][1]) == tables.LONGEST


def test_rows_are_streamed_capped_and_never_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def disk(*_args: Any, **_given: Any) -> None:
        raise AssertionError("a table was written to a temporary file")

    for name in ("NamedTemporaryFile", "mkstemp", "TemporaryFile", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, disk)
    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", disk)
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx(["n"], ([n] for n in range(1_200)), title="T")), read_only=True)
    assert sum(1 for _row in book.worksheets[0].rows) == 1_201
    pieces = list(tables.csv(["n"], ([n] for n in range(1_200))))
    assert len(pieces) == 4 and pieces[0] == b"\xef\xbb\xbf", "the mark of UTF-8, then piece by piece"
    for make in (lambda: tables.xlsx(["n"], [[1]] * 4, title="T", most=3), lambda: list(tables.csv(["n"], [[1]] * 4, most=3))):
        with pytest.raises(tables.TooManyRows):
            make()


def sheet_of(user: User, source: str, query: str = "", language: str = "en") -> sheets.Sheet | None:
    with acting_as(user, "r"):
        return sheets.of_list(user, source, query, language)


def test_a_sheet_has_the_columns_of_its_page_and_no_more(cast: Cast, survivor: Survivor) -> None:
    with acting_as(cast.care_worker, "r"):
        sheet = sheets.of_list(cast.care_worker, "aftercare:survivor-list", "", "en")
        assert sheet is not None and sheet.columns == ("Survivor", "Who", "Worker", "Since", "State") and sheet.number == 1
        (row,) = [sheet.cells(record) for record in sheet.rows()]
    assert row[0] == survivor.code and row[2] == cast.care_worker.name and isinstance(row[3], dt.date)
    narrowed = sheet_of(cast.care_worker, "aftercare:survivor-list", "show=closed")
    assert narrowed is not None and narrowed.number == 0


def test_every_list_that_gives_a_sheet_gives_it_to_its_own_people_only(cast: Cast, survivor: Survivor) -> None:
    own = {"investigations": cast.investigation_supervisor, "aftercare": cast.care_supervisor, "prosecutions": cast.liaison}
    for source in sheets.SHEETS:
        wing = source.partition(":")[0]
        with acting_as(own[wing], "r"):
            sheet = sheets.of_list(own[wing], source, "", "km")
            assert sheet is not None
            assert [len(sheet.cells(record)) for record in sheet.rows()] == [len(sheet.columns)] * sheet.number
        for user in (cast.administrator, cast.auditor, cast.data_protection, cast.partner, *own.values()):
            if user != own[wing]:
                assert sheet_of(user, source) is None, (source, user.username)
    assert sheet_of(cast.care_worker, "desk:people") is None
    assert sheet_of(cast.far_care_worker, "aftercare:survivor-list").number == 0  # type: ignore[union-attr]


def test_a_list_is_taken_along_numbered_and_each_row_is_a_look(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    client, here = signed_in(cast.care_worker), "/papers/sheet/?list=aftercare:survivor-list"
    assert "list=aftercare:survivor-list" in client.get("/aftercare/survivors/").content.decode()
    form = client.get(here).content.decode()
    assert "Exactly what would leave" in form and survivor.code not in form
    assert client.post(here, {"format": "xlsx"}).status_code == 200, "nothing leaves without a purpose"
    assert not Issued.objects.exists()
    made = client.post(here, {"format": "xlsx", "purpose": "SUPERVISION"})
    answer = client.get(made["Location"] + "fetch/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    facts = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    issued = Issued.objects.get()
    assert facts["Paper"] == issued.code and facts["Check characters"] == issued.mark and facts["Rows"] == 1
    assert cast.care_worker.code in facts["Printed by"] and book.worksheets[0]["A2"].value == survivor.code
    assert "Chanthy" not in str([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()])
    look = next(event for event in reversed(last_events(30)) if event["act"] == "list.taken")
    assert look["obj"]["codes"] == [survivor.code] and look["why"]["code"] == "SUPERVISION"
    assert look["q"] == {"paper": issued.code}
    assert "given out by us" in client.post("/papers/check/", {"code": issued.code, "mark": issued.mark}).content.decode()


def test_a_sheet_is_its_makers_alone(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    with acting_as(cast.care_worker):
        sheet = sheets.of_list(cast.care_worker, "aftercare:survivor-list", "", "km")
        assert sheet is not None
        paper = papers.issue_sheet(sheet, by=cast.care_worker, source="aftercare:survivor-list", format="csv", language="km",
                                   purpose="CASEWORK")
    answer = signed_in(cast.care_worker).get(f"/papers/{paper.code}/fetch/")
    assert answer["Content-Type"].startswith("text/csv") and survivor.code in answer.content.decode("utf-8-sig")
    for user in (cast.care_supervisor, cast.far_care_worker, cast.administrator, cast.auditor):
        assert signed_in(user).get(f"/papers/{paper.code}/").status_code == 404
    with pytest.raises(Refused), acting_as(cast.administrator):
        papers.issue_sheet(sheet, by=cast.administrator, source="x", format="csv", language="en", purpose="CASEWORK")
    assert signed_in(cast.administrator).get("/papers/sheet/?list=aftercare:survivor-list").status_code == 404


def test_a_long_list_is_made_by_the_worker_with_the_rights_of_that_moment(
        cast: Cast, survivor: Survivor, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ijm.documents.views.sheets.AT_ONCE", 0)
    made = signed_in(cast.care_worker).post("/papers/sheet/?list=aftercare:survivor-list&show=all",
                                            {"format": "xlsx", "purpose": "CASEWORK"})
    assert made.status_code == 302 and not Issued.objects.exists()
    with acting_as(cast.care_worker):
        job = Job.objects.get(kind="documents.sheet")
        job.owner = cast.care_worker
        wish = Wanted.objects.get(pk=job.about)
        assert b"survivor-list" not in bytes(wish.parcel or b"")
        make_sheet(job)
        assert not Wanted.objects.filter(pk=job.about).exists()
        paper = Paper.objects.get(printed_by=cast.care_worker, template="sheet")
        assert paper.rows == 1 and policy.copy_of(cast.care_worker, paper) is not None
    with pytest.raises(Refused), acting_as(cast.auditor):
        wanted.want(by=cast.auditor, source="aftercare:survivor-list", query="", format="csv", language="en", purpose="CASEWORK")
