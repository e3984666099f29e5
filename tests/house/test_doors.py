"""Every address leads through a door; who may knock without one is written here by name."""

from __future__ import annotations

import inspect

import pytest
from django.urls import resolve

from ijm.roles.table import TABLE, Can, Role, who_can
from tests import matrix
from tests.matrix import Page

# Before signing in, or with half of it done. Each line is a decision; a new one belongs here only after a look at it.
GATES = {
    "home",
    "web:language",
    "web:theme",
    "web:health",
    "web:leave",
    "web:stay",
    "web:csp-report",
    "calendar-feed",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_arrive",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_reauthenticate_webauthn",
}
# Pages for everybody who has signed in, whatever her role: what they show is narrowed to her by the database.
FOR_ALL = {
    "help:index",
    "help:glossary",
    "help:guide",
    "web:undo",
    "documents:paper-list",
    "documents:paper-check",
    "documents:paper-show",
    "documents:paper-reveal",
    "documents:paper-fetch",
    "documents:paper-forget",
    "documents:page-printed",
    "documents:file-papers",
    "documents:letter-write",
    "documents:sheet",
    "desk:work",
    "desk:search",
    "desk:asked",
    "desk:go",
    "desk:approvals",
    *(f"approvals:{name}" for name in ("show", "decide", "withdraw")),
    "desk:pin",
    *(f"desk:{name}" for name in ("filters", "filter-keep", "filter-change")),
    "desk:keys",
    "desk:notices",
    "desk:notices-read",
    "desk:notice-open",
    "desk:notices-settings",
    "desk:agenda",
    "desk:agenda-month",
    "desk:reminders",
    "desk:reminder-set",
    "desk:reminder-done",
    "desk:reminder-put-off",
    "desk:reminder-reveal",
    "desk:calendar",
    "desk:opened",
    "desk:opened-by",
    "desk:permissions",
    "budgets:mine",
    "budgets:stop",
    "budgets:stop-ask",
    *(f"jobs:{name}" for name in ("list", "show", "progress", "cancel", "again", "result")),
    "desk:reference",
    "desk:reference-law",
    "desk:reference-list",
    "account_settings",
    "account_end_sessions",
    "files:show",
    "files:know",
    "desk:interests",
    "web:drafts",
    "web:draft-discard",
    "files:place-end",
    "files:history",
    "files:history-field", "files:history-version", "files:history-version-reveal",
}
# What an auditor may change: what she judges, and which questions she keeps.
JUDGING = {"audit:flag-decide", "audit:flag-find", "audit:finding-settle", "audit:question-keep", "audit:question-drop"}
PAGES = list(matrix.every_page())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_address_leads_through_a_door(page: Page) -> None:
    assert page.door is not None, "mark the view with @reads, @writes or, after a look at it, @gate"
    assert (page.door.kind == "gate") == (page.name in GATES)


def test_every_gate_is_still_there() -> None:
    assert GATES - {page.name for page in PAGES} == set()


@pytest.mark.parametrize("page", matrix.doors(), ids=lambda page: page.name)
def test_a_door_without_roles_is_one_for_all_by_name(page: Page) -> None:
    assert page.door is not None and bool(page.door.roles) == (page.name not in FOR_ALL)


@pytest.mark.parametrize("page", matrix.doors(), ids=lambda page: page.name)
def test_a_view_is_a_short_function(page: Page) -> None:
    view = inspect.unwrap(page.view)
    assert inspect.isfunction(view) and view.__doc__
    assert len(inspect.getsource(view).splitlines()) <= 32


@pytest.mark.parametrize(
    "page",
    [page for page in matrix.doors() if page.name.split(":")[0] in ("investigations", "aftercare", "prosecutions")],
    ids=lambda page: page.name,
)
def test_pages_of_casework_are_for_roles_of_casework(page: Page) -> None:
    assert page.door is not None
    assert not page.door.roles & {Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR, Role.PARTNER}


DESK = [page for page in matrix.doors() if page.name.startswith("audit:") and "package" not in page.name]


@pytest.mark.parametrize("page", DESK, ids=lambda page: page.name)
def test_the_auditors_pages_are_for_those_who_may_ask(page: Page) -> None:
    others = {Role.ADMINISTRATOR} if page.name == "audit:log-status" else set()
    assert page.door is not None and page.door.roles == set(who_can(Can.AUDIT_ASK)) | others
    assert page.door.kind == ("writes" if page.name in JUDGING else "reads")


def test_every_role_has_a_page_of_its_own_work_or_is_a_guest() -> None:
    seen = {role for page in matrix.doors() if page.door for role in page.door.roles}
    assert set(TABLE) - seen == {Role.PARTNER}


def test_no_address_holds_a_name_or_a_running_number() -> None:
    numbered = [page.name for page in matrix.doors() if "pk" in page.arguments or "id" in page.arguments]
    assert numbered == []
    assert resolve("/desk/").view_name == "desk:work"
