"""Letters as PDF: by WeasyPrint where the machine has Pango, else by a simpler way that needs nothing but wheels."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string

from ijm import web
from ijm.documents.khmer_breaks import with_breaks
from ijm.documents.letters import Composed

PDF = "application/pdf"
FONTS = (Path(web.__file__).parent / "static" / "vendor" / "fonts").resolve()
STYLE = Path(__file__).parent / "styles" / "letter.css"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """The bytes, and whether they were made the simple way because Pango is missing."""

    content: bytes
    is_simple: bool = False


@cache
def typesetter() -> Any:
    """WeasyPrint, or None where its native libraries are not installed; asked once a process."""
    try:
        import weasyprint  # type: ignore[import-untyped]
    except (ImportError, OSError):  # OSError: the wheel is there, libpango is not
        return None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


def render(composed: Composed) -> Made:
    """The letter as PDF/UA; the simple way where this machine cannot."""
    broken = breaking(composed)
    program = typesetter()
    if program is None:
        from ijm.documents import simple_pdf  # a library of half a second, which few processes ever need

        return Made(simple_pdf.render(broken, FONTS), is_simple=True)
    return Made(_set(program, broken))


def breaking(composed: Composed) -> Composed:
    """The same letter with breaks between Khmer words, for programs that know none."""
    def all_of(parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(with_breaks(part) for part in parts)

    return replace(
        composed, office=with_breaks(composed.office), subject=with_breaks(composed.subject), duty=with_breaks(composed.duty),
        greeting=with_breaks(composed.greeting), closing=with_breaks(composed.closing),
        recipient=all_of(composed.recipient), before=all_of(composed.before), words=all_of(composed.words),
        after=all_of(composed.after),
        facts=tuple((with_breaks(label), with_breaks(value)) for label, value in composed.facts))


def _set(program: Any, composed: Composed) -> bytes:
    fetcher = fetcher_of(program)
    fonts = program.text.fonts.FontConfiguration()
    style = program.CSS(string=STYLE.read_text().replace("fonts:", f"{FONTS.as_uri()}/"), font_config=fonts, url_fetcher=fetcher)
    page = render_to_string("documents/paper/letter.html", {"letter": composed, "square": square(composed)})
    made: bytes = program.HTML(string=page, url_fetcher=fetcher).write_pdf(
        stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    return made


@cache
def fetcher_of(program: Any) -> Any:
    """Fetches our fonts and nothing else: no network, no other file of this machine."""

    class OnlyFonts(program.urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:
            parts = urlsplit(url)
            path = Path(unquote(parts.path)).resolve()
            if parts.scheme != "file" or parts.netloc or path.parent != FONTS:
                raise ValueError("a paper takes nothing from outside")
            return super().fetch(url, headers)

    return OnlyFonts(allowed_protocols=("file",), allow_redirects=False)


def square(composed: Composed) -> dict[str, Any]:
    """The square that a telephone reads: code and check characters, no address; as one path of unit squares."""
    import qrcode

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(f"{composed.stamp.code} {composed.stamp.mark}")
    dark = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(dark) for x, on in enumerate(row) if on)
    return {"size": len(dark), "path": path}
