"""What papers cost: a Khmer letter of two pages beside the simple way, ten thousand rows beside the library's own saving."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

from openpyxl import Workbook

from ijm.documents import pdf, simple_pdf, tables
from ijm.documents.letters import Composed, Stamp, filled
from ijm.documents.texts import FRAMES, TEXTS
from ijm.measuring import Measure, Part

ROWS, PARAGRAPHS = 10_000, 4
SAID = ("យើងខ្ញុំសូមជម្រាបជូនថា បុគ្គលនេះមានសុខភាពល្អ និងបានត្រៀមខ្លួនរួចរាល់សម្រាប់សវនាការ។ " * 4).strip()
COLUMNS = ("Code", "Who", "Worker", "Since", "State", "Looks", "Office", "Language")


def letter() -> Composed:
    """Two pages to a court, in Khmer, about nobody."""
    text, fields = TEXTS["court", "km"], {"about": "SV-7K4M-92QX", "who": "SV-7K4M-92QX"}
    return Composed(
        language="km", frame=FRAMES["km"], office="ការិយាល័យភ្នំពេញ", day="ថ្ងៃទី២២ ខែវិច្ឆិកា ឆ្នាំ២០២៦", recipient=("សាលាដំបូងរាជធានីភ្នំពេញ",),
        subject=filled(text.subject, fields), greeting=text.greeting, before=tuple(filled(part, fields) for part in text.before),
        facts=(("បុគ្គល", "ស្ត្រី ១៩ ដល់ ២៤ ឆ្នាំ"),), words=(SAID,) * PARAGRAPHS, after=text.after, closing=text.closing,
        signer="សុខ ដារ៉ា", duty="បុគ្គលិកសង្គម", stamp=Stamp("PA-7K4M-92QX", "PP-2026-0042", "K4M9-2QX7"),
        printed="US-7K4M-92QX", about="SV-7K4M-92QX", who="SV-7K4M-92QX")


def rows() -> Iterator[tuple[object, ...]]:
    """Ten thousand rows of a list, about nobody."""
    for number in range(ROWS):
        yield (f"SV-{number:04d}-0000", "ស្ត្រី ១៩ ដល់ ២៤", "Sok Dara", dt.date(2026, 11, 22), "In care", number, "Phnom Penh", "khm")


def library_xlsx() -> bytes:
    """The same table as the library saves it by itself: by way of temporary files, formulas unescaped."""
    book, held = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("T")
    for row in rows():
        sheet.append(row)
    book.save(held)
    return held.getvalue()


def parts(superuser: str) -> tuple[Part, ...]:
    """The measures of this room; nothing here touches the database."""
    return (Part(("letter_pdf", "sheet_xlsx"), measures, in_office=False),)


def measures() -> Iterator[Measure]:
    """A letter and a list."""
    said = letter()
    broken = pdf.breaking(said)
    yield Measure("letter_pdf", "Khmer letter of two pages by WeasyPrint, beside fpdf2",
                  lambda: pdf.render(said), lambda: simple_pdf.render(broken, pdf.FONTS), 1.0)
    yield Measure("sheet_xlsx", "10,000 rows as XLSX, harmless and in memory, beside the library's own way",
                  lambda: tables.xlsx(COLUMNS, rows(), title="T"), library_xlsx, 1.5)
