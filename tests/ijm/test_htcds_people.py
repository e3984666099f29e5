"""What a row means for an intake, and the people of the demonstration office."""

import importlib.util
from collections import Counter
from datetime import date
from functools import cache
from types import ModuleType
from xml.etree.ElementTree import canonicalize

from ijm.reference.tables import rows
from ijm.reports.htcds import PartialDay, Person, PersonName, as_person, read
from tests.ijm.htcds_books import DATA, DEMONSTRATION, SOMEBODY, book, parts_of

TODAY = date(2026, 11, 22)


def person(**cells: object) -> Person:
    labels = {label.replace("_", " "): value for label, value in cells.items()}
    return as_person(read(book(labels), today=TODAY).rows[0])


def names(family: object, given: object) -> tuple[PersonName, ...]:
    return person(Second_Name=family, First_Name=given).names


@cache
def office() -> list[Person]:
    return [as_person(row) for row in read(DEMONSTRATION, today=TODAY).rows]


def test_a_name_in_both_scripts_is_two_forms_of_one_name() -> None:
    assert names("សុខ / Sok", "ដារ៉ា / Dara") == (
        PersonName("km", "សុខ", "ដារ៉ា"),
        PersonName("latn", "Sok", "Dara"),
    )
    assert names("សុខ\nSok", "Dara | ដារ៉ា") == names("សុខ / Sok", "ដារ៉ា / Dara")


def test_a_name_in_one_script_or_of_one_part() -> None:
    assert names("Sok", "Dara") == (PersonName("latn", "Sok", "Dara"),)
    assert names(None, "ដារ៉ា") == (PersonName("km", "", "ដារ៉ា"),)
    assert names("សុខ / Sok", "Dara") == (PersonName("km", "សុខ", ""), PersonName("latn", "Sok", "Dara"))
    assert [str(name) for name in names("Sok", None)] == ["Sok"]


def test_two_spellings_in_one_script_are_both_kept() -> None:
    assert names("Sok", "Dara / Dararith") == (PersonName("latn", "Sok", "Dara / Dararith"),)


def test_what_is_not_said_is_empty() -> None:
    nobody = person(First_Name="Dara")
    assert (nobody.gender, nobody.sex, nobody.birth, nobody.address) == ("", "", None, None)
    assert (nobody.consented, nobody.phones, nobody.exploitation, nobody.narrative) == (None, (), (), "")
    assert nobody.referred_on is None


def test_everything_an_intake_needs_is_there() -> None:
    cells = {
        "Gender": "TransgenderMasculine",
        "Birthdate": "03/2001",
        "Consent": "No",
        "Mobile Phone": "012 345 678",
        "Home Phone": "+855 12 345 678",
        "Citizenship": "KH; VN",
        "Type of Exploitation": "Forced labour",
        "Forced Labour Industry": "Construction",
        "Status": "Follow up",
        "Incoming Referral Date": "2026-05-01",
        "Incoming Referral Details": "Came with a friend.",
        "Outgoing Referral Details": "Moved to an aunt.",
    }
    found = as_person(read(book(SOMEBODY | cells), today=TODAY).rows[0])
    assert (found.number, found.gender, found.sex) == (3, "TransgenderMasculine", "")
    assert found.birth == PartialDay(2001, 3)
    assert found.consented is False
    assert found.phones == ("+85512345678",)
    assert found.citizenships == ("KH", "VN")
    assert (found.exploitation, found.industry) == (("ForcedLabour",), "F_Construction")
    assert (found.case_status, found.referred_on) == ("FollowUp", date(2026, 5, 1))
    assert found.narrative == (
        "Incoming Referral Details: Came with a friend.\n\nOutgoing Referral Details: Moved to an aunt."
    )


def test_sex_is_taken_from_gender_only_where_it_says_so() -> None:
    assert person(First_Name="Bopha", Gender="Feminine").sex == "female"
    assert person(First_Name="Dara", Gender="Masculine").sex == "male"


def provinces(*written: str) -> list[str | None]:
    sheet = read(book(*({"First Name": name, "Mailing State/Province": name} for name in written)))
    addresses = [as_person(row).address for row in sheet.rows]
    assert [address.province_text for address in addresses if address] == list(written)
    return [address and address.province for address in addresses]


def test_provinces_are_recognised_as_people_write_them() -> None:
    spellings = {
        "Phnom Penh": "12",
        "phnom penh capital": "12",
        "រាជធានីភ្នំពេញ": "12",
        "ខេត្តកំពត": "07",
        "Takeo Province": "21",
        "Takéo": "21",
        "KH-3": "03",
        "08": "08",
        "Siemreap": "17",
        "Somewhere": None,
    }
    assert provinces(*spellings) == list(spellings.values())


def test_a_province_abroad_is_only_text() -> None:
    cells = SOMEBODY | {"Mailing State/Province": "Kampot", "Mailing Country": "TH"}
    address = as_person(read(book(cells)).rows[0]).address
    assert address and (address.province, address.country) == (None, "TH")


def test_every_province_of_the_list_finds_itself() -> None:
    codes = [row["code"] for row in rows("provinces")]
    for spelling in ("name_en", "name_km", "iso"):
        assert provinces(*(row[spelling] for row in rows("provinces"))) == codes


def test_the_demonstration_office_tells_three_years_of_many_lives() -> None:
    assert len(office()) >= 40
    arrivals = [found.referred_on for found in office() if found.referred_on]
    assert len(arrivals) == len(office())
    assert min(arrivals) >= date(2023, 11, 1) and max(arrivals) <= date(2026, 11, 30)
    assert {day.year for day in arrivals} == {2023, 2024, 2025, 2026}
    assert Counter(found.case_status for found in office()).keys() == {
        "Active",
        "FollowUp",
        "Closed",
        "ClosedReferred",
    }


def test_the_demonstration_office_is_spread_over_the_country_and_beyond() -> None:
    provinces = {found.address.province for found in office() if found.address}
    assert None not in provinces and len(provinces) >= 20
    assert len({found.citizenships for found in office()}) >= 6


def test_the_demonstration_office_has_adults_and_minors_and_year_only_births() -> None:
    births = [found.birth for found in office() if found.birth]
    assert len(births) == len(office())
    ages = [found.referred_on.year - found.birth.year for found in office() if found.referred_on and found.birth]
    assert 5 <= sum(age < 18 for age in ages) <= 12
    assert min(ages) >= 10
    assert any(not birth.is_exact for birth in births)


def test_khmer_people_of_the_demonstration_office_have_both_scripts() -> None:
    for found in office():
        scripts = {name.script for name in found.names}
        assert scripts == ({"km", "latn"} if found.citizenships == ("KH",) else {"latn"})
        assert all(name.family and name.given for name in found.names)
    assert len({found.names for found in office()}) == len(office())


def test_the_demonstration_workbook_is_what_its_script_makes() -> None:
    # Part by part: the packing itself may differ between versions of zlib, and the writing between makers of XML.
    assert canonical(script().workbook()) == canonical(DEMONSTRATION.read_bytes())


def canonical(content: bytes) -> dict[str, str]:
    return {name: canonicalize(part) for name, part in parts_of(content).items()}


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demonstration", DATA / "make_demonstration.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
