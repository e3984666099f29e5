"""What can go wrong with sealed values: a code, what happened, what to do; never text, key or ciphertext."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import FieldError
from django.utils import timezone
from django.utils.translation import gettext


class VaultError(Exception):
    """A sealed value cannot be opened or sealed; `code` is what the person at the desk reads out."""

    code = "VAULT"
    mend = "Ask the person who runs the system."

    def __init__(self, where: str = "") -> None:
        super().__init__(f"{self.code}: {self.mend}" + (f" ({where})" if where else ""))


class RootSealed(VaultError):
    """The root key is not at hand."""

    code = "VAULT-SEALED"
    mend = "The root key or its passphrase is missing or wrong; put the two files in their place and start again."


class ProviderDown(VaultError):
    """The key server does not answer; what is open already stays open until its life ends."""

    code = "VAULT-PROVIDER-DOWN"
    mend = "The key server does not answer; try again in a minute, and tell the person who runs the system."


class KeyUnknown(VaultError):
    """The row names a key that the key database does not hold."""

    code = "VAULT-KEY-UNKNOWN"
    mend = "The key database lacks this key; restore the key database that belongs to this data."


class KeyDestroyed(VaultError):
    """The key was destroyed on purpose: when, and by which certificate where there is one."""

    code = "VAULT-KEY-DESTROYED"
    mend = "The key of this value was destroyed on purpose; the value cannot come back."

    def __init__(self, where: str = "", destroyed_at: datetime | None = None, certificate: str = "") -> None:
        self.destroyed_at, self.certificate = destroyed_at, certificate
        if destroyed_at is not None and certificate:
            self.mend = gettext("Erased on %(day)s, certificate %(number)s.") % {
                "day": timezone.localdate(destroyed_at).isoformat(), "number": certificate}
        super().__init__(where)


class KeyForbidden(VaultError):
    """This process was not given the compartment."""

    code = "VAULT-KEY-FORBIDDEN"
    mend = "This process does not hold the keys of that compartment."


class KeyWorn(VaultError):
    """The key has sealed as often as AES-GCM allows with random nonces."""

    code = "VAULT-KEY-WORN"
    mend = "This key has sealed too often and seals no more; the person who runs the system must renew it."


class Tampered(VaultError):
    """The seal does not match the row it stands in."""

    code = "VAULT-TAMPERED"
    mend = "Somebody or something changed the stored bytes; raise an incident and do not save this record."


class Replayed(VaultError):
    """The bundle is of another revision than its row says."""

    code = "VAULT-STALE"
    mend = "An older version was put back; raise an incident and do not save this record."


class BadFormat(VaultError):
    """The bytes are no bundle."""

    code = "VAULT-FORMAT"
    mend = "The stored bytes are not a sealed value; raise an incident."


class PlainText(VaultError):
    """A value cannot be sealed as it is."""

    code = "VAULT-PLAINTEXT"
    mend = "Write the text again without broken characters."


class QueryRefused(VaultError, FieldError):
    """A sealed name was asked about in SQL, which sees ciphertext only."""

    code = "VAULT-QUERY"
    mend = "A sealed value cannot be compared, sorted or changed in SQL; use the vault's search, or save each row."


class Held(VaultError):
    """A hold or an open case file stands against destroying keys."""

    code = "VAULT-HOLD"
    mend = "A legal hold or an open case file forbids it; ask who placed the hold, by its number."
