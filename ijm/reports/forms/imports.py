"""Choosing a file, and writing a row's cells anew."""

from __future__ import annotations

from typing import Any

from django import forms as plain
from django.utils.translation import gettext_lazy as _

from ijm.reports.htcds.columns import Column
from ijm.web import forms

EMPTY = _("The file is empty. Choose another one.")


class FileField(plain.FileField):
    """A file of at most 10 MB, which stays in memory."""

    widget = plain.FileInput(attrs={"class": "govuk-file-upload", "accept": ".xlsx,.csv,.txt,text/csv"})

    def __init__(self, **given: Any) -> None:
        given["error_messages"] = {"required": _("Choose a file."), "empty": EMPTY, "invalid": _("Choose a file.")}
        super().__init__(**given)


class UploadForm(forms.Form):
    """The file with the existing records."""

    file = FileField(label=_("The file"), help_text=_(
        "The HTCDS workbook (.xlsx), the answers of the HTCDS survey form (.csv), or a CSV in UTF-8 with the same columns. "
        "At most 10 MB and 10,000 people."))


class RowForm(forms.Form):
    """The cells of one row that need mending, as they stand."""

    def __init__(self, *args: Any, columns: list[tuple[Column, str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        for column, text, hint in columns:
            self.fields[column.field] = forms.TextField(label=column.label, initial=text, required=False, help_text=hint,
                                                        rows=4 if column.kind == "long" else 1, sealed=True)
