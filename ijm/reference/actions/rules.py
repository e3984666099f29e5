"""What a lawyer said about a rule of law."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from ijm.messages import Event
from ijm.reference import changes, policy
from ijm.reference.models import Confirmation, Rule
from ijm.roles.decisions import Holder, require
from ijm.trail.entries import entry
from ijm.trail.purposes import Purpose


def confirm(rule: Rule, *, by: Holder, lawyer: str, confirmed_on: date) -> Confirmation:
    """Record that a lawyer confirmed this rule on that day; from now on it stands without the mark."""
    require(policy.may_confirm(by))
    said = Confirmation(rule=rule.code, lawyer=lawyer, confirmed_on=confirmed_on, by=by.pk)
    with entry(Event.RULE_CONFIRMED, by=by, about=said, why=Purpose.ADMINISTRATION):
        said.save()
        changes.changed()
    return said


def take_back(rule: Rule, *, by: Holder) -> Confirmation:
    """The law changed, or the word was a mistake: the rule is marked as unconfirmed again."""
    require(policy.may_confirm(by))
    said = Confirmation(rule=rule.code, lawyer=rule.confirmed_by, confirmed_on=timezone.localdate(), is_valid=False, by=by.pk)
    with entry(Event.RULE_CONFIRMED, by=by, about=said, why=Purpose.ADMINISTRATION):
        said.save()
        changes.changed()
    return said
