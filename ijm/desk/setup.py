"""What an office still needs before people work in it: each line is derived from the facts, or from a recorded word."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import Assurance, AssuranceKind, Office, RoleGrant, User
from ijm.desk import roles
from ijm.desk.cards import Card
from ijm.embedded import notes
from ijm.reference.models import Clock, Offence
from ijm.roles.table import Role
from ijm.web import words

NEEDED = (Role.HOTLINE, Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR, Role.CARE_WORKER, Role.CARE_SUPERVISOR,
          Role.LIAISON, Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR)
AGAIN = {AssuranceKind.ESCROW: timedelta(days=180), AssuranceKind.APART: timedelta(days=180),
         AssuranceKind.BACKUP: timedelta(days=31), AssuranceKind.RESTORE: timedelta(days=180),
         AssuranceKind.REFERENCE: timedelta(days=365), AssuranceKind.EMPTY: timedelta(days=36_500)}
WORKER_SILENT = 600  # seconds
RUNNER, OFFICER = frozenset({Role.ADMINISTRATOR}), frozenset({Role.DATA_PROTECTION})
BOTH = RUNNER | OFFICER


@dataclass(frozen=True)
class Line:
    """One line of the checklist: what, whether it is done, what is missing, and where it is done."""

    key: str
    title: str
    done: bool
    text: str = ""
    missing: tuple[str, ...] = ()
    url: str = ""
    label: str = ""


@dataclass
class Facts:
    """What is so in one office now; each fact is asked for once."""

    user: User
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = self.user.office

    @cached_property
    def people(self) -> list[User]:
        """Everybody with an open account here."""
        return list(User.objects.filter(office=self.office, is_active=True, is_system=False).order_by("name"))

    @cached_property
    def factors(self) -> dict[object, int]:
        """How many second factors each of them has."""
        found = (Authenticator.objects.filter(user__in=self.people).exclude(type="recovery_codes").order_by()
                 .values("user").annotate(n=Count("id")))
        return {row["user"]: row["n"] for row in found}

    @cached_property
    def held(self) -> set[str]:
        """The roles that somebody holds for this office, here or in the office that supports it."""
        near = [one for one in (self.office.pk, self.office.supported_by_id) if one]
        return set(RoleGrant.objects.live().filter(office__in=near, user__is_active=True).values_list("role", flat=True))

    @cached_property
    def said(self) -> dict[str, Assurance]:
        """The newest word on each thing that is done outside."""
        found = Assurance.objects.filter(office=self.office).select_related("by").order_by("done_on", "at")
        return {one.kind: one for one in found}


def _office(facts: Facts) -> Line:
    office = facts.office
    wanted = {_("Name in Khmer"): office.name_km, _("Province"): office.province, _("Telephone"): office.phone,
              _("Time zone"): office.time_zone, _("Where Quick exit leads"): office.quick_exit}
    missing = tuple(label for label, value in wanted.items() if not value)
    return Line("office", _("The office is described"), not missing, _("Names in both scripts, telephone, time zone."), missing,
                reverse("desk:office-edit", args=[office.code]), _("Describe the office"))


def _people(facts: Facts) -> Line:
    missing = tuple(str(role.label) for role in NEEDED if role not in facts.held)
    return Line("people", _("Somebody holds each role"), not missing,
                _("Add each person, then propose her role."), missing, reverse("desk:people"), _("People and roles"))


def _waiting(facts: Facts) -> Line:
    waiting = [grant for grant in roles.waiting(facts.user) if grant.office_id == facts.office.pk]
    missing = tuple(f"{grant.get_role_display()}: {grant.user.display_name}" for grant in waiting)
    return Line("waiting", _("No role waits for a decision"), not missing,
                _("The data-protection officer decides what the administrator proposed."), missing,
                f"{reverse('desk:people')}#waiting", _("See what waits"))


def _factors(facts: Facts) -> Line:
    none = [one.display_name for one in facts.people if not facts.factors.get(one.pk)]
    one = sum(facts.factors.get(person.pk) == 1 for person in facts.people)
    text = _("Advised: two of different kinds each, one of them a passkey.")
    if one:
        text += " " + ngettext("%(n)s person has only one.", "%(n)s people have only one.", one) % {"n": words.number(one)}
    return Line("factors", _("Everybody has a second factor"), not none, text, tuple(none), reverse("desk:people"),
                _("People and roles"))


def _passwords(facts: Facts) -> Line:
    owing = tuple(one.display_name for one in facts.people if one.arrival)
    return Line("passwords", _("Everybody has a password of her own"), not owing,
                _("A first password opens nothing until she has the code of the data-protection officer."), owing,
                reverse("desk:people"), _("People and roles"))


def _keys(facts: Facts) -> Line:
    if settings.ROOT == "transit":
        return Line("apart", _("Root key and passphrase lie apart"), True, _("The root key lies in a key server."))
    root, phrase = Path(settings.ROOT_KEY_FILE), Path(settings.ROOT_PASSPHRASE_FILE)
    apart = _device(root) != _device(phrase)
    text = _("Root key: %(root)s. Passphrase: %(phrase)s.") % {"root": root, "phrase": phrase}
    missing = () if apart else (_("Both lie on the same medium: who takes one takes the other."),)
    return _said(facts, AssuranceKind.APART, _("Root key and passphrase lie apart"), text, missing) if missing else Line(
        "apart", _("Root key and passphrase lie apart"), True, text)


def _device(path: Path) -> int:
    try:
        return os.stat(path).st_dev
    except OSError:
        return 0


def _said(facts: Facts, kind: AssuranceKind, title: str, text: str, missing: tuple[str, ...] = ()) -> Line:
    """A line that only somebody's recorded word can tick, and that asks again when the word is old."""
    word = facts.said.get(kind)
    fresh = word is not None and word.done_on + AGAIN[kind] >= timezone.localdate()
    if word is not None:
        text += " " + _("Last said: %(day)s, %(who)s.") % {"day": words.short_day(word.done_on), "who": word.by.display_name}
    return Line(kind, title, fresh, text, () if fresh else missing, f"{reverse('desk:setup-said')}?kind={kind.value}",
                _("Say that it is done"))


def _escrow(facts: Facts) -> Line:
    return _said(facts, AssuranceKind.ESCROW, _("Key and passphrase are in escrow"),
                 _("A sealed copy of the root key and of the passphrase in two places. Without both, every sealed value is lost. "
                   "Asked again after 180 days."))


def _backup(facts: Facts) -> Line:
    return _noted(facts, AssuranceKind.BACKUP, _("A back-up was made"),
                  _("Data, keys and files, the keys kept apart. Asked again after 31 days."), notes.last(settings.VAR).backup_at)


def _restore(facts: Facts) -> Line:
    last = notes.last(settings.VAR)
    title = _("A back-up was restored as a trial")
    if last.drill_at is not None and not last.drill_went_well:
        day = words.short_day(timezone.localdate(last.drill_at))
        return Line(AssuranceKind.RESTORE, title, False, _("The trial of %(day)s failed: its report says why.") % {"day": day},
                    (_("A back-up that comes back"),))
    return _noted(facts, AssuranceKind.RESTORE, title,
                  _("A back-up that nobody has restored is a hope. Asked again after 180 days."), last.drill_at)


def _noted(facts: Facts, kind: AssuranceKind, title: str, text: str, at: datetime | None) -> Line:
    """A line that this server ticks itself when it has done the work; where another machine does it, by a word."""
    if at is None:
        return _said(facts, kind, title, text)
    text += " " + _("Last done here: %(day)s.") % {"day": words.short_day(timezone.localdate(at))}
    fresh = timezone.localdate(at) + AGAIN[kind] >= timezone.localdate()
    return Line(kind, title, True, text) if fresh else _said(facts, kind, title, text)


def _rules(facts: Facts) -> Line:
    rules = [rule for model in (Clock, Offence) for rule in model._default_manager.all()]
    open_ = sum(not rule.is_confirmed for rule in rules)
    text = ngettext("%(n)s rule is unconfirmed.", "%(n)s rules are unconfirmed.", open_) % {"n": words.number(open_)}
    line = _said(facts, AssuranceKind.REFERENCE, _("The reference lists were gone through"),
                 text + " " + _("They stay marked on every page until a lawyer has confirmed them."))
    return line if open_ else Line(line.key, line.title, True, text)


def _beginning(facts: Facts) -> Line:
    title = _("It is decided with which people the register begins")
    if settings.DEMO:
        return Line("empty", title, True, _("This is the demonstration: everybody in it is invented."))
    return _said(facts, AssuranceKind.EMPTY, title,
                 _("Empty, or with people whom you already look after: the aftercare supervisor brings them in from a workbook. "
                   "To look around first, run the demonstration beside this office: manage.py up --demo, in another folder."))


def _mail(facts: Facts) -> Line:
    is_set = not settings.EMAIL_BACKEND.endswith(("filebased.EmailBackend", "dummy.EmailBackend", "console.EmailBackend"))
    return Line("mail", _("Mail goes out"), is_set, _("Notices by mail carry codes and links only. Until it is set they wait in "
                "the page. Who runs the server sets IJM_MAIL; docs/operations.md says how."))


def _health(facts: Facts) -> Line:
    seen = max((path.stat().st_mtime for path in Path(settings.VAR).glob("beat.db*")), default=0.0)
    fresh = time.time() - seen < WORKER_SILENT
    return Line("health", _("The worker is awake"), fresh, _("It sends what waits and does long work. When it sleeps, start the "
                "office again with the same command; nothing is lost."))


LINES: tuple[tuple[frozenset[Role], Callable[[Facts], Line]], ...] = (
    (RUNNER, _office), (BOTH, _people), (BOTH, _waiting), (BOTH, _passwords), (BOTH, _factors), (RUNNER, _keys),
    (BOTH, _escrow), (RUNNER, _backup), (RUNNER, _restore), (BOTH, _rules), (RUNNER, _beginning), (RUNNER, _mail),
    (RUNNER, _health),
)
# What the server's keeper does beside this system; it is advised, and the card on the desk does not wait for it.
ADVISED = frozenset({"mail", "health"})


def lines(user: User) -> list[Line]:
    """The checklist of her own office as she sees it: her own lines, in the order in which one does them."""
    facts = Facts(user)
    return [line(facts) for duty, line in LINES if _hers(user, duty)]


def _hers(user: User, duty: frozenset[Role]) -> bool:
    return any(role in user.role_codes for role in duty)


def left(found: Iterable[Line]) -> int:
    """How many of them are not done."""
    return sum(not line.done for line in found if line.key not in ADVISED)


def work(user: User) -> list[Card]:
    """A card that stays on her desk until every line is done; nothing for anybody else."""
    if not _hers(user, BOTH):
        return []
    open_ = left(lines(user))
    title = _("Finish setting up the office")
    return [Card(title, reverse("desk:setup"), "", "flag", user.office.name, count=open_)] if open_ else []
