"""The desk: work, search, notices, what I opened, roles and people, files by code; and who must not succeed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from ijm.accounts.models import RoleGrant, User
from ijm.casefiles import grants
from ijm.desk import cards, opened
from ijm.desk.counts import counts
from ijm.ids import new_code
from ijm.notices.actions import notices as actions
from ijm.notices.models import Notice, NoticeKind
from ijm.notices.telling import tell
from ijm.roles.table import Kind, Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests import stories
from tests.cast import EVERYBODY, Cast, settle
from tests.conftest import sign_in
from tests.trail import last_events


def told(cast: Cast, *to: User, path: str = "/desk/opened/") -> Notice:
    """A notice for these people; the first one's."""
    with acting_as(cast.administrator), entry("notice.made", by=cast.administrator, about=None):
        tell([user.pk for user in to], NoticeKind.ROLE_TO_APPROVE, about="US-0000-0000", path=path)
    with acting_as(to[0], "r"):
        return Notice.objects.filter(user=to[0]).latest("made_at")


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("path", ["/desk/", "/desk/search/", "/desk/search/?q=x", "/desk/notices/", "/desk/opened/",
                                  "/desk/permissions/"])
def test_the_desk_is_everybodys(cast: Cast, name: str, path: str) -> None:
    """Each role has a desk; what lies on it differs."""
    assert sign_in(getattr(cast, name)).get(path).status_code == 200


def test_cards_are_sorted_under_their_headings() -> None:
    """Late first, then by day; what has no day waits at the end."""
    now, today = timezone.now(), timezone.localdate()
    given: list[dict[str, Any]] = [
        {"title": "later", "url": "/", "due": today + timedelta(days=30)},
        {"title": "late", "url": "/", "due": today - timedelta(days=3), "kind": "hearing"},
        {"title": "late now", "url": "/", "late": True}, {"title": "pile", "url": "/", "count": 4},
        {"title": "today", "url": "/", "due": today, "kind": "no such picture"},
        {"title": "soon", "url": "/", "due": now + timedelta(days=3), "code": "TP-0000-0000"},
    ]
    found = {section.key: section.items for section in cards.sections(cards.card(one) for one in given)}
    assert list(found) == ["late", "today", "week", "later", "waiting"]
    assert [one.late for one in found["late"]] == ["3 days late", "Late"]
    assert found["waiting"][0].when == "4" and found["today"][0].icon == "file" and "," in found["week"][0].when


def test_only_the_wings_of_her_roles_are_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No panel of another wing runs for her; a wing that is not built in is passed over, a broken one is not."""
    names = ("investigations.no_such_room.work", "aftercare.panels.work")
    assert cards.asked_of(names, cast.investigator) == []
    assert len(cards.asked_of(names, cast.care_worker)) == 1
    with pytest.raises(ImportError):
        cards.asked_of(("audit.panels.no_such_name",), cast.auditor)


def test_a_role_that_waits_is_a_card_for_who_decides(cast: Cast) -> None:
    """The data-protection officer finds it on her desk; nobody else does."""
    client = sign_in(cast.administrator)
    path = f"/desk/people/{cast.auditor.code}/roles/new/"
    assert "excludes this one" in client.post(path, {"role": Role.HOTLINE, "office": cast.office.code}).content.decode()
    with acting_as(cast.data_protection):
        from ijm.accounts.actions import people

        people.revoke(cast.auditor.grants.get(), by=cast.data_protection)
    assert client.post(path, {"role": Role.HOTLINE, "office": cast.office.code}).status_code == 302
    assert "Decide about a role" in sign_in(cast.data_protection).get("/desk/").content.decode()
    assert "Decide about a role" not in sign_in(cast.auditor).get("/desk/").content.decode()
    assert "A second person decides" in client.get("/desk/people/").content.decode()


def test_a_role_is_proposed_by_one_and_approved_by_another(cast: Cast) -> None:
    """The whole way: an account, a role for it, approval; then a refusal, then an end."""
    admin, officer = sign_in(cast.administrator), sign_in(cast.data_protection)
    form = {"name": "Kim Sreymom", "name_km": "", "username": "Kim.Sreymom", "language": "en", "office": cast.office.code}
    text = admin.post("/desk/people/new/", form).content.decode()
    made = User.objects.get(username="kim.sreymom")
    assert "First password" in text and made.role_codes == frozenset()
    settle(made, cast.data_protection)
    for role in (Role.HOTLINE, Role.LIAISON):
        assert admin.post(f"/desk/people/{made.code}/roles/new/", {"role": role, "office": cast.office.code}).status_code == 302
    first, second = RoleGrant.objects.waiting().filter(user=made).order_by("starts_at", "role")
    officer.post(f"/desk/people/grants/{first.pk}/decide/", {"answer": "approve"})
    officer.post(f"/desk/people/grants/{second.pk}/decide/", {"answer": "refuse"})
    assert [grant.role for grant in RoleGrant.objects.live().filter(user=made)] == [first.role]
    assert "Kim Sreymom" in officer.get("/desk/permissions/").content.decode()
    admin.post(f"/desk/people/grants/{first.pk}/revoke/")
    assert not RoleGrant.objects.live().filter(user=made).exists()


def test_two_roles_that_exclude_each_other_are_not_both_approved(cast: Cast) -> None:
    """Proposed while she held neither, the second is refused by the database, and the page says why."""
    admin, officer = sign_in(cast.administrator), sign_in(cast.data_protection)
    form = {"name": "Somebody", "username": "somebody", "language": "km", "office": cast.office.code}
    admin.post("/desk/people/new/", form)
    made = User.objects.get(username="somebody")
    settle(made, cast.data_protection)
    for role in (Role.INVESTIGATOR, Role.CARE_WORKER):
        admin.post(f"/desk/people/{made.code}/roles/new/", {"role": role, "office": cast.office.code})
    for grant in RoleGrant.objects.waiting().filter(user=made):
        officer.post(f"/desk/people/grants/{grant.pk}/decide/", {"answer": "approve"})
    assert RoleGrant.objects.live().filter(user=made).count() == 1
    assert "excludes" in officer.get("/desk/people/").content.decode()


@pytest.mark.parametrize("form", [
    {"name": "", "username": "new", "language": "km"}, {"name": "A", "username": "ក", "language": "km"},
    {"name": "A", "username": "Investigator", "language": "km"}])
def test_a_person_is_not_added_from_bad_answers(cast: Cast, form: dict[str, str]) -> None:
    """What was typed stays, what is wrong is said."""
    response = sign_in(cast.administrator).post("/desk/people/new/", {**form, "office": cast.office.code})
    assert "error-summary" in response.content.decode()
    assert form["username"] in response.content.decode()


def test_a_role_ends_within_a_year(cast: Cast) -> None:
    """Neither a day that has gone nor one beyond a year."""
    past = {"until_0": "1", "until_1": "1", "until_2": "2020", "role": Role.HOTLINE, "office": cast.office.code}
    response = sign_in(cast.administrator).post(f"/desk/people/{cast.hotline.code}/roles/new/", past)
    assert "one year from now" in response.content.decode()


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("administrator", "data_protection")])
def test_accounts_and_roles_are_nobody_elses(cast: Cast, name: str) -> None:
    """The pages of people are not there for others, and the officer adds nobody."""
    client = sign_in(getattr(cast, name))
    for path in ("/desk/people/", "/desk/people/new/", f"/desk/people/{cast.partner.code}/roles/new/"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert sign_in(cast.data_protection).get("/desk/people/new/").status_code == 404
    grant = RoleGrant.objects.first()
    assert grant is not None
    assert sign_in(cast.administrator).post(f"/desk/people/grants/{grant.pk}/decide/").status_code == 404


def test_nobody_proposes_a_role_for_herself(cast: Cast) -> None:
    """The page says so and nothing is proposed."""
    response = sign_in(cast.administrator).post(f"/desk/people/{cast.administrator.code}/roles/new/",
                                                {"role": Role.HOTLINE, "office": cast.office.code})
    assert "Nobody proposes a role for herself" in response.content.decode()


def test_a_notice_is_opened_by_its_own_reader(cast: Cast) -> None:
    """Opening marks it as read and leads on; a second time changes nothing; a stranger finds no such page."""
    notice = told(cast, cast.hotline, cast.liaison)
    path = f"/desk/notices/{notice.pk}/open/"
    assert sign_in(cast.auditor).post(path).status_code == 404
    client = sign_in(cast.hotline)
    assert "Mark all as read" in client.get("/desk/notices/").content.decode()
    assert client.get(path).url == "/desk/notices/"  # type: ignore[attr-defined]
    for _time in range(2):
        assert client.post(path).url == "/desk/opened/"  # type: ignore[attr-defined]
    with acting_as(cast.hotline, "r"):
        read = Notice.objects.get(pk=notice.pk)
    assert read.read_at is not None and read.rev == notice.rev + 1
    assert "Mark all as read" not in client.get("/desk/notices/").content.decode()


def test_a_notice_never_leads_out_of_the_house(cast: Cast) -> None:
    """A path that is no path of ours leads back to the list."""
    notice = told(cast, cast.hotline, path="//elsewhere.example/")
    assert sign_in(cast.hotline).post(f"/desk/notices/{notice.pk}/open/").url == "/desk/notices/"  # type: ignore[attr-defined]


def test_all_notices_are_read_at_once(cast: Cast) -> None:
    """Hers only."""
    told(cast, cast.hotline, cast.liaison)
    client = sign_in(cast.hotline)
    client.get("/desk/notices/read/")
    client.post("/desk/notices/read/")
    with acting_as(cast.hotline, "r"):
        assert not Notice.objects.filter(read_at__isnull=True).exists()
    with acting_as(cast.liaison, "r"):
        assert Notice.objects.filter(read_at__isnull=True).exists()


def test_a_notice_of_another_is_refused_by_the_action_and_hidden_by_the_database(cast: Cast) -> None:
    """Even with the row in hand."""
    notice = told(cast, cast.hotline)
    with acting_as(cast.liaison), pytest.raises(Refused):
        actions.read(notice, by=cast.liaison)
    with acting_as(cast.liaison, "r"):
        assert not Notice.objects.filter(pk=notice.pk).exists()
    cast.partner.is_active = False
    with acting_as(cast.partner), pytest.raises(Refused):
        actions.read_all(by=cast.partner)


def test_reading_a_notice_twice_is_the_same_as_once(cast: Cast) -> None:
    """The second time leaves no event and does not move the hour."""
    notice = told(cast, cast.hotline)
    with acting_as(cast.hotline):
        actions.read(notice, by=cast.hotline)
        since = notice.read_at
        actions.read(notice, by=cast.hotline)
        assert Notice.objects.get(pk=notice.pk).read_at == since


def test_what_was_typed_into_the_search_is_kept_as_a_hash(cast: Cast) -> None:
    """Somebody may type a name; the trail keeps a keyed hash, the number found, and a code when it was one."""
    client = sign_in(cast.investigator)
    client.post("/desk/search/", {"q": "Canary Name"})
    [event] = last_events(1)
    assert event["act"] == "search.made" and "Canary" not in str(event) and event["q"]["count"] == 0
    code = new_code("TP")
    client.post("/desk/search/", {"q": code.lower()})
    assert last_events(1)[0]["q"]["code"] == code


def test_what_i_opened_is_mine_alone(cast: Cast) -> None:
    """The database gives each person her own events, and nobody's outside a door."""
    assert opened.mine(opened.today()) == []
    with acting_as(cast.hotline):
        file = grants.open_file(Kind.INTAKE, by=cast.hotline)
        assert file.code in [code for look in opened.mine(opened.today()) for code in look.codes]
    with acting_as(cast.liaison, "r"):
        assert file.code not in [code for look in opened.mine(opened.today()) for code in look.codes]
    assert file.code in sign_in(cast.hotline).get("/desk/opened/").content.decode()
    assert file.code not in sign_in(cast.liaison).get("/desk/opened/").content.decode()


def test_the_application_reads_no_event_of_others(cast: Cast) -> None:
    """Neither the log nor its indexes nor the auditor's functions are open to the application."""
    for sql in ("SELECT * FROM audit_event", "SELECT * FROM audit_subject", "SELECT * FROM audit_code",
                "SELECT guard.meant_by('SV-0000-0000')", "SELECT guard.standing('{}')", "SELECT guard.index_subjects()"):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('ijm_app', 'audit_event', 'SELECT')")
            assert cursor.fetchone() == (False,)
        with pytest.raises(Exception, match="permission denied"), acting_as(cast.auditor, "r"), \
                connections["default"].cursor() as cursor:
            cursor.execute(sql)


def test_a_file_leads_to_its_wing_or_is_not_there(committed_cast: Cast) -> None:
    """A stranger and a mistyped code get the same page to the byte."""
    cast = committed_cast
    with acting_as(cast.hotline):
        file = grants.open_file(Kind.INTAKE, by=cast.hotline)
    hidden = sign_in(cast.far_hotline).get(f"/files/{file.code}/")
    missing = sign_in(cast.far_hotline).get(f"/files/{new_code('TP')}/")
    nonsense = sign_in(cast.hotline).get("/files/nonsense/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content == nonsense.content


def test_a_file_leads_to_the_page_of_its_wing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the code is typed; a wing without a page for it has nothing to show."""
    from ijm.desk.views import files

    with acting_as(cast.hotline):
        file = grants.open_file(Kind.INTAKE, by=cast.hotline)
    for address, status in (("/somewhere/", 302), ("", 404)):
        monkeypatch.setattr(files, "import_string", lambda _name, to=address: lambda _user, _file: to)
        assert sign_in(cast.hotline).get(f"/files/{file.code.lower()}/").status_code == status


def test_the_one_record_of_a_code_is_opened_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole code leads straight to its record; several matches are listed."""
    code = new_code("TP")
    one = {"title": "A tip", "url": "/there/", "code": code, "kind": "tip"}
    monkeypatch.setattr(cards, "asked_of", lambda _names, _user: [lambda _user, _text: [one]])
    assert sign_in(cast.hotline).post("/desk/search/", {"q": code}).status_code == 302
    two = {**one, "url": "/elsewhere/"}
    monkeypatch.setattr(cards, "asked_of", lambda _names, _user: [lambda _user, _text: [one, two, one]])
    assert "2 records found" in sign_in(cast.hotline).post("/desk/search/", {"q": code}).content.decode()


def test_counts_need_a_door_and_few_queries(cast: Cast, rf: Any, django_assert_max_num_queries: Any) -> None:
    """Outside a door nothing is asked; inside, one question."""
    request = rf.get("/")
    request.user = cast.data_protection
    assert counts(request) == {}
    told(cast, cast.data_protection)
    with acting_as(cast.data_protection, "r"), django_assert_max_num_queries(1):
        found = counts(request)
    assert found["desk:notices"] == (1, 0) and found["desk:people"] == (0, 0)
    request.user = cast.hotline
    stories.taken_tip(cast)
    with acting_as(cast.hotline, "r"):
        assert counts(request)["investigations:tip-list"] == (1, 0)


@pytest.mark.parametrize("path", ["/desk/", "/desk/people/", "/audit/who-saw/", "/files/TP-0000-0000/"])
def test_without_sign_in_or_second_factor_no_page_opens(cast: Cast, client: Any, path: str) -> None:
    """To the sign-in, or to the second factor."""
    assert client.get(path).status_code == 302
    assert sign_in(cast.administrator, second_factor=False).get(path).status_code == 302
