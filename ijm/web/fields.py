"""Fields that take what people really type: Khmer digits, long pastes, codes copied from paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ijm import ids
from ijm.web import khmer
from ijm.web.widgets import Radios, Ticks

MAX_TEXT = 20_000
RADIOS_UP_TO = 6
ALLOWED_CONTROLS = "\n\t"

CHOOSE_ONE = _("Choose one of the answers.")
FILL_IN = _("Write an answer.")


class Marks:
    """What a field tells the page about itself: sealed when saved; quiet about being optional."""

    sealed: bool
    quiet: bool

    def take_marks(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take our own words out of a field's arguments."""
        self.sealed = given.pop("sealed", False)
        self.quiet = given.pop("quiet", False)
        return given


def messages(**own: Any) -> dict[str, Any]:
    """Error words for a field, said so that they tell how to mend it."""
    return {"required": FILL_IN, **own}


class TextField(Marks, forms.CharField):
    """Words, on one line or several; long pastes and hidden control characters are refused in plain words."""

    def __init__(self, *, rows: int = 1, max_length: int = MAX_TEXT, **given: Any) -> None:
        given = self.take_marks(given)
        if rows > 1:
            given.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        given["error_messages"] = messages(**given.get("error_messages", {}))
        super().__init__(max_length=max_length, **given)

    def to_python(self, value: Any) -> str:
        """Unify line ends and composed letters, then refuse what cannot be read back."""
        text = super().to_python(value) or ""
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in ALLOWED_CONTROLS for sign in text):
            raise ValidationError(
                _("The text holds signs that cannot be stored. Type it again, or paste it as plain text."), "control"
            )
        return text

    def run_validators(self, value: Any) -> None:
        """Say how much too long a text is."""
        if value and self.max_length and len(value) > self.max_length:
            raise ValidationError(
                _("This is %(long)s characters; there is room for %(most)s. Shorten it."),
                "max_length",
                {"long": len(value), "most": self.max_length},
            )
        super().run_validators(value)


class PhoneField(TextField):
    """A telephone number in Khmer or Latin digits."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "w-m"}))
        super().__init__(max_length=given.pop("max_length", 60), **given)

    def to_python(self, value: Any) -> str:
        """Read Khmer digits; refuse what has too few digits to be called."""
        text = khmer.to_latin(super().to_python(value))
        if text and sum(sign.isdigit() for sign in text) < 6:
            raise ValidationError(_("Write the telephone number with at least six digits."), "phone")
        return text


class WholeNumberField(Marks, forms.IntegerField):
    """A whole number in Khmer or Latin digits."""

    def __init__(self, *, min_value: int = 0, max_value: int = 1_000_000, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-s"})
        )
        given["error_messages"] = messages(invalid=_("Write a whole number, in digits."))
        super().__init__(min_value=min_value, max_value=max_value, **given)

    def to_python(self, value: Any) -> int | None:
        """Read Khmer digits too; thousands may be set apart by commas or spaces."""
        text = khmer.to_latin("" if value is None else value).strip().replace(",", "").replace(" ", "")
        if len(text) > 12:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(text)


class CodeField(Marks, forms.CharField):
    """A code as people type it: small letters, spaces, O for 0; it comes out as the code itself."""

    def __init__(self, *, prefixes: Iterable[str] = (), **given: Any) -> None:
        self.prefixes = tuple(prefixes)
        given = self.take_marks(given)
        given.setdefault(
            "widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-m"})
        )
        given["error_messages"] = messages()
        super().__init__(max_length=60, **given)

    def to_python(self, value: Any) -> str:
        """Bring a typed code into its one form, and check its last character."""
        text = super().to_python(value) or ""
        if not text:
            return text
        code = ids.normalise_code(text)
        if code is None:
            raise ValidationError(
                _("This is not a code we use. Check each letter; it looks like SV-7K4M-92QX."), "code"
            )
        if self.prefixes and code[:2] not in self.prefixes:
            raise ValidationError(
                _("This code names another kind of record. It should begin with %(prefix)s."),
                "prefix", {"prefix": ", ".join(self.prefixes)},
            )  # fmt: skip
        return code


class ChoiceField(Marks, forms.ChoiceField):
    """One answer out of a list: all in sight when they are few, a list to open when they are many."""

    def __init__(self, *, choices: Any = (), **given: Any) -> None:
        given = self.take_marks(given)
        listed = list(getattr(choices, "choices", choices))
        few = len(listed) <= RADIOS_UP_TO
        given.setdefault("widget", Radios if few else forms.Select)
        given["error_messages"] = {
            "required": CHOOSE_ONE,
            "invalid_choice": CHOOSE_ONE,
            **given.get("error_messages", {}),
        }
        super().__init__(choices=listed if few else [("", _("Choose")), *listed], **given)


class MultipleChoiceField(Marks, forms.MultipleChoiceField):
    """Any number of answers out of a list, as ticks."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given.setdefault("widget", Ticks)
        given["error_messages"] = {
            "required": _("Tick at least one."), "invalid_choice": _("Tick only answers from the list."),
            **given.get("error_messages", {}),
        }  # fmt: skip
        super().__init__(**given)


class TickField(Marks, forms.BooleanField):
    """One statement that is ticked or not."""

    def __init__(self, **given: Any) -> None:
        given = self.take_marks(given)
        given["error_messages"] = messages(required=_("Tick this to go on."), **given.get("error_messages", {}))
        super().__init__(**given)
