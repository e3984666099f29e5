"""Letters as Word documents, from templates that an office may change in Word."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ijm.documents.letters import Composed

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATES = Path(__file__).with_name("templates_docx")


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """Where the fields of a template are filled in: no underscore attributes, nothing that changes anything, no unknown field."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    return made


def fields(composed: Composed) -> dict[str, Any]:
    """The closed list of what a template may name: texts and lists of texts, no record and no function."""
    stamp = composed.stamp
    return {
        "office": composed.office, "day": composed.day, "number": stamp.number, "code": stamp.code, "mark": stamp.mark,
        "recipient": list(composed.recipient), "subject": composed.subject, "about": composed.about, "who": composed.who,
        "facts": [{"label": label, "value": value} for label, value in composed.facts], "words": list(composed.words),
        "signer": composed.signer, "duty": composed.duty, "printed": composed.printed,
    }


def path_of(template: str, language: str) -> Path:
    """Where the template of a letter in a language lies."""
    return TEMPLATES / f"{template}-{language}.docx"


def render(composed: Composed, template: str) -> bytes:
    """The letter as a .docx; raises jinja2's errors when a changed template names what is not on the list."""
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]

    made = DocxTemplate(path_of(template, composed.language))
    made.render(fields(composed), sandbox(), autoescape=True)
    about: Any = made.docx.core_properties
    about.title, about.author, about.comments = composed.stamp.code, composed.office, ""
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()
