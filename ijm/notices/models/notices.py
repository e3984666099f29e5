"""Notices: a kind, a code, a link; the words come from the kind."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.guard.declare import Own
from ijm.trail.history import Recorded


class NoticeKind(models.TextChoices):
    """What the notice says."""

    REFERRAL_WAITING = "referral.waiting", _("A referral is waiting")
    COURT_SUPPORT = "HearingScheduled", _("A hearing is scheduled: court support is needed")
    HEARING_PUT_OFF = "HearingPutOff", _("A hearing will not be held on its day")
    VERDICT = "VerdictReturned", _("A verdict was returned")
    TIP_TO_ASSESS = "tip.to_assess", _("A tip waits for assessment")
    CASE_REFERRED = "case.referred", _("A case was referred to you")
    ROLE_TO_APPROVE = "role.to_approve", _("A role waits for your approval")
    ROLE_EXPIRES = "role.expires", _("A role ends within thirty days")
    FACTOR_ENROLLED = "factor.enrolled", _("A colleague set up a second factor")
    FACTOR_CHANGED = "factor.changed", _("A second factor of yours was added, changed or taken away")
    PASSWORD_CHANGED = "password.changed", _("Your password was changed")  # nosec B105: what a notice says
    KEY_COPIED = "factor.copied", _("A passkey counted backwards: there may be a copy of it")
    SIGN_IN_NEW = "session.new", _("Somebody signed in as you in a browser that was never used before")
    SIGN_IN_TRIES = "session.tries", _("Somebody tried your password or code in vain before you signed in")
    SESSION_CUT = "session.cut", _("Your sessions were ended by who looks after accounts")
    LAPSED = "account.lapsed", _("An account was closed by the clock")
    ARRIVAL_WAITING = "arrival.waiting", _("Somebody new waits for an arrival code")
    RESET_TO_APPROVE = "reset.to_approve", _("A reset of a password or second factor waits for your decision")
    RESET_APPROVED = "reset.approved", _("A reset for you was approved")
    APPROVAL_WAITING = "approval.waiting", _("A request waits for your decision")
    APPROVAL_DECIDED = "approval.decided", _("A request of yours was decided")
    APPROVAL_EXPIRED = "approval.expired", _("A request of yours ran out of time")
    ERASURE_DONE = "erasure.done", _("An erasure is done and its certificate is ready")
    ERASURE_HALTED = "erasure.halted", _("An erasure was stopped by a legal hold")
    WALL_DECLARED = "wall.declared", _("A colleague knows somebody on a file of yours, and has left it")
    SEARCH_MATCHED = "search.matched", _("A colleague searched for somebody on a file of yours")
    JOB_DONE = "job.done", _("Long work of yours is done")
    JOB_FAILED = "job.failed", _("Long work of yours stopped")
    DAY_OPENED = "day.opened", _("What you opened today: look whether it was all you")
    DAY_LOOKED = "day.looked", _("Colleagues opened files of yours today")
    REMINDER = "reminder.due", _("A reminder of yours is due")
    FLAG_ASKED = "flag.asked", _("The auditor asks you about something you opened")
    FINDING_MADE = "finding.made", _("The nightly verification found something")
    PLACES_ENDING = "places.ending", _("Places on files of yours end within seven days")
    PLACES_TO_CONFIRM = "places.to_confirm", _("Places on your files end within seven days: say who is still needed")
    PLACES_MANY = "places.many", _("You stand on very many files: end what is not needed")
    FILE_CAME = "file.came", _("A file came to you from another office")
    COLLEAGUE_LEFT = "colleague.left", _("A colleague left your files: somebody must take them over")
    WAIVER_TO_AGREE = "waiver.to_agree", _("A small office asks to do without an exclusion of roles")
    BUDGET_STOPPED = "budget.stopped", _("A colleague came to the end of a budget")
    HALT_SET = "halt.set", _("Downloads and exports were stopped")
    DECOY_OPENED = "decoy.opened", _("A decoy file was opened")
    FLAG_PASSED = "flag.passed_on", _("The auditor passes a question about a colleague on to you")


class Notice(Recorded):
    """Something one person should know, told by code and link only."""

    guard = Own(select="user_id = (SELECT guard.uid())",
                insert="(SELECT guard.mode()) = 'w'",
                update="user_id = (SELECT guard.uid())", columns=("rev", "read_at", "letter_id"))

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=32, choices=NoticeKind)
    about_code = models.CharField(max_length=16)
    path = models.CharField(max_length=120)
    origin = models.UUIDField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    letter_id = models.UUIDField(null=True, editable=False)  # the one letter it travels in: no notice is mailed twice

    class Meta:
        ordering = ("-made_at",)
        constraints = (models.UniqueConstraint(fields=("user", "origin"), name="notice_once_an_origin"),)
