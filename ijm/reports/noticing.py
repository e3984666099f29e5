"""What is noticed about the rows of a file: brought in before, twice in the file, perhaps the same person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import timezone

from ijm.reports.holding import Held
from ijm.reports.htcds.lines import Line
from ijm.reports.marking import likeness_of, mark_of
from ijm.reports.models import Former


@dataclass
class Noticing:
    """Remembers the marks of a whole file while it is read in portions; marks say nothing about anybody."""

    marks: dict[str, int] = field(default_factory=dict)
    likenesses: dict[str, int] = field(default_factory=dict)
    wrong: set[int] = field(default_factory=set)

    def looked_at(self, lines: Sequence[Line], today: date) -> list[Held]:
        """These rows with what is noticed; a row that came before, or stands here twice, is left out unless wanted."""
        rows = [Held(line) for line in lines]
        checked = [held.checked(today) for held in rows]
        said = [row for row, _problems in checked]
        self.wrong |= {row.number for row, problems in checked if problems}
        marks, likenesses = [mark_of(row) for row in said], [likeness_of(row) for row in said]
        before, similar = _brought_in(marks), _similar(likenesses)
        return [self._noticed(held, mark, likeness, before, similar)
                for held, mark, likeness in zip(rows, marks, likenesses, strict=True)]

    def _noticed(self, held: Held, mark: str, likeness: str, before: dict[str, tuple[str, str]],
                 similar: dict[str, list[str]]) -> Held:
        first = self.marks.setdefault(mark, held.number)
        twin, was = first if first != held.number else 0, before.get(mark)
        like = tuple(similar.get(likeness, ())) if likeness and not was else ()
        above = self.likenesses.setdefault(likeness, held.number) if likeness else held.number
        if above != held.number and not twin:
            like = (*like, str(above))
        return replace(held, was=was, twin=twin, like=like, out=bool(was or twin))


def _brought_in(marks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """{mark: (day, import)} of rows that stand on her files already."""
    rows = Former.objects.filter(mark__in=marks).values_list("mark", "brought_at", "import_code")
    return {mark: (timezone.localdate(at).isoformat(), code) for mark, at, code in rows}


def _similar(likenesses: Sequence[str]) -> dict[str, list[str]]:
    """{likeness: codes} of survivors on her files of the same name, born in the same year."""
    found: dict[str, list[str]] = {}
    rows = Former.objects.filter(likeness__in={likeness for likeness in likenesses if likeness})
    for likeness, code in rows.values_list("likeness", "alias__code"):
        found.setdefault(likeness, []).append(code)
    return found
