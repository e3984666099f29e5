"""Steps of bringing records in and taking them out, for tests that start from one of them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.jobs.models import Job
from ijm.reports import work
from ijm.reports.actions import exports, imports
from ijm.reports.models import Export, Import
from ijm.trail.context import acting_as

WORK = {"import.read": work.read, "import.bring_in": work.bring_in, "import.forget": work.forget, "export.make": work.make}


def done_by(user: User, kind: str, about: Any) -> Job:
    """The worker's part of a job, as its owner."""
    with acting_as(user, "w", "SYSTEM"):
        job = Job.objects.select_related("owner", "owner__office").get(kind=kind, about=about)
        WORK[kind](job)
    return job


def uploaded(user: User, content: bytes) -> Import:
    """A file that was received and read."""
    with acting_as(user):
        record = imports.receive(content, by=user)
    done_by(user, "import.read", record.pk)
    return fresh(record, user)


def fresh(record: Import, user: User) -> Import:
    """The import as it stands now."""
    with acting_as(user, "r"):
        return Import.objects.get(pk=record.pk)


def brought_in(user: User, content: bytes) -> Import:
    """A file that was brought in."""
    record = uploaded(user, content)
    with acting_as(user):
        imports.bring_in(record, by=user)
    done_by(user, "import.bring_in", record.pk)
    return fresh(record, user)


def exported(asker: User, decider: User, which: str = "all") -> tuple[Export, bytes]:
    """An approved workbook, made and fetched."""
    from ijm.jobs import results

    with acting_as(asker):
        export = exports.ask(by=asker, purpose="CASEWORK", which=which)
    with acting_as(decider):
        requests.approve(export.request, by=decider)
    with acting_as(asker):
        exports.begin(Export.objects.get(pk=export.pk), by=asker)
    job = done_by(asker, "export.make", export.pk)
    with acting_as(asker, "r"):
        file = results.fetch(Job.objects.select_related("result").get(pk=job.pk).result, by=asker)
        return Export.objects.select_related("request").get(pk=export.pk), file.content


def send(client: Client, content: bytes, name: str = "people.xlsx") -> Any:
    """Upload a file as the browser does."""
    return client.post("/exchange/imports/new/", {"file": SimpleUploadedFile(name, BytesIO(content).getvalue())})
