"""Fields of this wing: lists that are read from the reference tables in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.forms import Select
from django.utils.translation import gettext_lazy as _

from ijm.reference import lists
from ijm.web import forms

Reader = Callable[[], Sequence[tuple[str, Any]]]
CHOOSE = _("Choose")
USUAL = ("khm", "vie", "tha", "lao", "zho", "eng", "cjm", "mya", "sgn")

class ListField(forms.ChoiceField):
    """One item of a reference list, read when the page is made."""

    def __init__(self, read: Reader, *, blank: Any = CHOOSE, **given: Any) -> None:
        super().__init__(choices=(), widget=Select, **given)
        self.choices = lambda: [("", blank), *read()]


class ListsField(forms.MultipleChoiceField):
    """Any items of a reference list, read when the page is made."""

    def __init__(self, read: Reader, **given: Any) -> None:
        super().__init__(**given)
        self.choices = read


def province(**given: Any) -> ListField:
    """A province, or not known."""
    return ListField(lists.provinces, label=_("Province"), blank=_("Not known"), required=False, quiet=True, **given)


def form_of_exploitation(**given: Any) -> ListField:
    """A form of exploitation, in the words of the data standard."""
    return ListField(lambda: lists.choices("vic_TypeOfExploitation"), **given)


def role_in_process(**given: Any) -> ListField:
    """A part in trafficking, in the words of the data standard."""
    return ListField(lambda: lists.choices("per_RoleInProcess"), **given)


def spoken_languages(**given: Any) -> ListsField:
    """Any of the languages that are spoken most often in our work."""
    return ListsField(_usual_languages, **given)


def spoken_language(**given: Any) -> ListField:
    """One language out of all, the usual ones first."""
    return ListField(lambda: sorted(lists.choices("language"), key=lambda item: item[0] not in USUAL),
                     blank=_("Not known"), **given)


def _usual_languages() -> Sequence[tuple[str, str]]:
    return [item for item in lists.choices("language") if item[0] in USUAL]
