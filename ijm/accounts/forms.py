"""Arriving, and one's own settings."""

from __future__ import annotations

from typing import Any

from django import forms as plain
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import LANGUAGES, Arrival, User
from ijm.web import forms
from ijm.web.fields import FILL_IN


def _password(label: Any, **given: Any) -> plain.CharField:
    return plain.CharField(label=label, strip=False, max_length=200, error_messages={"required": FILL_IN},
                           widget=plain.PasswordInput(attrs={"autocomplete": "new-password"}), **given)


class ArriveForm(forms.Form):
    """A password of her own, and the code that a second person gave her."""

    code = forms.TextField(label=_("Code of the data-protection officer"), max_length=40, help_text=_(
        "Three groups of five signs. The data-protection officer tells it to you herself; nobody else knows it."))
    password = _password(_("New password"), help_text=_(
        "At least fifteen characters. Four unrelated words are easier to keep in mind than signs."))
    again = _password(_("The same once more"))

    def __init__(self, *args: Any, user: User, **given: Any) -> None:
        super().__init__(*args, **given)
        self.user = user
        if user.arrival == Arrival.PASSWORD:
            del self.fields["code"]

    def clean_password(self) -> str:
        """Long enough, not a common one, not her name, and not the one that somebody else has seen."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        if self.user.check_password(password):
            self.add_error("password", _("Somebody else has seen this password. Choose another."))
        return password

    def clean_again(self) -> str:
        """Typed twice alike."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            self.add_error("again", _("The two passwords are not the same."))
        return again


class SettingsForm(forms.Form):
    """What a person chooses for herself."""

    language = forms.ChoiceField(label=_("Language"), required=False, quiet=True,
                                 choices=[("", _("As this device says")), *LANGUAGES])
    theme = forms.ChoiceField(label=_("Light or dark"), required=False, quiet=True, choices=[
        ("", _("As this device says")), ("light", _("Light")), ("dark", _("Dark"))])
    has_shortcuts = forms.TickField(label=_("Single keys are shortcuts, such as / for the search"), required=False)
