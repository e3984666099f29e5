"""The vault's tables, which live in the key database."""

from ijm.vault.keyring import DataKey, Kek

__all__ = ("DataKey", "Kek")
