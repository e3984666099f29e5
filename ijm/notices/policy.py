"""Who may do something with a notice."""

from __future__ import annotations

from ijm.accounts.models import User
from ijm.notices.models import Notice
from ijm.roles.decisions import Decision


def may_read(by: User, notice: Notice) -> Decision:
    """A notice is read by the person it was written to."""
    return Decision(notice.user_id == by.pk, by, notice, "notice.refused", reason="not-hers")


def may_read_all(by: User) -> Decision:
    """Everybody may clear her own notices."""
    return Decision(by.is_active, by, None, "notice.refused", reason="inactive")
