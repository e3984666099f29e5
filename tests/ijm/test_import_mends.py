"""What is suggested for a cell that cannot be taken, and people from text files."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ijm.reports.holding import Held, from_bytes, index_of, to_bytes
from ijm.reports.htcds import WrongFile, read
from ijm.reports.htcds.cells import Cell
from ijm.reports.htcds.columns import by_field
from ijm.reports.htcds.lines import Line, packed, unpacked
from ijm.reports.htcds.mends import suggested
from ijm.reports.htcds.reading import lines
from tests.ijm.htcds_books import SOMEBODY, book, crowd, text_file

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("field", "written", "mend"), [
    ("prs_Gender", "Femal", "Feminine"),
    ("prs_Gender", "Womann", "Feminine"),
    ("prs_Birthdate", "05/25/1999", "25/05/1999"),
    ("prs_Birthdate", "1999-25-05", "05/25/1999"),
    ("prs_Birthdate", "04/05/2542", "04/05/1999"),
    ("prs_Birthdate", "04/05/99", "04/05/1999"),
    ("prs_Birthdate", "០៤/០៥/៩៩", "04/05/1999"),
    ("cas_IncomingReferralDate", "04/05/24", "04/05/2024"),
    ("vic_TypeOfExploitation", "Forced labour, Servitude", "Forced labour; Servitude"),
    ("vic_TypeOfExploitation", "Forced labor; Servitud", "Forced labour; Servitude"),
    ("prs_Citizenship", "Cambodja", "Cambodia"),
    ("con_Consent", "x", "Yes"),
    ("con_Consent", "refused", "No"),
    ("prs_Birthdate", "soon", None),
    ("prs_Birthdate", "32/13/1999", None),
    ("prs_Gender", "Zzz", None),
    ("prs_Gender", "Feminine", None),
    ("prs_Email", "nobody", None),
    ("con_Consent", "perhaps", None),
])
def test_the_mend_is_what_was_most_likely_meant(field: str, written: str, mend: str | None) -> None:
    found = suggested(by_field()[field], Cell(written, "text"), TODAY)
    if field == "prs_Birthdate" and mend == "05/25/1999":
        assert found is not None and found.text == "25/05/1999", "the year may stand first"
    else:
        assert (found.text if found else None) == mend


def test_a_mend_of_days_has_no_label_that_could_be_shown() -> None:
    found = suggested(by_field()["prs_Birthdate"], Cell("05/25/1999", "text"), TODAY)
    assert found is not None and (found.kind, found.label, found.original) == ("day-order", "", "")


@given(st.text(max_size=40), st.sampled_from(sorted(by_field())))
def test_nothing_somebody_types_breaks_a_suggestion(text: str, field: str) -> None:
    found = suggested(by_field()[field], Cell(text, "text"), TODAY)
    assert found is None or suggested(by_field()[field], Cell(found.text, "text"), TODAY) is None


# text files


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_of_the_labels_says_the_same_as_the_workbook(separator: str, mark: bytes) -> None:
    rows = crowd(4)
    ours, theirs = read(mark + text_file(rows, separator), today=TODAY), read(book(*rows), today=TODAY)
    assert [dict(row.values) for row in ours.rows] == [dict(row.values) for row in theirs.rows]
    assert ours.problems == theirs.problems == ()


def refused(content: bytes) -> str:
    with pytest.raises(WrongFile) as caught:
        lines(content)
    return str(caught.value)


def changed(before: str, after: str) -> bytes:
    return text_file([SOMEBODY]).replace(before.encode(), after.encode())


@pytest.mark.parametrize(("content", "words"), [
    (changed("Title", "Titel"), "lacks these columns: Title"),
    (changed("Title", "Salutation"), "lacks these columns: Title"),
    (changed("Sok", "=cmd()"), "formulas (the first in cell"),
    (changed("Sok", '"Sok'), "quotation mark"),
    (text_file([]), "no person below"),
    (b"prs_First_Name,prs_Height\nDara,2\n", "unknown to the HTCDS form: B"),
    (b"prs_First_Name,prs_FirstName\nDara,Dara\n", "twice: First Name"),
    (b"prs_First_Name\n" + b"Dara\n" * 10_011, "more than 10010 rows"),
    (b"prs_First_Name\nDara\n\0", "not an Excel workbook"),
    ("prs_First_Name,x\nDar\xe9,\n".encode("latin-1"), "not in UTF-8"),
])
def test_a_text_file_that_cannot_be_taken(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_cells_outside_the_labels_of_a_csv_are_a_problem() -> None:
    content = text_file([SOMEBODY]).decode().splitlines()
    content[1] += ",,,,,stray" * 9
    sheet = read("\n".join(content).encode(), today=TODAY)
    assert "which has no label" in str(sheet.problems[0])


def test_the_forms_answers_with_one_column_an_answer() -> None:
    content = b"prs_Second_Name,vic_MethodOfRecruitment/AtWork,vic_MethodOfRecruitment/ThroughFriendsOrSocialEvents\nSok,1,TRUE\n"
    (row,) = read(content, today=TODAY).rows
    assert row.values["vic_MethodOfRecruitment"] == ("AtWork", "ThroughFriendsOrSocialEvents")


# rows in a parcel


@pytest.mark.parametrize("value", ["text", 12, 1.5, True, date(2024, 2, 29)])
def test_a_cell_is_put_away_and_found_again(value: Any) -> None:
    assert unpacked(packed(Cell(value, "kind"))) == Cell(value, "kind")


def test_rows_are_put_away_and_found_again_with_what_was_noticed() -> None:
    line = Line(7, {"prs_FirstName": Cell("Dara", "text"), "prs_Gender": Cell("Femal", "text")}, ("AS",))
    rows = [Held(line, ("2026-01-02", "IM-0000-0000"), 3, ("SV-0000-0000",), True), Held(Line(8, {}))]
    assert list(from_bytes(to_bytes(rows))) == rows
    assert index_of(rows, TODAY) == {"rows": [7, 8], "mend": [8], "known": [7], "alike": [7], "out": [7]}
    mended = rows[0].with_cell("prs_Gender", "Feminine").with_cell("prs_FirstName", "").without_strays()
    assert mended.line == Line(7, {"prs_Gender": Cell("Feminine", "text")}) and rows[0].line == line
