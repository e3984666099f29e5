"""What the worker does for papers."""

from __future__ import annotations

import json

from ijm.documents.actions import papers
from ijm.documents.models import Wanted
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
