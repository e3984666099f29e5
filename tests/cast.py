"""The people of every test: one of each role in one office, colleagues, and strangers in another office."""

from __future__ import annotations

from dataclasses import dataclass, replace

from allauth.mfa.models import Authenticator

from ijm.accounts.actions import arrivals, offices, people
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import Arrival, Office, User
from ijm.notices.actions.notices import read_all
from ijm.roles.table import Role
from ijm.trail.context import acting_as

PASSWORD = "three calm rivers meet"
PHNOM_PENH = {
    "hotline": Role.HOTLINE,
    "investigator": Role.INVESTIGATOR,
    "colleague": Role.INVESTIGATOR,
    "investigation_supervisor": Role.INVESTIGATION_SUPERVISOR,
    "second_supervisor": Role.INVESTIGATION_SUPERVISOR,
    "care_worker": Role.CARE_WORKER,
    "care_worker_two": Role.CARE_WORKER,
    "care_supervisor": Role.CARE_SUPERVISOR,
    "liaison": Role.LIAISON,
    "partner": Role.PARTNER,
    "auditor": Role.AUDITOR,
}
BATTAMBANG = {
    "far_hotline": Role.HOTLINE,
    "far_investigator": Role.INVESTIGATOR,
    "far_supervisor": Role.INVESTIGATION_SUPERVISOR,
    "far_care_worker": Role.CARE_WORKER,
    "far_care_supervisor": Role.CARE_SUPERVISOR,
    "far_liaison": Role.LIAISON,
}
FOUNDERS = ("administrator", "data_protection")
GUEST_OF = {"partner": "care_supervisor"}
EVERYBODY = (*FOUNDERS, *PHNOM_PENH, *BATTAMBANG)


@dataclass
class Cast:
    """Everybody by name; `office` is where most of them work, `far_office` is another."""

    office: Office
    far_office: Office
    administrator: User
    data_protection: User
    hotline: User
    investigator: User
    colleague: User
    investigation_supervisor: User
    second_supervisor: User
    care_worker: User
    care_worker_two: User
    care_supervisor: User
    liaison: User
    partner: User
    auditor: User
    far_hotline: User
    far_investigator: User
    far_supervisor: User
    far_care_worker: User
    far_care_supervisor: User
    far_liaison: User


def newcomer(username: str) -> Newcomer:
    """An account of this name."""
    return Newcomer(username, username.replace("_", " ").capitalize(), PASSWORD)


def assemble() -> None:
    """Found both offices and give everybody the role of their name, as an office would."""
    office = offices.found(name_en="Phnom Penh office", name_km="ការិយាល័យភ្នំពេញ",
                           administrator=newcomer("administrator"), officer=newcomer("data_protection"))
    administrator, officer = (User.objects.get(username=name) for name in FOUNDERS)
    settle(administrator, officer)
    settle(officer, administrator)
    with acting_as(administrator):
        far = offices.add(by=administrator, name_en="Battambang office", name_km="ការិយាល័យបាត់ដំបង")
    for place, names in ((office, PHNOM_PENH), (far, BATTAMBANG)):
        for username, role in names.items():
            engage(newcomer(username), role, place, administrator, officer, guest_of=GUEST_OF.get(username, ""))
    with acting_as(officer):
        read_all(by=officer)


def engage(who: Newcomer, role: Role, office: Office, administrator: User, officer: User, *, guest_of: str = "") -> User:
    """Add somebody, let her settle in, propose her role, approve it."""
    who = replace(who, sponsor=User.objects.get(username=guest_of)) if guest_of else who
    with acting_as(administrator):
        user = people.add(who, by=administrator, office=office)
    settle(user, officer)
    with acting_as(administrator):
        grant = people.propose(user, role, by=administrator, office=office)
    with acting_as(officer):
        people.approve(grant, by=officer)
    return user


def settle(user: User, officer: User) -> None:
    """She gets the officer's code, chooses a password, sets up a factor; a test that signs in enrols one of its own."""
    code = ""
    if user.arrival == Arrival.CODE:
        with acting_as(officer):
            code = arrivals.welcome(user, by=officer)
    with acting_as(user):
        assert arrivals.arrive(user, by=user, password=PASSWORD, code=code)
        factor = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "none"})
        arrivals.ready(by=user)
        factor.delete()


def load() -> Cast:
    """The cast, freshly read."""
    users = {user.username: user for user in User.objects.select_related("office")}
    return Cast(office=users["administrator"].office, far_office=users["far_hotline"].office,
                **{name: users[name] for name in EVERYBODY})
