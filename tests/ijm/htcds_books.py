"""Workbooks for the HTCDS tests: the official blank, filled by visible label, and some that are not it at all."""

import csv
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

DATA = Path(__file__).resolve().parents[2] / "ijm" / "reports" / "data"
BLANK = DATA / "htcds_template_v2.0.xlsx"
DEMONSTRATION = DATA / "demonstration_office.xlsx"
SOMEBODY = {"Second Name": "Sok", "First Name": "Dara"}


def packed(book: Workbook) -> bytes:
    """The workbook as the bytes of its file."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def blank() -> tuple[Workbook, Worksheet]:
    """The official template, open for writing."""
    book = load_workbook(BLANK)
    return book, book.worksheets[0]


def column_of(sheet: Worksheet, label: str) -> int:
    """Where the column with this visible label stands."""
    return next(cell.column for cell in sheet[2] if cell.value == label)


def book(*rows: dict[str, object]) -> bytes:
    """The official template with one person a row, from row 3 on."""
    made, sheet = blank()
    for number, row in enumerate(rows, start=3):
        for label, value in row.items():
            sheet.cell(number, column_of(sheet, label)).value = value
    return packed(made)


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of an archive by name."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


GIVEN, FAMILY = ("Dara", "Bopha", "Sreymom", "Vuthy", "Chanthy", "Maly"), ("Sok", "Chea", "Keo", "Heng", "Prak", "Nhem")


def crowd(number: int) -> list[dict[str, object]]:
    """So many different people, with about as much said of each as offices write down."""
    return [
        {
            "Case Owner": "Care worker", "Second Name": FAMILY[at % 6], "First Name": f"{GIVEN[at // 6 % 6]} {_word(at)}",
            "Consent": "Yes", "Birthdate": f"{at % 28 + 1:02}/{at % 12 + 1:02}/{1975 + at % 30}",
            "Gender": "Feminine" if at % 3 else "Masculine", "Citizenship": "KH", "Mobile Phone": f"+85512{at:06}",
            "Mailing Street": f"House {at}", "Mailing City": "Chbar Mon", "Mailing State/Province": "Kampong Speu",
            "Mailing Country": "KH", "Trafficking Status": "ActualVictimOfTrafficking",
            "Methods of Control": "DebtBondage; WithholdsDocuments", "Type of Exploitation": "ForcedLabour",
            "Status": "FollowUp" if at % 10 == 0 else "Active", "Incoming Referral Date": f"{at % 28 + 1:02}/03/2024",
            "Incoming Referral Details": "Came with her sister; asked for a place to sleep and a doctor.",
        }
        for at in range(number)
    ]  # fmt: skip


def _word(number: int) -> str:
    """A number in letters: names hold no digits."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number)).capitalize()


def text_file(rows: list[dict[str, object]], separator: str = ",") -> bytes:
    """The same people as a CSV under the labels, in their order."""
    labels = [str(cell.value) for cell in blank()[1][2] if cell.value]
    held = StringIO()
    writer = csv.writer(held, delimiter=separator)
    writer.writerow(labels)
    writer.writerows([row.get(label, "") for label in labels] for row in rows)
    return held.getvalue().encode()
