"""Opening a workbook that a stranger may have made: bounded in size, one sheet, no formulas."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from django.utils.translation import gettext as _

from ijm.reports.htcds.cells import Cell
from ijm.reports.htcds.problems import WrongFile

MEGABYTE: Final = 1024 * 1024
PACKED_LIMIT: Final = 10 * MEGABYTE
UNPACKED_LIMIT: Final = 40 * MEGABYTE
PARTS_LIMIT: Final = 200
RATIO_LIMIT: Final = 200  # an honest sheet shrinks ten- to fiftyfold
ROWS_LIMIT: Final = 10_010  # ten thousand people and the rows above them
COLUMNS_LIMIT: Final = 200

_OLE: Final = b"\xd0\xcf\x11\xe0"  # an .xls of before 2007, or an .xlsx under a password
_PIECE: Final = 64 * 1024
TELL: Final = 250  # rows between two words on how far the reading is
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
)
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))

Source = str | Path | bytes | IO[bytes]
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Grid:
    """The filled cells of a sheet by row number and column letter, both as Excel shows them."""

    title: str
    rows: Mapping[int, Mapping[str, Cell]]


def open_grids(source: Source, tick: Tick = lambda _share: None) -> list[Grid]:
    """Read the filled sheets of a workbook; WrongFile says in a sentence why it cannot be read."""
    packed = whole(source)
    _check_archive(packed)
    from ijm.reports.htcds import excel  # the library takes a third of a second, and few processes read a workbook

    return [grid for grid in excel.grids(packed, tick) if grid.rows]


def whole(source: Source) -> bytes:
    """All bytes of a file that is small enough."""
    if isinstance(source, bytes):
        packed = source
    elif isinstance(source, str | Path):
        try:
            with open(source, "rb") as file:
                packed = file.read(PACKED_LIMIT + 1)
        except OSError as error:
            raise WrongFile(_("There is no file to read at that place, or it may not be read.")) from error
    else:
        packed = source.read(PACKED_LIMIT + 1)
    if len(packed) > PACKED_LIMIT:
        raise WrongFile(_("The file is larger than 10 MB. Split it and import the parts one after another."))
    return packed


def _check_archive(packed: bytes) -> None:
    """Refuse what is no workbook, and what would unpack to far more than it seems."""
    if packed.startswith(_OLE):
        raise WrongFile(
            _("The file is an old .xls or has a password. Save it as .xlsx without a password and try again.")
        )
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= {part.filename for part in parts}:
                raise WrongFile(not_a_workbook())
            for part in parts:
                _check_part(archive, part)
    except _DAMAGE as error:
        raise WrongFile(not_a_workbook()) from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    swollen = any(
        part.file_size > MEGABYTE and part.file_size > RATIO_LIMIT * max(part.compress_size, 1) for part in parts
    )
    if swollen or len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise WrongFile(_("The file unpacks to far more than a list of people needs, so it was not opened."))


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part may be larger than it says or define entities: no workbook does, an attack on its reader does.

    Read piece by piece, a part that lies about its size fails its checksum before it can fill the memory.
    """
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WrongFile(not_a_workbook())
    with archive.open(part) as file:
        content = b"".join(iter(partial(file.read, _PIECE), b""))
    if part.filename.endswith((".xml", ".rels")) and any(doctype in content for doctype in _DOCTYPES):
        raise WrongFile(not_a_workbook())


def refuse_formulas(grid: Grid) -> None:
    """A formula may show one thing and mean another: such a sheet is not read at all."""
    places = [
        f"{letter}{number}"
        for number, row in grid.rows.items()
        for letter, cell in row.items()
        if cell.kind == "formula"
    ]
    if places:
        raise WrongFile(
            _(
                "The workbook holds formulas (%(number)d, the first in cell %(place)s). "
                "Copy the sheet, paste it as values only, and try again."
            )
            % {"number": len(places), "place": places[0]}
        )


def not_a_workbook() -> str:
    return _("The file is not an Excel workbook (.xlsx), or it is damaged.")
