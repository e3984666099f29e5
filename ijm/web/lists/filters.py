"""Filters of a list: open enumerations, codes and days only, since an address is written down by others too."""

from __future__ import annotations

import copy
from typing import Any

import django_filters
from django import forms as django_forms
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.web import forms, words
from ijm.web.fields import Marks

Words = str | Promise


class OpenChoice(Marks, django_forms.ChoiceField):
    """One answer out of a list, always as a list to open: filters stay on one line."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**self.take_marks(given))


class Choice(django_filters.Filter):
    """One answer of an open list, or of one that is read when it is needed."""

    field_class = OpenChoice

    def __init__(self, label: Words, choices: Any, **given: Any) -> None:
        super().__init__(label=label, quiet=True, **given)
        self.choices = choices

    @property
    def field(self) -> Any:
        """The field, with its choices as they are now."""
        listed = getattr(self.choices, "choices", None) or (self.choices() if callable(self.choices) else self.choices)
        self.extra["choices"] = [("", _("All")), *listed]
        return super().field


class Since(django_filters.Filter):
    """From this day on; a moment counts by the day of the office."""

    field_class = forms.DayField
    lookup = "gte"

    def __init__(self, label: Words, **given: Any) -> None:
        on_moment = given.pop("moment", True)
        super().__init__(label=label, lookup_expr=f"date__{self.lookup}" if on_moment else self.lookup, quiet=True, **given)


class Until(Since):
    """Up to this day."""

    lookup = "lte"


class Mine(django_filters.Filter):
    """Only the records where one of these columns names the person who asks."""

    field_class = forms.TickField

    def filter(self, qs: Any, value: Any) -> Any:
        """Narrow to hers when it is ticked."""
        return qs.filter(**{self.field_name: self.parent.request.user}) if value else qs


KINDS = (Choice, Since, Until, Mine)


class Filters(django_filters.FilterSet):
    """The filters of one list; a kind of filter that could carry typed words into the address is refused when it is written."""

    class Meta:
        form = forms.Form

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        other = [name for name, one in cls.declared_filters.items() if not isinstance(one, KINDS)]
        if other:
            raise ImproperlyConfigured(f"{cls.__name__}: {other} could put typed words into an address")

    @classmethod
    def names(cls) -> list[str]:
        """The names under which an address carries these filters; a day has three."""
        return [part for name, one in cls.base_filters.items()
                for part in ([f"{name}_{n}" for n in range(3)] if isinstance(one, Since) else [name])]

    @classmethod
    def understands(cls, name: str, value: str) -> bool:
        """Whether a value can be an answer at all: one of the list, a tick, a short number of a day."""
        found = cls.base_filters.get(name)
        if isinstance(found, Choice):
            return value in dict(copy.copy(found).field.choices)
        return value == "on" if isinstance(found, Mine) else value.isdigit() and len(value) <= 4

    @classmethod
    def read(cls, data: QueryDict) -> Any:
        """The form of these filters, filled from an address, without any rows."""
        fields = {name: copy.deepcopy(one).field for name, one in cls.base_filters.items()}
        return type("FilterForm", (forms.Form,), fields)(data)

    @property
    def is_used(self) -> bool:
        """Whether any filter narrows this list."""
        return any(chosen(self.form).values())

    def said(self) -> list[str]:
        """The filters in words."""
        return said(self.form)


def chosen(form: Any) -> dict[str, Any]:
    """What was chosen and understood."""
    form.is_valid()  # a wrong answer is left out; what was understood of the others counts
    return {name: value for name, value in form.cleaned_data.items() if value}


def said(form: Any) -> list[str]:
    """The filters in words, in the language of the page: what a saved filter is called."""
    return [_said(form.fields[name], value) for name, value in chosen(form).items()]


def _said(field: Any, value: Any) -> str:
    label = str(field.label)
    if isinstance(field, forms.TickField):
        return label
    if isinstance(field, forms.DayField):
        return f"{label}: {words.short_day(value)}"
    return f"{label}: {dict(field.choices).get(value, value)}"
