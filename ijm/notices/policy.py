"""Who may do something with a notice, a reminder, a calendar address, and with how she is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.notices.models import CalendarAddress, HowTold, Notice, Reminder, ReminderState
from ijm.roles.decisions import Decision


def may_read(by: User, notice: Notice) -> Decision:
    """A notice is read by the person it was written to."""
    return Decision(notice.user_id == by.pk, by, notice, "notice.refused", reason="not-hers")


def may_read_all(by: User) -> Decision:
    """Everybody may clear her own notices."""
    return Decision(by.is_active, by, None, "notice.refused", reason="inactive")


def visible_reminders(user: User) -> QuerySet[Reminder]:
    """Her own reminders about files on which she stands, the next first; the database hides all others."""
    return Reminder.objects.filter(user=user).order_by("at")


def may_remind(by: User, at: datetime, *, longest: timedelta) -> Decision:
    """Everybody who works on files sets reminders for herself, ahead of now and not for ever."""
    decision = Decision(by.is_active, by, None, "reminder.refused", reason="inactive")
    return _in_time(decision, at, longest)


def may_put_off(by: User, reminder: Reminder, at: datetime, *, longest: timedelta) -> Decision:
    """A reminder is put off by the person who set it."""
    return _in_time(_hers(by, reminder), at, longest)


def may_finish(by: User, reminder: Reminder) -> Decision:
    """A reminder that waits is finished by the person who set it."""
    return _hers(by, reminder).and_(reminder.state == ReminderState.WAITING, _("This is done already."), "done")


def may_bring_back(by: User, reminder: Reminder) -> Decision:
    """A reminder that is done is brought back by the person who set it."""
    return _hers(by, reminder).and_(reminder.state == ReminderState.DONE, _("This is not done yet."), "waiting")


def _hers(by: User, reminder: Reminder) -> Decision:
    return Decision(reminder.user_id == by.pk, by, reminder, "reminder.refused", _("This is somebody else's reminder."),
                    "not-hers")


def _in_time(decision: Decision, at: datetime, longest: timedelta) -> Decision:
    now = timezone.now()
    return (decision
            .and_(at > now, _("This hour is over. Write a later one."), "past")
            .and_(at <= now + longest, _("A reminder is set for the next two years at most."), "far"))


def how_told(user: User) -> HowTold:
    """Her choice about mail; without one nothing is mailed."""
    return HowTold.objects.filter(user=user).first() or HowTold(user=user)


def may_choose_telling(by: User) -> Decision:
    """Everybody chooses for herself how she is told."""
    return Decision(by.is_active, by, None, "telling.refused", reason="inactive")


def calendar_of(user: User) -> CalendarAddress | None:
    """The address of her calendar that works now, if there is one."""
    return CalendarAddress.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=timezone.now()).first()


def may_keep_calendar(by: User) -> Decision:
    """Everybody may have her own days in her own calendar program."""
    return Decision(by.is_active, by, None, "calendar.refused", reason="inactive")


def may_revoke_calendar(by: User, address: CalendarAddress) -> Decision:
    """An address is taken back by the person whose calendar it opens."""
    return Decision(address.user_id == by.pk, by, address, "calendar.refused", reason="not-hers")
