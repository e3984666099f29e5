"""The people of every test: one of each role in one office, colleagues, and strangers in another office."""

from __future__ import annotations

from dataclasses import dataclass

from ijm.accounts.actions import offices, people
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import Office, User
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
    with acting_as(administrator):
        far = offices.add(by=administrator, name_en="Battambang office", name_km="ការិយាល័យបាត់ដំបង")
    for place, names in ((office, PHNOM_PENH), (far, BATTAMBANG)):
        for username, role in names.items():
            engage(newcomer(username), role, place, administrator, officer)


def engage(who: Newcomer, role: Role, office: Office, administrator: User, officer: User) -> User:
    """Add somebody, propose her role, approve it."""
    with acting_as(administrator):
        user = people.add(who, by=administrator, office=office)
        grant = people.propose(user, role, by=administrator, office=office)
    with acting_as(officer):
        people.approve(grant, by=officer)
    return user


def load() -> Cast:
    """The cast, freshly read."""
    users = {user.username: user for user in User.objects.select_related("office")}
    return Cast(office=users["administrator"].office, far_office=users["far_hotline"].office,
                **{name: users[name] for name in EVERYBODY})
