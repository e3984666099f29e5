"""The form of a charge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ijm.reference import lists
from ijm.reference.models import Offence
from ijm.web import forms


class ChargeForm(forms.Form):
    """Who is charged, under which article, since when."""

    filed_on = forms.DayField(label=_("When was the charge filed?"), past=True)
    is_aggravated = forms.TickField(
        label=_("In its aggravated form"), required=False,
        help_text=_("A child concerned, a public official who abused authority, or an organised group."))
    note = forms.TextField(label=_("Note for the legal file"), rows=4, required=False, sealed=True, quiet=True,
                           help_text=_("May stay empty. No names of victim-witnesses; use their codes."))

    def __init__(self, *args: Any, accused: Sequence[str], charged: Iterable[tuple[str, str]] = (),
                 **given: Any) -> None:
        super().__init__(*args, **given)
        self.charged = set(charged)
        self.articles = {offence.code: offence for offence in lists.offences()}
        self.fields["accused"] = forms.ChoiceField(label=_("Who is charged?"), choices=[(one, one) for one in accused],
                                                   initial=only(accused))
        self.fields["offence"] = forms.ChoiceField(
            label=_("Under which article?"), choices=[(code, said(one)) for code, one in self.articles.items()],
            help_text=_("Law on Suppression of Human Trafficking and Sexual Exploitation, 2008."))
        self.order_fields(("accused", "offence", "is_aggravated", "filed_on", "note"))

    def clean_offence(self) -> Offence:
        """The article itself."""
        return self.articles[self.cleaned_data["offence"]]

    def clean(self) -> dict[str, Any]:
        """One accused is charged under an article once; only some articles have an aggravated form."""
        given: dict[str, Any] = super().clean() or {}
        offence = given.get("offence")
        if offence and (given.get("accused"), offence.code) in self.charged:
            self.add_error("offence", _("This accused is charged under this article already."))
        if offence and given.get("is_aggravated") and not offence.aggravated_penalty:
            self.add_error("is_aggravated", _("The article chosen has no aggravated form on our list."))
        return given


def only(choices: Sequence[str]) -> str | None:
    """The one answer there is, ready chosen; nothing where there is a choice to make."""
    return choices[0] if len(choices) == 1 else None


def said(offence: Offence) -> str:
    """An article as one line of a list: number, words, range, and whether a lawyer has confirmed it."""
    parts = [str(offence), offence.penalty, "" if offence.is_confirmed else str(_("unconfirmed"))]
    return " · ".join(part for part in parts if part)
