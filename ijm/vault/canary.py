"""The canary: a process with the wrong root key refuses to start, rather than to seal what nobody could open again."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import Error, connections

from ijm.env import WeakSetting
from ijm.vault import keyring, opened, roots
from ijm.vault.errors import ProviderDown, RootSealed, VaultError
from ijm.vault.models import KEYS, Kek, State

STOP = 4  # gunicorn's code for "failed to load": the server ends and does not try again


def check() -> list[str]:
    """Prove the root and the key of every compartment that this process was given; says which were proven.

    Raises RootSealed when the root is missing or opens none of them, ProviderDown when it does not answer.
    """
    rows = [row for row in Kek.objects.using(KEYS).exclude(state=State.DESTROYED) if keyring.allowed(row.compartment)]
    if not rows:
        roots.root().wrap([bytes(32)], [b"canary"])
    found = opened.open_keks(rows)
    if rows and not found:
        raise RootSealed("canary")
    return sorted({row.compartment for row in rows if row.id in found})


def demand() -> None:
    """Stop this process with one line when its root key is missing or wrong.

    A key database or key server that is away stops nothing: each compartment is proven anyway before its first use.
    """
    if not settings.DATABASES[KEYS]["NAME"]:
        return
    try:
        check()
    except (Error, ProviderDown):
        return
    except (VaultError, WeakSetting) as error:
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(STOP) from error
    finally:
        connections[KEYS].close()
