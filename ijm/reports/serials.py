"""What stands at the foot of each sheet of an export: which one, which page, for whom; and a mark that only this house makes.

The mark is an HMAC-SHA256 under a key of the vault over (export, page, recipient), cut to forty bits: enough where each try is
made at our own page, by somebody who is signed in, and is recorded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ijm.ids import ALPHABET, normalise_code
from ijm.vault.marks import mark

DOMAIN = "reports.export"
BETWEEN = r"\s*[·/ ]\s*"
MARK = "([0-9A-Z]{4}-?[0-9A-Z]{4})"
PARTS = re.compile(rf"\s*([A-Z0-9-]+){BETWEEN}([A-Z0-9-]+){BETWEEN}(\d{{1,4}}){BETWEEN}{MARK}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Serial:
    """A serial that was read from paper."""

    export: str
    recipient: str
    page: int
    is_ours: bool


def serial(export: str, page: int, recipient: str) -> str:
    """The line at the foot of this page of this export for this person: `XP-… · US-… · 1 · K4M9-2QX7`."""
    return f"{export} · {recipient} · {page} · {_marked(export, page, recipient)}"


def read(line: str) -> Serial | None:
    """What somebody typed from the foot of a page, and whether we made it; None for what is no such line."""
    found = PARTS.fullmatch(line)
    export, recipient = (normalise_code(found[1]) or "", normalise_code(found[2]) or "") if found else ("", "")
    if not found or not export or not recipient:
        return None
    given = found[4].upper().replace("-", "").translate(str.maketrans("OIL", "011"))
    return Serial(export, recipient, int(found[3]), _marked(export, int(found[3]), recipient).replace("-", "") == given)


def _marked(export: str, page: int, recipient: str) -> str:
    digest = int(mark(DOMAIN, f"{export}|{page}|{recipient}".encode())[:10], 16)
    letters = [ALPHABET[digest >> shift & 31] for shift in range(35, -1, -5)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
