"""The long work that changes keys, as the administrator who began it."""

from __future__ import annotations

from datetime import datetime

from ijm.desk.actions import key_changes
from ijm.desk.key_changes import KeyChange
from ijm.jobs.models import Job
from ijm.jobs.work import GivenUp, progress
from ijm.vault import rotating
from ijm.vault.errors import RootSealed

MOST = 98  # percent before the end is written
UNKNOWN, NO_ROOT = "keys-unknown", "keys-no-root"


def change_keys(job: Job) -> None:
    """Do one agreed change of keys; begun twice, it goes on where it was."""
    change = KeyChange.objects.select_related("request").get(run=job.about)
    progress(job, 1, "keys-changing")
    agreed: datetime = change.request.decided_at  # type: ignore[assignment]

    def tell(done: int, total: int) -> None:
        progress(job, min(MOST, 1 + MOST * done // max(total, 1)), "keys-changing")

    try:
        counts = rotating.change(change.kind, change.target, before=agreed, progress=tell)
    except ValueError as error:
        raise GivenUp(UNKNOWN) from error
    except RootSealed as error:
        raise GivenUp(NO_ROOT) from error
    key_changes.finish(change, by=job.owner, rotated=counts.rotated, remaining=counts.remaining, failed=counts.failed)
