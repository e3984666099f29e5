"""What waits at the desk itself: roles and resets that somebody proposed and another person decides about."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ijm.accounts import policy, reach
from ijm.accounts.models import Reset, RoleGrant, User, Waiver
from ijm.desk.cards import Card
from ijm.roles.table import Can, may

SOON = timedelta(days=30)
PARTS = ("user__office", "office", "proposed_by")


def looks_after(user: User) -> bool:
    """Whether she runs offices or decides about roles."""
    return may(user.role_codes, Can.ROLE_APPROVE) or may(user.role_codes, Can.ROLE_PROPOSE)


def waiting(user: User) -> list[RoleGrant]:
    """Proposed roles of the offices she reaches, oldest first, for those who decide about roles or proposed them."""
    if not looks_after(user):
        return []
    found = RoleGrant.objects.waiting().filter(office__in=reach.offices_of(user))
    return list(found.select_related(*PARTS).order_by("starts_at"))


def waivers(user: User) -> list[Waiver]:
    """What small offices that she reaches do without."""
    found = Waiver.objects.live().filter(office__in=reach.offices_of(user).order_by())
    return list(found.select_related("office", "supporter", "agreed_by").order_by("office", "role"))


def resets(user: User) -> list[Reset]:
    """Proposed resets of the offices she reaches, oldest first."""
    if not looks_after(user):
        return []
    found = Reset.objects.filter(approved_at__isnull=True, refused_at__isnull=True, user__office__in=reach.offices_of(user))
    return list(found.select_related("user__office", "proposed_by").order_by("proposed_at"))


def arriving(user: User) -> list[User]:
    """People who hold a first password and wait for a code."""
    if not may(user.role_codes, Can.ROLE_APPROVE):
        return []
    found = User.objects.filter(arrival="code", is_active=True, office__in=reach.offices_of(user))
    return list(found.exclude(pk=user.pk).order_by("name"))


def expiring(user: User) -> list[RoleGrant]:
    """Roles that end within thirty days and for which no longer one is held or waits, soonest first."""
    now = timezone.now()
    live = RoleGrant.objects.filter(revoked_at__isnull=True, office__in=reach.offices_of(user))
    ending = live.filter(approved_by__isnull=False, expires_at__gt=now, expires_at__lte=now + SOON, user__is_active=True)
    longer = {(one.user_id, one.role, one.office_id) for one in live.filter(expires_at__gt=now + SOON)}
    return [one for one in ending.select_related(*PARTS).order_by("expires_at")
            if (one.user_id, one.role, one.office_id) not in longer]


def reset_of(user: User, key: uuid.UUID) -> Reset:
    """A reset of an office that she reaches; any other is not there."""
    found = Reset.objects.select_related("user__office", "proposed_by").filter(
        pk=key, user__office__in=reach.offices_of(user)).first()
    if found is None:
        raise Http404
    return found


def grant_of(user: User, key: uuid.UUID) -> RoleGrant:
    """A grant of an office that she reaches; any other is not there."""
    found = RoleGrant.objects.select_related(*PARTS).filter(pk=key, office__in=reach.offices_of(user)).first()
    if found is None:
        raise Http404
    return found


def line(by: User, grant: RoleGrant) -> dict[str, Any]:
    """A role of somebody with what may be done about it."""
    return {"grant": grant, "is_live": grant.approved_by_id is not None, "revoke": policy.may_revoke(by, grant),
            "soon": grant.expires_at <= timezone.now() + SOON}


def work(user: User) -> list[Card]:
    """One card for each role and reset she may decide about, each newcomer who waits for her, and the roles that end."""
    if not may(user.role_codes, Can.ROLE_APPROVE):
        return _ending(user) if looks_after(user) else []
    return [*(_card(grant) for grant in waiting(user)), *(_reset(one) for one in resets(user)),
            *(_arriving(one) for one in arriving(user))]


def _card(grant: RoleGrant) -> Card:
    title = _("Decide about a role: %(role)s") % {"role": grant.get_role_display()}
    about = _("For %(who)s, proposed by %(by)s") % {"who": grant.user.display_name, "by": grant.proposed_by.display_name}
    return Card(title, f"{reverse('desk:people')}#waiting", grant.user.code, "key", about)


def _reset(reset: Reset) -> Card:
    about = _("For %(who)s, proposed by %(by)s") % {"who": reset.user.display_name, "by": reset.proposed_by.display_name}
    title = _("Decide about a reset: %(what)s") % {"what": reset.get_kind_display()}
    return Card(title, reverse("desk:person", args=[reset.user.code]), reset.user.code, "key", about)


def _arriving(person: User) -> Card:
    return Card(_("Give somebody new her code"), reverse("desk:person", args=[person.code]), person.code, "person",
                person.display_name)


def _ending(user: User) -> list[Card]:
    ending = expiring(user)
    if not ending:
        return []
    return [Card(_("Roles end soon: renew them or let them end"), reverse("desk:roles-expiring"), "", "clock",
                 due=ending[0].expires_at, count=len(ending))]
