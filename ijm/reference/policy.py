"""Who may change the lists, and who may say that a lawyer confirmed a rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.reference.values import Value
from ijm.roles.decisions import Decision, Holder, role_decision
from ijm.roles.table import Can


def may_curate(by: Holder) -> Decision:
    """Who runs the system adds values of our own, mends words, orders and retires; the record shows it."""
    return role_decision(by, Can.OFFICE_RUN)


def may_add(by: Holder, table: str) -> Decision:
    """Values of our own are added to picklists; places, courts and countries come from outside."""
    return may_curate(by).and_(":" not in table and table not in ("countries", "provinces", "courts"),
                               _("This list comes from outside and takes no values of our own."), "official")


def may_retire(by: Holder, value: Value) -> Decision:
    """A value in use is retired; it stays on the records that hold it."""
    return may_curate(by).and_(not value.is_retired, _("This value is retired already."), "retired")


def may_restore(by: Holder, value: Value) -> Decision:
    """A retired value may come back."""
    return may_curate(by).and_(value.is_retired, _("This value is in use."), "in-use")


def may_confirm(by: Holder) -> Decision:
    """Who carries cases through court, or guards the rights of the persons, records what a lawyer said."""
    return role_decision(by, Can.RULE_CONFIRM)
