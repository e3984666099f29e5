"""The pages of packages: ask, agree, make, fetch once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.court import listings, policy
from audit.court.actions import packages
from audit.court.certificate import grouped
from audit.court.forms import AskForm
from audit.court.models import Package
from audit.court.states import PackageState
from ijm.accounts.models import User
from ijm.jobs.models import Job
from ijm.jobs.policy import get_apart
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.downloads import attachment
from ijm.web.forms import Form
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

ASK = (Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR, Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.LIAISON, Role.AUDITOR)
DECIDE = (Role.INVESTIGATION_SUPERVISOR, Role.CARE_SUPERVISOR, Role.LIAISON, Role.DATA_PROTECTION)
EITHER = (*ASK, Role.DATA_PROTECTION)
EVENTS = gettext_lazy("Every event about it: who, when, why, in codes, with the proof that it stands in the log")
DIGESTS = gettext_lazy("The digest of each version of its rows; size and SHA-256 of attached files")
CONTENT = gettext_lazy("The columns of each version; of sealed values identity, legal matters and narrative, as far as the asker "
                       "may open them")
HELD = gettext_lazy("Whereabouts, clinical notes, sources, intelligence, protection of witnesses: in no package")
NAMES = gettext_lazy("The words of events that name other case files too: only their place in the log")
BYTES = gettext_lazy("The attached files themselves")
CLOSED = gettext_lazy("What was written: not one value")


@reads(*EITHER)
@lists.shows(listings.PACKAGES)
def list_(request: HttpRequest) -> HttpResponse:
    """What she asked for, and what waits for her decision."""
    user = _user(request)
    return lists.page(request, listings.PACKAGES, policy.visible_packages(user), template="audit/packages/list.html",
                      decision=policy.may_ask(user))


@writes(*ASK)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a package about a case file or a record on it."""
    user = _user(request)
    form = AskForm(request.POST or None, user=user)
    if form.is_valid() and form.subject is not None:
        package = packages.ask(form.subject, by=user, has_content=form.cleaned_data.get("has_content", False))
        messages.success(request, _("You can have it made now.") if package.is_bare else
                         _("Asked. Another person decides about it."))
        return redirect("audit:package-show", package.code)
    return page(request, "audit/packages/new.html", form=form, trail=_trail(), bare=policy.is_auditor(user))


@reads(*EITHER, sample="package")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What was asked, what was decided, and the package once it is made."""
    user, package = _user(request), policy.get_package(_user(request), code)
    seen(request, package)
    decision, job = policy.may_decide(user, package), _job(package, user)
    leaves, stays = told(package)
    return page(request, "audit/packages/show.html", package=package, job=job, trail=_trail(), decision=decision,
                form=Form() if decision else None, leaves=leaves, stays=stays, tone=listings.TONES[PackageState(package.state)],
                digest=grouped(package.digest), may_withdraw=bool(policy.may_withdraw(user, package)),
                may_make=bool(policy.may_make(user, package)) and (job is None or job.ended_badly),
                waits=bool(policy.may_fetch(user, package)), may_fetch=bool(policy.may_fetch(user, package) and job and job.kept))


def told(package: Package) -> tuple[list[str | Promise], list[str | Promise]]:
    """What leaves the house with this package, and what does not."""
    if package.is_bare:
        return [EVENTS], [DIGESTS, CLOSED, BYTES, NAMES]
    if package.has_content:
        return [EVENTS, DIGESTS, CONTENT], [HELD, BYTES, NAMES]
    return [EVENTS, DIGESTS], [CLOSED, BYTES, NAMES]


def _job(package: Package, user: User) -> Job | None:
    if package.asked_by_id != user.pk:
        return None
    jobs = Job.objects.filter(kind="package.make", about=package.pk, owner=user)
    return jobs.select_related("result").defer("result__parcel").first()


@writes(*DECIDE, sample="package", reauth=300)
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Let it be made, or not."""
    agrees = request.POST.get("answer") == "approve"
    said = _("Agreed. The asker has it made.") if agrees else _("Refused. Nothing leaves.")
    return _done(request, code, packages.agree if agrees else packages.refuse, said)


@writes(*ASK, sample="package")
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the agreed package made."""
    return _done(request, code, packages.begin)


@writes(*ASK, sample="package")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the question back."""
    return _done(request, code, packages.withdraw)


@writes(*ASK, sample="package", reauth=300)
def fetch(request: HttpRequest, code: str) -> HttpResponse:
    """Download it, once."""
    user, package = _user(request), policy.get_package(_user(request), code)
    if request.method != "POST":
        return redirect("audit:package-show", package.code)
    job = _job(package, user)
    if job is None:
        raise Http404
    file = packages.fetch(package, by=user, result=get_apart(user, job))
    return cast(HttpResponse, attachment(request, file.content, name=file.name, item=str(package.pk), size=len(file.content),
                                         media=file.content_type))


def _done(request: HttpRequest, code: str, act: Callable[..., None], said: str = "") -> HttpResponse:
    user, package = _user(request), policy.get_package(_user(request), code)
    if request.method == "POST":
        act(package, by=user)
        if said:
            messages.success(request, said)
    return redirect("audit:package-show", package.code)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.PACKAGES.title, reverse("audit:package-list"))]
