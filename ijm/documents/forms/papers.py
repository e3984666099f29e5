"""Writing a letter, checking a paper, taking a list along."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.documents.letters import PURPOSES, Reader
from ijm.documents.models import Format, Language
from ijm.reference.lists import courts
from ijm.trail.purposes import Purpose
from ijm.web import forms

LETTER_FORMATS = (Format.PDF, Format.WORD)
SHEET_FORMATS = (Format.XLSX, Format.CSV)
SHEET_PURPOSES = (Purpose.CASEWORK, Purpose.SUPERVISION, Purpose.COURT, Purpose.REFERRAL)


def labelled(choices: Any) -> list[tuple[str, Any]]:
    """Members of a list of choices as a form wants them."""
    return [(choice.value, choice.label) for choice in choices]


class LetterForm(forms.Form):
    """What the writer of a letter says; its fixed words are in the template."""

    language = forms.ChoiceField(label=_("Language of the letter"), choices=Language.choices)
    reader = forms.ChoiceField(label=_("Who will read it"), choices=Reader.choices)
    court = forms.ChoiceField(label=_("Court"), required=False)
    recipient = forms.TextField(label=_("Name and address of the reader"), rows=3, required=False, sealed=True, max_length=600,
                                help_text=_("One line each. Kept sealed on this file."))
    subject = forms.TextField(label=_("Subject"), required=False, max_length=200,
                              help_text=_("Leave it empty for the usual one."))
    facts = forms.MultipleChoiceField(label=_("What the letter tells"), required=False)
    words = forms.TextField(label=_("Your own words"), rows=8, required=False, sealed=True, max_length=6_000,
                            help_text=_("They leave exactly as you write them: write codes, no names."))
    is_named = forms.TickField(label=_("Write the name beside the code"), required=False,
                               help_text=_("For a colleague of this wing only. Opening it is recorded."))
    purpose = forms.ChoiceField(label=_("Why it is written"), choices=labelled(PURPOSES))
    format = forms.ChoiceField(label=_("Give it to me as"), choices=labelled(LETTER_FORMATS))

    def __init__(self, *args: Any, facts: list[tuple[str, str]], is_nameable: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["court"] = forms.ChoiceField(label=_("Court"), required=False,
                                                 choices=courts())
        listed: Any = self.fields["facts"]
        listed.choices = facts
        if not facts:
            del self.fields["facts"]
        if not is_nameable:
            del self.fields["is_named"]

    def clean(self) -> dict[str, Any]:
        """Somebody must be written to, and a name goes to colleagues only."""
        said: dict[str, Any] = super().clean() or {}
        if not said.get("recipient") and not said.get("court"):
            self.add_error("recipient", _("Write who the letter goes to, or choose a court."))
        if said.get("is_named") and said.get("reader") != Reader.WING:
            self.add_error("is_named", _("A letter outside the wing carries codes, no names."))
        return said


class CheckForm(forms.Form):
    """What stands at the foot of a paper."""

    drafted = False

    code = forms.CodeField(label=_("Code of the paper"), prefixes=["PA"],
                           help_text=_("At the foot of each page, such as PA-7K4M-92QX."))
    mark = forms.TextField(label=_("Check characters"), max_length=20, help_text=_("Eight characters beside the code."))


class SheetForm(forms.Form):
    """Why a list is taken along, and as what."""

    drafted = False

    purpose = forms.ChoiceField(label=_("Why do you need it?"), choices=labelled(SHEET_PURPOSES))
    format = forms.ChoiceField(label=_("Give it to me as"), choices=labelled(SHEET_FORMATS), initial=Format.XLSX)
