"""Sealed files: who alone sees them, sealing one, asking for one more name, asking that one be opened again."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.accounts import reach
from ijm.accounts.models import User
from ijm.casefiles import walls
from ijm.casefiles.actions import seals as actions
from ijm.casefiles.models import Seal
from ijm.desk.forms.walls import NameForm, ReasonForm, SealForm
from ijm.ids import normalise_code
from ijm.roles.table import Can, who_can
from ijm.web import lists
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes

NAMED = gettext_lazy("Whom the file names cannot be on its list.")
SEALERS = who_can(Can.FILE_SEAL)


class Seals(lists.Table):
    """Which file, who stands on its list, by whom."""

    code = lists.Code(gettext_lazy("Name on a list"), "desk:seal-show")
    about_code = lists.Kept(gettext_lazy("File"))
    user = lists.Person(gettext_lazy("Sees it"), "user")
    set_by = lists.Person(gettext_lazy("Written by"), "set_by")
    stands_from = lists.Moment(gettext_lazy("Stands since"))
    lifted_at = lists.Moment(gettext_lazy("Lifted"))


SEALS = lists.Listing(
    "desk:seal-list", gettext_lazy("Sealed files"), Seals, "-set_at",
    lead=gettext_lazy("A file that names one of us is seen by those on its list alone."),
    tabs_label=gettext_lazy("Which lists"),
    tabs=(lists.Tab("all", gettext_lazy("All")), lists.Tab("open", gettext_lazy("Not lifted"), Q(lifted_at__isnull=True)),
          lists.Tab("lifted", gettext_lazy("Lifted"), Q(lifted_at__isnull=False))),
    empty=lists.Empty(gettext_lazy("No sealed file"),
                      gettext_lazy("When a file names somebody who works here, seal it for those who alone may see it."), "lock"))


@reads(*SEALERS)
@lists.shows(SEALS)
def listing(request: HttpRequest) -> HttpResponse:
    """The names on the lists that she may see."""
    return lists.page(request, SEALS, walls.visible_seals(_user(request)), template="desk/walls/seal-list.html")


@writes(*SEALERS)
def new(request: HttpRequest) -> HttpResponse:
    """Seal a file for a list of people, by its code."""
    user = _user(request)
    people = _people(user)
    form = SealForm(request.POST or None, people=people, initial={"about": normalise_code(request.GET.get("about", "")) or ""})
    if form.is_valid():
        chosen = list(people.filter(code__in=form.cleaned_data["people"]))
        named = people.filter(code=form.cleaned_data["named"]).first()
        decision = walls.may_seal(user, form.meant, chosen).and_(named not in chosen, NAMED, "named")
        if decision:
            actions.seal(form.meant, chosen, by=user, named=named)
            messages.success(request, _("The file is sealed. Nobody but those on its list sees it from now on."))
            return redirect("desk:seal-list")
        form.add_error("people", str(decision.why))
    return page(request, "desk/walls/seal-new.html", form=form, trail=_trail())


@reads(*SEALERS, sample="seal")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Who is on the list of a sealed file; one more name, and opening it again, are asked for here."""
    seal = walls.get_seal(_user(request), code)
    seen(request, seal)
    return _shown(request, seal)


@writes(*SEALERS, sample="seal")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that one more person sees the file; the data-protection officer decides."""
    user, seal = _user(request), walls.get_seal(_user(request), code)
    form = NameForm(request.POST or None, people=_people(user))
    if form.is_valid():
        colleague = _people(user).get(code=form.cleaned_data["colleague"])
        decision = walls.may_add_name(user, seal, colleague)
        if decision:
            actions.add(seal, colleague, by=user, reason=form.cleaned_data["reason"])
            return _asked(request, seal)
        form.add_error("colleague", str(decision.why))
    seen(request, seal)
    return _shown(request, seal, name_form=form)


@writes(*SEALERS, sample="seal")
def open_(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that the seal be lifted; the data-protection officer decides."""
    user, seal = _user(request), walls.get_seal(_user(request), code)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        actions.ask_to_open(seal, by=user, reason=form.cleaned_data["reason"])
        return _asked(request, seal)
    seen(request, seal)
    return _shown(request, seal, open_form=form)


def _asked(request: HttpRequest, seal: Seal) -> HttpResponse:
    messages.success(request, _("Asked. The data-protection officer decides about it."))
    return redirect("desk:seal-show", seal.code)


def _shown(request: HttpRequest, seal: Seal, *, name_form: NameForm | None = None,
           open_form: ReasonForm | None = None) -> HttpResponse:
    user = _user(request)
    decision = walls.may_ask_to_open(user, seal)
    names = walls.visible_seals(user).filter(file=seal.file_id, lifted_at__isnull=True)
    return page(request, "desk/walls/seal-show.html", seal=seal, names=names, decision=decision, trail=_trail(),
                name_form=(name_form or NameForm(people=_people(user))) if decision else None,
                open_form=(open_form or ReasonForm()) if decision else None)


def _people(user: User) -> Any:
    """The colleagues of her office, of those that it supports, and of the one that supports it."""
    near = {user.office_id, user.office.supported_by_id, *reach.offices_of(user, Can.FILE_SEAL).values_list("pk", flat=True)}
    return User.objects.filter(office__in=near - {None}, is_active=True, is_system=False)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (SEALS.title, reverse("desk:seal-list"))]
