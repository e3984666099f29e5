"""Files attached to a case file: the list, attaching one, its page, its words, its bytes, and whether it is unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents import kinds, policy, ranges
from ijm.documents.actions import stored as actions
from ijm.documents.forms.stored import MOST, AttachForm, DescribeForm
from ijm.documents.models import Measurement, StoredFile
from ijm.documents.views.papers import ROWS, WINGS, trail_to, user_of
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.roles.table import CONTENT, Kind
from ijm.trail.purposes import Purpose
from ijm.vault import shelf
from ijm.vault.disclosure import Broken, disclose
from ijm.vault.errors import VaultError
from ijm.vault.incoming import Arrived, Sealing
from ijm.vault.shelf import Arrival
from ijm.web import correcting
from ijm.web.downloads import attachment
from ijm.web.filehost import apart
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.uploads import receiving
from ijm.web.words import moment, number

WORKING = tuple(sorted(CONTENT))
PURPOSES = (Purpose.CASEWORK, Purpose.COURT, Purpose.SAFETY, Purpose.REFERRAL, Purpose.SUPERVISION)


@reads(*WORKING, sample="case_file")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """Every file attached to this case file, for those who work on it."""
    user = user_of(request)
    file = policy.get_file(user, code)
    shown = Paginator(policy.visible_stored(user, file).defer("narrative", "evidence"), ROWS).get_page(request.GET.get("page"))
    seen(request, shown.object_list)
    return page(request, "documents/stored/list.html", file=file, shown=shown, rows=[line(one) for one in shown],
                decision=policy.may_attach(user, file), wing=WINGS[Kind(file.kind)], trail=trail_to(user, file))


def admit(request: HttpRequest, code: str) -> Sealing | None:
    """What seals the file of somebody who may attach one here."""
    user = user_of(request)
    allowed = policy.may_attach(user, policy.get_file(user, code))
    return Sealing(uuid.uuid4(), sniff=kinds.of, most=MOST) if allowed else None


@receiving(admit)
@writes(*WORKING, sample="case_file")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Attach a file: it is sealed while it arrives."""
    user = user_of(request)
    file = policy.get_file(user, code)
    form = AttachForm(request.POST, request.FILES) if request.method == "POST" else AttachForm()
    if form.is_valid():
        try:
            one = _attached(user, file, **form.cleaned_data)
        except VaultError as error:
            form.add_error(None, f"{error.code}: {error.mend}")
        else:
            messages.success(request, _("Sealed and attached."))
            return redirect("stored:show", one.code)
    return page(request, "documents/stored/add.html", form=form, file=file, decision=policy.may_attach(user, file), most=MOST,
                wing=WINGS[Kind(file.kind)], trail=[*trail_to(user, file), _list_of(file)])


@reads(*WORKING, sample="stored")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One attached file: what it is, its fingerprint, and whether it was measured since."""
    one = policy.get_stored(user_of(request), code)
    seen(request, one)
    return _shown(request, one)


@reads(*WORKING, sample="stored")
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Open its name and description, for a stated purpose."""
    user = user_of(request)
    one = policy.get_stored(user, code)
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        seen(request, one)
        return _shown(request, one, asked=_("Choose why you need it, then open it again."))
    require(policy.may_fetch(user, one))
    opened = _opened(user, one, purpose)
    if getattr(request, "htmx", False):
        return page(request, "documents/stored/revealed.html", opened=opened, back=reverse("stored:show", args=[one.code]))
    return _shown(request, one, opened=opened)


@writes(*WORKING, sample="stored")
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Say anew what it is."""
    user = user_of(request)
    one = policy.get_stored(user, code)
    home = reverse("stored:show", args=[one.code])
    if not (decision := policy.may_describe(user, one)):
        messages.info(request, str(decision.why))
        return redirect(home)
    return correcting.answer(request, correcting.Correction(
        one, DescribeForm, lambda stored: _stands(user, stored), lambda changed: actions.describe(one, by=user, **changed), home,
        [*trail_to(user, one.file), _list_of(one.file), (one.code, home)]))


@apart
@reads(*WORKING, sample="stored")
def fetch(request: HttpRequest, code: str) -> HttpResponse:
    """Its bytes, or the part of them that was asked for; always to be kept, never shown in the browser."""
    user = user_of(request)
    one = policy.get_stored(user, code)
    require(policy.may_fetch(user, one))
    is_same = request.headers.get("If-Range", _mark(one)) == _mark(one)
    try:
        part = ranges.asked(request.headers.get("Range", "") if is_same else "", one.size)
        pieces = shelf.read(one, to=user, event=Event.STORED_FETCHED, start=part.start if part else 0,
                            length=part.length if part else None)
    except ranges.NotInFile:
        seen(request, one)
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{one.size}"})
    except VaultError as error:
        return _shown(request, one, asked=f"{error.code}: {error.mend}", status=409)
    if request.method == "HEAD":
        pieces.close()
    return cast(HttpResponse, _sent(request, one, part, pieces))


@writes(*WORKING, sample="stored", once=False)
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to read every byte again and compare."""
    user = user_of(request)
    one = policy.get_stored(user, code)
    if request.method == "POST":
        actions.ask_to_measure(one, by=user)
        messages.success(request, _("Every byte is being read again. The answer stands here in a moment."))
    return redirect("stored:show", one.code)


def _attached(user: User, to: CaseFile, *, file: Arrived, **said: Any) -> StoredFile:
    return actions.attach(to, cast(Arrival, file.arrival), by=user, media=file.media, name=str(file.name), **said)


def line(one: StoredFile) -> list[dict[str, Any]]:
    """An attached file as a line of a list."""
    return [{"code": one.code, "url": reverse("stored:show", args=[one.code])},
            {"text": one.get_about_display(), "label": _("What it is"), "sub": kinds.extension(one.media).upper()},
            {"text": number(filesizeformat(one.size)), "label": _("Size")},
            {"text": moment(one.added_at), "label": _("Attached"), "sub": one.added_by.display_name}]


def _sent(request: HttpRequest, one: StoredFile, part: ranges.Part | None, pieces: Iterator[bytes]) -> HttpResponseBase:
    """An answer that streams; it says that it is not compressed, so that nobody compresses it on the way."""
    size = part.length if part else one.size
    headers = {"Accept-Ranges": "bytes", "ETag": _mark(one), "Content-Encoding": "identity", "Content-Length": str(size)}
    if part:
        headers["Content-Range"] = str(part)
    return attachment(request, pieces if request.method == "GET" else iter(()), name=one.file_name, item=str(one.pk), size=size,
                      status=206 if part else 200, headers=headers)


def _mark(one: StoredFile) -> str:
    """The bytes behind a code never change, so its mark does not either."""
    return f'"{one.code}"'


def _list_of(file: CaseFile) -> tuple[Any, str]:
    return _("Attached files"), reverse("stored:list", args=[file.code])


def _stands(user: User, one: StoredFile) -> dict[str, Any]:
    shown = disclose(one, "name", "description", to=user, purpose=Purpose.CORRECTION)
    return {"about": one.about, **{name: "" if isinstance(value, Broken) else value or "" for name, value in shown.items()}}


def _opened(user: User, one: StoredFile, purpose: str) -> dict[str, Any]:
    shown = disclose(one, "name", "description", to=user, purpose=purpose)
    text = "\n".join(f"{value.code}: {value.mend}" if isinstance(value, Broken) else str(value)
                     for value in shown.values() if value or isinstance(value, Broken))
    return {"value": text, "at": timezone.now(), "purpose_label": Purpose(purpose).label}


def _shown(request: HttpRequest, one: StoredFile, *, opened: dict[str, Any] | None = None, asked: str = "",
           status: int = 200) -> HttpResponse:
    user = user_of(request)
    facts = [(_("Kind of file"), kinds.extension(one.media).upper()), (_("Size"), number(filesizeformat(one.size))),
             (_("Attached by"), one.added_by.display_name), (_("Attached"), moment(one.added_at))]
    return page(request, "documents/stored/show.html", status=status, stored=one, opened=opened, asked=asked, facts=facts,
                purposes=PURPOSES, fetching=policy.may_fetch(user, one), describing=policy.may_describe(user, one),
                measured=[_said(one) for one in policy.measurements(user, one)[:10]], wing=WINGS[Kind(one.file.kind)],
                trail=[*trail_to(user, one.file), _list_of(one.file)])


def _said(asked: Measurement) -> dict[str, Any]:
    """One measurement in words."""
    words = {None: (_("Being measured"), "info"), True: (_("Unchanged"), "good"), False: (_("Not what it was"), "bad")}
    troubled = _("Harmful") if asked.trouble == policy.HARMFUL else _("Cannot be read")
    text, tone = words[asked.is_same] if not asked.trouble else (troubled, "bad")
    return {"text": text, "tone": tone, "trouble": asked.trouble, "by": asked.asked_by.display_name,
            "at": asked.measured_at or asked.asked_at}
