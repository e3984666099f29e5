"""The long work of the exchange: reading a file, bringing its rows in, forgetting its key, making a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from ijm.bridges import EXPORTERS
from ijm.documents.tables import XLSX
from ijm.jobs import results
from ijm.jobs.models import Job
from ijm.jobs.work import progress
from ijm.reports.actions import exports, imports
from ijm.reports.htcds import Value, WrongFile
from ijm.reports.htcds.lines import Lines
from ijm.reports.htcds.reading import lines
from ijm.reports.models import Export, Import
from ijm.reports.states import Event, ImportState
from ijm.trail.context import acting_as
from ijm.vault import parcels

READING, KEEPING = (2, 60), (60, 98)  # from which to which percent a step goes


def read(job: Job) -> None:
    """Read an uploaded file into sealed rows; a file that cannot be taken says why, in the languages of the house."""
    record = Import.objects.get(pk=job.about)
    if record.state != ImportState.READING:
        return
    progress(job, 1, "import-reading")
    content = record.parts.get(number=0).open(to=job.owner, event=Event.IMPORT_TAKEN_UP)
    found = _found(job, content)
    if found is None:
        imports.give_up(record, by=job.owner, said=_why_not(content))
        return
    imports.take_up(record, by=job.owner, found=found, tick=lambda share: _tell(job, KEEPING, share, "import-keeping"))


def _found(job: Job, content: bytes) -> Lines | None:
    try:
        return lines(content, lambda share: _tell(job, READING, share, "import-reading"))
    except WrongFile:
        return None


def _tell(job: Job, step: tuple[int, int], share: float, code: str) -> None:
    progress(job, round(step[0] + (step[1] - step[0]) * min(share, 1.0)), code)


def _why_not(content: bytes) -> bytes:
    said = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            try:
                lines(content)
            except WrongFile as wrong:
                said[language] = str(wrong)
    return json.dumps(said, ensure_ascii=False).encode()


def bring_in(job: Job) -> None:
    """Bring the rows of an import in, all or none, as the person who confirmed it."""
    record = Import.objects.get(pk=job.about)
    if record.state == ImportState.BRINGING_IN:
        progress(job, 1, "import-bringing")
        imports.complete(record, by=job.owner, tick=lambda share: _tell(job, (1, 98), share, "import-bringing"))


def forget(job: Job) -> None:
    """Destroy the key of an import that has ended: no copy of its rows, wherever it lies, opens again."""
    record = Import.objects.get(pk=job.about)
    if record.state in (ImportState.DONE, ImportState.DISCARDED):
        parcels.shred(record.pk, by=job.owner)


def make(job: Job) -> None:
    """Make an approved workbook and seal it for the asker: only people on whose files she stands now."""
    export = Export.objects.select_related("request").get(pk=job.about)
    if export.made_at:
        return
    with acting_as(job.owner, "w", export.purpose):
        content = exports.make(export, by=job.owner, rows=lambda: _gathered(job, export))
    results.keep(job, f"{export.code}.xlsx", XLSX, content)


def _gathered(job: Job, export: Export) -> Iterator[dict[str, Value]]:
    for name in EXPORTERS["htcds"]:
        for number, row in enumerate(import_string(name)(export.which, by=job.owner), start=1):
            progress(job, min(95, 1 + number // 20), "export-gathering")
            yield row
