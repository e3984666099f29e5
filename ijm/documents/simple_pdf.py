"""The simple way to a PDF letter: fpdf2 with HarfBuzz from wheels. Shapes Khmer; plain layout, no tags for screen readers."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from ijm.documents.letters import Composed
from ijm.web import khmer

SMALL, NORMAL, LARGE = 8, 11, 13
LATIN, KHMER, KHMER_BOLD = "ahn-latin.woff2", "noto-sans-khmer-khmer-400-normal.woff2", "noto-sans-khmer-khmer-600-normal.woff2"


class SimpleLetter(FPDF):
    """A page with the paper's marks at its foot."""

    def __init__(self, composed: Composed, fonts: Path) -> None:
        super().__init__(format="A4")
        self.composed = composed
        for style in ("", "B"):  # the variable font as it is: cutting a bold one out of it takes three seconds
            self.add_font("Latin", style, fonts / LATIN)
        self.add_font("Khmer", "", fonts / KHMER)
        self.add_font("Khmer", "B", fonts / KHMER_BOLD)
        own, other = ("Khmer", "Latin") if composed.language == "km" else ("Latin", "Khmer")
        self.face, self.leading = own, 1.75 if own == "Khmer" else 1.35
        self.set_fallback_fonts([other], exact_match=False)
        self.set_text_shaping(True)
        self.set_margins(24, 22)
        self.set_auto_page_break(True, margin=26)
        self.set_title(composed.stamp.code)
        self.set_lang(composed.language)

    def footer(self) -> None:
        """Code, check characters, who printed it, page."""
        said, stamp = self.composed, self.composed.stamp
        page = khmer.to_khmer(self.page_no()) if said.language == "km" else str(self.page_no())
        self.set_y(-22)
        self.say(f"{stamp.code} · {said.frame.check} {stamp.mark} · {said.office}\n{said.frame.printed} {said.printed}"
                 f" · {said.frame.page} {page} / {{nb}}", size=SMALL)

    def say(self, text: str, *, size: int = NORMAL, bold: bool = False, align: str = "L", after: float = 3) -> None:
        """One paragraph across the page."""
        self.set_font(self.face, "B" if bold else "", size)
        self.multi_cell(0, size * 0.3528 * self.leading, text, align=align, new_x="LMARGIN", new_y="NEXT")
        self.ln(after)


def render(composed: Composed, fonts: Path) -> bytes:
    """The letter, whose Khmer words have their breaks already."""
    made = SimpleLetter(composed, fonts)
    made.add_page()
    for line in composed.frame.kingdom:
        made.say(line, bold=True, align="C", after=1)
    made.say(composed.office, size=LARGE, bold=True, after=0)
    if composed.stamp.number:
        made.say(f"{composed.frame.number} {composed.stamp.number}", after=0)
    made.say(composed.day, align="R")
    made.say("\n".join((f"{composed.frame.to}:", *composed.recipient)))
    made.say(f"{composed.frame.subject}: {composed.subject}", bold=True)
    for part in _parts(composed):
        made.say(part)
    made.ln(18)
    made.say(f"{composed.frame.signature}: ..............................", after=1)
    made.say("\n".join((composed.signer, composed.duty)))
    return bytes(made.output())


def _parts(composed: Composed) -> list[str]:
    facts = [f"{label}: {value}" for label, value in composed.facts]
    return [part for part in (composed.greeting, *composed.before, "\n".join(facts), *composed.words, *composed.after,
                              composed.closing) if part]
