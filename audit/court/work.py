"""The long work of a package: gathered, proved, put together and sealed for its asker."""

from __future__ import annotations

from audit.court import bag, policy
from audit.court import package as packing
from audit.court.actions import packages
from audit.court.certificate import certificates
from audit.court.gathering import NoCheckpoint, gather
from audit.court.models import Package
from audit.court.states import PackageState
from audit.log import checkpoints
from audit.log.store import Store
from ijm.jobs import results
from ijm.jobs.models import Job
from ijm.jobs.work import GivenUp, progress
from ijm.roles.decisions import require
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose


def make(job: Job) -> None:
    """Make an agreed package by the rights that its asker has now; without a signed log there is nothing to prove."""
    package = policy.visible_packages(job.owner).get(pk=job.about)
    if package.state != PackageState.AGREED:
        return
    with acting_as(job.owner, "w", Purpose.AUDIT if package.is_bare else Purpose.COURT):
        require(policy.may_make(job.owner, package))  # before anything is opened for her
        content = _made(job, package)
    results.keep(job, f"{package.code}.zip", "application/zip", content)


def _made(job: Job, package: Package) -> bytes:
    store, key = Store(), checkpoints.public()

    def tell(done: int) -> None:
        progress(job, done, "package-gathering")

    try:
        held = gather(package, by=job.owner, store=store, key=str(key or ""), tick=tell)
    except NoCheckpoint:
        raise GivenUp("package-no-checkpoint") from None
    payload = packing.payload(held, store)
    tell(90)
    packages.made(package, by=job.owner, events=len(held.events), digest=bag.digest(payload))
    info = {"External-Identifier": package.code, "Bagging-Date": f"{package.made_at:%Y-%m-%d}"}
    return packing.archive(package.code, payload, certificates(package, held, payload), info)
