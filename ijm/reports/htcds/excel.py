"""The sheets of a workbook, as the library that knows the format reads them."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from ijm.reports.htcds.cells import Cell
from ijm.reports.htcds.problems import WrongFile
from ijm.reports.htcds.workbook import COLUMNS_LIMIT, ROWS_LIMIT, TELL, Grid, Tick, not_a_workbook


def grids(packed: bytes, tick: Tick) -> list[Grid]:
    """Every sheet of a workbook whose archive was found harmless; raises WrongFile when it is damaged."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns about validation lists and styles that it leaves out; we read neither.
            warnings.simplefilter("ignore")
            workbook = load_workbook(BytesIO(packed), read_only=True, data_only=False, keep_links=False)
            try:
                return [Grid(sheet.title, dict(_filled_rows(sheet, tick))) for sheet in workbook.worksheets]
            finally:
                workbook.close()
    except WrongFile:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl raise almost anything
        raise WrongFile(not_a_workbook()) from error


def _filled_rows(sheet: object, tick: Tick) -> Iterator[tuple[int, dict[str, Cell]]]:
    # The size a sheet declares may be wrong in both directions; without it openpyxl reads what is there.
    rows = min(getattr(sheet, "max_row", None) or ROWS_LIMIT, ROWS_LIMIT)
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    for number, cells in enumerate(sheet.iter_rows(), start=1):  # type: ignore[attr-defined]
        row = {get_column_letter(at): _cell(cell) for at, cell in enumerate(cells, start=1) if _is_filled(cell)}
        if not row:
            continue
        if number > ROWS_LIMIT or len(cells) > COLUMNS_LIMIT:
            raise WrongFile(
                _("The sheet has more than %(rows)d rows or %(columns)d columns. Split it.")
                % {"rows": ROWS_LIMIT, "columns": COLUMNS_LIMIT}
            )
        if number % TELL == 0:
            tick(min(number / rows, 1.0))
        yield number, row


def _is_filled(cell: object) -> bool:
    content = getattr(cell, "value", None)
    return content is not None and not (isinstance(content, str) and not content.strip())


def _cell(cell: object) -> Cell:
    content: object = getattr(cell, "value", None)
    data_type = getattr(cell, "data_type", "")
    if isinstance(content, str):
        content = unescape(content)
    if data_type == "f" or (isinstance(content, str) and content.lstrip().startswith("=")):
        return Cell(None, "formula")
    return Cell(content, _KINDS.get(data_type, "text"))


_KINDS: Final = {"n": "number", "d": "date", "b": "yes/no", "e": "error"}
