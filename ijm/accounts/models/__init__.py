"""Who works here, in which office, with which roles, and how she came in."""

from ijm.accounts.models.arrivals import Assurance, AssuranceKind, Reset, ResetKind, Welcome
from ijm.accounts.models.people import (
    DECIDES,
    LANGUAGES,
    RUNS,
    WRITING,
    Arrival,
    Office,
    RoleGrant,
    RoleGrantQuerySet,
    User,
    UserManager,
    office_code,
    paired,
    user_code,
    working,
)
from ijm.accounts.models.sessions import SignIn
from ijm.accounts.models.waivers import Waiver, WaiverReason

__all__ = (
    "DECIDES", "LANGUAGES", "RUNS", "WRITING", "Arrival", "Assurance", "AssuranceKind", "Office", "Reset", "ResetKind",
    "RoleGrant", "RoleGrantQuerySet", "SignIn", "User", "UserManager", "Waiver", "WaiverReason", "Welcome", "office_code",
    "paired", "user_code", "working",
)
