"""A search over the policy itself: what one human can reach alone, whatever she does in whatever order.

She holds any roles that do not exclude each other, may invent accounts, and may try to take over a colleague's. All that the
rules let her do is done until nothing new comes of it; nobody else lifts a finger. It must never lead to the identities of a
file on which she was not put, to records taken out or destroyed, to another's account, or to a role that she did not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from django.utils import timezone

from ijm.accounts import policy as accounts
from ijm.accounts import reach
from ijm.accounts.models import Arrival, Office, Reset, RoleGrant, User
from ijm.approvals import kinds
from ijm.approvals import policy as approvals
from ijm.roles import table
from ijm.roles.decisions import role_decision
from ijm.roles.table import TABLE, WING_SUPERVISORS, Can, Kind, Open, Role
from tests.cast import Cast

Fact = tuple[Any, ...]
ME, PUPPET, COLLEAGUE = "me", "an invented account", "a colleague"


@dataclass
class Alone:
    """One human: the accounts she controls, and every fact she has brought about."""

    roles: frozenset[Role]
    office: Office = field(default_factory=lambda: Office(name_en="Here"))
    facts: set[Fact] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.facts |= {("controls", ME), *(("holds", ME, role) for role in self.roles)}
        self.accounts = {name: User(username=name, name=name, office=self.office, ready_at=timezone.now(), arrival=arrival)
                         for name, arrival in ((ME, ""), (PUPPET, Arrival.CODE), (COLLEAGUE, ""))}

    def account(self, name: str) -> User:
        """The account as it stands by now."""
        user = self.accounts[name]
        user.__dict__["role_codes"] = frozenset(role for _holds, who, role in self.known("holds") if who == name)
        waits = ("waits", name) in self.facts or name == PUPPET
        user.arrival = Arrival.CODE if waits and ("controls", name) not in self.facts else Arrival.SETTLED
        return user

    def known(self, verb: str) -> list[Fact]:
        """The facts of one kind."""
        return [fact for fact in self.facts if fact[0] == verb]

    def hands(self) -> list[tuple[str, User]]:
        """The accounts through which she can act."""
        return [(name, self.account(name)) for _controls, name in self.known("controls")]

    def saturate(self) -> set[Fact]:
        """Do everything that is allowed until nothing new comes of it."""
        while True:
            new = {fact for hand, by in self.hands() for step in STEPS for fact in step(self, hand, by)} - self.facts
            new |= {("controls", name) for name in self.accounts
                    if {("code", name), ("password", name)} <= self.facts} - self.facts
            if not new:
                return self.facts
            self.facts |= new


def arrivals(alone: Alone, hand: str, by: User) -> Iterator[Fact]:
    """Accounts made and put back: a first password and the code are two people's to give."""
    if accounts.may_add_person(by, alone.office):
        yield "account", PUPPET
        yield "password", PUPPET
    for name in (PUPPET, COLLEAGUE):
        user = alone.account(name)
        if name == PUPPET and ("account", PUPPET) not in alone.facts:
            continue
        if accounts.may_welcome(by, user):
            yield "code", name
        if accounts.may_make_first_password(by, user):
            yield "password", name
        if accounts.may_propose_reset(by, user):
            yield "reset", name, hand
        for _reset, whose, proposer in alone.known("reset"):
            reset = Reset(user=user, proposed_by=alone.accounts[proposer])
            if whose == name and accounts.may_decide_reset(by, reset):
                yield "waits", name
                yield "code", name  # the one who decides is told the code


def roles(alone: Alone, hand: str, by: User) -> Iterator[Fact]:
    """Roles proposed and approved; who becomes a supervisor stands on the open files of her office at once."""
    for name in alone.accounts:
        for role in Role:
            if accounts.may_propose(by, alone.account(name), role):
                yield "proposed", name, role, hand
    for _proposed, name, role, proposer in alone.known("proposed"):
        grant = RoleGrant(user=alone.account(name), role=role, office=alone.office, proposed_by=alone.accounts[proposer])
        if accounts.may_approve(by, grant):
            yield "holds", name, role
            yield from (("stands", name, kind) for kind, supervisors in WING_SUPERVISORS.items() if role in supervisors)


def seats(alone: Alone, hand: str, by: User) -> Iterator[Fact]:
    """Places on a file that is not hers: given by who stands on it, to another whose role is of its wing."""
    for kind in Kind:
        for name in alone.accounts:
            if may_seat(alone, hand, name, kind):
                yield "stands", name, kind


def may_seat(alone: Alone, hand: str, name: str, kind: Kind) -> bool:
    """As guard.access_refusal() says it, which tests/ijm/test_guard_strangers.py tries."""
    standing = set(table.standing_on(kind)) & alone.account(name).role_codes
    return hand != name and ("stands", hand, kind) in alone.facts and bool(standing)


def second(alone: Alone, hand: str, by: User) -> Iterator[Fact]:
    """Whatever one asks for and another decides: every kind of the four eyes."""
    for what, kind in kinds.every().items():
        if approvals.may_ask(by, kind):
            yield "asked", what, hand
        yield from (("decided", what) for _asked, asked, asker in alone.known("asked")
                    if asked == what and may_second(kind, hand, by, asker))


def may_second(kind: kinds.Kind, hand: str, by: User, asker: str) -> bool:
    """As guard.decider_refusal() says it, which the tests of the four eyes try: her role decides, and she is not the asker."""
    return hand != asker and not by.role_codes.isdisjoint(kind.deciders)


STEPS = (arrivals, roles, seats, second)


def won(alone: Alone) -> list[Fact]:
    """What she must never reach."""
    hers = {name for _controls, name in alone.known("controls")}
    read = [fact for fact in alone.known("stands") if fact[1] in hers
            and table.opens(alone.account(fact[1]).role_codes, Open.IDENTITY)]
    held = [fact for fact in alone.known("holds") if fact[1:] not in {(ME, role) for role in alone.roles}]
    taken = [fact for fact in alone.known("controls") if fact[1] == COLLEAGUE]
    return [*read, *held, *taken, *alone.known("decided")]


def together() -> list[frozenset[Role]]:
    """Every set of roles that one person may hold."""
    apart = table.exclusions()
    sets = (frozenset(some) for number in range(1, len(Role) + 1) for some in combinations(Role, number))
    return [some for some in sets if not any(pair in apart for pair in combinations(sorted(some), 2))]


@pytest.fixture(autouse=True)
def far(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Her roles reach every office, as far as any could."""
    monkeypatch.setattr(reach, "reaches", lambda by, office, what: table.may(by.role_codes, what))


def test_nobody_reaches_anything_alone() -> None:
    assert {roles: found for roles in together() if (found := reached(*roles))} == {}
    assert len(together()) > 20 and {frozenset({role}) for role in Role} <= set(together())


def test_it_was_really_tried() -> None:
    facts = Alone(frozenset({Role.ADMINISTRATOR})).saturate()
    assert {("account", PUPPET), ("proposed", PUPPET, Role.AUDITOR, ME), ("reset", COLLEAGUE, ME)} <= facts
    assert ("asked", "export", ME) in Alone(frozenset({Role.CARE_SUPERVISOR})).saturate()


def reached(*roles: Role) -> list[Fact]:
    """What somebody with these roles reaches."""
    alone = Alone(frozenset(roles))
    alone.saturate()
    return won(alone)


def test_a_proposer_who_approves_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "may_approve", lambda by, grant: role_decision(by, Can.ROLE_PROPOSE, None))
    assert ("holds", PUPPET, Role.DATA_PROTECTION) in reached(Role.ADMINISTRATOR)


def test_one_who_gives_password_and_code_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "may_decide_reset", lambda by, reset: role_decision(by, Can.OFFICE_RUN, None))
    assert ("controls", COLLEAGUE) in reached(Role.ADMINISTRATOR)


def test_an_asker_who_decides_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "may_second", lambda kind, hand, by, asker: not by.role_codes.isdisjoint(kind.deciders))
    assert ("decided", "export") in reached(Role.CARE_SUPERVISOR)


def test_one_who_puts_herself_on_a_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "may_seat", lambda alone, hand, name, kind: bool(
        set(table.standing_on(kind)) & alone.account(name).role_codes))
    assert ("stands", ME, Kind.CARE) in reached(Role.CARE_WORKER)


def test_roles_that_are_no_longer_apart_are_found_where_they_open_a_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator who also decides about roles gets no further alone: whoever proposed does not approve."""
    pairs = table.exclusions() - {(Role.ADMINISTRATOR, Role.DATA_PROTECTION), (Role.DATA_PROTECTION, Role.ADMINISTRATOR)}
    monkeypatch.setattr(table, "exclusions", lambda: pairs)
    both = Alone(frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION}))
    assert ("controls", PUPPET) in both.saturate()
    assert [fact for fact in won(both) if fact[0] in ("holds", "stands")] == []
    assert TABLE[Role.ADMINISTRATOR].opens == frozenset()
