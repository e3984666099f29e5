"""Asking that a survivor be forgotten, and doing it once another person has approved it.

The order matters. Approving takes her names out of the search in the same transaction. Once that is committed the keys are
destroyed, each for good whatever happens next. Only then is it said to be done, and certified. Last the search gets new
keys, so that no old copy of its lists opens. Every step may be repeated.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.documents.actions import papers
from ijm.documents.models import Issued, Paper
from ijm.erasures import meant, policy
from ijm.erasures.certificate import letter_of
from ijm.erasures.models import Erasure
from ijm.erasures.states import ErasureState, Event
from ijm.ids import new_code
from ijm.jobs.work import enqueue
from ijm.notices.models import NoticeKind
from ijm.notices.telling import tell
from ijm.people import index
from ijm.roles.decisions import require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose
from ijm.vault.shredding import shred


def ask(about: meant.Meant, *, by: User, basis: str) -> Erasure:
    """Ask that a survivor be forgotten; whoever may decide is told."""
    require(policy.may_ask(by, about))
    erasure = Erasure(person_id=about.person_id, file_id=about.file_id, office_id=about.office_id, about_code=about.code,
                      basis=basis)
    with entry(Event.ERASURE_ASKED, by=by, about=erasure, why=Purpose.ERASURE):
        erasure.request = requests.ask("erasure", about=erasure.code, thing=erasure.thing, office=erasure.office, by=by,
                                       file_id=about.file_id, basis=basis)
        erasure.save()
    return erasure


def begin(erasure: Erasure, *, by: User) -> None:
    """Once approved: her names leave the search and unsent forms about her go at once; the keys follow when this is committed."""
    require(policy.may_begin(by, erasure))
    erasure.step, erasure.certificate = ErasureState.APPROVED, new_code("CE")
    with entry(Event.ERASURE_APPROVED, by=by, about=erasure, why=Purpose.ERASURE) as made:
        erasure.save(update_fields=["step", "certificate"])
        index.forget([erasure.person_id])
        made.parts["q"] = {"certificate": erasure.certificate, "drafts": meant.drop_drafts(erasure)}
        enqueue("erasure.destroy", owner=by, about=erasure.pk)


def go_on(erasure: Erasure, *, by: User) -> None:
    """Have finished what was approved and stopped half-way."""
    require(policy.may_go_on(by, erasure))
    with entry(Event.ERASURE_BEGUN, by=by, about=erasure, why=Purpose.ERASURE):
        enqueue("erasure.destroy", owner=by, about=erasure.pk)


def complete(erasure: Erasure, *, by: User) -> None:
    """Destroy the keys, say so, certify it; a hold that came since the approval stops it here."""
    require(policy.may_go_on(by, erasure))
    meant.hold_still(erasure)
    found = meant.obstacles(erasure)
    with entry(Event.ERASURE_HALTED if found else Event.ERASURE_DONE, by=by, about=erasure, why=Purpose.ERASURE) as made:
        if found:
            made.parts["q"] = {"holds": meant.numbers(found)}
            _halt(erasure)
        else:
            _destroy(erasure, by)
            made.parts["q"] = {"certificate": erasure.certificate, "keys": erasure.keys, "effective": str(erasure.effective_on)}


def certify(erasure: Erasure, *, by: User, language: str) -> Paper:
    """The certificate as a numbered paper, in one of the languages; it names the person by her code only."""
    require(policy.may_print(by, erasure))
    with entry(Event.CERTIFICATE_ISSUED, by=by, about=erasure, why=Purpose.ERASURE):
        return papers.issue(letter_of(erasure, language), by=by)


def _destroy(erasure: Erasure, by: User) -> None:
    index.forget([erasure.person_id])
    erasure.keys = shred(meant.keys_of(erasure), by=by.pk, certificate=str(erasure.certificate))
    erasure.step, erasure.done_at = ErasureState.DONE, timezone.now()
    erasure.effective_on = timezone.localdate(erasure.done_at) + timedelta(days=settings.KEY_BACKUP_DAYS)
    language = by.language or settings.LANGUAGE_CODE
    erasure.issued = Issued.objects.get(code=certify(erasure, by=by, language=language).code)
    erasure.save(update_fields=["step", "done_at", "effective_on", "keys", "issued"])
    enqueue("erasure.search", owner=by, about=erasure.pk)
    _tell({erasure.request.asked_by_id, by.pk}, NoticeKind.ERASURE_DONE, erasure)


def _halt(erasure: Erasure) -> None:
    erasure.step = ErasureState.HALTED
    erasure.save(update_fields=["step"])
    index.learn([erasure.person_id])
    _tell({erasure.request.asked_by_id, erasure.request.decided_by_id}, NoticeKind.ERASURE_HALTED, erasure)


def _tell(users: Iterable[uuid.UUID | None], kind: NoticeKind, erasure: Erasure) -> None:
    tell([user for user in users if user], kind, about=erasure.code, path=reverse("erasures:show", args=[erasure.code]))
