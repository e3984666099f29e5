"""What is asked for a wall, for a sealed file, and for what somebody says about herself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import RoleGrant, User
from ijm.casefiles import walls
from ijm.roles.table import Kind, standing_on
from ijm.web import forms

NOBODY = ("", _("Nobody of us"))


class InterestsForm(forms.Form):
    """Names and numbers of people close to her."""

    drafted = False
    names = forms.TextField(label=_("Names of your family and close friends"), rows=5, required=False, quiet=True, sealed=True,
                            help_text=_("One name a line, family name first. Nobody reads this; the vault compares it."))
    numbers = forms.TextField(label=_("Their telephone numbers"), rows=3, required=False, quiet=True, sealed=True,
                              help_text=_("One number a line."))
    true = forms.TickField(label=_("This is all I know of, and I shall say so when I know somebody on a file"))


class MeantForm(forms.Form):
    """What it is about, by a code."""

    about = forms.CodeField(label=_("Code"))
    meant: walls.Meant

    def clean_about(self) -> str:
        """Find it; hidden and missing are one."""
        code: str = self.cleaned_data["about"]
        found = walls.by_code(code)
        if found is None:
            raise ValidationError(_("There is nothing of this code on your files or in your office."))
        self.meant = found
        return code


class KnowForm(MeantForm):
    """Whom she knows on a file, if she can say it by a code."""

    drafted = False
    about = forms.CodeField(label=_("Whom do you know?"), required=False,
                            help_text=_("The code of a person on this file, if it is one: then every file with that person is "
                                        "closed to you. Leave it empty when it is about the file as a whole."))

    def clean_about(self) -> str:
        """Nobody in particular, or somebody whom a code names."""
        return super().clean_about() if self.cleaned_data["about"] else ""


class WallForm(MeantForm):
    """Who is kept from what, and until when."""

    about = forms.CodeField(label=_("From which file, or from which person?"),
                            help_text=_("The code of a file keeps her from it; the code of a person, from every file with that "
                                        "person. Names are not needed."))
    colleague = forms.ChoiceField(label=_("Who is kept out?"))
    until_on = forms.DayField(label=_("Until"), help_text=_("A wall ends on its day, within ten years."))
    field_order = ("colleague", "about", "until_on")

    def __init__(self, *args: Any, people: QuerySet[User], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["colleague"] = forms.ChoiceField(label=_("Who is kept out?"), choices=_named(people))

    def clean_until_on(self) -> Any:
        """A day to come."""
        if self.cleaned_data["until_on"] <= timezone.localdate():
            raise ValidationError(_("Choose a day to come, within ten years."))
        return self.cleaned_data["until_on"]


class SealForm(MeantForm):
    """Which file, who alone sees it, and whom of us it names."""

    about = forms.CodeField(label=_("Case file"), prefixes=walls.KIND_OF)
    people = forms.MultipleChoiceField(label=_("Who alone sees it?"))
    named = forms.ChoiceField(label=_("Which colleague does the file name?"), required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["people"] = forms.MultipleChoiceField(
            label=_("Who alone sees it?"), choices=_named(people.filter(_works())),
            help_text=_("Everybody else loses this file at once, its supervisors too. A later name needs a second person."))
        self.fields["named"] = forms.ChoiceField(
            label=_("Which colleague does the file name?"), required=False, choices=[NOBODY, *_named(people)],
            help_text=_("A wall keeps her from this file besides."))


class NameForm(forms.Form):
    """One more name, and why."""

    colleague = forms.ChoiceField(label=_("Who shall see it too?"))
    reason = forms.TextField(label=_("Why?"), rows=3, sealed=True)

    def __init__(self, *args: Any, people: QuerySet[User], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["colleague"] = forms.ChoiceField(label=_("Who shall see it too?"), choices=_named(people.filter(_works())))


class ReasonForm(forms.Form):
    """Why something is asked for."""

    reason = forms.TextField(label=_("Why?"), rows=3, sealed=True)


def _works() -> Exists:
    roles = {role for kind in Kind for role in standing_on(kind)}
    return Exists(RoleGrant.objects.live().filter(user=OuterRef("pk"), role__in=roles))


def _named(people: QuerySet[User]) -> list[tuple[str, str]]:
    return [(one.code, one.display_name) for one in people.order_by("name")]
