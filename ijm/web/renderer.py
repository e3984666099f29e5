"""How forms become pages: GOV.UK markup with hints and errors tied to their fields."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, MultiWidget, RadioSelect, Select, Textarea

from ijm.web.explained import EXPLAINED
from ijm.web.words import in_khmer

CLASSES: tuple[tuple[type[Widget], str], ...] = (
    (RadioSelect, "govuk-radios__input"),
    (CheckboxSelectMultiple, "govuk-checkboxes__input"),
    (CheckboxInput, "govuk-checkboxes__input"),
    (MultiWidget, "govuk-input govuk-date-input__input"),
    (Select, "govuk-select"),
    (Textarea, "govuk-textarea"),
)


def class_of(widget: Widget) -> str:
    """The kit's class for a widget; an ordinary text input where nothing else fits."""
    return next((name for kind, name in CLASSES if isinstance(widget, kind)), "govuk-input")


class FieldOnPage(BoundField):
    """A field as the page shows it: the kit's class, red when wrong, and a first input to jump to."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Add the kit's classes to what Django ties together itself."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if not widget.is_hidden:
            name = class_of(widget)
            wrong = f"{name.split()[0]}--error" if self.errors and "__" not in name.split()[0] else ""
            given = widget.attrs.get("class", "")
            built["class"] = " ".join(part for part in (name, wrong, given) if part)
            # Outside packages repeat the label inside the field, where it vanishes while one types.
            built["placeholder"] = False
            if widget.attrs.get("autocomplete") == "one-time-code":
                built["inputmode"] = "numeric"
        return built

    @property
    def first_id(self) -> str:
        """The id of the first input, where a link of the error summary leads."""
        return getattr(self.field.widget, "first_id", self._first_id)(self.auto_id)

    def _first_id(self, auto_id: str) -> str:
        choices = isinstance(self.field.widget, RadioSelect | CheckboxSelectMultiple)
        return f"{auto_id}_0" if choices else self.id_for_label or auto_id

    @property
    def lead(self) -> str:
        """The label as it leads an error: with a colon, unless it is a question already."""
        label = str(self.label)
        return label if label.endswith(("?", ".", ":", "៖")) else label + ("៖" if in_khmer() else ":")

    @property
    def kind(self) -> str:
        """Which shape the field takes on the page."""
        return "tick" if isinstance(self.field.widget, CheckboxInput) else "group" if self.use_fieldset else "line"

    @property
    def optional(self) -> bool:
        """Whether the label should say that the answer may be left out."""
        return not self.field.required and self.kind != "tick" and not getattr(self.field, "quiet", False)

    @property
    def explained(self) -> str:
        """What this field means, for the few that need more than a hint."""
        names = (f"{form.__name__}.{self.name}" for form in type(self.form).__mro__)
        return next((str(EXPLAINED[name]) for name in names if name in EXPLAINED), "")

    @property
    def is_sealed(self) -> bool:
        """Whether the answer is sealed when it is saved."""
        return bool(getattr(self.field, "sealed", False))


class DaybookRenderer(DjangoTemplates):
    """Django's own renderer with our templates for a field, its errors and choices."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = FieldOnPage
