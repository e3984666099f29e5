"""What waits at the desk itself: roles that somebody proposed and another person decides about."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from ijm.accounts.models import RoleGrant, User
from ijm.desk.cards import Card
from ijm.roles.table import Can, may


def waiting(user: User) -> list[RoleGrant]:
    """Proposed roles, oldest first, for those who decide about roles or proposed them."""
    if not (may(user.role_codes, Can.ROLE_APPROVE) or may(user.role_codes, Can.ROLE_PROPOSE)):
        return []
    return list(RoleGrant.objects.waiting().select_related("user", "office", "proposed_by").order_by("starts_at"))


def work(user: User) -> list[Card]:
    """One card for each role she may decide about."""
    if not may(user.role_codes, Can.ROLE_APPROVE):
        return []
    return [_card(grant) for grant in waiting(user)]


def _card(grant: RoleGrant) -> Card:
    title = _("Decide about a role: %(role)s") % {"role": grant.get_role_display()}
    about = _("For %(who)s, proposed by %(by)s") % {"who": grant.user.display_name, "by": grant.proposed_by.display_name}
    return Card(title, f"{reverse('desk:people')}#waiting", grant.user.code, "key", about)
