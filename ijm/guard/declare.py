"""What a model says about who may see its rows; everything in the database is rendered from these words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

TableClass = Literal["content", "register", "office", "private", "machinery", "derived"]


@dataclass(frozen=True)
class Guard:
    """Base of the declarations: `kind` is the class of table, `verbs` what the application may do (S, I, U, D)."""

    verbs: str = "SIU"
    recorded: ClassVar[bool] = True
    kind: ClassVar[TableClass] = "content"


@dataclass(frozen=True)
class ByFile(Guard):
    """Rows of casework: seen and changed by those who stand on the row's case file."""

    column: str = "file_id"


@dataclass(frozen=True)
class Register(Guard):
    """Rows about a person: seen by those who stand on a file whose alias opens her identity."""

    column: str = "person_id"
    kind: ClassVar[TableClass] = "register"


@dataclass(frozen=True)
class Own(Guard):
    """Rows with policies of their own, one SQL condition a verb; a missing verb is refused."""

    select: str = "true"
    insert: str = ""
    update: str = ""
    columns: tuple[str, ...] = ()  # what an UPDATE may touch; empty: everything
    kind: ClassVar[TableClass] = "office"


@dataclass(frozen=True)
class Derived(Own):
    """Rows that can be made anew from others: policies of their own, no history; definer functions may delete them."""

    recorded: ClassVar[bool] = False
    kind: ClassVar[TableClass] = "derived"


@dataclass(frozen=True)
class Private(Guard):
    """A person's own unfinished things (drafts, an import in preview, results): hers alone, deletable, not recorded."""

    column: str = "owner_id"
    verbs: str = "SIUD"
    recorded: ClassVar[bool] = False
    kind: ClassVar[TableClass] = "private"


@dataclass(frozen=True)
class Machinery(Guard):
    """Tables without content (sessions, jobs, code lists): no row security, ids only, nothing recorded."""

    verbs: str = "S"
    recorded: ClassVar[bool] = False
    kind: ClassVar[TableClass] = "machinery"


@dataclass(frozen=True)
class Outside:
    """What the application may do with a table of an outside package."""

    verbs: str
    columns: tuple[str, ...] = field(default=())
    keeper: str = ""  # what the definer functions do with it
