"""Showing a form again as it was left: the typed words stand in it, and nothing is said about mistakes yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.forms import (
    BaseForm,
    BaseFormSet,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    MultiWidget,
    PasswordInput,
    RadioSelect,
)
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict

from ijm.trail.context import current
from ijm.web import drafts
from ijm.web.forms import Form
from ijm.web.models import Draft

Blank = BaseForm | BaseFormSet  # type: ignore[type-arg]
# What a browser leaves out of a form's body while nothing is chosen, and what is never kept.
MAY_BE_SILENT = (CheckboxInput, CheckboxSelectMultiple, RadioSelect, FileInput, PasswordInput)


def resume(request: HttpRequest, context: Mapping[str, Any]) -> list[Draft]:
    """Put what she had typed back into the empty forms of a page; the drafts that were put back."""
    blank = list(_blank(context)) if request.method == "GET" and current() else []
    if not blank:
        return []
    return [draft for draft, typed in drafts.on_page(request.user, request.path)  # type: ignore[arg-type]
            if _put_back(blank, typed)]


def _blank(context: Mapping[str, Any]) -> Iterator[Blank]:
    for value in context.values():
        kept = isinstance(value, BaseFormSet) or (isinstance(value, Form) and value.drafted)
        if kept and not value.is_bound:
            yield value


def _put_back(blank: Iterable[Blank], typed: QueryDict) -> bool:
    fitting = [form for form in blank if not form.is_bound and fits(form, typed)]
    for form in fitting:
        if isinstance(form, BaseFormSet):
            _fill_set(form, typed)
        else:
            _fill(form, typed)
    return bool(fitting)


def fits(form: Blank, typed: QueryDict) -> bool:
    """Whether these words were typed into this form: all that a browser always sends is there, and something is."""
    if isinstance(form, BaseFormSet):
        return f"{form.prefix}-TOTAL_FORMS" in typed
    always = [name for field in form for name in _names(field)]
    said = {name.rpartition("_")[0] for name in typed} | set(typed)
    return all(name in typed for name in always) and any(field.html_name in said for field in form)


def _names(field: Any) -> list[str]:
    widget = field.field.widget
    if isinstance(widget, MAY_BE_SILENT) or getattr(widget, "allow_multiple_selected", False) or field.field.disabled:
        return []
    if isinstance(widget, MultiWidget):
        names = zip(widget.widgets_names, widget.widgets, strict=True)  # type: ignore[attr-defined]
        return [field.html_name + name for name, part in names if not isinstance(part, MAY_BE_SILENT)]
    return [field.html_name]


def _fill(form: BaseForm, typed: QueryDict) -> None:
    """Bound, but never judged: an empty list of errors stands where the judgement would be."""
    form.data, form.files, form.is_bound = typed, form.files.__class__(), True
    form._errors = ErrorDict(renderer=form.renderer)  # type: ignore[attr-defined]


def _fill_set(formset: BaseFormSet[Any], typed: QueryDict) -> None:
    """As many blocks as there were."""
    formset.data, formset.files, formset.is_bound = typed, {}, True  # type: ignore[assignment]
    for kept in ("forms", "management_form"):
        formset.__dict__.pop(kept, None)
    for form in formset.forms:
        form._errors = ErrorDict(renderer=form.renderer)
    formset._errors = [form._errors for form in formset.forms]  # type: ignore[attr-defined]
    formset._non_form_errors = formset.error_class()  # type: ignore[attr-defined]
