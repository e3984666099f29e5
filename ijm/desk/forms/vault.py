"""Asking for a change of keys."""

from __future__ import annotations

from typing import Any

from django.forms import Select
from django.utils.translation import gettext_lazy as _

from ijm.desk import vault
from ijm.desk.key_changes import ChangeKind
from ijm.ids import normalise_code
from ijm.roles.table import Open
from ijm.web import forms


class KeyChangeForm(forms.Form):
    """Which keys, and whose."""

    kind = forms.ChoiceField(label=_("Which keys?"), choices=ChangeKind.choices)
    code = forms.TextField(label=_("Code of the person or case file"), max_length=20, required=False, help_text=_(
        "For the keys of one person or case file. Nobody is told whether the code exists; the work says it at its end."))
    compartment = forms.ChoiceField(label=_("Compartment"), choices=(), required=False, widget=Select,
                                    help_text=_("For the key of a compartment."))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        offered: Any = self.fields["compartment"]
        offered.choices = [("", _("Not said")), ("all", _("All compartments")), *Open.choices,
                           *((name, vault.compartment(name)) for name in ("parcel", "search", "evidence"))]

    def clean(self) -> dict[str, Any]:
        """What the kind of change needs."""
        said = super().clean() or {}
        kind = said.get("kind")
        said["target"] = ""
        if kind == ChangeKind.SUBJECT:
            said["target"] = normalise_code(said.get("code") or "") or ""
            if not said["target"]:
                self.add_error("code", _("Write the code of the person or case file, such as SV-7K4M-92QX."))
        if kind == ChangeKind.COMPARTMENT:
            said["target"] = said.get("compartment") or ""
            if not said["target"]:
                self.add_error("compartment", _("Say which compartment."))
        return said
