"""The 38 columns of the workbook by the label a person sees.

The hidden first row of the official file holds field names that are wrong (streets and cities swapped,
one name missing, one misspelt), so nothing here looks at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from ijm.reference.tables import rows

Kind = Literal[
    "name", "text", "long", "email", "phone", "yesno", "birth", "day", "code", "codes", "country", "countries"
]

_BY_FIELD: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "prs_FirstName": "name",
        "prs_SecondName": "name",
        "prs_Email": "email",
        "prs_HomePhone": "phone",
        "prs_MobilePhone": "phone",
        "prs_Birthdate": "birth",
        "prs_Citizenship": "countries",
        "prs_MailingCountry": "country",
    }
)
_BY_TYPE: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "Text": "text",
        "Long Text": "long",
        "Date": "day",
        "Checkbox": "yesno",
        "Picklist": "code",
        "Multiselect Picklist": "codes",
        # A lookup names a person or an organisation; in a workbook that is plain text.
        "Lookup [to organisation]": "text",
        "Lookup [to person]": "text",
        "Lookup [to user]": "text",
    }
)


@dataclass(frozen=True)
class Column:
    """One column: the field of the standard, its visible label, and what a cell may hold."""

    field: str
    label: str
    kind: Kind


@cache
def by_label() -> Mapping[str, Column]:
    """The columns of the official workbook, keyed by their label in small letters."""
    found = {}
    for row in rows("htcds_fields"):
        if row["core"] == "yes" and row["status"] == "draft":
            kind = _BY_FIELD.get(row["name"]) or _BY_TYPE[row["type"]]
            found[label_key(row["label"])] = Column(row["name"], row["label"], kind)
    return MappingProxyType(found)


@cache
def by_field() -> Mapping[str, Column]:
    """The same columns by the field names of the standard."""
    return MappingProxyType({column.field: column for column in by_label().values()})


def label_key(text: str) -> str:
    """Labels compare without regard to case and to the line breaks that a narrow heading is given."""
    return " ".join(text.split()).casefold()
