"""The pages of packages: ask, agree, make, fetch once."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.court import listings, policy
from audit.court.actions import packages
from audit.court.certificate import grouped
from audit.court.forms import AskForm
from audit.court.models import Package
from audit.court.states import PackageState
from ijm.accounts.models import User
from ijm.approvals.views import asked
from ijm.jobs.models import Job
from ijm.jobs.policy import get_apart
from ijm.roles.table import Role
from ijm.web import lists
from ijm.web.downloads import attachment
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

ASK = (Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR, Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.LIAISON, Role.AUDITOR)
EITHER = (*ASK, Role.DATA_PROTECTION)


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
    job, second = _job(package, user), asked(user, package.request) if package.request else {"approval": None}
    return page(request, "audit/packages/show.html", package=package, job=job, trail=_trail(), **second,
                tone=listings.TONES[PackageState(package.state)], digest=grouped(package.digest),
                may_make=bool(policy.may_make(user, package)) and (job is None or job.ended_badly),
                waits=bool(policy.may_fetch(user, package)), may_fetch=bool(policy.may_fetch(user, package) and job and job.kept))


def _job(package: Package, user: User) -> Job | None:
    if package.asked_by_id != user.pk:
        return None
    jobs = Job.objects.filter(kind="package.make", about=package.pk, owner=user)
    return jobs.select_related("result").defer("result__parcel").first()


@writes(*ASK, sample="package")
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Have the agreed package made."""
    user, package = _user(request), policy.get_package(_user(request), code)
    if request.method == "POST":
        packages.begin(package, by=user)
    return redirect("audit:package-show", package.code)


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


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (listings.PACKAGES.title, reverse("audit:package-list"))]
