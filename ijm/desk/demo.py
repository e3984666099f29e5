"""The demonstration office: eleven invented people, one of each role and a second social worker."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.module_loading import import_string

from ijm.accounts.actions import arrivals, offices, people
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import Arrival, Office, User
from ijm.bridges import DEMO
from ijm.messages import Event
from ijm.roles.table import Role
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose

Tick = Callable[[str], None]
WORDS = ("lotus", "river", "mango", "kite", "lantern", "market", "palm", "rain", "bridge", "orchid", "drum", "harvest",
         "temple", "ferry", "jasmine", "pepper")
FOUNDERS = ("administrator", "data_protection")
PEOPLE: dict[str, tuple[Role, str, str]] = {
    "administrator": (Role.ADMINISTRATOR, "Yim Piseth", "យឹម ពិសិដ្ឋ"),
    "data_protection": (Role.DATA_PROTECTION, "Prak Samnang", "ប្រាក់ សំណាង"),
    "hotline": (Role.HOTLINE, "Chan Sophea", "ចាន់ សុភា"),
    "investigator": (Role.INVESTIGATOR, "Meas Virak", "មាស វីរៈ"),
    "investigation_supervisor": (Role.INVESTIGATION_SUPERVISOR, "Ouk Chenda", "អ៊ុក ចិន្តា"),
    "care_worker": (Role.CARE_WORKER, "Kim Sreymom", "គឹម ស្រីមុំ"),
    "care_worker_two": (Role.CARE_WORKER, "Nhem Kunthea", "ញ៉ែម គន្ធា"),
    "care_supervisor": (Role.CARE_SUPERVISOR, "Sar Malis", "សរ ម៉ាលីស"),
    "liaison": (Role.LIAISON, "Tep Rithy", "ទេព ឫទ្ធី"),
    "partner": (Role.PARTNER, "Long Dalin", "ឡុង ដាលីន"),
    "auditor": (Role.AUDITOR, "Heng Bopha", "ហេង បុប្ផា"),
}
GUEST_OF = {"partner": "care_supervisor"}
SIGN_IN = {"investigation_supervisor": "inv_supervisor"}


@dataclass
class Cast:
    """The people of the demonstration by the names that the wings' demonstrations use."""

    administrator: User
    data_protection: User
    hotline: User
    investigator: User
    investigation_supervisor: User
    care_worker: User
    care_worker_two: User
    care_supervisor: User
    liaison: User
    partner: User
    auditor: User


def is_filled() -> bool:
    """Whether this database holds an office already."""
    return User.objects.exists()


def fill(tick: Tick) -> None:
    """Make the whole demonstration in one transaction, so that an interrupted start leaves nothing half made."""
    with transaction.atomic(using=DEFAULT_DB_ALIAS):
        cast = _people(tick)
        for name in DEMO:
            import_string(name)(cast, tick)
        with acting_as(cast.administrator, "w", Purpose.ADMINISTRATION), \
                entry(Event.DEMO_FILLED, by=cast.administrator, about=None, why=Purpose.ADMINISTRATION):
            pass


def _newcomer(name: str, password: str, sponsor: User | None = None) -> Newcomer:
    _role, latin, khmer = PEOPLE[name]
    return Newcomer(SIGN_IN.get(name, name), latin, password, khmer, sponsor=sponsor)


def _people(tick: Tick) -> Cast:
    password, secret = _secrets(settings.VAR)
    office = offices.found(name_en="Phnom Penh office", name_km="ការិយាល័យភ្នំពេញ", is_small=False,
                           administrator=_newcomer("administrator", password), officer=_newcomer("data_protection", password))
    users = {name: User.objects.get(username=name) for name in FOUNDERS}
    for name, (role, _latin, _khmer) in PEOPLE.items():
        tick("people")
        if name not in FOUNDERS:
            users[name] = _added(_newcomer(name, password, users.get(GUEST_OF.get(name, ""))), office, users)
        _settled(users[name], password, secret, users["data_protection"])
        if name not in FOUNDERS:
            _engaged(users[name], role, office, users)
    return Cast(**{name: User.objects.select_related("office").get(pk=user.pk) for name, user in users.items()})


def _added(newcomer: Newcomer, office: Office, founders: dict[str, User]) -> User:
    with acting_as(founders["administrator"], "w", Purpose.ADMINISTRATION):
        return people.add(newcomer, by=founders["administrator"], office=office)


def _engaged(user: User, role: Role, office: Office, founders: dict[str, User]) -> None:
    with acting_as(founders["administrator"], "w", Purpose.ADMINISTRATION):
        grant = people.propose(user, role, by=founders["administrator"], office=office)
    with acting_as(founders["data_protection"], "w", Purpose.ADMINISTRATION):
        people.approve(grant, by=founders["data_protection"])


def _settled(user: User, password: str, secret: str, officer: User) -> None:
    """What a newcomer does herself in a real office: the officer's code, a password, a second factor."""
    code = ""
    if user.arrival == Arrival.CODE:
        with acting_as(officer, "w", Purpose.ADMINISTRATION):
            code = arrivals.welcome(user, by=officer)
    with acting_as(user, "w", Purpose.SIGN_IN):
        arrivals.arrive(user, by=user, password=password, code=code)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP,
                                     data={"secret": get_adapter().encrypt(secret)})
        arrivals.ready(by=user)


def _secrets(var: Path) -> tuple[str, str]:
    """The one password and the one second-factor secret of the demonstration, each in a file only we can read."""
    password = " ".join(secrets.choice(WORDS) for _ in range(4))
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    _write(var / "demo.password", password)
    _write(var / "demo.totp", secret)
    _write(var / "demo.signins", _sign_ins(password))
    return password, secret


def _sign_ins(password: str) -> str:
    lines = [f"  {SIGN_IN.get(name, name):18} {role.label:28} {latin}" for name, (role, latin, _km) in PEOPLE.items()]
    return "\n".join(["Everybody here is invented. One password for all: " + password, *lines]) + "\n"


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
