"""Reading the HTCDS v2.0 workbook of IOM: pure functions from a file to checked rows, no database.

`read(file)` gives a `Sheet` of rows and problems, or raises `WrongFile` with one sentence for the person who
brought the file. `as_person(row)` says what a row means for an aftercare intake.
"""

from ijm.reports.htcds.cells import Value
from ijm.reports.htcds.days import PartialDay
from ijm.reports.htcds.people import Address, Person, PersonName, as_person
from ijm.reports.htcds.problems import Problem, WrongFile
from ijm.reports.htcds.reading import Row, Sheet, read

__all__ = [
    "Address",
    "PartialDay",
    "Person",
    "PersonName",
    "Problem",
    "Row",
    "Sheet",
    "Value",
    "WrongFile",
    "as_person",
    "read",
]
