"""What a package may be about: a case file on which the asker stands, a record on it; for the auditor whatever a code means."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.http import Http404
from django.utils.module_loading import import_string

from audit.log.store import AUDITOR
from ijm.accounts.models import User
from ijm.bridges import HISTORIES
from ijm.casefiles.models import CaseFile
from ijm.casefiles.models.files import PREFIXES
from ijm.ids import normalise_code
from ijm.roles.table import Kind
from ijm.trail.errors import Refused
from ijm.trail.events import TrailRef

MEANT = "SELECT file_id, file_code FROM guard.meant_by(%s) WHERE code = %s OR file_code = %s ORDER BY file_code LIMIT 1"


@dataclass(frozen=True)
class Subject:
    """A case file, or one record on it, as ids and codes."""

    file: uuid.UUID
    kind: Kind
    office: uuid.UUID
    code: str
    is_file: bool
    record: uuid.UUID | None = None

    def trail_ref(self) -> TrailRef:
        """How the trail names it."""
        return TrailRef("casefiles.casefile", str(self.file), str(self.file), code=self.code)


def find(user: User, code: str, *, bare: bool) -> Subject | None:
    """What this code means to her; nothing for what is hidden from her, is not there, or lies on no case file."""
    wanted = normalise_code(code) or ""
    return _meant(user, wanted) if bare else _seen(user, wanted)


def _seen(user: User, code: str) -> Subject | None:
    """By the wing's own rule of who may see it; a file is looked for first."""
    file = CaseFile.objects.filter(code=code).first()
    if file is not None:
        return Subject(file.pk, Kind(file.kind), file.office_id, code, is_file=True)
    record = _record(user, code)
    own: Any = getattr(record, "file", None)
    if record is None or not isinstance(own, CaseFile):
        return None
    return Subject(own.pk, Kind(own.kind), own.office_id, code, is_file=False, record=record.pk)


def _record(user: User, code: str) -> Any:
    if code[:2] not in HISTORIES:
        return None
    try:
        return import_string(HISTORIES[code[:2]])(user, code)
    except (Http404, Refused):
        return None


def _meant(user: User, code: str) -> Subject | None:
    with connections[AUDITOR].cursor() as cursor:
        cursor.execute(MEANT, [code, code, code])
        row = cursor.fetchone()
    if row is None:
        return None
    kinds = {prefix: kind for kind, prefix in PREFIXES.items()}
    return Subject(row[0], kinds[row[1][:2]], user.office_id, code, is_file=code == row[1])

