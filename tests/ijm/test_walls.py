"""Walls and seals: who is kept out finds nothing, by any page or statement, and is told nothing; nobody steps around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftercare import policy as care_policy
from ijm.accounts.models import User
from ijm.approvals.actions import requests
from ijm.casefiles import grants, walls
from ijm.casefiles.actions import seals
from ijm.casefiles.actions import walls as actions
from ijm.casefiles.models import CaseAccess, CaseFile, Declaration, Seal, Wall
from ijm.notices.models import Notice
from ijm.people import conflicts
from ijm.people.finding import find
from ijm.people.models import Alias, Identifier, Name, Wing
from ijm.roles.table import Kind
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import records, stories
from tests.cast import Cast
from tests.conftest import sign_in
from tests.databases import superuser
from tests.ijm.test_guard_attacks import place, refused, run
from tests.ijm.walls import sealed, walled, written
from tests.trail import last_events

NOWHERE = "/investigations/files/ZZ-0000-0000/"
SignedIn = Callable[[User], Client]


@pytest.fixture
def file(cast: Cast) -> CaseFile:
    """The investigator's own file, on which her colleague works too."""
    made = records.file_of(cast.investigator)
    with acting_as(cast.investigator):
        grants.seat(made, [cast.colleague], by=cast.investigator)
    return made


def sees(user: User, file: CaseFile) -> bool:
    with acting_as(user, "r"):
        return CaseFile.objects.filter(pk=file.pk).exists()


def agree(request: Any, by: User) -> None:
    with acting_as(by):
        requests.approve(type(request).objects.get(pk=request.pk), by=by)


# setting a wall


def test_a_wall_ends_her_place_and_hides_the_file_at_once(cast: Cast, file: CaseFile) -> None:
    assert sees(cast.colleague, file)
    wall = walled(cast.colleague, file.code, cast.investigation_supervisor)
    assert not sees(cast.colleague, file) and sees(cast.investigator, file)
    with acting_as(cast.investigator, "r"):
        assert not CaseAccess.objects.filter(file=file, user=cast.colleague, revoked_at__isnull=True).exists()
    assert last_events(1)[0]["act"] == "wall.set" and last_events(1)[0]["obj"]["codes"] == [wall.code]
    assert wall.stands and str(wall) == wall.code and tuple(wall.trail_subjects()) == ()


def test_a_wall_against_a_person_closes_every_file_with_her(cast: Cast, file: CaseFile) -> None:
    alias = records.person_on(file, cast.investigator)
    other = records.file_of(cast.investigator)
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=other):
        second = Alias.begin(alias.person, prefix="SU", wing=Wing.INVESTIGATIONS, file=other, opens_identity=True)
    with acting_as(cast.investigator):
        grants.seat(other, [cast.colleague], by=cast.investigator)
    wall = walled(cast.colleague, alias.code, cast.investigation_supervisor)
    assert not sees(cast.colleague, file) and not sees(cast.colleague, other)
    assert tuple(wall.trail_subjects()) == (alias.person_id,) == (second.person_id,)


def test_who_says_that_she_knows_somebody_is_out_and_her_supervisors_hear_of_it(cast: Cast, file: CaseFile) -> None:
    with acting_as(cast.colleague):
        meant = walls.by_code(file.code)
        assert meant is not None
        wall = actions.know(meant, by=cast.colleague)
        assert not Wall.objects.exists(), "she does not see it herself"
    assert not sees(cast.colleague, file)
    with acting_as(cast.investigation_supervisor, "r"):
        assert Notice.objects.get(kind="wall.declared").about_code == wall.code
        assert walls.get_wall(cast.investigation_supervisor, wall.code).user == cast.colleague


@pytest.mark.parametrize("name", ["investigator", "care_supervisor", "far_supervisor", "administrator", "auditor", "partner"])
def test_nobody_else_sets_walls(cast: Cast, file: CaseFile, name: str) -> None:
    by = getattr(cast, name)
    with acting_as(by):
        meant = walls.by_code(file.code)
        assert (meant is None) == (name != "investigator")
        with pytest.raises((Refused, DatabaseError)), transaction.atomic():
            actions.set_(cast.colleague, meant or walls.Meant(file.pk, None, file.pk, file.office_id, False, file.code), by=by,
                         until=timezone.now() + timedelta(days=9))


@pytest.mark.parametrize("until", [timedelta(days=-1), timedelta(days=5000)])
def test_a_wall_ends_on_a_day_to_come(cast: Cast, file: CaseFile, until: timedelta) -> None:
    by = cast.investigation_supervisor
    with acting_as(by):
        meant = walls.by_code(file.code)
        assert meant is not None
        assert walls.may_set(by, cast.colleague, meant, timezone.now() + until).reason == "day"
        assert walls.may_set(by, by, meant, timezone.now()).reason == "self"
        assert walls.may_set(by, cast.far_investigator, meant, timezone.now()).reason == "day", "her office supports that one"
    with acting_as(cast.far_supervisor, "r"):
        assert walls.may_set(cast.far_supervisor, cast.colleague, meant, timezone.now()).reason == "elsewhere"


def test_the_data_protection_officer_walls_a_file_that_she_never_sees(cast: Cast, file: CaseFile) -> None:
    walled(cast.colleague, file.code, cast.data_protection)
    assert not sees(cast.colleague, file) and not sees(cast.data_protection, file)


# past every rule: a wall beside a place


@pytest.fixture
def behind(committed_cast: Cast) -> tuple[Cast, CaseFile, Alias]:
    """A colleague with a place on a file and a wall beside it, written past the triggers; all of it committed."""
    cast = committed_cast
    file = records.file_of(cast.investigator)
    alias = records.person_on(file, cast.investigator)
    records.named(alias, cast.investigator, family="Chhim", given="Sopheap")
    with acting_as(cast.investigator):
        grants.seat(file, [cast.colleague], by=cast.investigator)
    return cast, file, alias


def tables() -> list[tuple[str, str]]:
    with superuser(connections["default"].settings_dict["NAME"]) as connection:
        return list(connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name"
            " IN ('file_id', 'person_id', 'a_id', 'b_id') AND table_name !~ '^people_(mark|segment|epoch)'").fetchall())


def found(user: User, *keys: Any) -> set[str]:
    """The tables in which the application's own role finds a row of these keys, as this person."""
    hits = set()
    of_themselves = [("casefiles_casefile", "id"), ("people_person", "id"), ("casefiles_historicalcasefile", "id")]
    for table, column in tables() + of_themselves:
        with acting_as(user, "r"):
            try:
                with transaction.atomic():
                    if run(f"SELECT 1 FROM {table} WHERE {column} = ANY (%s)", list(keys)):
                        hits.add(table)
            except DatabaseError:
                continue
    return hits


@pytest.mark.parametrize("by_person", [False, True])
def test_sql_finds_nothing_behind_a_wall(behind: tuple[Cast, CaseFile, Alias], by_person: bool) -> None:
    cast, file, alias = behind
    keys = [file.pk, alias.person_id]
    assert {"casefiles_casefile", "casefiles_caseaccess", "people_alias", "people_name"} <= found(cast.colleague, *keys)
    written(cast.colleague, **({"person": alias.person_id} if by_person else {"file": file.pk}))
    assert found(cast.colleague, *keys) == set()
    assert {"casefiles_casefile", "people_name"} <= found(cast.investigator, *keys)
    with acting_as(cast.colleague, "r"):
        assert run("SELECT 1 FROM guard.my_files() f WHERE f = %s", file.pk) == 0
        assert run("SELECT 1 FROM casefiles_wall") == run("SELECT 1 FROM casefiles_historicalwall") == 0
        assert run("SELECT 1 FROM guard.walled_off() w WHERE w::text = %s", str(file.pk)) == 0
        assert run("SELECT 1 WHERE guard.keeps_out(%s, %s, 'assignment')", cast.colleague.pk, file.pk) == 0, "not about herself"


@pytest.mark.parametrize("function", ["barred_files(%s)", "is_barred(%s, %s)", "stands_against(%s, %s, 'x')", "files_of_code(%s)",
                                      "worked_until(%s, %s)", "why_not_there(%s)", "clear_places(%s, ARRAY[%s]::uuid[])"])
def test_the_application_asks_no_question_about_walls(cast: Cast, file: CaseFile, function: str) -> None:
    given = [cast.colleague.pk, file.pk][:function.count("%s")]
    with acting_as(cast.colleague, "r"), pytest.raises(DatabaseError, match=r"denied|does not exist"), transaction.atomic():
        run(f"SELECT guard.{function}", *given)


def test_pages_lists_searches_and_counts_are_as_if_the_file_were_not_there(behind: tuple[Cast, CaseFile, Alias]) -> None:
    cast, _file, _alias = behind
    investigation = stories.promoted_tip(cast)
    client = sign_in(cast.colleague)
    with acting_as(cast.investigation_supervisor):
        grants.seat(investigation.file, [cast.colleague], by=cast.investigation_supervisor)
    pages = [f"/investigations/files/{investigation.code}/", f"/files/{investigation.code}/",
             f"/files/history/{investigation.code}/", f"/desk/go/{investigation.code}/", f"/files/{investigation.code}/know/",
             f"/attached/{investigation.code}/"]
    assert client.get(pages[0]).status_code == 200
    listed = reverse("investigations:investigation-list")
    assert investigation.code.encode() in client.get(listed).content
    written(cast.colleague, file=investigation.file_id)
    nothing = client.get(NOWHERE)
    for url in pages:
        answer = client.get(url)
        assert (answer.status_code, answer.content) == (404, nothing.content), url
        assert client.post(url).status_code in (404, 405), url
    for url in (listed, "/desk/", "/desk/notices/", "/desk/agenda/", "/desk/opened/by-others/", "/desk/search/?q=Chhim",
                f"/desk/search/?q={investigation.code}"):
        assert investigation.code in url or investigation.code.encode() not in client.get(url, follow=True).content, url
    with acting_as(cast.colleague, "r"):
        assert not CaseFile.objects.filter(pk=investigation.file_id).exists()


def test_a_search_names_no_other_unit_for_whom_she_is_kept_from(behind: tuple[Cast, CaseFile, Alias]) -> None:
    cast, file, _alias = behind
    with acting_as(cast.far_investigator, "r"):
        assert find(cast.far_investigator, "Chhim Sopheap").units, "another office learns which unit knows her"
    with acting_as(cast.colleague, "r"):
        assert find(cast.colleague, "Chhim Sopheap").persons
    written(cast.colleague, file=file.pk)
    written(cast.far_investigator, file=file.pk)
    for user in (cast.colleague, cast.far_investigator):
        with acting_as(user, "r"):
            met = find(user, "Chhim Sopheap")
            assert not met.persons and not met.units


def test_the_log_says_wall_where_the_page_says_nothing(behind: tuple[Cast, CaseFile, Alias]) -> None:
    cast, file, alias = behind
    written(cast.colleague, file=file.pk)
    client = sign_in(cast.colleague)
    reasons = {}
    for code in (file.code, alias.code, "IV-0000-0000"):
        client.get(f"/files/{code}/" if code != alias.code else f"/investigations/suspects/{code}/")
        with superuser(connections["default"].settings_dict["NAME"]) as connection:
            (body,) = connection.execute("SELECT body FROM audit_event ORDER BY id DESC LIMIT 1").fetchone() or (b"",)
        reasons[code] = json.loads(body)["why"]["code"]
    assert reasons == {file.code: "wall", alias.code: "wall", "IV-0000-0000": "hidden-or-missing"}


def test_a_wall_that_is_over_keeps_nobody_out(behind: tuple[Cast, CaseFile, Alias]) -> None:
    cast, file, _alias = behind
    written(cast.colleague, file=file.pk, ends=timedelta(minutes=-1))
    assert sees(cast.colleague, file)


def test_refused_and_missing_take_the_same_time(behind: tuple[Cast, CaseFile, Alias]) -> None:
    cast, file, _alias = behind
    written(cast.colleague, file=file.pk)
    client, times = sign_in(cast.colleague), {"walled": [], "missing": []}  # type: ignore[var-annotated]
    urls = {"walled": f"/files/{file.code}/", "missing": f"/files/{file.code[:-1]}{'0' if file.code[-1] != '0' else '1'}/"}
    for _turn in range(40):
        for which, url in urls.items():
            start = perf_counter()
            assert client.get(url).status_code == 404
            times[which].append(perf_counter() - start)
    assert 0.8 <= median(times["walled"][5:]) / median(times["missing"][5:]) <= 1.2


# places


def test_nobody_is_put_where_a_wall_stands(cast: Cast, file: CaseFile) -> None:
    walled(cast.colleague, file.code, cast.investigation_supervisor)
    refused("choose somebody else", lambda: place(file, cast.colleague, cast.investigator).save(), by=cast.investigator)
    with acting_as(cast.investigator, "r"):
        assert not walls.may_join(cast.colleague, file.pk) and walls.may_join(cast.far_investigator, file.pk)
        assert not conflicts.is_free(cast.colleague, file, by=cast.investigator)
    with acting_as(cast.far_investigator, "r"):
        assert not walls.may_join(cast.investigator, file.pk), "a stranger to the file is told nothing"


def test_a_place_that_a_function_gives_is_left_out(cast: Cast, file: CaseFile) -> None:
    """As when somebody becomes supervisor, crosses a bridge or breaks the glass: she finds what she would find without it."""
    walled(cast.second_supervisor, file.code, cast.investigation_supervisor)
    with superuser(connections["default"].settings_dict["NAME"]) as connection:
        (source,) = connection.execute("SELECT prosrc FROM pg_proc WHERE proname = 'check_walled'").fetchone() or ("",)
    assert "RETURN NULL" in source
    with acting_as(cast.investigation_supervisor, "r"):
        on = CaseAccess.objects.filter(file=file, user=cast.second_supervisor, revoked_at__isnull=True)
        assert not on.exists()


def known_on_both_sides(cast: Cast) -> tuple[CaseFile, CaseFile]:
    """One person of the register with a file on each side of the wall between caring and investigating."""
    case = records.file_of(cast.investigator)
    alias = records.person_on(case, cast.investigator)
    with acting_as(cast.investigator):
        care = grants.open_file(Kind.CARE, by=cast.investigator)
        with entry("x", by=cast.investigator, about=care):
            Alias.begin(alias.person, prefix="SV", wing=Wing.AFTERCARE, file=care, opens_identity=True)
    return case, care


def test_who_cared_for_her_does_not_investigate_her_case_although_her_role_changed(committed_cast: Cast) -> None:
    cast = committed_cast
    _case, care = known_on_both_sides(cast)
    with acting_as(cast.care_supervisor):
        grants.seat(care, [cast.care_worker], by=cast.care_supervisor)
    promoted(cast.care_worker, "INVESTIGATOR")
    refused("choose somebody else", lambda: place(_case, cast.care_worker, cast.investigator).save(), by=cast.investigator)
    with acting_as(cast.investigator, "r"):
        assert not walls.may_join(cast.care_worker, _case.pk)
    aged(cast.care_worker, "5 years 1 day")
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=_case):
        place(_case, cast.care_worker, cast.investigator).save()


def test_who_investigated_her_case_does_not_care_for_her(committed_cast: Cast) -> None:
    cast = committed_cast
    _case, care = known_on_both_sides(cast)
    promoted(cast.investigator, "CARE_WORKER")
    refused("choose somebody else", lambda: place(care, cast.investigator, cast.care_supervisor).save(), by=cast.care_supervisor)


def test_who_becomes_known_on_a_file_later_walls_off_those_who_worked_on_the_other_side(committed_cast: Cast) -> None:
    cast = committed_cast
    case, care = records.file_of(cast.investigator), records.file_of(cast.care_worker, Kind.CARE)
    alias = records.person_on(care, cast.care_worker)
    promoted(cast.care_worker, "INVESTIGATOR")
    with acting_as(cast.investigator):
        grants.seat(case, [cast.care_worker], by=cast.investigator)
    assert sees(cast.care_worker, case)
    with acting_as(cast.care_supervisor, "r"):
        person = alias.person
    with acting_as(cast.investigator), entry("x", by=cast.investigator, about=case):
        Alias(wing=Wing.INVESTIGATIONS, code="SU-7", file=case, person=person, opens_identity=False).save()
    assert not sees(cast.care_worker, case) and sees(cast.investigator, case)
    with acting_as(cast.investigation_supervisor, "r"):
        wall = Wall.objects.get()
        assert (wall.kind, wall.set_by, wall.about_code) == ("cared", None, case.code)
        assert walls.get_wall(cast.investigation_supervisor, wall.code) == wall, "its code has a right check"


def promoted(user: User, role: str) -> None:
    """Her former role is over since today, and she holds another."""
    with superuser(connections["default"].settings_dict["NAME"]) as connection:
        connection.execute(
            "UPDATE accounts_rolegrant SET revoked_at = now(), revoked_by_id = proposed_by_id WHERE user_id = %s", [user.pk])
        connection.execute(
            "INSERT INTO accounts_rolegrant (id, rev, user_id, role, office_id, starts_at, expires_at, proposed_by_id,"
            " approved_by_id, approved_at) SELECT gen_random_uuid(), 1, user_id, %s, office_id, now() - interval '1 minute',"
            " now() + interval '1 year', proposed_by_id, approved_by_id, now() FROM accounts_rolegrant WHERE user_id = %s"
            " LIMIT 1", [role, user.pk])
        connection.execute(
            "UPDATE casefiles_caseaccess SET revoked_at = now(), revoked_by_id = granted_by_id WHERE user_id = %s", [user.pk])


def aged(user: User, by: str) -> None:
    """Everything she did is so much longer ago."""
    with superuser(connections["default"].settings_dict["NAME"]) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE casefiles_caseaccess DISABLE TRIGGER guard_stamp")
        connection.execute(
            "UPDATE casefiles_caseaccess SET starts_at = starts_at - %s::interval, revoked_at = revoked_at - %s::interval,"
            " expires_at = expires_at - %s::interval WHERE user_id = %s", [by, by, by, user.pk])


# walls and the forger


def test_nobody_sets_or_lifts_a_wall_by_statement(cast: Cast, file: CaseFile) -> None:
    wall = walled(cast.colleague, file.code, cast.investigation_supervisor)

    def forged(kind: str, user: User, about: str = file.code) -> None:
        Wall(user=user, file=file, about_code=about, kind=kind, set_by=cast.investigator,
             until=timezone.now() + timedelta(days=2)).save()

    refused("history sets", lambda: forged("cared", cast.hotline), by=cast.investigator)
    refused("walls against others", lambda: forged("set", cast.hotline), by=cast.investigator)
    refused("walls against others", lambda: forged("declared", cast.hotline), by=cast.investigator)
    refused("works on, or guards", lambda: forged("declared", cast.investigator, "IV-0000"), by=cast.investigator)
    for by in (cast.investigation_supervisor, cast.data_protection):
        refused("two people", lambda by=by: run(  # type: ignore[misc]
            "UPDATE casefiles_wall SET lifted_at = now(), lifted_by_id = %s, lifted_through = gen_random_uuid() WHERE id = %s",
            by.pk, wall.pk), by=by)
    with acting_as(cast.colleague), entry("x", by=cast.colleague, about=None):
        assert run("UPDATE casefiles_wall SET lifted_at = now()") == 0


def test_a_wall_is_lifted_by_two_and_the_place_does_not_come_back(cast: Cast, file: CaseFile) -> None:
    boss, officer = cast.investigation_supervisor, cast.data_protection
    wall = walled(cast.colleague, file.code, boss)
    with acting_as(officer):
        assert walls.may_ask_to_lift(officer, wall).reason == "decider"
    with acting_as(boss):
        request = actions.ask_to_lift(wall, by=boss, reason="It was another family of that name, as we know now.")
        with pytest.raises(Refused):
            requests.approve(request, by=boss)
    agree(request, officer)
    with acting_as(boss, "r"):
        lifted = walls.get_wall(boss, wall.code)
        assert lifted.lifted_by == officer and not lifted.stands
        assert walls.may_ask_to_lift(boss, lifted).reason == "ended"
    assert not sees(cast.colleague, file)
    with acting_as(cast.investigator):
        grants.seat(file, [cast.colleague], by=cast.investigator)
    assert sees(cast.colleague, file)


def test_nobody_decides_about_her_own_wall(cast: Cast, file: CaseFile) -> None:
    officer = cast.data_protection
    with acting_as(officer, "r"):
        wall = Wall(user=officer, file=file, about_code=file.code, kind="set")
        assert walls.may_lift(officer, wall).reason == "self"
        assert walls.may_agree(officer, Seal(user=officer)).reason == "self"


# seals


def test_a_sealed_file_is_seen_by_its_list_alone(cast: Cast, file: CaseFile) -> None:
    names = sealed(file, [cast.investigator], cast.investigator, named=cast.colleague)
    assert sees(cast.investigator, file)
    for user in (cast.investigation_supervisor, cast.second_supervisor, cast.colleague, cast.administrator, cast.far_supervisor,
                 cast.data_protection, cast.auditor):
        assert not sees(user, file), user.username
    for name in ("investigation_supervisor", "administrator", "colleague", "auditor"):
        with acting_as(getattr(cast, name), "r"):
            assert not Seal.objects.exists() and not CaseAccess.objects.filter(file=file).exists(), name
    with acting_as(cast.data_protection, "r"):
        assert [one.user for one in walls.visible_seals(cast.data_protection)] == [cast.investigator]
        assert Wall.objects.get().kind == "named"
    with acting_as(cast.investigator, "r"):
        assert CaseFile.objects.get(pk=file.pk).is_sealed and str(names[0]) == names[0].code


def test_the_administrator_counts_no_sealed_file(cast: Cast) -> None:
    from ijm.accounts import reach

    file = records.file_of(cast.investigator)
    with acting_as(cast.administrator, "r"):
        before, leaving = reach.open_files(cast.office), reach.leaves(cast.investigator)
    sealed(file, [cast.investigator], cast.investigator)
    with acting_as(cast.administrator, "r"):
        assert reach.open_files(cast.office) == before - 1
        assert reach.leaves(cast.investigator) != leaving


def test_the_list_names_nobody_who_supervises_there_or_works_elsewhere(cast: Cast, file: CaseFile) -> None:
    with acting_as(cast.investigator):
        meant = walls.by_code(file.code)
        assert meant is not None
        for people in ([cast.investigation_supervisor], [cast.care_worker], [cast.administrator]):
            assert walls.may_seal(cast.investigator, meant, people).reason == "listed"
        assert walls.may_seal(cast.investigator, meant, []).reason == "nobody"
        alias_meant = walls.Meant(None, file.pk, file.pk, file.office_id, True, "SU-1")
        assert walls.may_seal(cast.investigator, alias_meant, [cast.investigator]).reason == "kind"
    refused("no investigation supervisor", lambda: Seal(
        user=cast.investigation_supervisor, file=file, office=cast.office, about_code=file.code, set_by=cast.investigator).save(),
        by=cast.investigator)
    refused("works on it or guards", lambda: Seal(
        user=cast.investigator, file=file, office=cast.office, about_code=file.code, set_by=cast.far_investigator).save(),
        by=cast.far_investigator)


def test_nobody_flips_the_seal_by_statement(cast: Cast, file: CaseFile) -> None:
    refused("by the list", lambda: run("UPDATE casefiles_casefile SET is_sealed = true, rev = rev + 1"), by=cast.investigator)
    (name,) = sealed(file, [cast.investigator], cast.investigator)
    refused("by the list", lambda: run("UPDATE casefiles_casefile SET is_sealed = false, rev = rev + 1 WHERE id = %s", file.pk),
            by=cast.investigator)
    refused("by two people", lambda: run("UPDATE casefiles_seal SET lifted_at = now(), lifted_by_id = %s WHERE id = %s",
                                         cast.investigator.pk, name.pk), by=cast.investigator)


def test_one_more_name_and_opening_again_take_two(cast: Cast, file: CaseFile) -> None:
    (name,) = sealed(file, [cast.investigator], cast.investigator)
    with acting_as(cast.investigator):
        name = walls.get_seal(cast.investigator, name.code)
        request = seals.add(name, cast.colleague, by=cast.investigator, reason="Two of us are needed for the interviews.")
        assert walls.may_add_name(cast.investigator, name, cast.colleague).reason == "already"
    assert not sees(cast.colleague, file), "a name that waits opens nothing"
    with acting_as(cast.data_protection):
        assert walls.may_ask_to_open(cast.data_protection, name).reason == "decider"
    agree(request, cast.data_protection)
    assert sees(cast.colleague, file) and not sees(cast.investigation_supervisor, file)
    with acting_as(cast.investigator):
        name = walls.get_seal(cast.investigator, name.code)
        request = seals.ask_to_open(name, by=cast.investigator, reason="Nobody of us after all.")
    agree(request, cast.data_protection)
    assert sees(cast.investigation_supervisor, file) and sees(cast.colleague, file)
    with acting_as(cast.investigator, "r"):
        assert not CaseFile.objects.get(pk=file.pk).is_sealed
        assert walls.may_ask_to_open(cast.investigator, walls.get_seal(cast.investigator, name.code)).reason == "ended"


# what somebody says about herself


def test_the_vault_answers_yes_or_no_and_shows_no_name(cast: Cast) -> None:
    survivor = records.survivor_of(cast.care_worker)
    boss, other = cast.care_supervisor, cast.care_worker_two
    records.named(survivor.alias, cast.care_worker, family="Meas", given="Bopha")
    with acting_as(cast.care_worker), entry("x", by=cast.care_worker, about=survivor):
        Identifier(person_id=survivor.alias.person_id, kind="phone", value="012 888 777").save()
    said: dict[str, tuple[str, str]] = {
        "nothing": ("", ""), "somebody else": ("Sok Dara\n", "099 111 222"), "her name": ("Bopha MEAS", ""),
        "her family": ("Meas", ""), "her telephone": ("", "+855 12 888 777")}
    for what, (names, numbers) in said.items():
        with acting_as(other):
            declared = actions.say(by=other, names=names, numbers=numbers)
            assert tuple(declared.trail_subjects()) == ()
        with acting_as(boss):
            free = care_policy.may_add_colleague(boss, survivor, other)
            assert bool(free) == (what in ("nothing", "somebody else")), what
        told = last_events(1)[0]
        assert told["act"] == "conflict.asked" and told["q"] == {"user": other.code, "answer": "no" if free else "yes"}
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tests.events()")
        assert not any("meas" in str(row).lower() for row in cursor.fetchall())


def test_nobody_of_another_office_finds_what_she_said(cast: Cast) -> None:
    with acting_as(cast.care_worker):
        actions.say(by=cast.care_worker, names="Meas Bopha", numbers="")
        assert not walls.is_due(cast.care_worker) and walls.last_said(cast.care_worker)
    with acting_as(cast.far_care_supervisor, "r"):
        assert not Declaration.objects.exists()
    with acting_as(cast.investigator, "r"):
        assert walls.is_due(cast.investigator) and walls.last_said(cast.investigator) is None
    with acting_as(cast.administrator, "r"):
        assert not walls.is_due(cast.administrator), "she works with no file"


def test_a_declaration_that_does_not_open_answers_no(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from ijm.vault.errors import Tampered

    survivor = records.survivor_of(cast.care_worker)
    with acting_as(cast.care_worker_two):
        actions.say(by=cast.care_worker_two, names="Sok Dara", numbers="")
    monkeypatch.setattr(conflicts, "each", lambda rows: [(row, Tampered("x")) for row in rows])
    with acting_as(cast.care_supervisor, "r"):
        assert not conflicts.knows(cast.care_worker_two, survivor.file, by=cast.care_supervisor)
        assert Name.objects.count() == 0


# the pages


def test_a_supervisor_sets_a_wall_on_its_page_and_asks_to_lift_it(cast: Cast, file: CaseFile, signed_in: SignedIn) -> None:
    boss = signed_in(cast.investigation_supervisor)
    until = timezone.localdate() + timedelta(days=30)
    day = {"until_on_0": until.day, "until_on_1": until.month, "until_on_2": until.year}
    wrong = boss.post("/desk/walls/new/", {"colleague": cast.colleague.code, "about": "IV-0000-0000"} | day)
    assert wrong.status_code == 200
    shown = boss.post("/desk/walls/new/", {"colleague": cast.colleague.code, "about": file.code} | day, follow=True)
    assert b"The wall stands" in shown.content and cast.colleague.name.encode() in shown.content
    with acting_as(cast.investigation_supervisor, "r"):
        wall = Wall.objects.get()
    assert b"Ask to lift it" in boss.get(f"/desk/walls/{wall.code}/").content
    assert b"needs mending" in boss.post(f"/desk/walls/{wall.code}/lift/", {"reason": ""}).content
    assert b"Asked." in boss.post(f"/desk/walls/{wall.code}/lift/", {"reason": "It was somebody else."}, follow=True).content
    for name in ("colleague", "care_supervisor", "far_supervisor", "administrator"):
        assert signed_in(getattr(cast, name)).get(f"/desk/walls/{wall.code}/").status_code == 404, name
    assert b"you decide" in signed_in(cast.data_protection).get(f"/desk/walls/{wall.code}/").content


def test_whoever_knows_somebody_says_so_on_the_file(cast: Cast, file: CaseFile, signed_in: SignedIn) -> None:
    colleague = signed_in(cast.colleague)
    url = f"/files/{file.code}/know/"
    assert b"Say so, and leave this file" in colleague.get(url).content
    assert b"Recorded." in colleague.post(url, follow=True).content
    assert colleague.get(url).status_code == 404
    alias = records.person_on(file, cast.investigator)
    investigator = signed_in(cast.investigator)
    assert investigator.post(url, {"about": "SU-0000-0000"}).status_code == 200
    assert investigator.post(url, {"about": alias.code}).status_code == 302
    assert investigator.get(url).status_code == 404


def test_a_file_is_sealed_on_a_page(cast: Cast, file: CaseFile, signed_in: SignedIn) -> None:
    investigator = signed_in(cast.investigator)
    given = {"about": file.code, "people": [cast.investigator.code], "named": cast.investigator.code}
    assert b"cannot be on its list" in investigator.post("/desk/seals/new/", given).content
    assert b"is sealed" in investigator.post("/desk/seals/new/", given | {"named": cast.colleague.code}, follow=True).content
    with acting_as(cast.investigator, "r"):
        name = Seal.objects.get()
    page = f"/desk/seals/{name.code}/"
    assert cast.investigator.name.encode() in investigator.get(page).content
    other = signed_in(cast.data_protection).get(page).content
    assert b"One more name" not in other
    for verb, words in (("names/", {"colleague": cast.investigator.code, "reason": "x"}), ("names/", {}), ("open/", {})):
        assert investigator.post(page + verb, words).status_code == 200
    assert investigator.post(page + "open/", {"reason": "Nobody of us after all."}).status_code == 302
    for who in ("investigation_supervisor", "colleague", "administrator", "far_investigator"):
        assert signed_in(getattr(cast, who)).get(page).status_code == 404, who


def test_everybody_says_once_a_year_whom_she_knows(cast: Cast, signed_in: SignedIn) -> None:
    worker = signed_in(cast.care_worker)
    assert b"Say whom you know" in worker.get("/desk/").content
    assert worker.post("/desk/interests/", {"names": "Sok Dara"}).status_code == 200, "she says that it is all"
    answer = worker.post("/desk/interests/", {"names": "Sok Dara", "numbers": "", "true": "on"}, follow=True)
    assert b"Kept." in answer.content and b"Dara" not in answer.content
    assert b"Say whom you know" not in worker.get("/desk/").content


def test_who_was_asked_and_knows_somebody_is_walled_off_instead(cast: Cast, signed_in: SignedIn) -> None:
    survivor = records.survivor_of(cast.care_worker)
    boss = signed_in(cast.care_supervisor)
    url = f"/aftercare/survivors/{survivor.code}/people/"
    answer = boss.post(url, {"colleague": cast.care_worker_two.code, "knows": "on"})
    assert b"Choose somebody else" in answer.content
    with acting_as(cast.care_supervisor, "r"):
        assert Wall.objects.get().kind == "asked" and not care_policy.stands_on(cast.care_worker_two, survivor.file)
