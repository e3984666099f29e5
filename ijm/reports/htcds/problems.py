"""What can be wrong with a workbook, said so that the person who filled it can mend it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


class WrongFile(Exception):
    """The file as a whole cannot be taken; the text is one sentence or two for the person who brought it."""


class Refused(Exception):
    """One cell cannot be taken: what is wrong, and how to mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


@dataclass(frozen=True)
class Problem:
    """One thing to mend in one cell.

    It never carries what the cell holds: a problem may be printed or logged, and the cell may be a name.
    `row` is the number Excel shows; `column_label` is empty when the whole row is meant.
    """

    row: int
    column_label: str
    value_kind: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = _("Row %(row)d") % {"row": self.row}
        if self.column_label:
            place = _("Row %(row)d, %(label)s") % {"row": self.row, "label": f"“{self.column_label}”"}
        return f"{place}: {self.message} {self.mend}".rstrip()
