"""Who walks with a survivor, and how far she has come."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from aftercare.states import SurvivorState
from ijm.web import forms


class ColleagueForm(forms.Form):
    """The colleague who shall stand on her file."""

    colleague = forms.ChoiceField(label=_("Whom do you put on this file?"))

    as_worker = forms.TickField(label=_("This colleague is the worker from now on"), required=False)
    knows = forms.TickField(label=_("I asked her: she knows somebody on this file, or has an interest in it"), required=False,
                            help_text=_("Then she is not put on it, and a wall keeps her from it."))

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["colleague"] = forms.ChoiceField(
            label=_("Whom do you put on this file?"), choices=colleagues,
            help_text=_("The colleague can then read and change it for 180 days; every look is recorded."))


class StepForm(forms.Form):
    """The next step on her way."""

    to = forms.ChoiceField(label=_("Next step"), choices=SurvivorState.choices)


class HandOverForm(forms.Form):
    """The worker who shall walk with several survivors from now on."""

    worker = forms.ChoiceField(label=_("Worker"))

    def __init__(self, *args: Any, workers: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["worker"] = forms.ChoiceField(label=_("Who walks with them from now on?"), choices=workers)
