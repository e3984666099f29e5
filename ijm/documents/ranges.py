"""Which part of a file a browser asks for: one range of bytes, as RFC 9110 section 14 has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

ONE = re.compile(r"bytes=(\d*)-(\d*)\Z", re.ASCII)


class NotInFile(Exception):
    """The range begins behind the end of the file."""


@dataclass(frozen=True)
class Part:
    """Where a part begins and how many bytes it has, of how many in all."""

    start: int
    length: int
    size: int

    def __str__(self) -> str:
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def asked(header: str, size: int) -> Part | None:
    """The part that a Range header asks for; nothing, and so the whole, for several ranges or what is no range.

    Raises NotInFile when no byte of it lies in the file.
    """
    match = ONE.match(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < start:
        return None
    if start >= size:
        raise NotInFile
    return Part(start, end - start + 1, size)
