"""What changes of keys say to the room of approvals."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.desk import vault
from ijm.desk.key_changes import KeyChange
from ijm.roles.table import Can

STAYS = (_("Everything under the old keys is sealed anew. No text changes, and people go on working."),)
KEYS = Kind(_("A change of keys"), Can.OFFICE_RUN, Can.KEYS_AGREE, thing="ijm.desk.four_eyes.thing",
            told="ijm.desk.four_eyes.told")


def thing(request: Request) -> dict[str, str]:
    """The change as it is asked for now."""
    return KeyChange.objects.get(request=request).thing


def told(user: User, request: Request) -> Told:
    """Which keys change."""
    return Told(reverse("desk:vault"), (vault.about(KeyChange.objects.get(request=request)),), STAYS)
