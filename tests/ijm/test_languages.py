"""Two languages everywhere: digits of both scripts are taken, days and ages known in part, pages in Khmer are Khmer."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from django import forms as plain
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from ijm.accounts.code_forms import DigitsField
from ijm.accounts.models import User
from ijm.ids import normalise_code
from ijm.reference.models import Offence
from ijm.web import fields, forms, khmer, outside_words, words
from ijm.web.ages import ApproximateAge, ApproximateAgeField
from ijm.web.days import ApproximateDayField, DayField, MomentField
from tests import cast as casting
from tests import databases, matrix, world
from tests.cast import Cast
from tests.conftest import Furnished, read_out

SignIn = Callable[[User], Client]
KHMER = re.compile("[\u1780-\u17ff]")

# every form of the house


def every_form() -> list[type[plain.Form]]:
    """All form classes of the house, however deep."""
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in ("ijm", "investigations", "aftercare", "prosecutions", "audit"):
            for path in sorted(Path(config.path).rglob("forms/*.py")) + sorted(Path(config.path).rglob("*forms.py")):
                inner = path.relative_to(config.path).with_suffix("").as_posix().replace("/", ".")
                import_module(f"{config.name}.{inner}".removesuffix(".__init__"))
    found, new = set(), {plain.Form, plain.BaseForm}
    while new:
        found |= new
        new = {one for form in new for one in form.__subclasses__()} - found
    return [form for form in found if form.__module__.split(".")[0] in (
        "ijm", "investigations", "aftercare", "prosecutions", "audit") and hasattr(form, "base_fields")]


DIGITS_IN = (fields.WholeNumberField, fields.PhoneField, fields.CodeField, DayField, ApproximateDayField, MomentField,
             ApproximateAgeField, DigitsField)
DIGITS_NOT = (plain.IntegerField, plain.FloatField, plain.DecimalField, plain.DateField, plain.DateTimeField, plain.TimeField,
              plain.DurationField)


def test_every_number_and_date_field_of_the_house_takes_both_scripts() -> None:
    forms_found = every_form()
    assert len(forms_found) > 30
    wrong = [f"{form.__module__}.{form.__name__}.{name}" for form in forms_found for name, field in form.base_fields.items()
             if isinstance(field, DIGITS_NOT) and not isinstance(field, DIGITS_IN) and not field.widget.is_hidden]
    assert wrong == [], "use the fields of ijm.web.forms"


def same(field: plain.Field, latin: Any) -> bool:
    """The field takes Khmer digits for what it takes in Latin ones."""
    in_khmer = [khmer.to_khmer(part) for part in latin] if isinstance(latin, list) else khmer.to_khmer(latin)
    return bool(field.clean(latin) == field.clean(in_khmer))


def test_khmer_digits_mean_the_same(cast: Cast) -> None:
    year = str(timezone.localdate().year - 1)
    typed: list[tuple[plain.Field, Any]] = [
        (forms.WholeNumberField(), "12,500"), (forms.PhoneField(), "012 345 678"), (DigitsField(), "123 456"),
        (forms.DayField(), ["22", "11", year]), (forms.ApproximateDayField(), ["", "5", "2001", "about"]),
        (forms.MomentField(), ["22", "11", year, "14:05"]), (ApproximateAgeField(), ["14", "17", ""]),
        (forms.CodeField(), cast.liaison.code)]
    for field, latin in typed:
        assert same(field, latin), field
    assert normalise_code(khmer.to_khmer(cast.liaison.code)) == cast.liaison.code, "the search takes them too"


def test_a_code_of_a_second_factor_may_be_typed_in_khmer(cast: Cast) -> None:
    from allauth.mfa import app_settings
    from django.utils.module_loading import import_string

    for kind in ("authenticate", "reauthenticate", "activate_totp"):
        field = import_string(app_settings.FORMS[kind]).base_fields["code"]
        assert field.clean("១២៣ ៤៥៦") == "123456" and field.clean(" 123456 ") == "123456"


# days and ages


def test_a_letter_has_its_own_way_of_a_day() -> None:
    with translation.override("km"):
        assert words.letter_day(dt.date(2026, 11, 22)) == "ថ្ងៃទី២២ ខែវិច្ឆិកា ឆ្នាំ២០២៦"
    with translation.override("en"):
        assert words.letter_day(dt.date(2026, 11, 22)) == "22 November 2026"


@pytest.mark.parametrize(("typed", "kept"), [
    (["16", "", ""], "16"), (["១៦", "", "about"], "16~"), (["14", "១៧", ""], "14/17"), (["", "", "unknown"], "XX"),
    (["0", "", ""], "0"), (["14", "14", ""], "14")])
def test_an_age_is_known_as_far_as_it_is_told(typed: list[str], kept: str) -> None:
    age = ApproximateAgeField().clean(typed)
    assert str(age) == kept and ApproximateAge.read(kept) == ApproximateAge.read(str(age))
    shown = ApproximateAgeField().widget.decompress(age)
    assert str(ApproximateAgeField().clean(shown)) == kept


@pytest.mark.parametrize("typed", [["", "17", ""], ["17", "14", ""], ["121", "", ""], ["-1", "", ""], ["x", "", ""],
                                   ["16", "", "unknown"], ["", "", ""], ["1.5", "", ""], ["²", "", ""]])
def test_an_age_that_cannot_be_is_refused_in_words(typed: list[str]) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        ApproximateAgeField().clean(typed)
    with translation.override("en"):
        assert refused.value.messages[0].endswith((".", "”."))


def test_an_age_may_be_left_out_and_read_back() -> None:
    assert ApproximateAgeField(required=False).clean(["", "", ""]) is None
    assert ApproximateAge.read("14/17").could_be_child and ApproximateAge().could_be_child
    assert ApproximateAge(18, about=True).could_be_child and not ApproximateAge(21).could_be_child
    for text in ("", "16/", "17/14", "200", "1/2/3", "៥", "16~~"):
        with pytest.raises(ValueError, match="not an approximate age"):
            ApproximateAge.read(text)
    with translation.override("en"):
        said = [ApproximateAge.read(text).spoken() for text in ("16", "16~", "14/17", "XX")]
    assert said == ["16 years old", "about 16 years old", "between 14 and 17", "age not known"]
    with translation.override("km"):
        assert all(KHMER.search(ApproximateAge.read(text).spoken()) and not re.search(r"\d", ApproximateAge.read(
            text).spoken().translate({ord(d): None for d in khmer.DIGITS})) for text in ("16", "16~", "14/17", "XX"))


# the words of Django and allauth

FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLACES = ("core/validators.py", "forms/fields.py", "forms/forms.py", "forms/formsets.py", "forms/models.py", "forms/widgets.py",
          "contrib/auth/password_validation.py")
ALLAUTH = ("account/adapter.py", "account/forms.py", "mfa/adapter.py", "mfa/models.py", "mfa/base/forms.py", "mfa/totp/forms.py",
           "mfa/webauthn/forms.py")
# No page of ours can show these: there is no address by mail or phone to sign in with, no model form, no decimal number,
# no web address, no file cleared, no recovery code, no passwordless key.
NEVER = re.compile(
    r"email|phone|Email|signup|already registered|domain|URL|slug|step size|digit|decimal|%\(protocol\)s|IPv|duration|duplicate|"
    r"inline value|is not a valid value|days must be|Username can not|select only one|expired key|reset token|generate recovery|"
    r"^, $|^:$|\(optional\)")


def outside() -> Iterator[tuple[str, str]]:
    """What the packages ask a translation for, with its plural, in the places that our pages use."""
    for base, names in ((Path(django.__file__).parent, PLACES), (Path(allauth.__file__).parent, ALLAUTH)):
        for name in names:
            for node in ast.walk(ast.parse((base / name).read_text())):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
                said = [one.value for one in node.args if isinstance(one, ast.Constant)] if called else []
                if said and isinstance(said[0], str):
                    yield said[0], said[1] if len(said) > 1 and node.func.id.startswith("n") else ""


def test_words_of_the_packages_are_khmer_or_never_shown() -> None:
    asked = {(word, many) for word, many in outside() if not NEVER.search(word)}
    assert len(asked) > 60, "the search itself works"
    with translation.override("km"):
        wanting = {word for word, many in asked if not KHMER.search(
            translation.ngettext(word, many, 5) if many else translation.gettext(word))}
    assert wanting == set(), "name them in ijm/web/outside_words.py and give them Khmer words"


def test_what_we_name_is_asked_for_by_the_packages() -> None:
    asked = {word for word, _many in outside()}
    assert len(outside_words.counted(5)) == 8
    assert {word for word in outside_words.WORDS if word not in asked} <= {
        "Invalid login.", "The username and/or password you specified are not correct."}


# pages in Khmer

ALLOWED = re.compile(
    r"\b(?:[A-Z]{2}-)?[0-9A-Z]{4}-[0-9A-Z]{4}\b|"  # codes first: what else is allowed may be part of one
    r"Daybook|TOTP|WebAuthn|HTCDS|CTDC|XLSX|CSV|DOCX|PDF|XLSForm|PNG|JPEG|ZIP|GB|PowerPoint|Word|Excel|English|Escape|Shift|Ctrl|Enter|Tab|kHz|MB|KB|CaseFile|"
    r"IJM_MAIL|IJM|OK|ISO|UTC|UTF-8|UTF|https?|USD|KHR|SMS|Signal|WhatsApp|Telegram|Facebook|Messenger|Line|iCal|iCalendar|QR|PIN|Windows|Linux|"
    r"Asia/\w+|SHA-256|NGO|NCDD|\.xlsx|\.csv|manage\.py up --demo|docs/operations\.md|/[\w./-]*(?:key|passphrase)|"
    r"kim\.sreymom|Forced labour; Servitude|\b[A-Z]{2}\b|\b[A-F][1-6]\b|· /[\w/%.-]*|^[1-6] –|"
    r"Google|Outlook|Thunderbird|Apple|Android|iPhone|\b[A-Z]\b|[\w.+-]+@[\w.-]+|[a-z]+_[a-z_]+")


class Words(HTMLParser):
    """The words of a page that a reader meets: texts and the labels of things, but no codes, keys, or other language."""

    VOID = {"meta", "link", "input", "br", "img", "use", "path", "circle", "progress", "hr"}

    def __init__(self) -> None:
        super().__init__()
        self.met: list[str] = []
        self.out: list[str] = []
        self.stack: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in ("script", "style", "svg", "kbd", "code", "pre", "textarea") or given.get("lang") == "en" or bool(
            set((given.get("class") or "").split()) & {"code", "av", "keep-latin"})
        self.met += [given[name] or "" for name in ("aria-label", "placeholder", "title") if name in given and not silent]
        if tag not in self.VOID:
            self.stack.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(silent for _tag, silent in self.stack):
            self.met.append(data)


def met(page: str) -> list[str]:
    """All words of the body."""
    parser = Words()
    parser.feed(page[page.index("<body"):])
    return parser.met


def names_of(cast: Cast) -> re.Pattern[str]:
    """The cast has Latin names only."""
    names = {name.replace("_", " ").capitalize() for name in casting.EVERYBODY}
    names |= set(casting.EVERYBODY) | {"Phnom Penh office", "Battambang office"}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def outside_our_words() -> re.Pattern[str]:
    """What stands in one language only: articles of the law as translated by others, and what the journeys typed."""
    typed = {"A brick kiln", "Police first, care behind", "Sok Dara A"}
    law = {text for offence in Offence.objects.all() for text in (str(offence), offence.penalty) if text}
    return re.compile("|".join(sorted(map(re.escape, typed | law), key=len, reverse=True)) + r"|^· $|Art\\. \\d+")


VISITORS = ("care_worker", "care_supervisor", "investigator", "investigation_supervisor", "liaison", "administrator",
            "data_protection", "auditor")


def test_a_page_in_khmer_has_no_english_words_and_no_latin_digits(
    furnished: Furnished, django_db_blocker: Any, signed_in: SignIn
) -> None:
    with django_db_blocker.unblock(), databases.at(furnished.names):
        pages_in_khmer(furnished.cast, furnished.things, signed_in)


def pages_in_khmer(cast: Cast, places: world.World, signed_in: SignIn) -> None:
    """Whoever may looks at each page once."""
    names, english, digits = names_of(cast), dict[str, set[str]](), dict[str, set[str]]()
    law = outside_our_words()
    shown: set[str] = set()
    for who in VISITORS:
        client = signed_in(getattr(cast, who))
        client.cookies["lang"] = "km"
        for page in matrix.doors():
            if page.name in shown or who not in page.members() or page.name.startswith("desk:reference"):
                continue
            answer = read_out(client.get(page.url(places)))
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            shown.add(page.name)
            for text in met(answer.content.decode()):
                rest = ALLOWED.sub("", law.sub("", names.sub("", text)))
                if re.search("[A-Za-z]{2,}", rest):
                    english.setdefault(page.name, set()).add(text.strip())
                if re.search("[0-9]", rest):
                    digits.setdefault(page.name, set()).add(text.strip())
    assert len(shown) > 50
    assert english == {}
    assert digits == {}
