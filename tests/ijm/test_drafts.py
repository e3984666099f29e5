"""Drafts on the server: kept sealed, put back as typed, gone when sent, and nobody else's."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.test import Client
from django.utils import timezone

from ijm.accounts.models import User
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.web import drafts
from ijm.web.models import Draft
from ijm.web.resume import resume
from tests import stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.trail import acts, last_events

TIP = "/investigations/tips/new/"
WORDS = {"what_was_said": "Behind Vexakiln, ប្រាំបី people\nlocked in", "urgency": "now", "channel": "hotline",
         "people_affected": "៨ or so", "children": "no", "province": "12", "landmark": "", "caller_name": "Thormalin",
         "caller_phone": "០៩៧", "safe_contact": ""}


def body(words: dict[str, Any]) -> str:
    return urllib.parse.urlencode(words, doseq=True)


def keep(client: Client, user: User, path: str, words: dict[str, Any], **other: Any) -> Any:
    return client.post("/account/drafts/", {"person": user.code, "path": path, "form": path, "body": body(words), **other})


def test_what_was_typed_is_kept_and_stands_in_the_form_again(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    answer = keep(client, cast.hotline, TIP, WORDS)
    assert answer.status_code == 200 and answer.json()["kept"] and ":" in answer.json()["at"]
    shown = client.get(TIP).content.decode()
    assert "Vexakiln" in shown and "៨ or so" in shown and "០៩៧" in shown, "as it was typed"
    assert 'value="now"' in shown and shown.count("checked") == 3, "answers are chosen again"
    assert "You began this on" in shown and "Throw it away" in shown
    assert "govuk-error-message" not in shown and "error-summary" not in shown, "nothing is said about mistakes yet"
    assert acts()[-2:] == ["record.seen", "draft.resumed"] or "draft.resumed" in acts()[-3:]


def test_only_beginning_resuming_and_discarding_are_events(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    for text in ("a", "ab", "abc"):
        keep(client, cast.hotline, TIP, {**WORDS, "landmark": text})
    assert acts().count("draft.begun") == 1 and Draft.objects.count() == 0, "hidden outside her own door"
    client.get(TIP)
    answer = client.post("/account/drafts/discard/", {"path": TIP})
    assert answer.status_code == 302 and answer.url == TIP
    assert [act for act in acts() if act.startswith("draft.")] == ["draft.begun", "draft.resumed", "draft.discarded"]
    assert "Vexakiln" not in client.get(TIP).content.decode()
    assert "Vexakiln" not in str(last_events(10))


def test_a_draft_goes_when_its_form_was_taken_and_stays_when_it_was_not(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    keep(client, cast.hotline, TIP, WORDS)
    assert client.post(TIP, {**WORDS, "people_affected": "eight"}).status_code == 200
    with acting_as(cast.hotline, "r"):
        assert len(drafts.mine(cast.hotline)) == 1, "mistakes in it: it stays"
    assert client.post(TIP, {**WORDS, "people_affected": "8", "caller_phone": "097 123 456"}).status_code == 302
    with acting_as(cast.hotline, "r"):
        assert drafts.mine(cast.hotline) == []


def test_the_list_of_what_is_unfinished(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    assert "Nothing is unfinished" in client.get("/account/drafts/").content.decode()
    keep(client, cast.hotline, TIP, WORDS)
    shown = client.get("/account/drafts/").content.decode()
    assert "Take a tip" in shown and TIP in shown and "Vexakiln" not in shown
    with acting_as(cast.hotline, "r"):
        (draft,) = drafts.mine(cast.hotline)
        assert (draft.path, draft.label, draft.about_code) == (TIP, "Take a tip", "")


@pytest.mark.parametrize("path", [
    "/investigations/tips/Vexanaly/", "/nowhere/", "/account/sign-in/", "https://elsewhere.example/", "/language/",
    "/investigations/tips/new/?q=Vexanaly", "/" + "a" * 300, ""])
def test_an_address_that_is_no_page_of_ours_keeps_nothing(cast: Cast, path: str) -> None:
    assert keep(sign_in(cast.hotline), cast.hotline, path, WORDS).status_code == 400
    assert "draft.begun" not in acts()


def test_the_words_of_another_person_do_not_become_hers(cast: Cast) -> None:
    client = sign_in(cast.hotline)
    assert keep(client, cast.investigator, TIP, WORDS).status_code == 409, "somebody else signed in at this screen"
    assert keep(client, cast.hotline, TIP, {"what_was_said": "x" * drafts.MOST}).status_code == 413


def test_passwords_and_tokens_are_not_kept() -> None:
    said = "csrfmiddlewaretoken=x&_once=y&password1=z&words=kept&words=twice&purposes=labour"
    assert drafts.pairs(said) == [("words", "kept"), ("words", "twice"), ("purposes", "labour")]


def test_ticks_and_days_in_parts_come_back(cast: Cast) -> None:
    investigation = stories.promoted_tip(cast)
    path = f"/investigations/files/{investigation.code}/incidents/new/"
    client = sign_in(cast.investigator)
    words = {"acts": ["transfer", "receipt"], "purposes": ["labour"], "occurred_0": "", "occurred_1": "ឧសភា",
             "occurred_2": "២០២៤", "occurred_3": "about", "province": "", "account": "Vexaccount", "is_child": "on"}
    assert keep(client, cast.investigator, path, words).status_code == 200
    shown = client.get(path)
    assert {name: shown.context["form"][name].value() for name in ("acts", "purposes", "is_child", "account")} == {
        "acts": ["transfer", "receipt"], "purposes": ["labour"], "is_child": True, "account": "Vexaccount"}
    assert "ឧសភា" in shown.content.decode() and "២០២៤" in shown.content.decode()
    assert shown.content.decode().count("checked") == 5


def test_nobody_else_reads_a_draft(cast: Cast) -> None:
    keep(sign_in(cast.hotline), cast.hotline, TIP, WORDS)
    with acting_as(cast.hotline):
        draft = Draft.objects.get()
    for other in (cast.investigation_supervisor, cast.far_hotline, cast.administrator, cast.auditor, cast.data_protection):
        with acting_as(other):
            assert Draft.objects.count() == 0
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM web_draft")
                assert cursor.fetchone() == (0,)
                cursor.execute("UPDATE web_draft SET owner_id = %s", [other.pk])
                assert cursor.rowcount == 0
                cursor.execute("DELETE FROM web_draft")
                assert cursor.rowcount == 0
                with pytest.raises(Error), transaction.atomic():
                    cursor.execute("INSERT INTO web_draft (id, owner_id, path, form, begun_at, saved_at) "
                                   "VALUES (gen_random_uuid(), %s, '', '', now(), now())", [cast.hotline.pk])
            with pytest.raises(Refused):
                draft.open(to=other, event="draft.resumed")
        assert "Vexakiln" not in sign_in(other).get("/account/drafts/").content.decode()
    with acting_as(cast.hotline), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM web_draft t")
        assert "Vexakiln" not in cursor.fetchone()[0]


def test_a_draft_of_thirty_days_is_thrown_away(cast: Cast) -> None:
    keep(sign_in(cast.hotline), cast.hotline, TIP, WORDS)
    with acting_as(cast.hotline):
        assert drafts.forget_old(cast.hotline, timezone.now() + dt.timedelta(days=29)) == 0
        assert drafts.forget_old(cast.hotline, timezone.now() + dt.timedelta(days=31)) == 1
        assert Draft.objects.count() == 0
    assert acts()[-1] == "draft.expired"


def test_the_clock_throws_old_drafts_and_marks_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from ijm.web import once, tasks

    for name in ("hotline", "investigator"):
        client = sign_in(getattr(cast, name))
        keep(client, getattr(cast, name), TIP, WORDS)
    assert tasks.forget() == 0
    monkeypatch.setattr(drafts, "LIFE", dt.timedelta(seconds=-1))
    monkeypatch.setattr(once, "forget_old", lambda owner: owner == cast.investigator.pk and 1 / 0)
    assert tasks.forget() == 1, "trouble with one person stops no other"


def test_blocks_of_a_page_come_back_as_many_as_there_were(cast: Cast) -> None:
    operation = stories.approved_rescue(cast)
    path = f"/investigations/rescues/{operation.code}/conclude/"
    client = sign_in(cast.investigator)
    words = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "form-MIN_NUM_FORMS": "0", "form-MAX_NUM_FORMS": "40",
             "outcome": "reached"}
    for number in range(3):
        words |= {f"form-{number}-{name}": "" for name in ("family_km", "given_km", "family", "called", "age_band_1", "needs")}
        words |= {f"form-{number}-given": f"Vexa{number}", f"form-{number}-age_band_0": f"១{number}",
                  f"form-{number}-sex": "", f"form-{number}-language": "vie"}
    assert keep(client, cast.investigator, path, words).status_code == 200
    shown = client.get(path).content.decode()
    assert all(f"Vexa{number}" in shown for number in range(3)) and shown.count("form-2-given") and "form-3-given" not in shown
    assert all(f'value="១{number}"' in shown for number in range(3)), "ages too, as they were typed"
    assert 'name="form-TOTAL_FORMS" value="3"' in shown and "govuk-error-message" not in shown


def test_a_page_asks_for_drafts_with_one_query_and_only_where_it_has_a_form(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    whole = drafts.on_page
    monkeypatch.setattr(drafts, "on_page", lambda user, path: asked.append(path) or whole(user, path))
    client = sign_in(cast.hotline)
    client.get("/investigations/tips/")
    assert asked == []
    with acting_as(cast.hotline, "r"):
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as made:
            assert drafts.on_page(cast.hotline, TIP) == []
    assert len(made) == 1 and asked == [TIP]


def test_keeping_costs_little(cast: Cast) -> None:
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.hotline)
    keep(client, cast.hotline, TIP, WORDS)
    with CaptureQueriesContext(connection) as made:
        keep(client, cast.hotline, TIP, {**WORDS, "landmark": "by the mill"})
    spoken = [one["sql"] for one in made if "SAVEPOINT" not in one["sql"]]
    assert len(spoken) <= 9, "\n".join(spoken)


def test_words_of_another_form_of_the_page_are_not_put_into_this_one() -> None:
    from django.http import QueryDict
    from django.test import RequestFactory

    from ijm.web import resume as resuming
    from investigations.forms.tips import AssessmentForm, TipForm

    typed = QueryDict(body(WORDS))
    assert resuming.fits(TipForm(), typed)
    assert not resuming.fits(AssessmentForm(), typed)
    assert resume(RequestFactory().get("/"), {"form": TipForm()}) == [], "outside a door nothing is asked"
