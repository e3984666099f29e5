"""The reference lists and the rules of law: everybody looks, who runs the system curates, a lawyer's word is recorded."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.desk.forms.reference import ConfirmForm, NewValueForm, ValueForm
from ijm.reference import policy
from ijm.reference.actions import rules as lawyers
from ijm.reference.actions import values as curating
from ijm.reference.changes import amendments
from ijm.reference.models import Clock, CodeList, Offence, Rule
from ijm.reference.values import OUTSIDE, SOURCES, Value, value, values
from ijm.roles.table import Role
from ijm.web.pages import page, reads, writes

ROWS = 50


def get_value(code: str) -> Value:
    """The value that an address names, or no page."""
    found = value(code)
    if found is None:
        raise Http404
    return found


def get_rule(code: str) -> Rule:
    """The rule that an address names, or no page."""
    found: Rule | None = Clock.objects.filter(pk=code).first() or Offence.objects.filter(pk=code).first()
    if found is None:
        raise Http404
    return found


def title_of(table: str) -> str:
    """What a list is called on a page; its code stands beside it."""
    outside = {"countries": _("Countries"), "provinces": _("Provinces"), "courts": _("Courts")}
    if table in outside:
        return outside[table]
    found = CodeList.objects.filter(pk=table).first()
    if found is None:
        raise Http404
    return found.name


@reads()
def index(request: HttpRequest) -> HttpResponse:
    """Every list with its source and how many values it has; the rules with how many are unconfirmed."""
    tables = [{"code": table, "title": title_of(table), "source": SOURCES[table], "number": model._default_manager.count()}
              for table, model in OUTSIDE.items()]
    tables += [{"code": one.code, "title": one.name, "source": one.source, "number": one.number + _own(one.code)}
               for one in CodeList.objects.annotate(number=Count("items")).order_by("code")]
    rules = _rules()
    unconfirmed = sum(not rule.is_confirmed for rule in rules)
    return page(request, "desk/reference/index.html", tables=tables, unconfirmed=unconfirmed, rules=len(rules))


def _own(table: str) -> int:
    return sum(one.is_own for one in amendments(table))


def _rules() -> list[Rule]:
    return [*Clock.objects.order_by("code"), *Offence.objects.order_by("code")]


@reads(sample="code_list")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The values of one list, found by a word in either language or by their code."""
    user = cast(User, request.user)
    title, wanted = title_of(code), request.GET.get("q", "").strip()
    found = [one for one in values(code) if _matches(one, wanted.casefold())]
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return page(request, "desk/reference/list.html", table=code, title=title, shown=shown, asked=wanted, number=len(found),
                may_curate=policy.may_curate(user), may_add=policy.may_add(user, code))


def _matches(one: Value, wanted: str) -> bool:
    return not wanted or any(wanted in said.casefold() for said in (one.item, one.name_en, one.name_km))


@writes(Role.ADMINISTRATOR, sample="code_list")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a value of our own to a list."""
    user = cast(User, request.user)
    title, decision = title_of(code), policy.may_add(user, code)
    form = NewValueForm(request.POST or None, table=code)
    if request.method == "POST" and form.is_valid():
        curating.add(code, by=user, **form.cleaned_data)
        messages.success(request, _("Added. Forms offer it from now on."))
        return redirect("desk:reference-list", code)
    return page(request, "desk/reference/add.html", form=form, table=code, title=title, refusal=decision)


@writes(Role.ADMINISTRATOR, sample="code_item")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Mend the words and the place of a value."""
    user = cast(User, request.user)
    found = get_value(code)
    form = ValueForm(request.POST or None, value=found)
    if request.method == "POST" and form.is_valid():
        curating.change(found, by=user, **({"name_en": found.name_en} | form.cleaned_data))
        messages.success(request, _("Changed."))
        return redirect("desk:reference-list", found.table)
    return page(request, "desk/reference/edit.html", form=form, value=found, title=title_of(found.table),
                may_retire=policy.may_retire(user, found))


@writes(Role.ADMINISTRATOR, sample="code_item")
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Retire a value, or offer a retired one again."""
    user = cast(User, request.user)
    found = get_value(code)
    if request.method == "POST":
        if found.is_retired:
            curating.restore(found, by=user)
            messages.success(request, _("Offered again."))
        else:
            curating.retire(found, by=user)
            messages.success(request, _("Retired. Records that hold it keep it."))
    return redirect("desk:reference-value", found.code)


@reads()
def law(request: HttpRequest) -> HttpResponse:
    """The time limits and offences, each with its source and whether a lawyer confirmed it."""
    wanted = request.GET.get("q", "").strip()
    found = [rule for rule in _rules() if _speaks_of(rule, wanted.casefold())]
    only = request.GET.get("only") == "unconfirmed"
    found = [rule for rule in found if not (only and rule.is_confirmed)]
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    user = cast(User, request.user)
    return page(request, "desk/reference/law.html", shown=shown, asked=wanted, only=only, number=len(found),
                may_confirm=policy.may_confirm(user))


def _speaks_of(rule: Any, wanted: str) -> bool:
    return not wanted or any(wanted in text.casefold() for text in (rule.code, str(rule), rule.source))


@writes(Role.DATA_PROTECTION, Role.LIAISON, sample="clock")
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Record that a lawyer confirmed a rule, or that she no longer does."""
    user = cast(User, request.user)
    rule = get_rule(code)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and request.POST.get("answer") == "back" and rule.is_confirmed:
        lawyers.take_back(rule, by=user)
        messages.success(request, _("The rule is marked as unconfirmed again."))
        return redirect("desk:reference-law")
    if request.method == "POST" and form.is_valid():
        lawyers.confirm(rule, by=user, **form.cleaned_data)
        messages.success(request, _("Recorded. The rule stands without the mark from now on."))
        return redirect("desk:reference-law")
    return page(request, "desk/reference/confirm.html", form=form, rule=rule)
