"""The tables of this room."""

from ijm.notices.models.calendars import CalendarAddress, CalendarUse
from ijm.notices.models.notices import Notice, NoticeKind
from ijm.notices.models.reminders import DueMoment, Reminder, ReminderState, Subject
from ijm.notices.models.telling import HowTold, Letter, LetterState, Mode

__all__ = ("CalendarAddress", "CalendarUse", "DueMoment", "HowTold", "Letter", "LetterState", "Mode", "Notice", "NoticeKind",
           "Reminder", "ReminderState", "Subject")
