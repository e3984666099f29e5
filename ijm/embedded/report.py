"""What a restore drill found: figures per table, and every failure with its code; no value is ever in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field


@dataclass
class Tried:
    """One sealed column of one table: rows there, rows tried, how each ended."""

    table: str
    column: str
    rows: int = 0
    tried: int = 0
    opened: int = 0
    erased: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def fail(self, code: str) -> None:
        """Count a row that could not be opened, under the code of its error."""
        self.failed[code] = self.failed.get(code, 0) + 1


@dataclass
class Report:
    """The whole drill."""

    made_at: str = ""
    backups: dict[str, str] = field(default_factory=dict)
    tables: list[Tried] = field(default_factory=list)
    counted: int = 0
    factors: int = 0
    files: int = 0
    files_opened: int = 0
    steps: list[str] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def went_well(self) -> bool:
        """Whether nothing at all failed."""
        return not self.failures

    def fail(self, code: str, text: str) -> None:
        """Note a failure."""
        self.failures.append({"code": code, "text": text})

    def json(self) -> str:
        """The report for programs."""
        return json.dumps({"went_well": self.went_well, **asdict(self)}, indent=1)

    @classmethod
    def of(cls, text: str) -> Report:
        """The report that `json` wrote."""
        said = json.loads(text)
        del said["went_well"]
        return cls(**{**said, "tables": [Tried(**one) for one in said["tables"]]})

    def lines(self) -> Iterator[str]:
        """The report for a person at a terminal."""
        yield from (f"{kind:5}  made {at}" for kind, at in self.backups.items())
        yield from self.steps
        if self.tables:
            yield f"{'table':44} {'column':14} {'rows':>8} {'tried':>6} {'opened':>6} {'erased':>6} {'failed':>6}"
        for one in self.tables:
            yield (f"{one.table:44} {one.column:14} {one.rows:8} {one.tried:6} {one.opened:6} {one.erased:6} "
                   f"{sum(one.failed.values()):6}")
        yield from (f"FAILED {one['code']}: {one['text']}" for one in self.failures)
        opened = sum(one.opened for one in self.tables)
        yield (f"The drill {'went well' if self.went_well else 'FAILED'}: {opened} sealed values of {len(self.tables)} columns "
               f"opened, {self.files_opened} of {self.files} files whole, {self.seconds:.1f} s.")
