"""The closed lists of the wing: how a tip came, how it is graded, act, means and purpose, what makes a rescue ready."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """The way a tip came in."""

    HOTLINE = "hotline", _("Hotline call")
    WALK_IN = "walk_in", _("In person")
    MESSAGE = "message", _("Text or chat message")
    POLICE = "police", _("Police")
    PARTNER = "partner", _("Partner organisation")
    OTHER = "other", _("Another way")


class Urgency(TextChoices):
    """Whether somebody is in danger, as far as the caller knows."""

    NOW = "now", _("Yes, now")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Known(TextChoices):
    """A question that may honestly stay open."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class SourceGrade(TextChoices):
    """How reliable the source is, by the Admiralty scheme."""

    A = "A", _("A – completely reliable")
    B = "B", _("B – usually reliable")
    C = "C", _("C – fairly reliable")
    D = "D", _("D – not usually reliable")
    E = "E", _("E – unreliable")
    F = "F", _("F – cannot be judged")


class InformationGrade(TextChoices):
    """How credible the information is, by the Admiralty scheme."""

    CONFIRMED = "1", _("1 – confirmed by other sources")
    PROBABLE = "2", _("2 – probably true")
    POSSIBLE = "3", _("3 – possibly true")
    DOUBTFUL = "4", _("4 – doubtful")
    IMPROBABLE = "5", _("5 – improbable")
    NOT_JUDGED = "6", _("6 – cannot be judged")


class Act(TextChoices):
    """What was done, in the words of Article 3 of the Palermo Protocol."""

    RECRUITMENT = "recruitment", _("Recruitment")
    TRANSPORTATION = "transportation", _("Transportation")
    TRANSFER = "transfer", _("Transfer")
    HARBOURING = "harbouring", _("Harbouring")
    RECEIPT = "receipt", _("Receipt")


class Means(TextChoices):
    """How it was done, in the words of Article 3."""

    FORCE = "force", _("Threat or use of force")
    COERCION = "coercion", _("Other coercion")
    ABDUCTION = "abduction", _("Abduction")
    FRAUD = "fraud", _("Fraud")
    DECEPTION = "deception", _("Deception")
    POWER = "power", _("Abuse of power")
    VULNERABILITY = "vulnerability", _("Abuse of a position of vulnerability")
    PAYMENT = "payment", _("Payment to a person who has control")


class Aim(TextChoices):
    """What for, in the words of Article 3: the purpose of exploitation."""

    SEXUAL = "sexual", _("Prostitution of others or other sexual exploitation")
    LABOUR = "labour", _("Forced labour or services")
    SLAVERY = "slavery", _("Slavery or practices like it")
    SERVITUDE = "servitude", _("Servitude")
    ORGANS = "organs", _("Removal of organs")
    OTHER = "other", _("Another form of exploitation")


class Risk(TextChoices):
    """How dangerous an operation is for the people in it."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Check(TextChoices):
    """What should be settled before an operation begins."""

    AUTHORITY = "authority", _("Written authority from the prosecutor")
    DECONFLICTED = "deconflicted", _("No other file on the same place, phone or vehicle")
    RECEPTION = "reception", _("Reception places for all who may come, children with their carers")
    ROOM = "room", _("Interview room that is not a place of detention")
    DOCTOR = "doctor", _("Doctor, and transport with seats for children")
    INTERPRETER = "interpreter", _("Interpreters for the languages expected")
    GO = "go", _("Go or no-go call agreed with the police lead")
    SOCIAL_WORKERS = "social_workers", _("Social workers waiting away from the site, reachable")


class Outcome(TextChoices):
    """How an operation ended."""

    REACHED = "reached", _("Persons were brought to safety")
    NOBODY = "nobody", _("Nobody was found")
    COMPROMISED = "compromised", _("Word got out before it began")
