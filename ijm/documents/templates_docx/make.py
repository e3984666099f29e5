"""`python -m ijm.documents.templates_docx.make` writes the Word templates anew from the words in `texts`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

HERE = Path(__file__).parent
FACES = {"w:ascii": "Calibri", "w:hAnsi": "Calibri", "w:cs": "Khmer OS Siemreap", "w:eastAsia": "Khmer OS Siemreap"}


def write_all() -> list[Path]:
    """One file for each letter and language."""
    from ijm.documents.texts import FRAMES, TEXTS

    written = []
    for (template, language), text in TEXTS.items():
        document = page(language)
        letter(document, FRAMES[language], text)
        written.append(HERE / f"{template}-{language}.docx")
        document.save(str(written[-1]))
    return written


def page(language: str) -> Any:
    """An empty A4 page whose type suits both scripts."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2)
    style: Any = document.styles["Normal"]
    style.font.size, style.paragraph_format.space_after = Pt(11), Pt(8)
    style.paragraph_format.line_spacing = 1.5 if language == "km" else 1.15
    props = style.element.get_or_add_rPr()
    for name, value in {"w:szCs": {"w:val": "22"}, "w:lang": {"w:val": "en-GB", "w:bidi": "km-KH"}}.items():
        props.append(_element(name, value))
    for attribute, face in FACES.items():
        props.get_or_add_rFonts().set(qn(attribute), face)
    document.core_properties.author = document.core_properties.title = ""
    return document


def letter(document: Any, frame: Any, text: Any) -> None:
    """Letterhead, reader, subject, words, signature; and a footer that names the paper."""
    _head(document, frame)
    _each(document, "recipient", "{{ line }}")
    _line(document, f"{frame.subject}: {{{{ subject }}}}", bold=True)
    for said in (text.greeting, *text.before):
        if said:
            _line(document, said)
    _facts(document, frame)
    _each(document, "words", "{{ line }}")
    for said in (*text.after, text.closing):
        _line(document, said)
    for said in ("", "", f"{frame.signature}: ........................................", "{{ signer }}", "{{ duty }}"):
        _line(document, said)
    _footer(document, frame)


def _head(document: Any, frame: Any) -> None:
    for said in frame.kingdom:
        _line(document, said, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, "{{ office }}", bold=True)
    _line(document, f"{frame.number} {{{{ number }}}}")
    _line(document, "{{ day }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, f"{frame.to}:")


def _facts(document: Any, frame: Any) -> None:
    table = document.add_table(rows=3, cols=2)
    table.style = "Table Grid"
    table.cell(0, 0).text, table.cell(2, 0).text = "{%tr for fact in facts %}", "{%tr endfor %}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ fact.label }}", "{{ fact.value }}"
    _line(document, "")


def _each(document: Any, name: str, said: str) -> None:
    for part in (f"{{%p for line in {name} %}}", said, "{%p endfor %}"):
        _line(document, part)


def _line(document: Any, said: str, *, bold: bool = False) -> Any:
    made = document.add_paragraph()
    run = made.add_run(said)
    run.bold = bold
    if bold:
        run._element.get_or_add_rPr().append(_element("w:bCs", {}))
    return made


def _footer(document: Any, frame: Any) -> None:
    """Number, check characters, who printed it, page and pages, in small type."""
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run(f"{{{{ code }}}} · {frame.check} {{{{ mark }}}} · {frame.printed} {{{{ printed }}}} · {frame.page} ")
    for instruction, between in (("PAGE", " / "), ("NUMPAGES", "")):
        foot._p.append(_field(instruction))
        foot.add_run(between)
    for run in foot.runs:
        run.font.size = Pt(8)


def _field(instruction: str) -> Any:
    return _element("w:fldSimple", {"w:instr": instruction})


def _element(name: str, values: dict[str, str]) -> Any:
    made = OxmlElement(name)
    for attribute, value in values.items():
        made.set(qn(attribute), value)
    return made


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ijm.settings")
    django.setup()
    for path in write_all():
        print(path.name)
