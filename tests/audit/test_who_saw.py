"""Who has seen her: complete across wings, without content, the question itself recorded, and nobody else may ask."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connections
from django.utils import timezone

from audit import answers, policy, queries
from audit.answers import Answer
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.ids import new_code
from ijm.messages import Event
from ijm.people.models import Alias, Name
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import NoDoor, Refused
from ijm.trail.looks import denied, disclosed
from tests.audit.conftest import FAMILY, GIVEN, Story
from tests.cast import EVERYBODY
from tests.conftest import sign_in

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
MAY = ("auditor", "data_protection")


def ask(story: Story, code: str, by: User | None = None, since: datetime = BEGINNING) -> Answer:
    """The auditor's question, as her page asks it."""
    user = by or story.cast.auditor
    with acting_as(user, "r"):
        return answers.ask(code, by=user, since=since, until=timezone.now() + timedelta(days=1))


def who(found: list[answers.Deed], kind: str = "") -> set[str]:
    """The codes of those who did it."""
    return {deed.user_code for deed in found if kind in ("", deed.kind)}


def test_every_code_of_hers_gives_the_same_complete_answer(story: Story) -> None:
    """Whichever wing's code is typed, looks and changes of all wings come back."""
    cast = story.cast
    story.look(cast.care_worker)
    story.look(cast.care_supervisor, "SUPERVISION")
    told = []
    for code in (story.survivor.code, story.rescued.code, story.witness.code):
        answer = ask(story, code)
        told.append([deed.number for deed in answer.counted])
        assert who(answer.deeds, "look") == {cast.care_worker.code, cast.care_supervisor.code}
        assert who(answer.deeds, "change") == {cast.investigator.code, cast.liaison.code, cast.care_supervisor.code}
    assert told[0] == told[1] == told[2]


def test_lists_count_as_looks(story: Story) -> None:
    """A list that showed her row among others is a look at her."""
    worker = story.cast.care_worker
    with acting_as(worker, "r"):
        disclosed(list(Alias.objects.all()), ["list"], to=worker, event=Event.LIST_SEEN)
    seen = [deed for deed in ask(story, story.survivor.code).deeds if deed.act == Event.LIST_SEEN]
    assert who(seen) == {worker.code}


def test_changes_of_the_register_count_although_their_entry_names_only_the_file(story: Story) -> None:
    """A name made in an entry about an operation is a change about her."""
    changed = [deed for deed in ask(story, story.survivor.code).deeds if deed.act == "rescue.concluded"]
    assert who(changed) == {story.cast.investigator.code}
    assert "people_name" in changed[0].tables


def test_what_was_done_to_her_care_file_counts(story: Story) -> None:
    """The care file is about her alone, so whoever is put on it is part of the answer."""
    assert Event.ACCESS_GRANTED in {deed.act for deed in ask(story, story.survivor.code).deeds}


def test_refusals_are_listed_apart(story: Story) -> None:
    """A knock at her page by code, and a refused act about her row, both stand in the answer."""
    cast = story.cast
    with acting_as(cast.colleague, "r"):
        denied(Event.NOT_THERE, by=cast.colleague, reason="hidden-or-missing", query={"code": story.survivor.code})
    denied("field.refused", by=cast.hotline, about=story.name, reason="compartment")
    answer = ask(story, story.witness.code)
    assert who(answer.refused) == {cast.colleague.code, cast.hotline.code}
    assert not who(answer.refused) & who(answer.counted)


def test_a_refusal_at_the_door_of_a_page_is_found_by_code(story: Story) -> None:
    """The refused page itself: the same 404 for the stranger, her knock for the auditor."""
    assert sign_in(story.cast.far_investigator).get(f"/files/{story.care.code}/").status_code == 404
    assert who(ask(story, story.survivor.code).refused) == {story.cast.far_investigator.code}


def test_others_stay_out_of_her_answer(story: Story) -> None:
    """What was done to other people and files is not hers."""
    cast = story.cast
    with acting_as(cast.far_care_supervisor):
        from ijm.casefiles import grants
        from ijm.roles.table import Kind

        grants.open_file(Kind.CARE, by=cast.far_care_supervisor)
    assert cast.far_care_supervisor.code not in who(ask(story, story.survivor.code).deeds)


def test_an_assigned_worker_is_explained_and_a_stranger_is_not(story: Story) -> None:
    """What explains a look is the place on the file at that time, as the database knows it."""
    cast = story.cast
    story.look(cast.care_worker)
    with acting_as(cast.far_liaison, "r"):
        disclosed(story.name, ["given"], to=cast.far_liaison, relation="assignment")  # claims a relation it never had
    answer = ask(story, story.survivor.code)
    assert who(answer.unexplained) == {cast.far_liaison.code}
    [worker] = [person for person in answers.people(answer.explained) if person.code == cast.care_worker.code]
    assert [label for label, _since in worker.places] == ["Assigned"]


def test_a_look_after_the_place_has_ended_is_not_explained(story: Story) -> None:
    """Who has left the file needs another reason."""
    from ijm.casefiles import grants

    cast = story.cast
    with acting_as(cast.care_supervisor):
        grants.leave(CaseFile.objects.get(pk=story.care.pk), cast.care_worker, by=cast.care_supervisor)
    with acting_as(cast.care_worker, "r"):
        disclosed(story.name, ["given"], to=cast.care_worker)
    assert who(ask(story, story.survivor.code).unexplained) == {cast.care_worker.code}


def test_the_time_asked_for_is_kept(story: Story) -> None:
    """Only what happened in the period is told."""
    story.look(story.cast.care_worker)
    assert ask(story, story.survivor.code, since=timezone.now() + timedelta(hours=1)).deeds == []


def test_the_question_is_recorded_first_and_stands_in_its_own_answer(story: Story) -> None:
    """Reading the log is a look like any other."""
    answer = ask(story, story.survivor.code)
    assert who(answer.asked) == {story.cast.auditor.code}
    again = ask(story, story.rescued.code, by=story.cast.data_protection)
    assert who(again.asked) == {story.cast.auditor.code, story.cast.data_protection.code}


def test_the_question_is_kept_when_the_answer_fails(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question without an answer was still asked."""
    def broken() -> None:
        raise RuntimeError

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(queries, "bring_up_to_date", broken)
        ask(story, story.survivor.code)
    assert len(ask(story, story.survivor.code).asked) == 2


def test_a_question_is_asked_by_the_person_in_the_door(story: Story) -> None:
    """Nobody asks in another's name."""
    with acting_as(story.cast.auditor, "r"), pytest.raises(NoDoor):
        answers.ask(story.survivor.code, by=story.cast.data_protection, since=BEGINNING, until=timezone.now())


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in MAY])
def test_nobody_else_may_ask(story: Story, name: str) -> None:
    """Refused by the rule, by the action and by the page, which is the one page that is not there."""
    user: User = getattr(story.cast, name)
    assert not policy.may_ask(user)
    with acting_as(user, "r"), pytest.raises(Refused):
        answers.ask(new_code("SV"), by=user, since=BEGINNING, until=timezone.now())
    for page in ("/audit/who-saw/", "/audit/"):
        assert sign_in(user).get(page).status_code == 404


def test_the_page_tells_people_and_fields_but_never_content(story: Story) -> None:
    """No name of hers, no other code of hers; the names of those who work here and of the fields."""
    story.look(story.cast.care_worker)
    response = sign_in(story.cast.auditor).get("/audit/who-saw/", {"code": story.survivor.code.lower(), "period": "28"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "Care worker" in text and "family, given" in text and "Not explained" in text
    for hidden in (FAMILY, GIVEN, story.witness.code, story.rescued.code, str(story.person.pk), "1999"):
        assert hidden not in text


def test_filters_and_a_closer_look_show_a_part_and_record_again(story: Story) -> None:
    """Each way of looking at the answer is a question of its own."""
    story.look(story.cast.care_worker)
    client, code = sign_in(story.cast.auditor), story.survivor.code
    assert "Opened sealed fields" in client.get(
        "/audit/who-saw/", {"code": code, "who": story.cast.care_worker.code}).content.decode()
    assert "Nothing of this kind" in client.get("/audit/who-saw/", {"code": code, "show": "refused"}).content.decode()
    assert len(ask(story, code).asked) == 3


@pytest.mark.parametrize("given", [{"code": ""}, {"code": "Sok Dara"}, {"code": "SV-0000-0001"},
                                   {"code": "SV-7K4M-92QX", "period": "own"}])
def test_what_is_no_question_is_not_asked(story: Story, given: dict[str, str]) -> None:
    """A mistyped code or half a period: the form comes back, with what was typed, and nothing is read."""
    response = sign_in(story.cast.auditor).get("/audit/who-saw/", given)
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()


@pytest.mark.parametrize("given,wrong", [
    ({"since_0": "1", "since_1": "11", "since_2": "2026"}, "Give the last day."),
    ({"since_0": "2", "since_1": "11", "since_2": "2026", "until_0": "1", "until_1": "11", "until_2": "2026"},
     "The last day lies before the first."),
    ({"since_0": "1", "since_1": "1", "since_2": "2020", "until_0": "2", "until_1": "1", "until_2": "2020"},
     "1 Jan 2020 to 2 Jan 2020"),
])
def test_a_time_of_ones_own_has_both_ends(story: Story, given: dict[str, str], wrong: str) -> None:
    """From one day to another, the last one included."""
    response = sign_in(story.cast.auditor).get(
        "/audit/who-saw/", {"code": story.survivor.code, "period": "own", **given})
    assert wrong in response.content.decode()


def test_the_desk_of_an_auditor_shows_the_days_refusals(story: Story) -> None:
    """On "my work today"; her panel is empty for everybody else."""
    from audit import panels

    sign_in(story.cast.colleague).get(f"/files/{story.care.code}/")
    with acting_as(story.cast.auditor, "r"):
        first, ask_card = panels.work(story.cast.auditor)
    assert first["count"] >= 1 and ask_card["url"] == "/audit/who-saw/"
    assert panels.work(story.cast.liaison) == []


def test_a_code_nobody_uses_gets_a_calm_answer(story: Story) -> None:
    """It is not said whether such a code exists."""
    response = sign_in(story.cast.auditor).get("/audit/who-saw/", {"code": new_code("SV")})
    assert "Nobody in this time" in response.content.decode()


def test_the_code_of_another_kind_of_record_stands_for_that_record(story: Story) -> None:
    """A case file's code means what was done on that file."""
    answer = ask(story, story.prosecution.code)
    assert who(answer.counted) == {story.cast.liaison.code}
    assert answer.unexplained == []


def test_the_summary_counts_and_lists_refusals(story: Story) -> None:
    """The log at a glance names who was refused and who asked."""
    sign_in(story.cast.colleague).get(f"/files/{story.care.code}/")
    ask(story, story.survivor.code)
    client = sign_in(story.cast.data_protection)
    text = client.get("/audit/").content.decode() + client.get("/audit/refused/?period=28").content.decode()
    assert "Colleague" in text and story.survivor.code in text and FAMILY not in text


def test_the_auditors_database_role_reads_the_log_and_nothing_else(story: Story) -> None:
    """Not one table of content, register or office is open to it."""
    with connections["auditor"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                       " AND has_any_column_privilege(oid, 'SELECT,INSERT,UPDATE')")
        assert {row[0] for row in cursor.fetchall()} == {
            f"audit_{name}" for name in ("event", "subject", "code", "leaf", "tile", "checkpoint")}
        for table in ("people_name", "people_alias", "casefiles_caseaccess"):
            with pytest.raises(ProgrammingError):
                cursor.execute(f"SELECT * FROM {table}")


def test_the_log_holds_no_content(story: Story) -> None:
    """Names never reach a body."""
    story.look(story.cast.care_worker)
    with acting_as(story.cast.care_supervisor):
        name = Name.objects.get(pk=story.name.pk)
        with entry("name.mended", by=story.cast.care_supervisor, about=name):
            name.given = GIVEN + "2"
            name.save()
    with connections["auditor"].cursor() as cursor:
        cursor.execute("SELECT body FROM audit_event")
        bodies = [bytes(row[0]).decode() for row in cursor.fetchall()]
    assert all(FAMILY not in body and GIVEN not in body for body in bodies)
    assert any(json.loads(body)["act"] == "name.mended" for body in bodies)
