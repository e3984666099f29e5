"""What the worker does for papers and attached files."""

from __future__ import annotations

import json

from ijm.documents.actions import papers, stored
from ijm.documents.models import Measurement, Wanted
from ijm.documents.sheets import of_list
from ijm.jobs.models import Job
from ijm.jobs.work import GivenUp, progress
from ijm.messages import Event
from ijm.vault import parcels


def make_sheet(job: Job) -> None:
    """Make the list that somebody asked for, as she, with what she may see now; then forget what was asked."""
    wanted = Wanted.objects.get(pk=job.about)
    asked = json.loads(wanted.open(to=job.owner, event=Event.SHEET_WANTED))
    progress(job, 5)
    sheet = of_list(job.owner, asked["source"], asked.pop("query"), asked["language"])
    if sheet is None:
        raise GivenUp("refused")
    papers.issue_sheet(sheet, by=job.owner, **asked)
    parcels.shred(wanted.parcel_scope(), by=job.owner)
    wanted.delete()


def measure(job: Job) -> None:
    """Read an attached file to its end, as who asked for it, and write down whether it is still what it was."""
    asked = Measurement.objects.select_related("stored__file").get(pk=job.about)
    stored.measure(asked, by=job.owner, progress=lambda done: progress(job, done * 100 // asked.stored.size))
