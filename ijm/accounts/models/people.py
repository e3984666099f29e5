"""Who works here, in which office, with which roles."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ijm.guard.declare import Own
from ijm.ids import new_code
from ijm.roles.table import Role
from ijm.trail.context import Who, current
from ijm.trail.fields import XidField
from ijm.trail.history import Recorded, RecordedQuerySet

WRITING = "(SELECT guard.mode()) = 'w'"
RUNS = "guard.runs({office})"
DECIDES = "guard.decides({office})"
LANGUAGES = [("km", "ខ្មែរ"), ("en", "English")]


def paired(one: str, other: str) -> Q:
    """Both columns hold something, or neither does."""
    return Q(**{f"{one}__isnull": True, f"{other}__isnull": True}) | Q(**{f"{one}__isnull": False, f"{other}__isnull": False})


def office_code() -> str:
    """A new code for an office."""
    return new_code("OF")


def user_code() -> str:
    """A new code for a person who works here."""
    return new_code("US")


class Office(Recorded):
    """A field office; another office may support it with second approvers, auditor and data-protection officer."""

    guard = Own(insert=f"{WRITING} AND {RUNS.format(office='coalesce(supported_by_id, id)')}",
                update=f"{WRITING} AND {RUNS.format(office='id')}")

    code = models.CharField(max_length=16, unique=True, default=office_code, editable=False)
    name_en = models.CharField(max_length=120)
    name_km = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=40, blank=True)
    quick_exit = models.CharField(max_length=200, blank=True)
    languages = models.CharField(max_length=8, default="km,en", choices=[
        ("km,en", _("Khmer and English")), ("km", _("Khmer")), ("en", _("English"))])
    supported_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="supports")
    is_small = models.BooleanField(default=False)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    signed = ("closed_by_id",)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=paired("closed_by", "closed_at"), name="office_closed_pair"),
            models.CheckConstraint(condition=Q(supported_by__isnull=True) | ~Q(supported_by=F("id")),
                                   name="office_supported_by_another"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_km if translation.get_language() == "km" and self.name_km else self.name_en


class Arrival(models.TextChoices):
    """What somebody still owes before any page opens to her."""

    SETTLED = "", _("Settled in")
    PASSWORD = "password", _("Chooses a password of her own")  # nosec B105: a state, not a password
    CODE = "code", _("Waits for the code of the data-protection officer")


def working(now: datetime) -> Q:
    """Whose account is open at this moment: a guest's ends with its day, and with the account of who answers for her."""
    guest = Q(sponsor__isnull=True) | Q(sponsor__is_active=True, ends_at__gt=now)
    return Q(is_active=True) & guest


class UserManager(BaseUserManager.from_queryset(RecordedQuerySet)):  # type: ignore[misc]
    """Finds people by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person who signs in with this name, whatever its case."""
        found: User = self.get(username__iexact=username)
        return found


class User(AbstractBaseUser, Recorded):  # type: ignore[django-manager-missing]
    """Someone who works here. No superuser exists; what she may do comes from her roles alone."""

    guard = Own(insert=f"{WRITING} AND {RUNS.format(office='office_id')}",
                update=f"{WRITING} AND (id = (SELECT guard.uid()) OR {RUNS.format(office='office_id')}"
                       f" OR {DECIDES.format(office='office_id')})")
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    last_login = None

    code = models.CharField(max_length=16, unique=True, default=user_code, editable=False)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120)
    name_km = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, blank=True, default="", choices=LANGUAGES)
    theme = models.CharField(max_length=5, blank=True, default="", choices=[("light", _("Light")), ("dark", _("Dark"))])
    has_shortcuts = models.BooleanField(default=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False, editable=False)
    is_system = models.BooleanField(default=False, editable=False)
    # What she owes before any page opens; `ready_at` says since when a second factor of her own stands behind the name.
    arrival = models.CharField(max_length=8, blank=True, default=Arrival.SETTLED, choices=Arrival)
    ready_at = models.DateTimeField(null=True, editable=False)
    # A guest of another organisation: who answers for her, and until when; both end her account by themselves.
    sponsor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="guests")
    ends_at = models.DateTimeField(null=True, editable=False)
    # One more ends every session of hers, and none of before comes back to life.
    sessions = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(is_superuser=False), name="user_is_never_superuser"),
            models.CheckConstraint(condition=paired("sponsor", "ends_at"), name="user_guest_pair"),
            models.CheckConstraint(condition=Q(sponsor__isnull=True) | ~Q(sponsor=F("id")), name="user_guest_of_another"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Her name in the language of the page."""
        return self.name_km if translation.get_language() == "km" and self.name_km else self.name

    @property
    def is_ready(self) -> bool:
        """Whether she has a password and a second factor of her own: before that no role is given to her."""
        return self.is_active and self.arrival == Arrival.SETTLED and self.ready_at is not None

    @property
    def is_guest(self) -> bool:
        """Whether she works for another organisation and somebody here answers for her."""
        return self.sponsor_id is not None

    @property
    def is_staff(self) -> bool:
        """Django's word for its own admin, which this house does not have."""
        return False

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The roles she holds at this moment, read once for this request."""
        return frozenset(RoleGrant.objects.live().filter(user=self).values_list("role", flat=True))

    @property
    def role_labels(self) -> list[str]:
        """Her roles in words."""
        return [str(role.label) for role in Role if role in self.role_codes]

    def trail_who(self) -> Who:
        """How the trail names her: code, first role, office; session and factor come from the open door."""
        opened = current()
        mine = opened is not None and opened.who.user == str(self.pk)
        if opened is not None and mine:
            return opened.who
        return Who(str(self.pk), self.code, ",".join(sorted(self.role_codes)), self.office_code)

    @cached_property
    def office_code(self) -> str:
        """The code of her office."""
        return self.office.code if self.office_id else ""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: a new password ends it, and so does one more in `sessions`."""
        salted = f"{self.password}|{self.sessions}"
        return salted_hmac("ijm.session.auth", salted, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Compare only: a stronger hash waits for the next change of password, since signing in is no entry."""
        return raw_password is not None and check_password(raw_password, self.password)

    def get_full_name(self) -> str:
        """For packages that ask."""
        return self.display_name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used."""
        return False


class RoleGrantQuerySet(RecordedQuerySet):
    """Grants by their standing."""

    def live(self) -> RoleGrantQuerySet:
        """Approved, begun, not ended, not taken back."""
        now = timezone.now()
        return self.filter(approved_by__isnull=False, revoked_at__isnull=True, starts_at__lte=now, expires_at__gt=now)

    def waiting(self) -> RoleGrantQuerySet:
        """Proposed, not yet approved, not taken back."""
        return self.filter(approved_by__isnull=True, revoked_at__isnull=True)


class RoleGrant(Recorded):
    """A role that one person proposed and another approved, for one office and a time."""

    guard = Own(insert=WRITING, update=WRITING, columns=("rev", "approved_by_id", "approved_at", "revoked_by_id",
                                                         "revoked_at"))

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32, choices=Role)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    made_xid = XidField()

    objects = RoleGrantQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                                   name="role_grant_two_people"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="role_grant_ends_after_start"),
            models.CheckConstraint(condition=paired("approved_by", "approved_at"),
                                   name="role_grant_approved_pair"),
            models.CheckConstraint(condition=paired("revoked_by", "revoked_at"),
                                   name="role_grant_revoked_pair"),
        )
        indexes = (models.Index(fields=("user", "role"), name="role_grant_user_role"),)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """A grant is about someone who works here, not about a person of the register."""
        return ()
