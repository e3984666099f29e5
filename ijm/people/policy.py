"""Who may search the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.roles.decisions import Decision
from ijm.roles.table import Open, opens


def may_search(by: User) -> Decision:
    """Names and numbers are searched by those whose roles open identities; each finds people of her own files."""
    return Decision(opens(by.role_codes, Open.IDENTITY), by, None, "search.refused",
                    _("Names are searched by those who work with the people themselves."), "compartment")


def may_ask(by: User) -> Decision:
    """Whoever may search may let another unit know that she asked."""
    return may_search(by)
