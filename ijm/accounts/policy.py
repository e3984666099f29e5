"""Who may add people and decide about roles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import RoleGrant, User
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can, Role, exclusions


def may_add_person(by: User) -> Decision:
    """Who runs the system adds accounts; an account without a role may do nothing."""
    return role_decision(by, Can.OFFICE_RUN)


def may_propose(by: User, user: User, role: Role) -> Decision:
    """Who runs the system proposes roles for others, never for herself, never two that exclude each other."""
    barred = {other for one, other in exclusions() if one == role} & set(user.role_codes)
    return (role_decision(by, Can.ROLE_PROPOSE, user)
            .and_(user.pk != by.pk, _("Nobody proposes a role for herself."), "self")
            .and_(not barred, _("She holds a role that excludes this one; it must end first."), "exclusive"))


def may_approve(by: User, grant: RoleGrant) -> Decision:
    """The data-protection officer approves what somebody else proposed for somebody else."""
    return (role_decision(by, Can.ROLE_APPROVE, grant)
            .and_(grant.approved_by_id is None and grant.revoked_at is None, _("This was decided already."), "decided")
            .and_(grant.proposed_by_id != by.pk, _("You proposed this; another person decides."), "self")
            .and_(grant.user_id != by.pk, _("This role is for you; another person decides."), "self"))


def may_withdraw(by: User, grant: RoleGrant) -> Decision:
    """Whoever proposed a role may take the proposal back until somebody has decided."""
    return (role_decision(by, Can.ROLE_PROPOSE, grant)
            .and_(grant.proposed_by_id == by.pk, _("Somebody else proposed this."), "self")
            .and_(grant.approved_by_id is None and grant.revoked_at is None, _("This was decided already."), "decided"))


def may_revoke(by: User, grant: RoleGrant) -> Decision:
    """Either of the two who decide about roles may take one back; that only narrows rights."""
    decision = role_decision(by, Can.ROLE_PROPOSE, grant)
    return (decision if decision else role_decision(by, Can.ROLE_APPROVE, grant)).and_(
        grant.revoked_at is None, _("This role has ended already."), "ended")
