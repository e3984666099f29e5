"""The parts of a page: every one renders strictly, sealed values hold no secret, icons come once."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.template import Context, Engine, RequestContext
from django.template.base import Template
from django.test import RequestFactory
from django.utils import translation

from ijm.trail.purposes import LOOKING
from ijm.web import forms, icons

NOW = dt.datetime(2026, 11, 23, 7, 5, tzinfo=dt.UTC)


class Unknown(str):
    """Raises when a template prints a variable nobody gave."""

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, name: object) -> str:
        raise LookupError(f"the template prints an unknown variable: {name}")


STRICT = Engine(
    app_dirs=True,
    string_if_invalid=Unknown("%s"),
    libraries={
        "daybook": "ijm.web.templatetags.daybook",
        "i18n": "django.templatetags.i18n",
        "static": "django.templatetags.static",
    },
)


def asking() -> HttpRequest:
    request = RequestFactory().get("/aftercare/survivors/")
    request.htmx = False  # type: ignore[attr-defined]
    return request


def write(source: str, request: HttpRequest | None = None, **given: Any) -> str:
    template = Template("{% load i18n daybook %}" + source, engine=STRICT)
    request = request or asking()
    page = template.render(RequestContext(request, {"request": request, **given}))
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r'\1"T"', page)


def part(name: str, /, **given: Any) -> str:
    return write(f'{{% include "web/parts/{name}.html" %}}', **given)


PARTS: dict[str, dict[str, Any]] = {
    "facts": {"facts": [("Since", dt.date(2026, 11, 23)), ("Worker", "Kim")]},
    "filehead": {"kind": "Survivor", "title": "Adult woman, 19 to 24"},
    "pagehead": {"title": "Tips"},
    "breadcrumbs": {"trail": [("My work", "/desk/")]},
    "tabs": {
        "tabs": [
            {"label": "Overview", "url": "#", "current": True, "count": None},
            {"label": "Goals", "url": "#", "count": 5},
        ]
    },
    "stages": {
        "stages": [
            {"label": "Tip", "state": "done"},
            {"label": "Now", "state": "current", "since": NOW},
            {"label": "Next"},
        ]
    },
    "empty": {"title": "No follow-ups are due"},
    "errors": {"form": forms.Form()},
    "timeline": {
        "items": [
            {"title": "Call", "at": NOW},
            {"title": "Visit", "on": NOW, "icon": "home", "key": True, "text": "…", "by": "Kim", "url": "/"},
        ]
    },
    "table": {
        "columns": [{"label": "Code"}, {"label": "Looks", "num": True}, {"label": "Do", "hidden": True}],
        "rows": [
            [
                {"code": "SV-7K4M-92QX", "url": "/", "sub": "…"},
                {"text": 3, "num": True, "label": "Looks"},
                {"state": "Late", "tone": "bad"},
            ]
        ],
    },
    "restricted": {"unit": "Battambang office, Care"},
    "unconfirmed": {},
    "clock": {"name": "Custody", "left": "5 h left", "total": 48, "spent": 43},
    "note": {"text": "Two people were told."},
    "refusal": {"decision": {"why": "You cannot open this. Ask Ouk Chenda."}},
    "approval": {"id": "a1", "title": "Rescue", "asker": "Ly Vannak", "refusal": "You asked for it."},
    "whosaw": {
        "caption": "Looks",
        "looks": [{"who": "Kim", "at": NOW, "fields": "Name", "purpose": "Visit", "relation": ""}],
    },
    "figures": {"figures": [{"number": 2, "label": "Late", "url": "#", "hot": True}, {"number": 4, "label": "Due"}]},
    "worklist": {
        "items": [
            {"title": "Return", "url": "/", "late": "3 days late", "when": "20 Nov", "code": "EX-1", "about": "x"},
            {"title": "Call", "url": "/"},
        ]
    },
    "banner": {},
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("language", ["en", "km"])
def test_a_part_needs_only_what_the_readme_asks(name: str, language: str) -> None:
    with translation.override(language):
        assert part(name, **PARTS[name]) != "" or name == "errors"


def test_a_full_file_header() -> None:
    page = part(
        "filehead",
        wing="care",
        kind="Survivor",
        code="SV-7K4M-92QX",
        title="Adult woman",
        state_label="In care",
        state_tone="good",
        risk_level="medium",
        facts=[("Since", dt.date(2026, 7, 3))],
        action_url="/x/",
        action_label="Record",
        action_icon="plus",
    )
    for shown in (
        'data-copy="SV-7K4M-92QX"',
        "govuk-tag--green",
        "risk--med",
        "Fri 3 Jul 2026",
        'href="/x/"',
        "#i-sprout",
    ):
        assert shown in page


def test_a_refused_button_is_replaced_by_the_reason() -> None:
    page = part(
        "filehead", kind="Survivor", title="Adult woman", action_why="Ask Ouk Chenda.", action_url="", state_label="New"
    )
    assert "Ask Ouk Chenda." in page
    assert "govuk-button" not in page


def test_a_closed_value_asks_for_a_purpose() -> None:
    page = write('{% sealed "Phone" url="/reveal/" field="phone" %}')
    for purpose in LOOKING:
        assert f'value="{purpose.value}"' in page
    assert 'name="field" value="phone"' in page
    assert 'hx-post="/reveal/"' in page
    assert "data-open" not in page


def test_a_closed_value_with_a_known_purpose_is_one_button() -> None:
    page = write('{% sealed "Phone" url="/reveal/" purpose="SAFETY" %}')
    assert '<input type="hidden" name="purpose" value="SAFETY">' in page
    assert "<details" not in page


def test_an_open_value_says_what_the_look_cost() -> None:
    page = write(
        '{% sealed "Phone" state="open" value=value purpose_label="Home visit" at=now back="/x/" lang="km" %}',
        now=NOW,
        value="<b>012",
    )
    assert "&lt;b&gt;012" in page
    assert "This look is recorded, 14:05." in page
    assert "Home visit" in page
    assert 'data-seconds="30"' in page
    assert 'lang="km"' in page


def test_a_refused_value_says_whom_to_ask() -> None:
    page = write(
        '{% sealed "Phone" state="refused" why="Ask Ouk Chenda." ask_url="/ask/" ask_label="Ask her" value="012" %}'
    )
    assert "Ask Ouk Chenda." in page
    assert 'href="/ask/"' in page
    assert "012" not in page


@pytest.mark.parametrize("state", ["closed", "refused"])
def test_a_value_that_is_not_open_has_dots_of_fixed_length(state: str) -> None:
    short = write(f'{{% sealed "Phone" state="{state}" value="1" url="/" %}}')
    assert short == write(f'{{% sealed "Phone" state="{state}" value="{"1" * 90}" url="/" %}}')
    assert "••••••••" in short


def test_a_page_carries_each_drawing_once() -> None:
    page = write('{% icon "lock" %}{% icon "lock" "l" %}{% icon "bell" %}{% icon_sheet %}')
    assert page.count("<symbol") == 2
    assert page.count('href="#i-lock"') == 2
    assert "i--l" in page


def test_a_fragment_brings_its_drawings_along() -> None:
    request = asking()
    request.htmx = True  # type: ignore[attr-defined]
    page = write('{% icon "lock" %}{% icon_sheet %}', request)
    assert "<use" not in page
    assert icons.drawings()["lock"] in page
    assert "<symbol" not in page


def test_without_a_request_drawings_stand_in_place() -> None:
    template = Template('{% load daybook %}{% icon "eye" %}{% icon_sheet %}', engine=STRICT)
    assert icons.drawings()["eye"] in template.render(Context({}))


def test_an_icon_nobody_drew_is_an_error() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        write('{% icon "unicorn" %}')


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ('{% state "Late" "bad" %}', "#i-alert"),
        ('{% state "Waiting" "warn" "clock" %}', "govuk-tag--yellow"),
        ('{% state "Planned" %}', '<strong class="govuk-tag">Planned</strong>'),
        ('{% plain_code "SV-1" %}', '<span class="code">SV-1</span>'),
        ('{% initials "Kim Sreymom Chan" %}', "KS"),
        ("{% now_moment %}", "20"),
        ('{% risk "low" %}', "Low risk"),
        ('{% code "SV-1" %}', 'data-copy="SV-1"'),
    ],
)
def test_small_tags(tag: str, shown: str) -> None:
    assert shown in write(tag)


def test_the_error_summary_links_to_its_fields() -> None:
    class Plain(forms.Form):
        on = forms.DayField(label="When?")
        word = forms.TextField(label="Word")

    page = part("errors", form=Plain({}))
    assert 'href="#id_on_0"' in page
    assert 'href="#id_word"' in page
    assert ">When? Write the day, the month and the year.<" in page
    assert ">Word: Write an answer.<" in page
    with translation.override("km"):
        assert ">Word៖ " in part("errors", form=Plain({}))
    assert "2 answers need mending" in page
    assert "One answer needs mending" in part("errors", form=Plain({"word": "x"}))


def test_a_pager_keeps_the_rest_of_the_address() -> None:
    request = asking()
    request.GET = QueryDict("show=all&page=2")  # type: ignore[assignment]
    page = write('{% include "web/parts/pager.html" %}', request, page=Paginator(range(150), 50).page(2))
    assert 'href="?show=all&amp;page=1" rel="prev"' in page
    assert 'href="?show=all&amp;page=3" rel="next"' in page
    assert "Page 2 of 3" in page
    assert write('{% include "web/parts/pager.html" %}', page=Paginator([], 50).page(1)) == "\n"


def test_an_error_of_the_whole_form_leads_the_summary() -> None:
    form = forms.Form({})
    form.add_error(None, "These two do not fit.")
    page = part("errors", form=form)
    assert "This did not work" in page
    assert "These two do not fit." in page
