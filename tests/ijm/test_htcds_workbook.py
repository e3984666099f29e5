"""Whatever file a person brings, she gets one clear sentence or her rows; nothing else happens."""

import zipfile
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from ijm.reports.htcds import WrongFile, read, workbook
from ijm.reports.htcds.columns import by_label
from tests.ijm.htcds_books import BLANK, SOMEBODY, archive, blank, book, column_of, packed, parts_of

TODAY = date(2026, 11, 22)


def refused(content: bytes | str | Path) -> str:
    with pytest.raises(WrongFile) as caught:
        read(content, today=TODAY)
    return str(caught.value)


def test_the_template_has_38_columns_and_each_is_known() -> None:
    _, sheet = blank()
    labels = [cell.value for cell in sheet[2] if cell.value]
    assert len(labels) == len(by_label()) == 38
    assert {column.label for column in by_label().values()} == set(labels)


def test_streets_and_cities_are_read_by_the_label_a_person_sees() -> None:
    address = {
        "Mailing Street": "Street 271",
        "Mailing City": "Kampot",
        "Mailing State/Province": "Kampot",
        "Mailing Zip/Postal Code": "070100",
        "Mailing Country": "KH",
        "Reason for Outgoing Referral": "Other",
        "Trafficking Status Decision Making Organization": "Police",
    }
    row = read(book(SOMEBODY | address), today=TODAY).rows[0]
    assert row.values == {
        "prs_SecondName": "Sok",
        "prs_FirstName": "Dara",
        "prs_MailingStreet": "Street 271",
        "prs_MailingCity": "Kampot",
        "prs_MailingState": "Kampot",
        "prs_MailingPostalCode": "070100",
        "prs_MailingCountry": "KH",
        "cas_ReasonForOutgoingReferral": "Other",
        "vic_TraffickingStatusDecisionMakingOrg": "Police",
    }


def test_path_bytes_and_open_file_read_alike(tmp_path: Path) -> None:
    content = book(SOMEBODY)
    place = tmp_path / "people.xlsx"
    place.write_bytes(content)
    assert read(content) == read(place) == read(str(place)) == read(BytesIO(content))


def test_columns_may_stand_in_another_order_and_labels_in_another_case() -> None:
    made = Workbook()
    labels = [column.label for column in by_label().values()]
    made.worksheets[0].append([label.upper().replace(" ", "\n") for label in reversed(labels)])
    made.worksheets[0].append([None] * labels[::-1].index("First Name") + ["Dara"])
    sheet = read(packed(made), today=TODAY)
    assert sheet.problems == ()
    assert dict(sheet.rows[0].values) == {"prs_FirstName": "Dara"}


def test_the_running_numbers_of_the_template_are_no_people() -> None:
    assert "no person" in refused(BLANK)


def test_row_numbers_are_those_of_excel() -> None:
    assert [row.number for row in read(book(SOMEBODY, {}, {"First Name": "Bopha"})).rows] == [3, 5]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,given\nSok,Dara\n",
        b"%PDF-1.7",
        b"PK\x03\x04 cut off",
        archive({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}),
        archive({"xl/workbook.xml": b"<broken", "[Content_Types].xml": b"<Types/>"}),
        archive({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"}),
    ],
)
def test_what_is_no_workbook_is_said_to_be_none(content: bytes) -> None:
    assert "not an Excel workbook" in refused(content)


def test_an_old_or_locked_workbook_is_told_apart() -> None:
    assert "password" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "missing.xlsx")
    assert "no file" in refused(tmp_path)


def test_a_file_over_ten_megabytes_is_not_opened() -> None:
    assert "10 MB" in refused(b"\0" * (workbook.PACKED_LIMIT + 1))


def test_a_small_file_that_unpacks_to_much_is_not_opened() -> None:
    bomb = parts_of(book(SOMEBODY)) | {"xl/worksheets/sheet9.xml": b" " * 30 * workbook.MEGABYTE}
    assert "unpacks" in refused(archive(bomb))


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = archive(parts_of(book(SOMEBODY)) | {"xl/theme/lie.xml": b" " * 2 * workbook.MEGABYTE})
    true, said = (size.to_bytes(4, "little") for size in (2 * workbook.MEGABYTE, 1000))
    assert content.count(true) == 2
    assert "not an Excel workbook" in refused(content.replace(true, said))


def test_other_ways_of_packing_are_refused() -> None:
    assert "not an Excel workbook" in refused(archive(parts_of(book(SOMEBODY)), zipfile.ZIP_BZIP2))


def test_many_parts_are_not_opened() -> None:
    parts = parts_of(book(SOMEBODY)) | {f"xl/media/{n}.bin": b"" for n in range(workbook.PARTS_LIMIT)}
    assert "unpacks" in refused(archive(parts))


def test_large_parts_that_hardly_shrink_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 10_000)
    assert "unpacks" in refused(archive(parts_of(book(SOMEBODY)), zipfile.ZIP_STORED))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_part_that_defines_entities_is_refused(coding: str) -> None:
    trap = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(coding)
    assert "not an Excel workbook" in refused(archive(parts_of(book(SOMEBODY)) | {"xl/extra.xml": trap}))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(book(SOMEBODY))
    content[6] |= 1  # the flag of the first part: encrypted
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    assert "not an Excel workbook" in refused(bytes(content))


def test_another_workbook_is_recognised() -> None:
    other = Workbook()
    other.worksheets[0].append(["Product", "Price"])
    assert "another workbook" in refused(packed(other))
    assert "another workbook" in refused(packed(Workbook()))


def test_missing_unknown_and_double_columns_are_named() -> None:
    for label, new, words in (
        ("Mailing City", None, "lacks these columns: Mailing City"),
        ("Mailing City", "Town", "lacks these columns: Mailing City"),
        ("", "Town", "unknown to HTCDS v2.0: AN"),
        ("", "Gender", "twice: Gender"),
    ):
        made, sheet = blank()
        sheet.cell(2, column_of(sheet, label) if label else 40).value = new
        assert words in refused(packed(made))


def test_a_second_filled_sheet_is_refused_and_an_empty_one_ignored() -> None:
    made, sheet = blank()
    sheet.cell(3, column_of(sheet, "First Name")).value = "Dara"
    extra = made.create_sheet("More people")
    assert len(read(packed(made)).rows) == 1
    extra["A1"] = "Bopha"
    assert "2 filled sheets" in refused(packed(made))


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', ArrayFormula("D3:D3", "=A1:A1"), " =now()"])
def test_a_formula_is_never_read(formula: object) -> None:
    made, sheet = blank()
    sheet.cell(3, column_of(sheet, "First Name")).value = formula  # type: ignore[assignment]
    words = refused(packed(made))
    assert "formulas (1, the first in cell D3)" in words
    assert "=" not in words


def test_rows_far_below_are_found_or_refused_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    made, sheet = blank()
    sheet.cell(4_000, column_of(sheet, "First Name")).value = "Dara"
    assert [row.number for row in read(packed(made)).rows] == [4_000]
    sheet.cell(10_011, column_of(sheet, "First Name")).value = "Bopha"
    assert "more than 10010 rows" in refused(packed(made))


def test_a_lying_dimension_hides_nobody() -> None:
    parts = parts_of(book(SOMEBODY, {"First Name": "Bopha"}))
    name = "xl/worksheets/sheet1.xml"
    lie = parts[name].replace(b'<dimension ref="A1:AM1002"', b'<dimension ref="A1:B2"')
    assert lie != parts[name]
    assert len(read(archive(parts | {name: lie})).rows) == 2


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_otherwise(content: bytes) -> None:
    with pytest.raises(WrongFile):
        read(content)


def damage_at(at: int, content: bytes) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_in_a_sentence(data: st.DataObject) -> None:
    content = _ordinary()
    damaged = damage_at(data.draw(st.integers(0, len(content) - 1)), content)
    try:
        read(damaged, today=TODAY)
    except WrongFile as wrong:
        assert str(wrong)


@cache
def _ordinary() -> bytes:
    return book(SOMEBODY)
