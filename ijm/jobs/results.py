"""What a job made, to be fetched by its owner: sealed in the table, opened with a look, thrown away after a week."""

from __future__ import annotations

import json
import re
import struct
import uuid
from dataclasses import dataclass

from ijm.accounts.models import User
from ijm.jobs.models import Job, JobResult, expiry
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose
from ijm.vault import parcels

FETCHED = "job.fetched"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

__all__ = ("File", "JobResult", "fetch", "keep", "throw_away")


@dataclass(frozen=True)
class File:
    """A file as it leaves the house."""

    name: str
    content_type: str
    content: bytes


def keep(job: Job, name: str, content_type: str, content: bytes) -> JobResult:
    """Seal what a job made; a second one takes the place of the first.

    Raises ValueError for a name that is more than letters, digits, dots and dashes: names of files are codes.
    """
    if not NAME.fullmatch(name):
        raise ValueError("a file is named by codes and dates, never by people or places")
    result = JobResult.objects.filter(job=job).first() or JobResult(job=job, owner_id=job.owner_id)
    result.size, result.expires_at = len(content), expiry()
    head = json.dumps({"name": name, "type": content_type}).encode()
    result.seal(struct.pack(">I", len(head)) + head + content)
    result.save()
    return result


def fetch(result: JobResult, *, by: User) -> File:
    """Open it for its owner; the look is recorded first. Raises Refused for anybody else, VaultError when it is not whole."""
    plain = result.open(to=by, event=FETCHED)
    (length,) = struct.unpack(">I", plain[:4])
    head = json.loads(plain[4:4 + length])
    return File(head["name"], head["type"], plain[4 + length:])


def throw_away(result: uuid.UUID, owner: User) -> None:
    """Destroy the key of a result, then its row: if this stops half way, it is done again at the next sweep."""
    with acting_as(owner, "w", Purpose.SYSTEM):
        parcels.shred(result, by=owner)
        JobResult.objects.filter(pk=result).delete()
