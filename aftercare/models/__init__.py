"""The tables of this wing."""

from aftercare.models.contacts import SafeContact
from aftercare.models.referrals import Referral
from aftercare.models.residences import Placement, Residence
from aftercare.models.support import CourtSupport, Need
from aftercare.models.survivors import Survivor

__all__ = ("CourtSupport", "Need", "Placement", "Referral", "Residence", "SafeContact", "Survivor")
