"""The auditor's desk: the other questions, flags and who judges them, what is kept and taken along; and who may not."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from openpyxl import load_workbook

from audit import asking, policy, queries, tasks
from audit.actions import flags, saved
from audit.deeds import OPENS
from audit.flagged import Flag, Review, SavedQuestion
from audit.flags import finding
from audit.flags.found import Found
from audit.states import FlagState, Ground, Verdict
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.messages import Event
from ijm.notices.models import Notice, NoticeKind
from ijm.people import kin
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from ijm.trail.looks import denied, disclosed
from ijm.vault.errors import VaultError
from tests.audit.conftest import FAMILY, GIVEN, Story
from tests.cast import EVERYBODY
from tests.conftest import sign_in
from tests.trail import last_events

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
MAY = ("auditor", "data_protection")
PAGES = ("/audit/", "/audit/timeline/", "/audit/did/", "/audit/refused/", "/audit/looked/", "/audit/flags/", "/audit/flags/find/",
         "/audit/kept/")


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def did(story: Story, who: User, **given: str) -> Any:
    """What somebody did, as the auditor asks it."""
    auditor = story.cast.auditor
    with acting_as(auditor, "r"):
        return asking.did(who, by=auditor, since=BEGINNING, until=tomorrow(), **given)


def raised(story: Story, ground: str = Ground.NEVER, who: User | None = None, **given: Any) -> Flag:
    """A flag about somebody, raised by the auditor's own looking."""
    cast = story.cast
    told = {"number": 2, "about": f"CR-{uuid.uuid4().hex[:8]}", **given}
    one = Found(ground, (who or cast.liaison).pk, timezone.localdate(), (1, 2), **told)
    with acting_as(cast.auditor):
        flags.raise_([one], by=cast.auditor)
        return Flag.objects.select_related("actor__office").get(actor_id=one.user, ground=ground, about_code=one.about)


# what did this person do


def test_everything_a_colleague_did_comes_back_with_what_explains_it(story: Story) -> None:
    cast = story.cast
    story.look(cast.care_worker, "SAFETY")
    answer = did(story, cast.care_worker)
    assert {deed.user for deed in answer.deeds} == {str(cast.care_worker.pk)}
    look = [deed for deed in answer.explained if str(story.person.pk) in deed.subjects][-1]
    assert look.place is not None and look.place.source == "assignment"
    with acting_as(cast.far_liaison, "r"):
        disclosed(story.name, ["given"], to=cast.far_liaison)
        disclosed(CaseFile(id=story.care.pk, code=story.care.code), [], to=cast.far_liaison)
    assert [deed.codes for deed in did(story, cast.far_liaison).unexplained] == [(), (story.care.code,)]


def test_it_is_narrowed_by_purpose_and_by_relation(story: Story) -> None:
    cast = story.cast
    story.look(cast.care_supervisor, "SUPERVISION")
    story.look(cast.care_supervisor, "SAFETY")
    assert {deed.reason for deed in did(story, cast.care_supervisor, purpose="SUPERVISION").deeds} == {"SUPERVISION"}
    assert {deed.place.source for deed in did(story, cast.care_supervisor, relation="supervision").counted} == {"supervision"}
    assert did(story, cast.care_supervisor, relation="none").explained == []


def test_the_newest_event_is_there_before_the_index_knows_it(story: Story) -> None:
    """Complete at the moment of asking, from the index and from its tail."""
    cast = story.cast
    story.look(cast.care_worker)
    [first] = [event.id for event in queries.done_by(str(cast.care_worker.pk), since=BEGINNING, until=tomorrow())][-1:]
    queries.bring_up_to_date()
    again = queries.done_by(str(cast.care_worker.pk), since=BEGINNING, until=tomorrow())
    assert again[-1].id == first and len({event.id for event in again}) == len(again)


def test_what_concerns_no_file_is_set_apart(story: Story) -> None:
    cast = story.cast
    with acting_as(cast.colleague, "r"):
        disclosed([], ["list"], to=cast.colleague, event=Event.LIST_SEEN, query={"count": 0})
    answer = did(story, cast.colleague)
    assert answer.deeds[-1].kind == "own" and not answer.deeds[-1].counts


# refusals, and the log itself


def test_refusals_and_questions_of_all_or_of_one(story: Story) -> None:
    cast, auditor = story.cast, story.cast.auditor
    denied(Event.NOT_THERE, by=cast.colleague, reason="hidden-or-missing", query={"code": story.survivor.code})
    with acting_as(auditor, "r"):
        mine = asking.refused(by=auditor, since=BEGINNING, until=tomorrow(), person=cast.colleague)
        assert {deed.user_code for deed in mine.deeds} == {cast.colleague.code} and mine.deeds[-1].asked == story.survivor.code
        everybody = asking.refused(by=auditor, since=BEGINNING, until=tomorrow())
        assert len(everybody.deeds) >= len(mine.deeds) and everybody.counted == []
        asked = asking.looked(by=auditor, since=BEGINNING, until=tomorrow())
    assert [deed.user_code for deed in asked.deeds[-3:]] == [auditor.code] * 3, "this question stands in its own answer"
    assert last_events(1)[0]["q"]["kind"] == "looked"


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in MAY])
def test_nobody_else_asks_judges_or_keeps(story: Story, name: str) -> None:
    """Refused by rule and action; every page is the one page that is not there."""
    user: User = getattr(story.cast, name)
    flag = raised(story)
    for ask in (lambda: asking.refused(by=user, since=BEGINNING, until=tomorrow()),
                lambda: asking.did(user, by=user, since=BEGINNING, until=tomorrow()),
                lambda: asking.events_of([1], code=flag.code, by=user),
                lambda: flags.raise_([], by=user), lambda: flags.decide(flag, by=user, decision=Verdict.FINE),
                lambda: saved.keep("refused", by=user, query="period=28"), lambda: saved.drop(SavedQuestion(), by=user)):
        with acting_as(user), pytest.raises(Refused):
            ask()
    client = sign_in(user)
    for page in (*PAGES, f"/audit/flags/{flag.code}/", f"/audit/flags/{flag.code}/decide/"):
        assert client.get(page).status_code == 404, page
    assert client.post(f"/audit/flags/{flag.code}/decide/", {"decision": "fine"}).status_code == 404
    with acting_as(user, "r"):
        assert not Flag.objects.exists() and not Review.objects.exists(), "the database shows her none either"


# flags


def test_flags_are_found_once_and_brought_up_to_date(story: Story) -> None:
    """By the clock or by hand: the same day gives the same flags; what grew is counted anew."""
    cast = story.cast
    with acting_as(cast.far_liaison, "r"):
        disclosed(CaseFile(id=story.care.pk, code=story.care.code), [], to=cast.far_liaison)
    with acting_as(cast.auditor):
        assert finding.find(by=cast.auditor) >= 1
        assert finding.find(by=cast.auditor) == 0
        flag = Flag.objects.get(actor=cast.far_liaison, ground=Ground.NEVER, about_code=story.care.code)
    assert last_events(1)[0]["act"] == "flag.raised" and (flag.number, flag.state) == (1, "waiting")
    with acting_as(cast.far_liaison, "r"):
        disclosed(CaseFile(id=story.care.pk, code=story.care.code), [], to=cast.far_liaison)
    assert tasks.flags() == 0
    with acting_as(cast.auditor, "r"):
        assert Flag.objects.get(pk=flag.pk).number == 2


def test_each_month_some_looks_of_everybody_are_drawn_once(story: Story) -> None:
    story.look(story.cast.care_worker)
    later = (timezone.localdate().replace(day=1) + timedelta(days=40)).replace(day=3)
    auditor = story.cast.auditor
    with acting_as(auditor):
        drawn = {one.user: one for one in finding.sample(later)}
        mine = drawn[story.cast.care_worker.pk]
        assert 1 <= mine.number <= finding.LOOKS_OF_EACH and len(set(mine.events)) == mine.number
        flags.raise_([mine], by=auditor)
        assert finding.sample(later) == []
        assert policy.visible_flags(auditor).get(ground=Ground.SAMPLE, actor=story.cast.care_worker).day == mine.day


def test_a_surname_is_compared_and_shown_to_nobody(story: Story) -> None:
    """She and the person in the file share a surname; the flag says so, no page and no event names it."""
    cast, worker = story.cast, story.cast.care_worker
    given, surname = worker.name.split()[0], worker.name.split()[-1]
    with acting_as(cast.care_supervisor), entry("name.mended", by=cast.care_supervisor, about=story.care):
        Name(person=story.person, script="latn", family=surname, given="Othergiven").save()
    story.look(worker)
    with acting_as(cast.auditor):
        finding.find(by=cast.auditor)
        flag = Flag.objects.get(ground=Ground.SURNAME, actor=worker)
    text = sign_in(cast.auditor).get(f"/audit/flags/{flag.code}/").content.decode()
    assert "bears the surname" in text and "Othergiven" not in text and FAMILY not in text
    with acting_as(cast.care_supervisor), entry("name.mended", by=cast.care_supervisor, about=story.care):
        Name(person=story.person, script="latn", family=given, given=surname).save()
    story.look(worker)
    with acting_as(cast.auditor):
        finding.find(by=cast.auditor)
        assert Flag.objects.filter(ground=Ground.ONESELF, actor=worker).count() == 1
        assert Flag.objects.filter(ground=Ground.SURNAME, actor=worker).count() == 1, "a pair is asked about once"


def test_names_are_compared_by_the_worker_alone(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """In either order and both scripts; a process of pages has no login for it, and compares nothing."""
    pair = (story.cast.liaison.pk, story.person.pk)
    for names, alike in ((["Canarygiven CANARYFAMILY"], "self"), (["Sok Canaryfamily"], "surname"), ([], None),
                         (["Canaryfamily Sok"], "surname"), (["Canarygiven Sok"], None),
                         (["សុខ ដារ៉ា", "Canaryfamily Canarygiven"], "self")):
        assert kin.shared([pair], {pair[0]: names}).get(pair) == alike, names
    assert kin.shared([], {}) == {}
    with monkeypatch.context() as patch:
        patch.setattr(kin, "each", lambda rows: [(row, VaultError()) for row in rows])
        assert kin.shared([pair], {pair[0]: ["Canaryfamily Sok"]}) == {}, "what does not open is passed over"
    with monkeypatch.context() as patch:
        patch.setitem(connections[kin.ROTOR].settings_dict, "USER", "")
        assert kin.shared([pair], {pair[0]: ["Canaryfamily Sok"]}) == {}


@pytest.mark.parametrize(("decision", "state", "act"), [
    (Verdict.FINE, FlagState.CLEARED, "flag.cleared"), (Verdict.ASK, FlagState.ASKED, "flag.asked"),
    (Verdict.SUPERVISOR, FlagState.PASSED, "flag.passed_on"), (Verdict.PROTECTION, FlagState.PASSED, "flag.passed_on")])
def test_a_decision_is_recorded_and_told_by_code(story: Story, decision: str, state: str, act: str) -> None:
    cast = story.cast
    flag = raised(story, who=cast.care_worker)
    client = sign_in(cast.auditor)
    assert client.post(f"/audit/flags/{flag.code}/decide/", {"decision": ""}).status_code == 200
    assert client.post(f"/audit/flags/{flag.code}/decide/", {"decision": decision}).status_code == 302
    told = [event for event in last_events(20) if event["act"] == act]
    assert told[-1]["obj"]["codes"] == [flag.code] and told[-1]["who"]["code"] == cast.auditor.code
    with acting_as(cast.auditor, "r"):
        assert Flag.objects.get(pk=flag.pk).state == state
        assert [review.by_id for review in Review.objects.filter(flag=flag)] == [cast.auditor.pk]
    expected = {Verdict.ASK: cast.care_worker, Verdict.SUPERVISOR: cast.care_supervisor, Verdict.PROTECTION: cast.data_protection}
    for verdict, user in expected.items():
        with acting_as(user, "r"):
            kinds = NoticeKind.FLAG_ASKED, NoticeKind.FLAG_PASSED
            found = Notice.objects.filter(user=user, kind__in=kinds, about_code__in=(flag.code, cast.care_worker.code))
            assert found.exists() if verdict == decision else True
    if state == FlagState.CLEARED:
        assert client.post(f"/audit/flags/{flag.code}/decide/", {"decision": decision}).status_code == 404, "judged once"
    else:
        assert client.post(f"/audit/flags/{flag.code}/decide/", {"decision": "fine"}).status_code == 302


def test_a_second_look_may_confirm_what_was_decided(story: Story) -> None:
    flag, officer = raised(story), story.cast.data_protection
    with acting_as(officer):
        flags.decide(policy.get_flag(officer, flag.code), by=officer, decision=Verdict.PROTECTION)
        flags.decide(policy.get_flag(officer, flag.code), by=officer, decision=Verdict.SUPERVISOR)
        assert Review.objects.filter(flag=flag).count() == 2


def test_nobody_judges_a_flag_about_herself(story: Story) -> None:
    """Not by the page, not by the action, not by SQL of the application's own role; the other one does."""
    auditor, officer = story.cast.auditor, story.cast.data_protection
    flag = raised(story, Ground.ABOUT_HERSELF, auditor)
    client = sign_in(auditor)
    assert client.get(f"/audit/flags/{flag.code}/").status_code == 404
    assert flag.code not in client.get("/audit/flags/?show=all").content.decode()
    with acting_as(auditor), pytest.raises(Refused):
        flags.decide(flag, by=auditor, decision=Verdict.FINE)
    with acting_as(auditor), pytest.raises(DatabaseError), transaction.atomic(), entry("flag.cleared", by=auditor, about=flag):
        Review(flag=flag, decision=Verdict.FINE, by=auditor).save()
    with acting_as(auditor), pytest.raises(DatabaseError), transaction.atomic(), entry("flag.cleared", by=auditor, about=flag):
        Review(flag=raised_by_other(story), decision=Verdict.FINE, by=officer).save()
    with acting_as(auditor), entry("flag.cleared", by=auditor, about=flag):
        assert Flag.objects.filter(pk=flag.pk).update(state="cleared") == 0
    assert sign_in(officer).get(f"/audit/flags/{flag.code}/").status_code == 200


def raised_by_other(story: Story) -> Flag:
    """A flag about somebody else: a review of it in another's name is refused all the same."""
    return Flag.objects.filter(actor=story.cast.liaison).first() or raised(story)


# pages, sheets, kept questions


def test_the_desk_shows_what_waits_and_no_name_of_hers(story: Story) -> None:
    flag = raised(story)
    text = sign_in(story.cast.auditor).get("/audit/").content.decode()
    assert "Flags to look at" in text and "What somebody did" in text and "/audit/flags/FG-" in text and flag.code
    for hidden in (FAMILY, GIVEN, str(story.person.pk)):
        assert hidden not in text


def test_answers_are_taken_along_and_the_taking_is_recorded(story: Story) -> None:
    cast = story.cast
    story.look(cast.care_worker)
    client = sign_in(cast.auditor)
    for page, query in (("who-saw", f"code={story.survivor.code}"), ("timeline", f"code={story.survivor.code}"),
                        ("did", f"person={cast.care_worker.code}"), ("refused", "period=28"), ("looked", "period=28")):
        book = client.get(f"/audit/{page}/?{query}&as=xlsx")
        assert last_events(1)[0]["q"]["taken"] == "xlsx" and page in book["Content-Disposition"]
        sheet = load_workbook(io.BytesIO(book.content)).worksheets[0]
        said = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
        assert sheet.max_row > 1 and FAMILY not in said and GIVEN not in said
        assert page not in ("who-saw", "timeline") or story.witness.code not in said
        assert client.get(f"/audit/{page}/?{query}&as=csv").content.startswith(b"\xef\xbb\xbf")
        html = client.get(f"/audit/{page}/?{query}").content.decode()
        assert "Keep this question" in html and FAMILY not in html, page
        assert client.get(f"/audit/{page}/").status_code == 200
    assert story.witness.code not in client.get(f"/audit/timeline/?code={story.survivor.code}").content.decode()


def test_a_question_is_kept_as_its_form_understood_it(story: Story) -> None:
    client, other = sign_in(story.cast.auditor), sign_in(story.cast.data_protection)
    typed = f"person={story.cast.liaison.code}&period=90&show=refused&name=Sok"
    for _twice in range(2):
        assert client.post("/audit/kept/", {"page": "did", "query": typed}).status_code == 302
    own = "code=sv7k4m92qx&period=own&since_0=1&since_1=1&since_2=2026&until_0=2&until_1=1&until_2=2026"
    client.post("/audit/kept/", {"page": "did", "query": own})
    with acting_as(story.cast.auditor, "r"):
        [kept] = SavedQuestion.objects.filter(page="did")
        assert kept.query == f"person={story.cast.liaison.code}&period=90"
    assert client.post("/audit/kept/", {"page": "did", "query": "name=Sok"}).status_code == 404
    assert client.post("/audit/kept/", {"page": "nothing", "query": typed}).status_code == 404
    assert client.get("/audit/kept/").status_code == 302
    assert "period=90" in client.get("/audit/").content.decode() and "period=90" not in other.get("/audit/").content.decode()
    assert other.post(f"/audit/kept/{kept.pk}/drop/").status_code == 404
    assert client.get(f"/audit/kept/{kept.pk}/drop/").status_code == 302
    client.post(f"/audit/kept/{kept.pk}/drop/")
    assert "period=90" not in client.get("/audit/").content.decode()


def test_looking_for_flags_by_hand(story: Story) -> None:
    client = sign_in(story.cast.auditor)
    assert client.get("/audit/flags/find/").status_code == 302
    assert client.post("/audit/flags/find/").status_code == 302 and client.post("/audit/flags/find/").status_code == 302
    assert "Nothing new was found" in client.get("/audit/flags/?show=all").content.decode()


@pytest.mark.parametrize("ground", Ground)
def test_every_ground_is_said_in_words_and_leads_to_a_question(story: Story, ground: str) -> None:
    """The sentence, the events it rests on, her day in the log."""
    flag = raised(story, ground, number=3, usual=1)
    client = sign_in(story.cast.auditor)
    text = client.get(f"/audit/flags/{flag.code}/").content.decode()
    assert "/audit/did/?person=" in text and str(Ground(ground).label) in text and OPENS
    assert client.get(f"/audit/flags/{flag.code}/decide/").status_code == 302
