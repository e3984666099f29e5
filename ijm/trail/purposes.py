"""The closed list of reasons for which a record may be looked at or changed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """Why somebody looks or changes: a code from this list, never free text."""

    CASEWORK = "CASEWORK", _("Everyday work on this file")
    HOME_VISIT = "HOME_VISIT", _("Home visit")
    CONTACT = "CONTACT", _("To call or write to her")
    COURT = "COURT", _("Court or legal support")
    MEDICAL = "MEDICAL", _("Medical or counselling appointment")
    SAFETY = "SAFETY", _("A risk to her safety")
    SUPERVISION = "SUPERVISION", _("Supervision of the work")
    REFERRAL = "REFERRAL", _("Referral or hand-over")
    RESCUE = "RESCUE", _("A rescue operation")
    AUDIT = "AUDIT", _("Audit or review")
    ADMINISTRATION = "ADMINISTRATION", _("Running the office")
    CORRECTION = "CORRECTION", _("Correcting what was recorded")
    IMPORT = "IMPORT", _("Bringing in existing records")
    SYSTEM = "SYSTEM", _("The system's own work")
    ERASURE = "ERASURE", _("The right to be forgotten, or a hold against it")
    CONFLICT = "CONFLICT", _("A conflict of interest, or a sealed file")
    SIGN_IN = "SIGN_IN", _("Signing in or out")


LOOKING = (Purpose.HOME_VISIT, Purpose.CONTACT, Purpose.COURT, Purpose.MEDICAL, Purpose.SAFETY)
