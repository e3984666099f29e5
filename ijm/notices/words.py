"""What a letter calls a notice: words that tell nobody who reads over a shoulder what this work is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.notices.models import NoticeKind

DECIDE, HANDED, DATE, TOLD, OTHER = (
    _("Something waits for your decision"), _("Something was handed to you"), _("A date was set or changed"),
    _("A reminder"), _("Something new"))
OUTSIDE: dict[str, Promise] = {
    NoticeKind.ROLE_TO_APPROVE: DECIDE, NoticeKind.RESET_TO_APPROVE: DECIDE,
    NoticeKind.APPROVAL_WAITING: DECIDE, NoticeKind.WAIVER_TO_AGREE: DECIDE, NoticeKind.PLACES_TO_CONFIRM: DECIDE,
    NoticeKind.COLLEAGUE_LEFT: HANDED, NoticeKind.FILE_CAME: HANDED,
    NoticeKind.TIP_TO_ASSESS: DECIDE, NoticeKind.ARRIVAL_WAITING: DECIDE,
    NoticeKind.REFERRAL_WAITING: HANDED, NoticeKind.CASE_REFERRED: HANDED,
    NoticeKind.COURT_SUPPORT: DATE, NoticeKind.HEARING_PUT_OFF: DATE,
    NoticeKind.REMINDER: TOLD,
}


def outside(kind: str) -> str:
    """The word for a kind of notice outside this house."""
    return str(OUTSIDE.get(kind, OTHER))
