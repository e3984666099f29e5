"""The post: gathers new notices into letters and hands the letters over. Codes and links only, each letter once.

A letter is handed over at most once. What surely did not arrive (no connection, refused by the server) is tried again;
where the line broke in the middle nobody knows, and it is not sent again: the notice still stands on the page.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm.accounts.models import User
from ijm.notices.actions import telling
from ijm.notices.models import HowTold, Letter, LetterState, Mode, Notice
from ijm.notices.words import outside
from ijm.trail.context import acting_as
from ijm.trail.purposes import Purpose

MOST_AN_HOUR = 6
MOST_AT_ONCE = 60
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
LOST = timedelta(minutes=10)
log = logging.getLogger(__name__)


def is_quiet(choice: HowTold, now: datetime) -> bool:
    """Whether this hour is one of her quiet hours; they may go over midnight, and equal hours mean none."""
    hour = timezone.localtime(now).hour
    if choice.quiet_from <= choice.quiet_until:
        return choice.quiet_from <= hour < choice.quiet_until
    return hour >= choice.quiet_from or hour < choice.quiet_until


def is_due(choice: HowTold, now: datetime) -> bool:
    """Whether a letter may go to her now: her hour has come, no quiet hour, not too many already."""
    if choice.mode == Mode.NEVER or is_quiet(choice, now):
        return False
    letters = Letter.objects.filter(user=choice.user_id)
    if choice.mode == Mode.AT_ONCE:
        return letters.filter(made_at__gt=now - timedelta(hours=1)).count() < MOST_AN_HOUR
    here = timezone.localtime(now)
    morning = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return here.hour >= choice.hour and not letters.filter(made_at__gte=morning).exists()


def gather(now: datetime) -> int:
    """Make a letter for everybody who wants one now and has something new; acts as each of them, inside her own door."""
    wanting = HowTold.objects.exclude(mode=Mode.NEVER).filter(user__is_active=True).exclude(user__email="")
    made = 0
    for choice in wanting.select_related("user", "user__office"):
        try:
            made += is_due(choice, now) and _gathered(choice, now)
        except Exception:
            log.exception("no letter could be made for one person", extra={"person": choice.user.code})
    return made


def _gathered(choice: HowTold, now: datetime) -> bool:
    with acting_as(choice.user, "w", Purpose.SYSTEM):
        return telling.gather(choice, by=choice.user, now=now) is not None


def hand_over(now: datetime) -> int:
    """Send the letters that wait, the oldest first, a few at a time; gives how many were sent."""
    lost = Letter.objects.filter(state=LetterState.SENDING, next_at__lt=now - LOST)
    lost.update(state=LetterState.FAILED, trouble="interrupted")
    waiting = Letter.objects.filter(state=LetterState.WAITING, next_at__lte=now).order_by("next_at")
    return sum(send(letter, now) for letter in waiting.select_related("user", "user__office")[:MOST_AT_ONCE])


def send(letter: Letter, now: datetime) -> bool:
    """Hand one letter over, unless another process has taken it; the claim is kept before the first byte goes out."""
    if not Letter.objects.filter(pk=letter.pk, state=LetterState.WAITING).update(state=LetterState.SENDING, next_at=now,
                                                                                  tries=letter.tries + 1):
        return False
    made = _written(letter)
    if made is None:
        return _becomes(letter, LetterState.EMPTY)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return _again(letter, error, now)
    try:
        connection.send_messages([made])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        return _again(letter, error, now)
    except (OSError, smtplib.SMTPException) as error:  # nobody knows whether it arrived
        return _becomes(letter, LetterState.FAILED, trouble=type(error).__name__)
    finally:
        _hang_up(connection)
    return _becomes(letter, LetterState.SENT, sent_at=timezone.now())


def _hang_up(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException):
        log.warning("the mail server broke off after the letter was handed over")


def _again(letter: Letter, error: Exception, now: datetime) -> bool:
    """It surely did not arrive: later once more, for half a day."""
    kind = type(error).__name__
    log.warning("mail server did not take a letter", extra={"letter": str(letter.pk), "kind": kind})
    if letter.tries >= len(WAITS):
        return _becomes(letter, LetterState.FAILED, trouble=kind)
    return _becomes(letter, LetterState.WAITING, trouble=kind, next_at=now + WAITS[letter.tries])


def _becomes(letter: Letter, state: LetterState, **facts: object) -> bool:
    Letter.objects.filter(pk=letter.pk).update(state=state, **facts)
    return state == LetterState.SENT


def _written(letter: Letter) -> EmailMessage | None:
    """The letter in her language; None when she has read everything meanwhile, or may not be told any more."""
    user = letter.user
    if not (user.is_active and user.email):
        return None
    with acting_as(user, "r", Purpose.SYSTEM):
        notices = list(Notice.objects.filter(letter_id=letter.pk, read_at__isnull=True).order_by("made_at"))
    if not notices:
        return None
    return EmailMessage(
        subject_of(len(notices), languages_of(user)[0]), body_of(notices, user), settings.DEFAULT_FROM_EMAIL, [user.email],
        headers={"Message-ID": f"<{letter.pk}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"})


def languages_of(user: User) -> tuple[str, ...]:
    """Her language; both where none was chosen."""
    return (user.language,) if user.language in ("en", "km") else ("en", "km")


def subject_of(number: int, language: str) -> str:
    """How many, and nothing of what they are about."""
    with translation.override(language):
        said = ngettext("%(product)s: %(number)d new notice", "%(product)s: %(number)d new notices", number)
    return said % {"product": settings.PRODUCT_NAME, "number": number}


def body_of(notices: list[Notice], user: User) -> str:
    """A line for each notice: a word that tells no stranger anything, its code, the way to it."""
    return "\n\n".join(_said(notices, language) for language in languages_of(user))


def _said(notices: list[Notice], language: str) -> str:
    with translation.override(language):
        lines = [f"{outside(notice.kind)} · {notice.about_code}\n{settings.SITE_URL}/desk/notices/{notice.pk}/open/"
                 for notice in notices]
        end = _("Sign in to read it. How and when you are told: %(url)s") % {"url": f"{settings.SITE_URL}/desk/notices/settings/"}
    return "\n\n".join([*lines, end]) + "\n"
