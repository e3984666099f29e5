"""Correcting: each wing's page by one pattern; two at once see both versions, and nobody's words are written over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.vault.disclosure import disclose
from ijm.web import versions
from ijm.web.approximate import ApproximateDay
from investigations.actions import corrections, tips
from investigations.forms.corrections import IncidentCorrection
from investigations.models import Incident, Investigation, Suspect, Tip
from tests import stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.trail import acts, last_events

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def shown_in(page: Any, form: str = "form") -> dict[str, Any]:
    """What the form of a page would send back unchanged."""
    shown = page.context[form]
    sent: dict[str, Any] = {}
    for field in shown:
        value = field.value()
        if hasattr(field.field.widget, "widgets"):
            parts = value if isinstance(value, list) else field.field.widget.decompress(value)
            sent |= {f"{field.html_name}_{number}": part for number, part in enumerate(parts)}
        elif isinstance(value, bool):
            sent |= {field.html_name: "on"} if value else {}
        else:
            sent[field.html_name] = "" if value is None else value
    return sent


def hidden(page: Any) -> dict[str, Any]:
    """Every hidden field of a page's form, the token left out; names that come twice as a list."""
    from html import unescape

    found: dict[str, list[str]] = {}
    main = page.content.decode().partition('<form method="post" class="form stackv"')[2].partition("</form>")[0]
    for name, value in HIDDEN.findall(main):
        found.setdefault(unescape(name), []).append(unescape(value))
    return {name: values for name, values in found.items() if not name.startswith("csrf")}


def told(tip: Tip, by: User, *names: str) -> dict[str, Any]:
    with acting_as(by, "r"):
        return dict(disclose(Tip.objects.get(pk=tip.pk), *(names or ("what_was_said", "landmark")), to=by))


@pytest.fixture
def tip(cast: Cast) -> Tip:
    return stories.taken_tip(cast)


def test_correcting_a_tip(cast: Cast, tip: Tip) -> None:
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    page = client.get(path)
    assert last_events(2)[-1]["why"]["code"] == "CORRECTION" or "CORRECTION" in str(last_events(4)), "opened to be corrected"
    words = shown_in(page)
    before = told(tip, cast.hotline)
    assert words["what_was_said"] == before["what_was_said"]
    answer = client.post(path, {**words, "landmark": "by the old mill", "children": "yes"})
    assert (answer.status_code, answer.url) == (302, f"/investigations/tips/{tip.code}/")
    assert told(tip, cast.hotline) == {**before, "landmark": "by the old mill"}
    event = next(event for event in reversed(last_events(10)) if event["act"] == "tip.corrected")
    assert event["why"]["code"] == "CORRECTION"
    with acting_as(cast.hotline, "r"):
        now = Tip.objects.get(pk=tip.pk)
        assert now.is_child_involved is True and now.rev == tip.rev + 1 and now.source_rev == tip.source_rev


def test_what_was_not_changed_is_not_saved(cast: Cast, tip: Tip) -> None:
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    answer = client.post(path, shown_in(client.get(path)))
    assert answer.status_code == 302 and "tip.corrected" not in acts()
    assert "Nothing was changed." in client.get(answer.url).content.decode()
    wrong = client.post(path, {**shown_in(client.get(path)), "people_affected": "many"})
    assert wrong.status_code == 200 and "whole number" in wrong.content.decode()


def two_at_once(cast: Cast, tip: Tip) -> tuple[Client, str, Any]:
    """The supervisor corrects two answers while the hotline officer is writing; what the officer is shown."""
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    words = shown_in(client.get(path))
    boss, other = cast.investigation_supervisor, sign_in(cast.investigation_supervisor)
    theirs = shown_in(other.get(path))
    assert other.post(path, {**theirs, "what_was_said": "Locked in by night and by day", "province": "08"}).status_code == 302
    page = client.post(path, {**words, "what_was_said": "Locked in by night, two of them", "landmark": "at the mill"})
    assert page.status_code == 409 and boss.display_name in page.content.decode()
    return client, path, page


def test_who_was_slower_sees_both_versions(cast: Cast, tip: Tip) -> None:
    _client, _path, page = two_at_once(cast, tip)
    shown = page.content.decode()
    assert {pair["name"]: pair["pick"] for pair in page.context["pairs"]} == {"what_was_said": "mine", "province": "theirs"}
    assert "saved this while you were writing" in shown and "2 answers differ" in shown
    assert re.search(r"night<ins>, two of them</ins>|<ins>night, two of them</ins>", shown), "her words are marked"
    assert "<ins>and by day</ins>" in shown or "and by day</ins>" in shown
    assert told(tip, cast.hotline)["what_was_said"] == "Locked in by night and by day", "nothing is saved yet"


@pytest.mark.parametrize(("pick", "saved"), [
    ("mine", "Locked in by night, two of them"), ("theirs", "Locked in by night and by day"),
    ("both", "Locked in by night and by day, two of them")])
def test_the_choice_is_saved_field_by_field(cast: Cast, tip: Tip, pick: str, saved: str) -> None:
    client, path, page = two_at_once(cast, tip)
    sent = {**hidden(page), "_pick-what_was_said": pick, "_pick-province": "theirs",
            "what_was_said": "Locked in by night and by day, two of them", "province": ""}
    answer = client.post(path, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert told(tip, cast.hotline) == {"what_was_said": saved, "landmark": "at the mill"}
    with acting_as(cast.hotline, "r"):
        assert Tip.objects.get(pk=tip.pk).province == "08"


def test_a_third_change_in_between_is_shown_too(cast: Cast, tip: Tip) -> None:
    client, path, page = two_at_once(cast, tip)
    with acting_as(cast.investigation_supervisor):
        corrections.correct_tip(Tip.objects.get(pk=tip.pk), by=cast.investigation_supervisor, what_was_said="A third version")
    sent = {**hidden(page), "_pick-what_was_said": "mine", "_pick-province": "theirs", "what_was_said": "mine", "province": ""}
    again = client.post(path, sent)
    assert again.status_code == 409 and "A third version" in again.content.decode().replace("<ins>", "").replace("</ins>", "")


def test_a_change_of_other_answers_stands_in_nobodys_way(cast: Cast, tip: Tip) -> None:
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    words = shown_in(client.get(path))
    with acting_as(cast.investigation_supervisor) as _door:
        tips.assess(Tip.objects.get(pk=tip.pk), by=cast.investigation_supervisor, source_grade="B", information_grade="2",
                    reason="fits")
    assert client.post(path, {**words, "landmark": "at the mill"}).status_code == 302
    assert told(tip, cast.hotline)["landmark"] == "at the mill"
    assert told(tip, cast.investigation_supervisor, "reason") == {"reason": "fits"}


def test_without_the_marks_every_difference_is_asked(cast: Cast, tip: Tip) -> None:
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    words = shown_in(client.get(path))
    with acting_as(cast.hotline):
        corrections.correct_tip(Tip.objects.get(pk=tip.pk), by=cast.hotline, landmark="elsewhere")
    for seen in ("", "[]", "{", "null"):
        page = client.post(path, {**words, "seen": seen})
        assert page.status_code == 409 and [pair["name"] for pair in page.context["pairs"]] == ["landmark"]


def test_the_same_second_is_noticed_too(cast: Cast, tip: Tip, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = sign_in(cast.hotline), f"/investigations/tips/{tip.code}/correct/"
    words = shown_in(client.get(path))
    real, first = corrections.correct_tip, [True]

    def slow(record: Tip, **given: Any) -> Tip:
        if first.pop() if first else False:
            from ijm.trail.errors import Stale

            raise Stale("somebody was faster by a moment")
        return real(record, **given)

    monkeypatch.setattr(corrections, "correct_tip", slow)
    assert client.post(path, {**words, "landmark": "at the mill"}).status_code == 302
    assert told(tip, cast.hotline)["landmark"] == "at the mill"


OTHERS: list[tuple[str, Callable[[Any], Any], dict[str, Any], str]] = [
    ("files/{}/", lambda cast: Investigation.objects.get(), {"province": "05"}, "investigation.corrected"),
    ("incidents/{}/", lambda cast: Incident.objects.get(), {"account": "In other words", "occurred_2": "2024"},
     "incident.corrected"),
    ("suspects/{}/", lambda cast: Suspect.objects.select_related("alias").get(), {"given": "Vexagiven", "called": "ខ្មៅ"},
     "suspect.corrected"),
]


@pytest.mark.parametrize(("path", "find", "change", "act"), OTHERS, ids=[act for *_rest, act in OTHERS])
def test_correcting_other_records_of_an_investigation(cast: Cast, path: str, find: Callable[[Any], Any], change: dict[str, str],
                                                     act: str) -> None:
    stories.promoted_tip(cast)
    with acting_as(cast.investigator, "r"):
        record = find(cast)
    where = "/investigations/" + path.format(record.code) + "correct/"
    client = sign_in(cast.investigator)
    words = shown_in(client.get(where))
    assert client.post(where, {**words, **change}).status_code == 302
    assert act in acts()
    again = shown_in(client.get(where))
    assert {name: again[name] for name in change} == change and again["rev"] == words["rev"] + 1
    with acting_as(cast.investigator, "r"):
        assert find(cast).rev == record.rev + 1


def test_correcting_a_survivors_page(cast: Cast) -> None:
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    client, path = sign_in(cast.care_worker), f"/aftercare/survivors/{survivor.code}/correct/"
    words = shown_in(client.get(path))
    assert (words["age_band_0"], words["age_band_1"]) == ("18", "24"), "what is known so far"
    age = {"age_band_0": "២៥", "age_band_1": "", "age_band_2": "about"}
    answer = client.post(path, {**words, **age, "account": "She came by herself"})
    assert (answer.status_code, "survivor.corrected" in acts()) == (302, True)
    assert shown_in(client.get(path))["account"] == "She came by herself"
    assert client.post(path, {**shown_in(client.get(path)), "account": ""}).status_code == 302
    with acting_as(cast.care_worker, "r"):
        survivor.refresh_from_db()
        assert survivor.age_band == "25-34"


def test_who_may_not_correct(cast: Cast, tip: Tip) -> None:
    stories.concluded_rescue(cast)
    survivor = stories.taken_in(cast)
    paths = [f"/investigations/tips/{tip.code}/correct/", f"/aftercare/survivors/{survivor.code}/correct/"]
    for user in (cast.far_hotline, cast.far_care_worker, cast.administrator, cast.auditor, cast.partner, cast.liaison):
        client = sign_in(user)
        assert [client.get(path).status_code for path in paths] == [404, 404], user.username
        assert [client.post(path, {"rev": "1"}).status_code for path in paths] == [404, 404]
    with acting_as(cast.investigation_supervisor):
        held = Tip.objects.get(pk=tip.pk)
        tips.assess(held, by=cast.investigation_supervisor, source_grade="B", information_grade="2", reason="x")
        tips.decline(Tip.objects.get(pk=tip.pk), by=cast.investigation_supervisor)
    answer = sign_in(cast.hotline).get(paths[0])
    assert answer.status_code == 302, "what became of it is decided"


def test_answers_are_compared_by_what_they_say() -> None:
    assert versions.same(None, "") and versions.same([], "") and versions.same(["b", "a"], ["a", "b"])
    assert versions.same("a\r\nb ", "a\nb") and not versions.same(False, "") and not versions.same("8", "9")
    assert versions.mark("a", "x") != versions.mark("b", "x")
    day = ApproximateDay(2024, 5)
    assert versions.same(day, ApproximateDay.read(str(day)))


@pytest.mark.parametrize(("text", "other", "marked"), [
    ("one two three", "one three", "one <ins>two </ins>three"),
    ("<b>", "", "<ins>&lt;b&gt;</ins>"),
    ("same", "same", "same"),
    ("ខ្មែរក", "ខ្មែរ", "ខ្មែរ<ins>ក</ins>"),
])
def test_words_that_differ_are_marked(text: str, other: str, marked: str) -> None:
    assert versions.differing(text, other) == marked


def test_every_kind_of_answer_can_be_taken_over() -> None:
    from django.http import QueryDict

    stands = {"is_child": True, "acts": ["transfer", "receipt"], "means": [], "purposes": ["labour"], "province": "12",
              "occurred": ApproximateDay(2024, 5, None, True), "account": "x"}
    form = IncidentCorrection(rev=3, stands=stands)
    data = QueryDict("occurred_0=1&occurred_3=unknown&acts=harbouring", mutable=True)
    for name, value in stands.items():
        versions.put(data, form[name], value)
    data["rev"], data["seen"] = "3", versions.marks(stands)
    taken = IncidentCorrection(data, rev=3)
    assert taken.is_valid(), taken.errors
    assert taken.changes() == {} and versions.said(form["acts"], ["receipt"]) == "Receipt"
    assert versions.said(form["is_child"], False) == "No" and versions.said(form["account"], "") == "Nothing written"
