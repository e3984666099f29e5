"""Correcting a record: one pattern for all wings. Nobody's words are written over; who was slower sees both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ijm.web import versions
from ijm.web.forms import EditForm
from ijm.web.pages import page

CORRECTED = _lazy("Corrected. What stood there before stays in the history.")
MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Correction:
    """What is corrected: the record, its form, what stands in it (now, or in an earlier version), how it is saved, and where
    that leads.

    `template`, `more` (its context) and `said` (when it is saved) are for a page with words of its own.
    """

    record: Any
    form: type[EditForm]
    stands: Callable[[Any], dict[str, Any]]
    save: Callable[[dict[str, Any]], Any]
    home: str
    trail: list[tuple[str, str]] = field(default_factory=list)
    template: str = "web/correct.html"
    said: Any = CORRECTED
    more: dict[str, Any] = field(default_factory=dict)


def answer(request: HttpRequest, one: Correction) -> HttpResponse:
    """The page of a correction: the form, the choice between two versions, or the way back when it is saved."""
    then = _earlier(request, one)
    if request.method != "POST":
        shown = one.stands(then.instance) if then else {}
        return _asked(request, one, one.form(rev=one.record.rev, stands=one.stands(one.record), shown=shown), then)
    data = request.POST if "_rev" not in request.POST else _chosen(request.POST, one)
    form = one.form(data, rev=one.record.rev)
    if not form.is_valid():
        return _asked(request, one, form, then)
    if form.cleaned_data["rev"] != one.record.rev and (differing := list(_differing(form, stands := one.stands(one.record)))):
        return _both(request, one, form, stands, differing)
    if changes := form.changes():
        one.save(changes)
    messages.success(request, str(one.said) if changes else _("Nothing was changed."))
    return redirect(one.home)


def _earlier(request: HttpRequest, one: Correction) -> Any:
    """The history row of the version that she wants to put back: its answers stand in the form, and are saved as a new change."""
    asked = request.GET.get("version", "")
    return versions.earlier(one.record, int(asked)) if asked.isdecimal() else None


def _asked(request: HttpRequest, one: Correction, form: EditForm, then: Any) -> HttpResponse:
    return page(request, one.template, **{"record": one.record, "form": form, "home": one.home, "trail": one.trail,
                                          "then": then, **one.more})


def _differing(form: EditForm, stands: Mapping[str, Any]) -> Iterator[str]:
    """The answers that somebody else changed in between to something else than she wrote; the others are saved as hers."""
    for name, value in form.answers.items():
        if form.touched(name, stands[name]) and not versions.same(value, stands[name]):
            yield name


def _both(request: HttpRequest, one: Correction, form: EditForm, stands: Mapping[str, Any], differing: list[str]) -> HttpResponse:
    """Both versions, field by field; nothing is saved yet."""
    pairs = [_pair(form, name, stands[name]) for name in differing]
    rest = [(name, value) for name, value in _sent(form)
            if not name.startswith(("_", "csrf")) and not any(_part_of(name, chosen) for chosen in differing)]
    who, at = _who_and_when(one.record, form.cleaned_data["rev"])
    return page(request, "web/versus.html", status=409, record=one.record, form=form, pairs=pairs, rest=rest, who=who, at=at,
                same=len(form.answers) - len(pairs), rev=one.record.rev, home=one.home, trail=one.trail)


def _pair(form: EditForm, name: str, theirs: Any) -> dict[str, Any]:
    bound, mine = form[name], form.cleaned_data[name]
    texts = versions.said(bound, mine), versions.said(bound, theirs)
    return {
        "field": bound, "name": name, "pick": MINE if form.touched(name, mine) else THEIRS,
        "mine": versions.differing(*texts), "theirs": versions.differing(*reversed(texts)),
        "sent": [(key, value) for key, value in _sent(form) if _part_of(key, name)],
    }


def _sent(form: EditForm) -> list[tuple[str, str]]:
    """Every name and value of a form's body, as the browser sent them."""
    data = cast(QueryDict, form.data)
    return [(name, value) for name, values in data.lists() for value in values]


def _part_of(key: str, name: str) -> bool:
    """Whether a name in a form's body belongs to this field."""
    return key == name or (key.startswith(f"{name}_") and key.removeprefix(f"{name}_").isdigit())


def _chosen(sent: QueryDict, one: Correction) -> QueryDict:
    """The form's body after she chose: for each field hers, theirs, or what she wrote from both."""
    data, stands = sent.copy(), one.stands(one.record)
    if sent["_rev"] != str(one.record.rev):
        return data  # changed once more: she is shown the newest version
    blank = one.form(rev=one.record.rev, stands=stands)
    for name in stands:
        pick = sent.get(f"_pick-{name}")
        if pick == MINE:
            _restore(data, sent, name)
        elif pick == THEIRS:
            versions.put(data, blank[name], stands[name])
    data["rev"], data["seen"] = str(one.record.rev), versions.marks(stands)
    return data


def _restore(data: QueryDict, sent: QueryDict, name: str) -> None:
    """What she had written before she was shown both."""
    for key in [key for key in data if _part_of(key, name)]:
        del data[key]
    for key, values in sent.lists():
        if key.startswith("_mine-") and _part_of(key.removeprefix("_mine-"), name):
            data.setlist(key.removeprefix("_mine-"), values)


def _who_and_when(record: Any, rev: int) -> tuple[str, Any]:
    """Who changed a record last after this version, and when; the name is missing where a job did it."""
    last = record.history.filter(id=record.pk, rev__gt=rev).order_by("-rev").first()
    if last is None:
        return "", None
    person: Any = get_user_model().objects.filter(pk=last.history_user_id).first()
    return (person.display_name if person else ""), last.history_date


