"""Rows, their problems, and that no problem ever repeats what a cell holds."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ijm.reports.htcds import read
from ijm.reports.htcds.columns import by_label
from tests.ijm.htcds_books import DEMONSTRATION, SOMEBODY, blank, book, column_of, packed

TODAY = date(2026, 11, 22)
CANARY = "Zzcanaryzz"


def problems(*rows: dict[str, object]) -> list[str]:
    return [str(problem) for problem in read(book(*rows), today=TODAY).problems]


def test_every_problem_of_every_row_is_told_in_the_order_of_rows() -> None:
    found = read(
        book(
            SOMEBODY | {"Gender": "Femnine", "Birthdate": "31/02/2001"},
            SOMEBODY,
            {"First Name": "Bopha", "Incoming Referral Date": "soon"},
        ),
        today=TODAY,
    )
    places = [(problem.row, problem.column_label, problem.value_kind) for problem in found.problems]
    assert places == [(3, "Birthdate", "text"), (3, "Gender", "text"), (5, "Incoming Referral Date", "text")]
    assert dict(found.rows[0].values) == {"prs_SecondName": "Sok", "prs_FirstName": "Dara"}


def test_a_row_without_a_name_is_a_problem() -> None:
    assert problems({"Gender": "Feminine"}) == [
        "Row 3: The row has no name. Write what is known of the name, or delete the row."
    ]


def test_a_bad_name_is_one_problem_not_two() -> None:
    assert len(problems({"First Name": "a" * 101})) == 1


def test_content_outside_the_labels_is_a_problem() -> None:
    made, sheet = blank()
    sheet.cell(3, column_of(sheet, "First Name")).value = "Dara"
    sheet.cell(3, 1).value = CANARY
    sheet.cell(3, 45).value = CANARY
    (problem,) = read(packed(made), today=TODAY).problems
    assert "column A, AS, which has no label" in str(problem)


def test_dates_that_contradict_each_other_are_a_problem() -> None:
    dates = {"Incoming Referral Date": "2026-05-01", "Outgoing Referral Date": "2026-04-01", "Birthdate": 2027}
    assert len(problems(SOMEBODY | dates)) == 2
    born_later = {"Incoming Referral Date": "2024-05-01", "Birthdate": "2025"}
    assert problems(SOMEBODY | born_later) == [
        "Row 3, “Incoming Referral Date”: The person was referred in before she was born. Check both dates."
    ]


def test_a_row_pasted_twice_is_a_problem_and_a_namesake_is_not() -> None:
    namesake = SOMEBODY | {"Birthdate": 1999}
    assert problems(SOMEBODY, namesake, SOMEBODY) == ["Row 5: The row is the same as row 3. Delete one of the two."]


def test_a_list_of_nothing_is_nothing() -> None:
    assert "vic_TypeOfExploitation" not in read(book(SOMEBODY | {"Type of Exploitation": " ; "})).rows[0].values


def test_values_cannot_be_changed() -> None:
    row = read(book(SOMEBODY)).rows[0]
    with pytest.raises(TypeError):
        row.values["prs_FirstName"] = "Bopha"  # type: ignore[index]


def test_today_is_the_day_of_the_office() -> None:
    assert read(book(SOMEBODY | {"Birthdate": "2026-01-01"})).problems == ()


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from([column.label for column in by_label().values()]), st.just(CANARY), min_size=1))
def test_no_problem_repeats_what_a_cell_holds(row: dict[str, object]) -> None:
    sheet = read(book(row), today=TODAY)
    assert not any(CANARY in repr(problem) for problem in sheet.problems)


def test_the_demonstration_office_reads_without_a_problem() -> None:
    sheet = read(DEMONSTRATION, today=TODAY)
    assert sheet.problems == ()
    assert len(sheet.rows) == 44
