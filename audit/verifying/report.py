"""What a verification says: what is wrong, what could not be told, what was looked at. Places and codes, no content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

WHOLE, TAMPERED, INCOMPLETE = 0, 1, 2  # exit codes
SHOWN = 50
VERDICT = {
    WHOLE: "WHOLE: nothing that was looked at has been changed.",
    TAMPERED: "TAMPERED: the log or a record is not as it was written.",
    INCOMPLETE: "CANNOT TELL: something that is needed is missing.",
}


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: of which kind, who noticed it, and where it is."""

    kind: str
    by: str  # tree, signature, witness, stamp, time, place, reconciler
    says: str
    table: str = ""
    row: str = ""
    place: int | None = None


@dataclass
class Report:
    """What was looked at and what came of it; of very many troubles the first are kept, and all are counted."""

    looked: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def trouble(self, kind: str, by: str, says: str, **where: Any) -> None:
        """Something is wrong."""
        self.wrong[by] += 1
        if len(self.troubles) < SHOWN:
            self.troubles.append(Trouble(kind, by, says, **where))

    @property
    def code(self) -> int:
        """The exit code: 0 whole, 1 tampered, 2 cannot tell."""
        if self.wrong:
            return TAMPERED
        return INCOMPLETE if self.missing else WHOLE

    @property
    def verdict(self) -> str:
        """The verdict in one plain sentence."""
        return VERDICT[self.code]

    def told(self) -> dict[str, Any]:
        """The same for a machine."""
        return {"verdict": ("whole", "tampered", "incomplete")[self.code], "looked": dict(self.looked), "wrong": dict(self.wrong),
                "troubles": [vars(trouble) for trouble in self.troubles], "missing": self.missing, "unchecked": self.unchecked}

    def lines(self) -> list[str]:
        """The same for a person, the verdict last."""
        said = [f"Looked at: {', '.join(f'{n} {what}' for what, n in self.looked.items()) or 'nothing'}."]
        said += [f"- {trouble.says} [{trouble.by}]" for trouble in self.troubles]
        hidden = sum(self.wrong.values()) - len(self.troubles)
        said += [f"- and {hidden} more"] if hidden > 0 else []
        said += [f"Missing: {one}" for one in self.missing]
        said += [f"Not checked: {one}" for one in self.unchecked]
        return [*said, self.verdict]


__all__ = ("INCOMPLETE", "TAMPERED", "WHOLE", "Report", "Trouble")
