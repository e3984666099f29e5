"""Fields take what people type, and say in plain words how to mend what they cannot take."""

import datetime as dt
from typing import Any

import pytest
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from ijm.ids import new_code
from ijm.web import forms
from ijm.web.renderer import DaybookRenderer

FEW = [("y", "Yes"), ("n", "No")]
MANY = [(str(n), f"Province {n}") for n in range(25)]


class Tip(forms.Form):
    words = forms.TextField(label="In her words", rows=5, help_text="What was said.", sealed=True)
    danger = forms.ChoiceField(label="In danger?", choices=FEW)
    on = forms.DayField(label="When?", past=True)
    born = forms.ApproximateDayField(label="Born", required=False)
    at = forms.MomentField(label="Hearing", required=False)
    adults = forms.WholeNumberField(label="Adults", required=False)
    province = forms.ChoiceField(label="Province", choices=MANY, required=False)
    means = forms.MultipleChoiceField(label="Means", choices=FEW, required=False)
    phone = forms.PhoneField(label="Phone", required=False, quiet=True)
    survivor = forms.CodeField(label="Code", prefixes=["SV"], required=False)
    safe = forms.TickField(label="Safe to call", required=False)


def refused(field: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


def test_a_text_is_composed_and_its_line_ends_made_one() -> None:
    assert forms.TextField(rows=3).clean(" a\r\nb\re\u0301 ") == "a\nb\n\u00e9"
    assert "Shorten it" in refused(forms.TextField(), "x" * 20_001)
    assert "12 characters; there is room for 10" in refused(forms.TextField(max_length=10), "x" * 12)
    assert "plain text" in refused(forms.TextField(), "a\x07b")
    assert "plain text" in refused(forms.TextField(), "a\ud800b")
    assert refused(forms.TextField(), "") == "Write an answer."


@pytest.mark.parametrize(("typed", "number"), [("12", 12), ("១២", 12), ("1,200", 1200), (" 7 ", 7)])
def test_a_number_in_either_script(typed: str, number: int) -> None:
    assert forms.WholeNumberField().clean(typed) == number


def test_what_is_no_number() -> None:
    field = forms.WholeNumberField()
    for typed in ("twelve", "1.5", "9" * 5000):
        assert refused(field, typed) == "Write a whole number, in digits."
    assert forms.WholeNumberField(required=False).clean("") is None
    assert refused(field, "-1")


def test_a_phone_in_khmer_digits() -> None:
    assert forms.PhoneField().clean("០១២ ៣៤៥ ៦៧៨") == "012 345 678"
    assert "six digits" in refused(forms.PhoneField(), "call me")


def test_a_code_as_people_type_it() -> None:
    code = new_code("SV")
    field = forms.CodeField(prefixes=["SV"])
    assert field.clean(f" {code.lower().replace('-', ' ')} ") == code
    assert "not a code" in refused(field, code[:-1])
    assert "begin with SV" in refused(field, new_code("TP"))
    assert forms.CodeField(required=False).clean("") == ""


@pytest.mark.parametrize("typed", [("25", "11", "2025"), ("២៥", "១១", "២០២៥"), ("25", "វិច្ឆិកា", "2025")])
def test_a_day_in_three_parts(typed: tuple[str, str, str]) -> None:
    assert forms.DayField().clean(typed) == dt.date(2025, 11, 25)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("32", "1", "2025"), "Write the day as a number from 1 to 31."),
        (("1", "Novem", "2025"), "Write the month as a number from 1 to 12."),
        (("1", "1", "25"), "Write the year with four digits, such as 2026."),
        (("", "1", "2025"), "Write the day as a number from 1 to 31."),
        (("30", "2", "2025"), "There is no such day. Check the day and the month."),
        (("²", "2", "2025"), "Write the day as a number from 1 to 31."),
        (("", "", ""), "Write the day, the month and the year."),
        (None, "Write the day, the month and the year."),
    ],
)
def test_a_day_that_is_none(typed: Any, told: str) -> None:
    assert refused(forms.DayField(), typed) == told


def test_days_of_the_past_and_of_the_future() -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    parts = [str(tomorrow.day), str(tomorrow.month), str(tomorrow.year)]
    assert "in the future" in refused(forms.DayField(past=True), parts)
    assert forms.DayField(future=True).clean(parts) == tomorrow
    assert "is over" in refused(forms.DayField(future=True), ["1", "1", "2000"])
    assert forms.DayField(required=False).clean(["", "", ""]) is None


def test_a_day_known_in_part() -> None:
    field = forms.ApproximateDayField()
    assert field.clean(["", "", "២០០១", ""]) == forms.ApproximateDay(2001)
    assert field.clean(["", "5", "2001", "about"]) == forms.ApproximateDay(2001, 5, about=True)
    assert field.clean(["17", "5", "2001", ""]) == forms.ApproximateDay(2001, 5, 17)
    assert field.clean(["", "", "", "unknown"]) == forms.ApproximateDay()
    assert forms.ApproximateDayField(required=False).clean(None) is None


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["", "", "", ""], "Write at least the year, or choose “Not known”."),
        (["", "5", "", ""], "Write at least the year, with four digits."),
        (["5", "", "2001", ""], "Write the month too, or take the day away."),
        (["31", "2", "2001", ""], "There is no such day. Check the day and the month."),
        (["", "", "2099", ""], "This day is in the future. Write today or an earlier day."),
        (["", "", "2001", "unknown"], "Either empty the date, or take “Not known” away."),
    ],
)
def test_a_day_known_in_part_that_is_none(typed: list[str], told: str) -> None:
    assert refused(forms.ApproximateDayField(), typed) == told


@pytest.mark.parametrize(("time", "read"), [("9", "09:00"), ("9.30", "09:30"), ("១៤:០៥", "14:05")])
def test_a_moment_in_the_offices_own_time(time: str, read: str) -> None:
    moment = forms.MomentField().clean(["25", "11", "2026", time])
    assert moment is not None
    assert f"{moment:%Y-%m-%d %H:%M %z}" == f"2026-11-25 {read} +0700"


def test_a_moment_that_is_none() -> None:
    assert "such as 14:05" in refused(forms.MomentField(), ["25", "11", "2026", "25:00"])
    assert "such as 14:05" in refused(forms.MomentField(), ["25", "11", "2026", ""])
    assert refused(forms.MomentField(), None) == "Write the day and the time."
    assert forms.MomentField(required=False).clean(None) is None


def test_few_answers_stand_in_sight_and_many_in_a_list() -> None:
    page = str(Tip())
    assert 'type="radio" name="danger"' in page
    assert '<select name="province"' in page
    assert 'type="checkbox" name="means"' in page


def test_a_form_ties_hints_and_errors_to_its_fields() -> None:
    form = Tip({})
    assert not form.is_valid()
    page = str(form)
    assert 'aria-describedby="id_words_helptext id_words_error"' in page
    assert 'id="id_words_helptext"' in page
    assert 'id="id_words_error"' in page
    assert "govuk-textarea--error" in page
    assert page.count("govuk-input--error") == 3
    assert "Sealed when saved" in page
    assert page.count("(if known)") == 6
    assert "required" not in page


def test_links_of_the_error_summary_lead_to_a_first_input() -> None:
    form = Tip({})
    page = str(form)
    for name in form.fields:
        assert f'id="{form[name].first_id}"' in page, name


def test_a_form_shows_again_what_was_given() -> None:
    born, at = forms.ApproximateDay(2001, 5, about=True), dt.datetime(2026, 11, 23, 7, 5, tzinfo=dt.UTC)
    page = str(Tip(initial={"on": dt.date(2025, 11, 25), "born": born, "at": at}))
    for value in ("25", "11", "2025", "5", "2001", "23", "2026", "14:05"):
        assert f'value="{value}"' in page
    assert 'value="about" id="id_born_3_1" checked' in page
    assert 'value="unknown" id="id_born_3_2" checked' in str(Tip(initial={"born": forms.ApproximateDay()}))


def test_whether_a_day_was_changed() -> None:
    field = forms.DayField()
    assert not field.has_changed(dt.date(2025, 11, 25), ["២៥", "11", "2025"])
    assert field.has_changed(None, ["25", "11", "2025"])


def test_choices_say_what_to_do() -> None:
    assert refused(forms.ChoiceField(choices=FEW), "") == "Choose one of the answers."
    assert refused(forms.ChoiceField(choices=FEW), "x") == "Choose one of the answers."
    assert refused(forms.MultipleChoiceField(choices=FEW), []) == "Tick at least one."
    assert refused(forms.MultipleChoiceField(choices=FEW), ["x"]) == "Tick only answers from the list."
    assert refused(forms.TickField(), False) == "Tick this to go on."


def test_forms_of_outside_packages_wear_the_same_dress() -> None:
    class Outside(django_forms.Form):
        code = django_forms.CharField(
            widget=django_forms.TextInput(attrs={"placeholder": "Code", "autocomplete": "one-time-code"})
        )
        credential = django_forms.JSONField(widget=django_forms.HiddenInput)

    page = str(Outside(renderer=DaybookRenderer()))
    assert 'class="govuk-input"' in page
    assert 'inputmode="numeric"' in page
    assert "placeholder" not in page
    assert '<input type="hidden" name="credential" value="null" id="id_credential">' in page
