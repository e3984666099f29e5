"""Choosing a file to attach, and saying what it is."""

from __future__ import annotations

from typing import Any

from django import forms as plain
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ijm.documents.models import About
from ijm.vault.incoming import EMPTY, FULL, LARGE, TYPE, Arrived
from ijm.web import forms
from ijm.web.words import number

MOST = 4 << 30  # bytes in one file
TAKEN = _("Pictures, sound, film, PDF, Word, Excel, PowerPoint, plain text and ZIP; at most 4 GB. It is sealed while it arrives.")
REFUSED = {
    TYPE: _("This kind of file is not taken. Pictures, sound, film, PDF, Word, Excel, PowerPoint, plain text and ZIP are. "
            "Programs and web pages are not, because they can harm the computer of whoever opens them. Put it into a ZIP, or "
            "make a PDF of it."),
    FULL: _("There is no room for a file of this size. Nothing was kept. Tell your administrator."),
    EMPTY: _("The file is empty. Choose another one."),
}
CHOOSE = _("Choose a file.")


class AttachedField(plain.FileField):
    """A file that was sealed while it came, or the reason why it was not taken."""

    widget = plain.FileInput(attrs={"class": "govuk-file-upload"})

    def __init__(self, **given: Any) -> None:
        given["error_messages"] = {"required": CHOOSE, "empty": REFUSED[EMPTY], "invalid": CHOOSE}
        super().__init__(**given)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, when it is whole and of a kind that is taken."""
        found = super().clean(data, initial)
        if not isinstance(found, Arrived):
            raise ValidationError(CHOOSE, "invalid")
        if found.refused == LARGE:
            said = gettext("The file is larger than %(most)s. Send it in parts.") % {"most": number(filesizeformat(MOST))}
            raise ValidationError(said, LARGE)
        if found.refused:
            raise ValidationError(REFUSED[found.refused], found.refused)
        return found


class AttachForm(forms.Form):
    """A file for a case file, and what it is."""

    drafted = False

    file = AttachedField(label=_("The file"), help_text=TAKEN)
    about = forms.ChoiceField(label=_("What it is"), choices=About.choices,
                              help_text=_("Shown in the list to everybody who works on this case file."))
    description = forms.TextField(label=_("Where it comes from and what it shows"), rows=4, required=False, sealed=True,
                                  max_length=4_000)


class DescribeForm(forms.EditForm):
    """What an attached file is, said anew."""

    about = forms.ChoiceField(label=_("What it is"), choices=About.choices)
    name = forms.TextField(label=_("Name of the file"), sealed=True, max_length=255)
    description = forms.TextField(label=_("Where it comes from and what it shows"), rows=4, required=False, sealed=True,
                                  max_length=4_000)
