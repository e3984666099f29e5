"""Each kind of column takes what people plausibly write and says plainly what it cannot take."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ijm.reference.tables import rows
from ijm.reports.htcds import PartialDay, Problem, codes, read
from ijm.reports.htcds.cells import Cell, Value, value
from ijm.reports.htcds.columns import by_label
from ijm.reports.htcds.days import OLDEST_AGE, partial_day
from ijm.reports.htcds.problems import Refused
from tests.ijm.htcds_books import SOMEBODY, book

TODAY = date(2026, 11, 22)


def said(label: str, content: object, kind: str = "text") -> Value | None:
    return value(by_label()[label.casefold()], Cell(content, kind), TODAY)


def refusal(label: str, content: object, kind: str = "text") -> str:
    with pytest.raises(Refused) as caught:
        said(label, content, kind)
    return f"{caught.value.message} {caught.value.mend}"


@pytest.mark.parametrize(
    "written",
    [
        "SexualExploitation",
        "sexualexploitation",
        "Sexual exploitation",
        " sexual   EXPLOITATION ",
        "ការកេងប្រវ័ញ្ចផ្លូវភេទ",
        "Sexual exploitation; SexualExploitation;",
    ],
)
def test_a_choice_is_known_by_code_or_label(written: str) -> None:
    assert said("Type of Exploitation", written) == ("SexualExploitation",)


def test_several_choices_keep_their_order() -> None:
    assert said("Methods of Control", "Takes earnings;DebtBondage ; False promises\uff1b") == (
        "TakesEarnings",
        "DebtBondage",
        "FalsePromises",
    )


def test_a_label_with_semicolons_is_one_choice() -> None:
    label = "Water supply; sewerage, waste management and remediation"
    assert said("Forced Labour Industry", label) == "E_WaterSupplySewerageWasteManagement"


def test_our_extensions_are_understood() -> None:
    assert said("Methods of Control", "Restricts movement") == ("RestrictsMovement",)
    assert said("Type of Exploitation", "forced criminality") == ("ForcedCriminality",)


@pytest.mark.parametrize("row", [row for row in rows("code_items") if row["list"] != "language"])
def test_every_code_and_label_of_the_standard_finds_itself(row: dict[str, str]) -> None:
    for spelling in (row["code"], row["name_en"], row["name_en"].upper(), row["name_km"]):
        assert not spelling or codes.find(row["list"], spelling) == row["code"]


@pytest.mark.parametrize("row", rows("countries"))
def test_every_country_finds_itself(row: dict[str, str]) -> None:
    for spelling in (row["code"], row["alpha3"], row["name_en"], row["name_km"]):
        assert not spelling or codes.find(codes.COUNTRIES, spelling) == row["code"]


def test_countries_by_the_names_people_use() -> None:
    assert said("Citizenship", "Cambodia; Vietnam; laos; THA; កម្ពុជា") == ("KH", "VN", "LA", "TH")
    assert said("Mailing Country", "cambodia") == "KH"


@pytest.mark.parametrize(
    "label, written, words",
    [
        ("Type of Exploitation", "Sexual explotation", "Did you mean “Sexual exploitation”?"),
        ("Gender", "Femnine", "Did you mean “Feminine”?"),
        ("Status", "Zzzz", "Choose one of: Active, Follow Up, Closed, Closed Referred."),
        ("Methods of Control", "Zzzz", "Choose a code or a label of the HTCDS list."),
        ("Methods of Control", "Debt bondage, False promises", "Put a semicolon between choices."),
        ("Status", "Active; Closed", "Only one choice is possible here."),
        ("Citizenship", "Camboda", "not in ISO 3166. Did you mean “Cambodia”?"),
        ("Mailing Country", "Atlantis", "not in ISO 3166."),
    ],
)
def test_an_unknown_code_is_answered_with_the_nearest(label: str, written: str, words: str) -> None:
    assert words in refusal(label, written)


@pytest.mark.parametrize(
    "written, day",
    [
        ("2026-11-05", date(2026, 11, 5)),
        ("05/11/2026", date(2026, 11, 5)),
        ("5.11.2026", date(2026, 11, 5)),
        ("5 11 2026", date(2026, 11, 5)),
        ("៥-១១-២០២៦", date(2026, 11, 5)),
        ("2026/11/05", date(2026, 11, 5)),
        ("2026-11-05 00:00:00", date(2026, 11, 5)),
        (datetime(2026, 11, 5, 0, 0), date(2026, 11, 5)),  # noqa: DTZ001
        (date(2026, 11, 5), date(2026, 11, 5)),
    ],
)
def test_days_as_people_write_them(written: object, day: date) -> None:
    assert said("Incoming Referral Date", written) == day


@pytest.mark.parametrize(
    "written, words",
    [
        ("31/02/2026", "no such day"),
        ("11/25/2026", "no such month"),
        ("05/11/26", "two digits"),
        ("05/11/2569", "Buddhist"),
        ("05/11/0026", "no such year"),
        ("last week", "not a date"),
        ("2026", "day or the month is missing"),
        ("11/2026", "day or the month is missing"),
        (45_000, "not a date"),
        (0.5, "not a date"),
        (True, "not a date"),
        (time(9, 30), "not a date"),
        (timedelta(days=3), "not a date"),
    ],
)
def test_what_is_no_day_is_refused(written: object, words: str) -> None:
    assert words in refusal("Incoming Referral Date", written)


@pytest.mark.parametrize(
    "written, birth",
    [
        (2001, PartialDay(2001)),
        (2001.0, PartialDay(2001)),
        ("២០០១", PartialDay(2001)),
        ("2001-03", PartialDay(2001, 3)),
        ("03/2001", PartialDay(2001, 3)),
        ("14/03/2001", PartialDay(2001, 3, 14)),
        (datetime(2001, 3, 14), PartialDay(2001, 3, 14)),  # noqa: DTZ001
        (TODAY.isoformat(), PartialDay(2026, 11, 22)),
        ("2026", PartialDay(2026)),
    ],
)
def test_a_birth_date_may_be_known_in_part(written: object, birth: PartialDay) -> None:
    assert said("Birthdate", written) == birth


@pytest.mark.parametrize(
    "written, words",
    [
        ("2026-11-23", "in the future"),
        (2027, "in the future"),
        (TODAY.year - OLDEST_AGE - 1, f"more than {OLDEST_AGE} years back"),
        (datetime(2544, 5, 1), "Buddhist"),  # noqa: DTZ001
        (2544, "Buddhist"),
    ],
)
def test_a_birth_date_that_nobody_has_is_refused(written: object, words: str) -> None:
    assert words in refusal("Birthdate", written)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_day_reads_back_both_ways_round(day: date) -> None:
    assert partial_day(day.isoformat()).earliest == day
    assert partial_day(f"{day.day}/{day.month}/{day.year}").latest == day


@given(st.text())
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    try:
        assert partial_day(text).earliest <= partial_day(text).latest
    except Refused as refused:
        assert refused.message and refused.mend


def test_the_span_of_a_partial_day() -> None:
    february = PartialDay(2024, 2)
    assert (february.earliest, february.latest) == (date(2024, 2, 1), date(2024, 2, 29))
    assert PartialDay(2024).latest == date(2024, 12, 31)
    assert not february.is_exact
    assert PartialDay(2024, 2, 3).is_exact
    assert [str(PartialDay(*parts)) for parts in ((2024,), (2024, 2), (2024, 2, 3))] == [
        "2024",
        "2024-02",
        "2024-02-03",
    ]


@pytest.mark.parametrize(
    "written, number",
    [
        ("+855 12 345 678", "+85512345678"),
        ("012 345 678", "+85512345678"),
        ("០១២-៣៤៥-៦៧៨", "+85512345678"),
        (12345678, "+85512345678"),
        (85512345678, "+85512345678"),
        ("0066 (2) 123.4567", "+6621234567"),
        ("+84912345678", "+84912345678"),
    ],
)
def test_phone_numbers_get_their_international_form(written: object, number: str) -> None:
    assert said("Mobile Phone", written) == number


@pytest.mark.parametrize("written", ["no phone", "123", "+0123456789", "+1 23", "+" + "1" * 16, "012345678 or 9"])
def test_what_is_no_phone_number_is_refused(written: str) -> None:
    assert "not a phone number" in refusal("Home Phone", written)


def test_email_addresses() -> None:
    assert said("Email", " somebody@example.org ") == "somebody@example.org"
    for wrong in ("somebody", "a@b", "a b@example.org", "a@b@example.org", "a@example."):
        assert "not an e-mail" in refusal("Email", wrong)


@pytest.mark.parametrize("written", [True, "TRUE", "yes", "Y", 1, "បាទ", "ចាស"])
def test_yes(written: object) -> None:
    assert said("Consent", written) is True


@pytest.mark.parametrize("written", [False, "FALSE", "No", 0, "ទេ"])
def test_no(written: object) -> None:
    assert said("Consent", written) is False


def test_consent_is_never_guessed() -> None:
    assert "neither yes nor no" in refusal("Consent", "perhaps")
    assert said("Consent", " ") is None


def test_text_is_tidied_but_not_rewritten() -> None:
    assert said("Mailing Street", "  Street\u00a0 271\n House 4 ") == "Street 271 House 4"
    assert said("Mailing Zip/Postal Code", 70100) == "70100"
    assert said("Mailing Street", 2.5) == "2.5"
    assert said("Incoming Referral Details", "One.\r\nTwo.\rThree. ") == "One.\nTwo.\nThree."
    assert said("First Name", "ស្រី\u200bនាង") == "ស្រី\u200bនាង"
    assert said("First Name", "Jose\u0301") == "Jos\u00e9"


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\u200f", "\ue000"])
def test_invisible_marks_are_refused(mark: str) -> None:
    assert "invisible" in refusal("First Name", f"Da{mark}ra")


def test_a_control_character_hidden_in_an_escape_is_refused() -> None:
    sheet = read(book(SOMEBODY | {"Salutation": "Ms_x0007_"}), today=TODAY)
    assert "invisible" in str(sheet.problems[0])


@pytest.mark.parametrize(
    "label, longest", [("First Name", 100), ("Salutation", 200), ("Incoming Referral Details", 10_000)]
)
def test_over_long_text_is_refused(label: str, longest: int) -> None:
    assert said(label, "a" * longest) == "a" * longest
    assert f"longer than {longest}" in refusal(label, "a" * (longest + 1))


def test_dates_and_errors_are_no_words() -> None:
    assert "a date where words" in refusal("First Name", date(2026, 1, 1), "date")
    assert "an error of the spreadsheet" in refusal("First Name", "#REF!", "error")


def test_a_number_without_bounds_is_refused() -> None:
    assert "too large" in refusal("Salutation", float("inf"), "number")


def test_empty_cells_say_nothing() -> None:
    for label in ("Birthdate", "Incoming Referral Date", "Gender", "Citizenship"):
        assert said(label, " \n ") is None


contents = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.text(),
)


@given(st.sampled_from(sorted(by_label())), contents)
def test_any_content_is_read_or_refused_in_words(label: str, content: object) -> None:
    try:
        said(label, content)
    except Refused as refused:
        assert refused.message and refused.mend
        assert not isinstance(content, str) or len(content) < 5 or content not in f"{refused.message}{refused.mend}"


def test_a_problem_says_where_what_and_how_to_mend() -> None:
    problem = Problem(7, "Gender", "text", "This is not in the list.", "Choose another.")
    assert str(problem) == "Row 7, “Gender”: This is not in the list. Choose another."
    assert str(Problem(7, "", "row", "The row has no name.", "")) == "Row 7: The row has no name."
