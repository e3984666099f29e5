"""Who may ask who has seen a record."""

from __future__ import annotations

from ijm.roles.decisions import Decision, Holder, role_decision
from ijm.roles.table import Can


def may_ask(by: Holder) -> Decision:
    """The auditor and the data-protection officer ask; they learn who, when and why, and read no content."""
    return role_decision(by, Can.AUDIT_ASK)
