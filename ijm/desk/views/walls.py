"""Walls: those a supervisor or the data-protection officer sees, setting one, asking to lift one; and saying whom one knows."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ijm.accounts.models import User
from ijm.casefiles import walls
from ijm.casefiles.actions import walls as actions
from ijm.casefiles.models import CaseFile, Wall
from ijm.desk.forms.walls import InterestsForm, KnowForm, ReasonForm, WallForm
from ijm.ids import normalise_code
from ijm.roles.table import Can, who_can
from ijm.web import lists
from ijm.web.codes import get_by_code
from ijm.web.looks import seen
from ijm.web.pages import page, reads, writes
from ijm.web.words import day, moment

WALLERS = who_can(Can.WALL_SET)


class Walls(lists.Table):
    """Who is kept from what, why, until when."""

    code = lists.Code(gettext_lazy("Wall"), "desk:wall-show")
    user = lists.Person(gettext_lazy("Kept out"), "user")
    about_code = lists.Kept(gettext_lazy("From"))
    kind = lists.Kept(gettext_lazy("Why"))
    until = lists.Moment(gettext_lazy("Until"))
    lifted_at = lists.Moment(gettext_lazy("Lifted"))


WALLS = lists.Listing(
    "desk:wall-list", gettext_lazy("Walls"), Walls, "-set_at",
    lead=gettext_lazy("Whoever knows somebody on a file does not work on it. She is kept out and is not told why."),
    tabs_label=gettext_lazy("Which walls"),
    tabs=(lists.Tab("all", gettext_lazy("All")), lists.Tab("open", gettext_lazy("Not lifted"), Q(lifted_at__isnull=True)),
          lists.Tab("lifted", gettext_lazy("Lifted"), Q(lifted_at__isnull=False))),
    empty=lists.Empty(gettext_lazy("No wall was set"),
                      gettext_lazy("When a colleague knows somebody on a file, or has an interest in it, set a wall here."),
                      "eye-off"))


@reads(*WALLERS)
@lists.shows(WALLS)
def listing(request: HttpRequest) -> HttpResponse:
    """The walls of colleagues in her office, where they concern her files."""
    return lists.page(request, WALLS, walls.visible_walls(_user(request)), template="desk/walls/list.html")


@writes(*WALLERS)
def set_(request: HttpRequest) -> HttpResponse:
    """Keep a colleague from a file or a person, by a code."""
    user = _user(request)
    people = walls.colleagues(user)
    form = WallForm(request.POST or None, people=people, initial={"about": normalise_code(request.GET.get("about", "")) or ""})
    if form.is_valid():
        until = timezone.make_aware(datetime.combine(form.cleaned_data["until_on"], time.max))
        colleague = people.select_related("office").get(code=form.cleaned_data["colleague"])
        decision = walls.may_set(user, colleague, form.meant, until)
        if decision:
            wall = actions.set_(colleague, form.meant, by=user, until=until)
            messages.success(request, _("The wall stands from now on. The colleague is told nothing."))
            return redirect("desk:wall-show", wall.code)
        form.add_error("about" if decision.reason != "day" else "until_on", str(decision.why))
    return page(request, "desk/walls/set.html", form=form, trail=_trail())


@reads(*WALLERS, sample="wall")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Whom a wall keeps out, from what, until when."""
    wall = walls.get_wall(_user(request), code)
    seen(request, wall)
    return _shown(request, wall, ReasonForm())


@writes(*WALLERS, sample="wall")
def lift(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a wall be lifted; the data-protection officer decides."""
    user, wall = _user(request), walls.get_wall(_user(request), code)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        actions.ask_to_lift(wall, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Asked. The data-protection officer decides about it."))
        return redirect("desk:wall-show", wall.code)
    seen(request, wall)
    return _shown(request, wall, form)


@writes()
def say(request: HttpRequest) -> HttpResponse:
    """Say, at hire and every year, whom she is close to."""
    user = _user(request)
    form = InterestsForm(request.POST or None)
    if form.is_valid():
        actions.say(by=user, names=form.cleaned_data["names"], numbers=form.cleaned_data["numbers"])
        messages.success(request, _("Kept. We ask you again in a year."))
        return redirect("desk:interests")
    return page(request, "desk/walls/say.html", form=form, last=walls.last_said(user), due=walls.is_due(user))


@writes(sample="case_file")
def know(request: HttpRequest, code: str) -> HttpResponse:
    """Say that she knows somebody on this file: from then on it does not open for her."""
    user = _user(request)
    file = get_by_code(CaseFile.objects.select_related("office"), code)
    form = KnowForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.know(form.meant if form.cleaned_data["about"] else _whole(file), by=user)
        messages.success(request, _("Recorded. This file does not open for you any more, and its supervisor is told."))
        return redirect("desk:work")
    seen(request, file)
    return page(request, "desk/walls/know.html", file=file, form=form)


def _whole(file: CaseFile) -> walls.Meant:
    """The file itself; she stands on it."""
    return cast(walls.Meant, walls.by_code(file.code))


def _shown(request: HttpRequest, wall: Wall, form: ReasonForm) -> HttpResponse:
    decision = walls.may_ask_to_lift(_user(request), wall)
    return page(request, "desk/walls/show.html", wall=wall, facts=_facts(wall), trail=_trail(), form=form if decision else None,
                decision=decision)


def _facts(wall: Wall) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("Kept out"), wall.user.display_name), (_("From"), wall.about_code), (_("Why"), str(wall.get_kind_display())),
        (_("Until"), day(wall.until)), (_("Set"), moment(wall.set_at))]
    if wall.set_by:
        facts.append((_("Set by"), wall.set_by.display_name))
    if wall.lifted_by and wall.lifted_at:
        facts += [(_("Lifted by"), wall.lifted_by.display_name), (_("Lifted"), moment(wall.lifted_at))]
    return facts


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trail() -> list[tuple[Any, str]]:
    return [(_("My work"), "/desk/"), (WALLS.title, reverse("desk:wall-list"))]
