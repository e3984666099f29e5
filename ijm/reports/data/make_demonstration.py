"""Fill the blank HTCDS workbook with the invented people of the demonstration office.

Run as `python ijm/reports/data/make_demonstration.py`; the result is the same to the byte every time. Nobody
in it exists: common names put together at random, phone numbers of an area code that is not given out.
"""

import csv
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

HERE: Final = Path(__file__).resolve().parent
BLANK: Final = HERE / "htcds_template_v2.0.xlsx"
PEOPLE: Final = HERE / "demonstration_people.csv"
FILLED: Final = HERE / "demonstration_office.xlsx"
FIRST_REFERRAL: Final = date(2023, 12, 4)
LAST_REFERRAL: Final = date(2026, 11, 16)
DAYS_BETWEEN: Final = 25.07  # 44 referrals in three years
FIXED_MOMENT: Final = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001  (workbooks know no time zones)
MOMENT: Final = re.compile(rb"(?<=W3CDTF\">)[^<]+(?=</dcterms:)")


Content = str | int | datetime | None


@dataclass(frozen=True)
class Story:
    """What several people went through alike, told in the few facts that a referral states."""

    exploitation: str
    control: str
    recruitment: str
    recruited_at: str
    exploited_at: str
    details: str
    industry: str = ""
    sexual: str = ""


STORIES: Final = {
    "kiln": Story(
        "Forced labour",
        "Debt bondage; Takes earnings; Excessive working hours",
        "At work; Through family or family events",
        "Village in the home district",
        "Brick kiln, Kandal",
        "The family worked off an advance that grew every season. Asks for help to return home.",
        "Manufacturing",
    ),
    "boat": Story(
        "ForcedLabour",
        "WithholdsDocuments; ExcessiveWorkingHours; RestrictsMovement; FalsePromises",
        "ThroughFriendsOrSocialEvents",
        "Bus station, Poipet",
        "Fishing vessel, Gulf of Thailand",
        "Promised work on land; kept at sea for months without pay. Needs a health check and his papers.",
        "A_AgricultureForestryAndFishing",
    ),
    "house": Story(
        "Forced labour; Servitude",
        "Withholds documents; Restricts movement; Takes earnings; Psychological abuse",
        "Through friends or social events",
        "Home village",
        "Private household, Kuala Lumpur",
        "Kept in an employer's house without wages. Back through the embassy; wants to learn a trade.",
        "Activities of households as employers; undifferentiated goods- and services- "
        "producing activities of households for own use",
    ),
    "scam": Story(
        "ForcedCriminality; ForcedLabour",
        "RestrictsMovement; WithholdsDocuments; FalsePromises; PhysicalThreats; DebtBondage",
        "ThroughOnlineSocialNetworks",
        "Online advertisement for office work",
        "Guarded office compound, Preah Sihanouk",
        "Answered an offer of office work and was held. Asks to tell the family she is safe.",
        "J_InformationAndCommunication",
    ),
    "venue": Story(
        "Sexual exploitation",
        "Debt bondage; False promises; Restricts movement; Takes earnings",
        "At a place of business",
        "Garment district, Phnom Penh",
        "Entertainment venue, Phnom Penh",
        "Was promised restaurant work and held by a debt. Wishes for counselling and a sewing course.",
        sexual="Prostitution",
    ),
    "online": Story(
        "SexualExploitation",
        "FalsePromises; PsychologicalAbuse",
        "ThroughOnlineSocialNetworks",
        "Social network",
        "At home, online",
        "Referred by the school after an offence online. Lives with grandparents, who support her fully.",
        sexual="RemoteInteractiveServices",
    ),
    "bride": Story(
        "Forced marriage",
        "False promises; Withholds documents; Restricts movement",
        "Through friends or social events",
        "Market, home district",
        "Rural household, China",
        "Travelled for a marriage a broker arranged and could not leave. Back with the embassy's help.",
    ),
    "begging": Story(
        "ForcedBegging",
        "TakesEarnings; ThreatensChildrenFamily",
        "ThroughFamilyOrFamilyEvents",
        "Border market, Poipet",
        "Streets of Bangkok",
        "Found by the Thai authorities and returned through the transit centre. An aunt offers a home.",
    ),
    "farm": Story(
        "Forced labour",
        "False promises; Withholds necessities; Takes earnings",
        "At work",
        "Labour market, Battambang",
        "Cassava plantation near the border",
        "Went for a season's work and was not paid. Wants legal advice on the wages owed.",
        "Agriculture, forestry and fishing",
    ),
    "child": Story(
        "ChildLabour",
        "ExcessiveWorkingHours; TakesEarnings",
        "ThroughFamilyOrFamilyEvents",
        "Home village",
        "Salt works, Kampot",
        "Worked instead of going to school. The commune committee asks for school support.",
        "B_MiningAndQuarrying",
    ),
}


@dataclass(frozen=True)
class Invented:
    """One invented person: both forms of the name, family name first, and where she is at home."""

    family: str
    given: str
    gender: str
    born: str
    story: str
    province: str
    district: str
    citizenship: str


def people() -> list[Invented]:
    """Everybody of the demonstration office, in the order of their referrals."""
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        return [Invented(**row) for row in csv.DictReader(file)]


REFERRERS: Final = (
    ("Provincial anti-trafficking police", "Police", "Duty officer"),
    ("Poipet transit centre", "NonPoliceGovernmentalOrganization", "Reception desk"),
    ("Department of Social Affairs", "NonPoliceGovernmentalOrganization", "Social worker on duty"),
    ("Commune committee for women and children", "NGO", "Committee focal point"),
    ("Municipal court", "CourtOrProsecution", "Court clerk"),
)


def record(at: int, person: Invented) -> dict[str, Content]:
    """What the workbook says of one person, by the visible labels."""
    story = STORIES[person.story]
    organisation, decided_by, worker = REFERRERS[at * 3 % len(REFERRERS)]
    referred_on = FIRST_REFERRAL + timedelta(days=round(DAYS_BETWEEN * at))
    phone = f"+855 20 555 {at + 100}"
    return {
        "Case Owner": "Aftercare desk",
        "First Name": person.given,
        "Second Name": person.family,
        "Consent": {11: None, 23: "No", 37: "No"}.get(at, "Yes"),
        "Birthdate": born(person.born),
        "Gender": person.gender,
        "Citizenship": person.citizenship,
        "Mobile Phone": phone if at % 4 else None,
        "Home Phone": phone.replace("+855 ", "0") if at % 4 == 0 else None,
        "Email": f"contact{at:02d}@example.org" if at % 9 == 2 else None,
        "Mailing Street": f"Village {at % 7 + 1}",
        "Mailing City": person.district,
        "Mailing State/Province": person.province,
        "Mailing Country": "KH",
        "Trafficking Status": "Possible victim of trafficking" if at % 6 == 5 else "ActualVictimOfTrafficking",
        "Trafficking Status Decision Making Organization": decided_by,
        "Method of Recruitment": story.recruitment,
        "Location of Recruitment": story.recruited_at,
        "Methods of Control": story.control,
        "Type of Exploitation": story.exploitation,
        "Forced Labour Industry": story.industry or None,
        "Type of Sex Exploitation": story.sexual or None,
        "Location of Exploitation": story.exploited_at,
        "Referring Organisation": organisation,
        "Incoming Referral Date": excel(referred_on),
        "Referring Primary Case Worker": worker,
        "Reason for Incoming Referral": "AdditionalServicesRequired" if at % 5 else "Migration or Change of Location",
        "Incoming Referral Details": story.details if person.gender != "Masculine" else _his(story.details),
        **course(at, referred_on),
    }


def course(at: int, referred_on: date) -> dict[str, Content]:
    """How far the case has come: the oldest are closed, the newest open."""
    if at < 12:
        return {"Status": "Closed", "Reason for Case Closure": "The goals of the care plan were reached."}
    if at % 8 == 5:
        return {
            "Status": "ClosedReferred",
            "Referred Organisation": "Partner shelter",
            "Referred Primary Case Worker": "Intake desk",
            "Reason for Outgoing Referral": "MigrationOrChangeOfLocation",
            "Outgoing Referral Date": excel(min(referred_on + timedelta(days=90), LAST_REFERRAL)),
            "Outgoing Referral Details": "Moved nearer to the family, who live in that province.",
            "Reason for Case Closure": "Handed over to a partner in the province of the family.",
        }
    return {"Status": "Follow Up" if at < 22 else "Active"}


def born(text: str) -> Content:
    """A full birth date is an Excel date, a year a number; one with slashes stays text, as people type it."""
    if len(text) == 4:
        return int(text)
    return text if "/" in text else excel(date.fromisoformat(text))


def excel(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def _his(text: str) -> str:
    return text.replace("she is", "he is").replace("support her", "support him")


def fill(sheet: Worksheet) -> None:
    """Write everybody below the labels of row 2, finding each column by its label."""
    column_of = {cell.value: cell.column for cell in sheet[2] if cell.value}
    for at, person in enumerate(people()):
        for label, value in record(at, person).items():
            if value is not None:
                cell = sheet.cell(at + 3, column_of[label], value)
                cell.number_format = "yyyy-mm-dd" if isinstance(value, datetime) else "General"


def frozen(packed: bytes) -> bytes:
    """The same archive with one fixed time in it, so that the same people give the same bytes."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = zipfile.ZipInfo(name, FIXED_MOMENT.timetuple()[:6])
            content = MOMENT.sub(FIXED_MOMENT.isoformat().encode() + b"Z", old.read(name))
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def workbook() -> bytes:
    """The filled workbook as bytes."""
    book = load_workbook(BLANK)
    fill(book.worksheets[0])
    book.properties.creator = "Demonstration office"
    book.properties.lastModifiedBy = None
    packed = BytesIO()
    book.save(packed)
    return frozen(packed.getvalue())


if __name__ == "__main__":
    FILLED.write_bytes(workbook())
