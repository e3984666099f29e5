"""What each role may, written by hand a second time and never made from the table: whoever changes the table changes both.

One line is one fact and names everybody it is true of; whoever is not named may not. The initials are those of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ijm.roles import table
from ijm.roles.table import Can, Kind, Open, Role

HOT, INV, ISU = Role.HOTLINE, Role.INVESTIGATOR, Role.INVESTIGATION_SUPERVISOR
AFT, ASU, PRO = Role.CARE_WORKER, Role.CARE_SUPERVISOR, Role.LIAISON
PAR, AUD, DPO, SYS = Role.PARTNER, Role.AUDITOR, Role.DATA_PROTECTION, Role.ADMINISTRATOR

MAY: dict[str, tuple[Role, ...]] = {
    "TIP_TAKE": (HOT, INV, ISU),
    "TIP_ASSESS": (ISU,),
    "INVESTIGATION_WORK": (INV, ISU),
    "INVESTIGATION_REFER": (INV, ISU),
    "RESCUE_PLAN": (INV, ISU),
    "RESCUE_APPROVE": (ISU,),
    "RESCUE_CONCLUDE": (INV, ISU),
    "REFERRAL_TAKE_IN": (AFT, ASU),
    "SURVIVOR_CARE": (AFT, ASU),
    "RESIDENCE_MOVE": (AFT, ASU),
    "CONSENT_RECORD": (AFT, ASU),
    "COURT_SUPPORT": (AFT, ASU),
    "CHARGE_FILE": (PRO,),
    "HEARING_SCHEDULE": (PRO,),
    "VERDICT_RECORD": (PRO,),
    "RECORDS_IMPORT": (ASU,),
    "RECORDS_EXPORT": (AFT, ASU),
    "EXPORT_APPROVE": (ASU, DPO),
    "PACKAGE_ASK": (INV, ISU, AFT, ASU, PRO, AUD),
    "PACKAGE_AGREE": (ISU, ASU, PRO, DPO),
    "ERASURE_ASK": (AFT, ASU, DPO),
    "ERASURE_APPROVE": (ASU, DPO),
    "HOLD_PLACE": (PRO, DPO),
    "FILE_GRANT": (ISU, ASU),
    "FILE_TRANSFER": (ISU, ASU, PRO),
    "TRANSFER_AGREE": (DPO,),
    "WALL_SET": (ISU, ASU, PRO, DPO),
    "WALL_LIFT": (DPO,),
    "FILE_SEAL": (INV, ISU, AFT, ASU, PRO, DPO),
    "ROLE_PROPOSE": (SYS,),
    "ROLE_APPROVE": (DPO,),
    "BUDGET_ASK": tuple(Role),
    "BUDGET_UNLOCK": (ISU, ASU, DPO),
    "DOWNLOADS_HALT": (DPO, SYS),
    "DECOY_MAKE": (DPO,),
    "AUDIT_ASK": (AUD, DPO),
    "RULE_CONFIRM": (PRO, DPO),
    "KEYS_AGREE": (DPO, SYS),
    "OFFICE_RUN": (SYS,),
}
OPENS: dict[str, tuple[Role, ...]] = {
    "identity": (INV, ISU, AFT, ASU, PRO),
    "whereabouts": (AFT, ASU),
    "clinical": (ASU,),
    "intelligence": (INV, ISU),
    "source": (HOT, INV, ISU),
    "witness": (PRO,),
    "legal": (PRO,),
    "narrative": (HOT, INV, ISU, AFT, ASU, PRO),
}
STANDS: dict[str, tuple[Role, ...]] = {
    "intake": (HOT, INV, ISU),
    "investigation": (INV, ISU),
    "care": (AFT, ASU),
    "prosecution": (PRO,),
}
SUPERVISES: dict[str, tuple[Role, ...]] = {"intake": (ISU,), "investigation": (ISU,), "care": (ASU,), "prosecution": (PRO,)}
# Roles that one person never holds together, each pair once; all the others a small office may share.
APART: dict[Role, tuple[Role, ...]] = {
    HOT: (PAR, AUD, DPO, SYS),
    INV: (AFT, ASU, PAR, AUD, DPO, SYS),
    ISU: (AFT, ASU, PAR, AUD, DPO, SYS),
    AFT: (PAR, AUD, DPO, SYS),
    ASU: (PAR, AUD, DPO, SYS),
    PRO: (PAR, AUD, DPO, SYS),
    PAR: (AUD, DPO, SYS),
    AUD: (DPO, SYS),
    DPO: (SYS,),
}


def wrong() -> list[str]:
    """Every fact that the table does not bear out, one sentence each; empty when both say the same."""
    said = _differ("may", MAY, {what: table.who_can(Can(what)) for what in Can.values})
    said += _differ("opens", OPENS, {what: table.who_opens(what) for what in Open.values})
    said += _differ("stands on", STANDS, {what: table.standing_on(what) for what in Kind.values})
    said += _differ("supervises", SUPERVISES, {kind.value: roles for kind, roles in table.WING_SUPERVISORS.items()})
    pairs = {(one, other) for one, others in APART.items() for other in others}
    pairs |= {(other, one) for one, other in pairs}
    return said + [f"{one} and {other} together" for one, other in sorted(pairs ^ table.exclusions())]


def _differ(verb: str, facts: Mapping[str, Iterable[Role]], found: Mapping[str, Iterable[Role]]) -> list[str]:
    said = [f"{what}: nobody wrote down who {verb} this" for what in sorted(facts.keys() ^ found.keys())]
    return said + [f"{role} {verb} {what}" for what in facts.keys() & found.keys()
                   for role in sorted(set(facts[what]) ^ set(found[what]))]
