"""What the worker does for the keys by itself."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from ijm.vault import keyring, rotation


@shared_task(name="ijm.vault.keys", ignore_result=True)  # type: ignore[untyped-decorator]
def keys() -> int:
    """Turn what was saved under a retired key meanwhile, and count how worn each key is; how many were turned.

    Nothing is done by a worker that was not given the login for it.
    """
    if not settings.DATABASES[rotation.ROTOR]["USER"]:
        return 0
    keyring.worn(rotation.messages())
    return rotation.rest().rotated
