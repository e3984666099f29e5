"""Requests that one person makes and another decides: codes, a digest of the exact thing, two sealed texts."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ijm.accounts.models import WRITING, Office, User, paired
from ijm.approvals.kinds import Kind, kind_of
from ijm.approvals.states import LIFE, MOVES, OPEN, RequestState
from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.trail.history import Recorded
from ijm.vault.sealed import Compartment, SealedModel

MINE = "asked_by_id = (SELECT guard.uid())"
SEEN = (f"{MINE} OR file_id = ANY (ARRAY(SELECT guard.my_files()))"
        " OR (kind || '@' || office_id) = ANY (ARRAY(SELECT guard.my_decisions()))")
# For tables that hold `request`: whoever sees the request sees the record, and who asked makes and changes it.
OF_REQUEST = "EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id)"
BY_ASKER = (f"{WRITING} AND EXISTS (SELECT FROM approvals_request r"
            " WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid()))")  # nosec B608: a text of ours


def request_code() -> str:
    """A new code for a request."""
    return new_code("AQ")


def _in_time() -> Any:
    return timezone.now() + LIFE


class Request(SealedModel):
    """Somebody asks for one exact thing; another person, who may, approves or refuses it within three days."""

    guard = Own(select=SEEN, insert=f"{WRITING} AND {MINE}", update=f"{WRITING} AND ({SEEN})",
                columns=("rev", "state", "decided_by_id", "decided_at", "expires_at", "said", "said_rev", "said_key"))
    transitions = {"state": MOVES}
    signed = ("asked_by_id", "decided_by_id")

    code = models.CharField(max_length=16, unique=True, default=request_code, editable=False)
    kind = models.CharField(max_length=24)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=16, db_index=True)
    file_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    basis = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=_in_time)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Whose key seals the two texts: the file's, so that they end with it; without a file a key of this request alone.
    kept_under = models.UUIDField(default=uuid.uuid4, editable=False)

    reason: Any
    given = Compartment("reason", label="approvals.reason.v1", compartment="narrative", scope="kept_under", kind="file")
    motive: Any
    said = Compartment("motive", label="approvals.motive.v1", compartment="narrative", scope="kept_under", kind="file")

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                                   name="approval_two_people"),
            models.CheckConstraint(condition=paired("decided_by", "decided_at"), name="approval_decided_pair"),
            models.CheckConstraint(condition=~Q(state__in=(RequestState.APPROVED, RequestState.REFUSED, RequestState.DONE))
                                   | Q(decided_by__isnull=False), name="approval_decided_by_somebody"),
        )
        indexes = (models.Index(fields=("state", "expires_at"), name="approval_state_expires"),)

    def __str__(self) -> str:
        return self.code

    @property
    def sort(self) -> Kind:
        """What sort of request it is."""
        return kind_of(self.kind)

    @property
    def has_texts(self) -> bool:
        """Whether somebody wrote why."""
        return self.given is not None or self.said is not None

    @property
    def is_over(self) -> bool:
        """Whether its time has run out, before or after somebody has noted it."""
        return self.state == RequestState.EXPIRED or (self.state in OPEN and self.expires_at <= timezone.now())


class Asked(Recorded):
    """A record that one person asked for and another decides about: who did so stands in its request alone."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ("-request__asked_at",)

    @property
    def asked_by(self) -> User:
        """Who asked."""
        return self.request.asked_by

    @property
    def asked_at(self) -> datetime:
        """When."""
        return self.request.asked_at

    @property
    def approved_by(self) -> User | None:
        """Who agreed; nobody where nobody did."""
        return None if self.request.state == RequestState.REFUSED else self.request.decided_by


class ByTwo(Asked):
    """Such a record that is as far as its request is."""

    class Meta(Asked.Meta):
        abstract = True

    @property
    def state(self) -> str:
        """How far its request is."""
        return self.request.state

    def get_state_display(self) -> str:
        """The same in words."""
        return self.request.get_state_display()
