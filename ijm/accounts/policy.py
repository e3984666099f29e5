"""Who may add people and decide about roles, in which offices."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts import reach
from ijm.accounts.models import Arrival, Office, Reset, RoleGrant, User, Waiver
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import WAIVABLE, Can, Role, exclusions, who_can

ELSEWHERE = _("Another office looks after this one.")
OWN = _("Nobody does this for herself.")
NO_SPONSOR = _("A colleague of this office who has an account answers for a guest.")


def runs(by: User, office: Office | None, about: User | Office | None = None) -> Decision:
    """Who runs the system does so for her own office and for those it supports."""
    decision = role_decision(by, Can.OFFICE_RUN, about)
    return decision and decision.and_(
        office is None or reach.reaches(by, office, Can.OFFICE_RUN), ELSEWHERE, "elsewhere")


def decides(by: User, office: Office, about: User | RoleGrant | None = None) -> Decision:
    """The data-protection officer decides for her own office and for those it supports."""
    decision = role_decision(by, Can.ROLE_APPROVE, about)
    return decision and decision.and_(reach.reaches(by, office, Can.ROLE_APPROVE), ELSEWHERE, "elsewhere")


def may_add_person(by: User, office: Office | None = None) -> Decision:
    """Who runs the system adds accounts; an account without a role may do nothing."""
    return runs(by, office, office).and_(office is None or office.closed_at is None, _("This office is closed."), "closed")


def may_answer(sponsor: User | None, office: Office) -> bool:
    """Whether this colleague may answer for a guest of the office; nobody has to answer for a colleague."""
    return sponsor is None or (sponsor.is_active and not sponsor.is_guest and sponsor.office_id == office.pk)


def may_add_office(by: User, supported_by: Office | None) -> Decision:
    """Who runs the system opens another office, supported by one that she runs."""
    return runs(by, supported_by)


def may_change_office(by: User, office: Office) -> Decision:
    """Who runs an office changes what is written about it."""
    return runs(by, office, office).and_(office.closed_at is None, _("This office is closed."), "closed")


def may_rearrange(by: User, office: Office, *, is_small: bool, supported_by: Office | None) -> Decision:
    """While exceptions stand, an office stays small and supported by the office that agreed to them."""
    same = is_small == office.is_small and (supported_by.pk if supported_by else None) == office.supported_by_id
    return may_change_office(by, office).and_(
        same or not Waiver.objects.live().filter(office=office).exists(),
        _("Exceptions of this small office stand. End them first; then it may change who supports it, or be small no more."),
        "waivers")


def may_close_office(by: User, office: Office) -> Decision:
    """An office is closed when nobody works there, it holds no open file and supports no other; never one's own."""
    return (may_change_office(by, office)
            .and_(office.pk != by.office_id, _("Nobody closes the office she works in."), "self")
            .and_(not User.objects.filter(office=office, is_active=True).exists(),
                  _("People still have accounts here. Move them first, or close their accounts."), "people")
            .and_(not office.supports.filter(closed_at__isnull=True).exists(), _("It supports another office."), "supports")
            .and_(not reach.open_files(office), _("Case files of this office are still open."), "files"))


def may_change_person(by: User, user: User) -> Decision:
    """Who runs her office changes name, office and address of a colleague, never her own."""
    return runs(by, user.office, user).and_(user.pk != by.pk, OWN, "self")


def may_move(by: User, user: User, office: Office) -> Decision:
    """Who runs both offices moves somebody from one to the other."""
    return may_change_person(by, user).and_(
        reach.reaches(by, office, Can.OFFICE_RUN) and office.closed_at is None, ELSEWHERE, "elsewhere")


def may_disable(by: User, user: User) -> Decision:
    """Who runs her office, or guards the rights of the persons in the files, ends an account at once; never her own."""
    decision = runs(by, user.office, user)
    decision = decision if decision else decides(by, user.office, user)
    return decision.and_(user.pk != by.pk, OWN, "self").and_(user.is_active, _("This account is closed already."), "closed")


def may_lapse(by: User) -> Decision:
    """The clock closes an account in which nobody signed in for thirty days, and a guest's when it is over."""
    return Decision(reach.is_over(by), by, by, "lapse.refused", reason="in-use")


def may_end_sessions(by: User, user: User) -> Decision:
    """Who runs her office, or guards the rights of the persons in the files, ends a colleague's sessions; her own at home."""
    decision = runs(by, user.office, user)
    decision = decision if decision else decides(by, user.office, user)
    return decision.and_(user.pk != by.pk, _("Your own sessions are ended in your settings."), "self")


def may_enable(by: User, user: User) -> Decision:
    """Who runs her office opens a closed account again; it is worth nothing until a second person gives a code."""
    return (may_change_person(by, user)
            .and_(not user.is_active, _("This account is open."), "open")
            .and_(not user.is_guest, _("A guest who comes back is added anew, with somebody who answers for her."), "guest")
            .and_(user.office.closed_at is None, _("This office is closed."), "closed"))


def may_unlock(by: User, user: User) -> Decision:
    """Who runs her office lets somebody try again who typed a wrong password too often."""
    return may_change_person(by, user)


def may_welcome(by: User, user: User) -> Decision:
    """The data-protection officer gives a code to somebody who holds a first password, by word of mouth."""
    return (decides(by, user.office, user)
            .and_(user.pk != by.pk, OWN, "self")
            .and_(user.is_active and user.arrival == Arrival.CODE, _("She waits for no code."), "settled"))


def may_arrive(by: User, user: User) -> Decision:
    """Everybody chooses her own password, once, when she holds a first one."""
    return Decision(by.pk == user.pk and user.arrival != Arrival.SETTLED, by, user, "arrival.refused", reason="settled")


def may_get_ready(by: User) -> Decision:
    """Everybody sets up her own second factor, with a password of her own."""
    return Decision(by.arrival == Arrival.SETTLED, by, by, "arrival.refused", reason="first-password")


def may_make_first_password(by: User, user: User) -> Decision:
    """Who runs her office makes another first password for somebody who waits for a code anyway."""
    return may_change_person(by, user).and_(
        user.is_active and user.arrival == Arrival.CODE, _("She has a password of her own."), "settled")


def may_propose_reset(by: User, user: User) -> Decision:
    """Who runs her office proposes to put back what somebody lost."""
    return (may_change_person(by, user)
            .and_(user.is_active and user.arrival == Arrival.SETTLED, _("She has no password of her own yet."), "first-password")
            .and_(not user.resets.filter(approved_at__isnull=True, refused_at__isnull=True).exists(),
                  _("A reset waits for a decision already."), "waiting"))


def may_decide_reset(by: User, reset: Reset) -> Decision:
    """The data-protection officer decides about a reset that somebody else proposed for somebody else."""
    return (decides(by, reset.user.office, reset.user)
            .and_(reset.approved_at is None and reset.refused_at is None, _("This was decided already."), "decided")
            .and_(reset.proposed_by_id != by.pk, _("You proposed this; another person decides."), "self")
            .and_(reset.user_id != by.pk, OWN, "self"))


def may_choose(by: User) -> Decision:
    """Everybody chooses language, theme and shortcuts for herself, and ends her own sessions."""
    return Decision(by.is_active, by, by, "settings.refused", reason="inactive")


def may_assure(by: User, office: Office) -> Decision:
    """The two who found an office say what they have done outside this system."""
    decision = runs(by, office, office)
    return decision if decision else decides(by, office)


def may_propose(by: User, user: User, role: Role, office: Office | None = None) -> Decision:
    """Who runs the system proposes roles for others, never for herself, never two that exclude each other in this office."""
    barred = {other for one, other in exclusions() if one == role} & set(user.role_codes)
    barred -= {other for one in exceptions(user, role, office) for other in one.roles}
    return (role_decision(by, Can.ROLE_PROPOSE, user)
            .and_(user.pk != by.pk, _("Nobody proposes a role for herself."), "self")
            .and_(reach.reaches(by, user.office, Can.ROLE_PROPOSE), ELSEWHERE, "elsewhere")
            .and_(user.is_active, _("This account is closed."), "closed")
            .and_(user.is_guest == (role == Role.PARTNER), _("A guest, and nobody else, holds the role of a guest."), "guest")
            .and_(not barred, _("She holds a role that excludes this one; it must end first."), "exclusive"))


def exceptions(user: User, role: Role, office: Office | None) -> list[Waiver]:
    """By which exceptions of a small office she may hold this role beside those that she holds."""
    pairs = {tuple(sorted((role, other))) for one, other in exclusions() if one == role and other in user.role_codes}
    if office is None or not pairs:
        return []
    return [one for one in Waiver.objects.live().filter(office=office) if one.roles in pairs]


def may_see_small(by: User, office: Office) -> Decision:
    """Who runs the office, or decides about roles there."""
    decision = runs(by, office, office)
    return decision if decision else decides(by, office)


def may_propose_waiver(by: User, office: Office, roles: tuple[Role, Role] | None = None) -> Decision:
    """Who runs a small office that another supports proposes that one person may hold two roles there."""
    standing = Waiver.objects.open().filter(office=office, role__in=roles or (), other__in=roles or ())
    return (runs(by, office, office)
            .and_(office.closed_at is None, _("This office is closed."), "closed")
            .and_(office.is_small, _("Only a small office does without an exclusion. Say first that it is small."), "small")
            .and_(office.supported_by_id is not None,
                  _("Another office supports a small one and agrees to this. Say first which office does."), "supported")
            .and_(roles is None or tuple(sorted(roles)) in WAIVABLE, _("These two roles are never in one hand."), "roles")
            .and_(not standing.exists(), _("This exception is proposed or agreed to already."), "already"))


def may_agree_waiver(by: User, waiver: Waiver) -> Decision:
    """A second person agrees: who decides about roles in the supporting office itself."""
    held = RoleGrant.objects.live().filter(user=by, role__in=who_can(Can.ROLE_APPROVE), office=waiver.supporter_id)
    return (role_decision(by, Can.ROLE_APPROVE, waiver.office)
            .and_(held.exists(), _("The supporting office agrees: who decides about roles there."), "elsewhere")
            .and_(waiver.proposed_by_id != by.pk, _("You proposed this; another person decides."), "self")
            .and_(waiver.agreed_by_id is None and waiver.ended_at is None, _("This was decided already."), "decided"))


def may_end_waiver(by: User, waiver: Waiver) -> Decision:
    """Either side ends it, once nobody holds the two roles together any more."""
    return (may_see_small(by, waiver.office)
            .and_(waiver.ended_at is None, _("This has ended already."), "ended")
            .and_(not holders(waiver), _("Somebody still holds both roles. Take one of them back first."), "held"))


def holders(waiver: Waiver) -> list[str]:
    """The codes of the people who hold both roles in this office now."""
    held = RoleGrant.objects.filter(office=waiver.office_id, approved_by__isnull=False, revoked_at__isnull=True,
                                    expires_at__gt=timezone.now())
    both = held.filter(role=waiver.role, user__in=held.filter(role=waiver.other).values("user"))
    return sorted(set(both.values_list("user__code", flat=True)))


def may_approve(by: User, grant: RoleGrant) -> Decision:
    """The data-protection officer approves what somebody else proposed for somebody else."""
    return (role_decision(by, Can.ROLE_APPROVE, grant)
            .and_(grant.approved_by_id is None and grant.revoked_at is None, _("This was decided already."), "decided")
            .and_(grant.proposed_by_id != by.pk, _("You proposed this; another person decides."), "self")
            .and_(grant.user_id != by.pk, _("This role is for you; another person decides."), "self")
            .and_(reach.reaches(by, grant.office, Can.ROLE_APPROVE), ELSEWHERE, "elsewhere")
            .and_(grant.user.is_ready, _("She has no password and second factor of her own yet."), "not-ready"))


def may_withdraw(by: User, grant: RoleGrant) -> Decision:
    """Whoever proposed a role may take the proposal back until somebody has decided."""
    return (role_decision(by, Can.ROLE_PROPOSE, grant)
            .and_(grant.proposed_by_id == by.pk, _("Somebody else proposed this."), "self")
            .and_(grant.approved_by_id is None and grant.revoked_at is None, _("This was decided already."), "decided"))


def may_revoke(by: User, grant: RoleGrant) -> Decision:
    """Either of the two who decide about roles may take one back; that only narrows rights."""
    decision = role_decision(by, Can.ROLE_PROPOSE, grant)
    near = any(reach.reaches(by, office, what) for office in {grant.office, grant.user.office}
               for what in (Can.OFFICE_RUN, Can.ROLE_APPROVE))
    return (decision if decision else role_decision(by, Can.ROLE_APPROVE, grant)).and_(
        grant.revoked_at is None, _("This role has ended already."), "ended").and_(near, ELSEWHERE, "elsewhere")
