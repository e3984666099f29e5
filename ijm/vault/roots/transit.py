"""The root key in HashiCorp Vault or OpenBao: its transit engine wraps and unwraps, and never lets the key out.

The key must be of type aes256-gcm96 (with associated data). Wrapped: the engine's own text, "vault:v1:...", as ASCII bytes.
The token needs `update` on encrypt/KEY and decrypt/KEY and nothing else. Its file is read at each call, so that an agent
may renew it.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hvac
from hvac import exceptions
from requests import RequestException

from ijm.vault.errors import ProviderDown, RootSealed
from ijm.vault.wrapping import LENGTH

TIMEOUT = (2.0, 5.0)  # seconds to reach the server, and to wait for its answer
PAUSE = 5.0  # seconds in which a server that did not answer is not asked again: pages fail at once, not in a queue
AWAY = (RequestException, exceptions.VaultDown, exceptions.InternalServerError, exceptions.BadGateway,
        exceptions.RateLimitExceeded, exceptions.VaultNotInitialized)
Items = list[dict[str, str]]


class TransitRoot:
    """The root key in a key server of its own."""

    name = "transit"

    def __init__(self, address: str, mount: str, key: str, token_file: Path, ca_file: Path | None = None) -> None:
        self.address, self.mount, self.key, self.token_file, self.ca_file = address, mount, key, token_file, ca_file
        self._away_until = 0.0

    def is_at_hand(self) -> bool:
        """Whether the file of the token is there."""
        return self.token_file.exists()

    def wrap(self, plains: Sequence[bytes | bytearray], aads: Sequence[bytes]) -> list[bytes]:
        """Wrapped copies of these keys, in one request. Raises RootSealed, ProviderDown."""
        made = self._ask("encrypt_data", [{"plaintext": _text(plain), "associated_data": _text(aad)}
                                          for plain, aad in zip(plains, aads, strict=True)])
        if len(made) != len(plains) or not all(one.get("ciphertext") for one in made):
            raise RootSealed(f"transit {self.key}")
        return [one["ciphertext"].encode() for one in made]

    def unwrap_many(self, wrapped: Sequence[bytes], aads: Sequence[bytes]) -> list[bytearray | None]:
        """The keys, in one request; None where a seal does not match. Raises RootSealed, ProviderDown."""
        items = [{"ciphertext": bytes(one).decode(errors="replace"), "associated_data": _text(aad)}
                 for one, aad in zip(wrapped, aads, strict=True)]
        opened = self._ask("decrypt_data", items) if items else []
        if len(opened) != len(items):
            raise RootSealed(f"transit {self.key}")
        return [_key(one.get("plaintext")) for one in opened]

    def _ask(self, what: str, items: Items) -> list[dict[str, str]]:
        if time.monotonic() < self._away_until:
            raise ProviderDown(self.name)
        try:
            return self._results(getattr(self._client().secrets.transit, what), items)
        except AWAY as error:
            self._away_until = time.monotonic() + PAUSE
            raise ProviderDown(self.name) from error
        except exceptions.VaultError as error:  # token refused, key or engine not there
            raise RootSealed(f"transit {self.key}") from error

    def _results(self, call: Callable[..., Any], items: Items) -> list[dict[str, str]]:
        """The server's answer for each item; a batch in which some do not open comes as an error with the same body."""
        try:
            answer = call(self.key, batch_input=items, mount_point=self.mount)
        except exceptions.InvalidRequest as error:
            answer = error.json or {}
            if not (answer.get("data") or {}).get("batch_results"):
                raise
        return list(answer["data"]["batch_results"])

    def _client(self) -> Any:
        try:
            token = self.token_file.read_text().strip()
        except OSError as error:
            raise RootSealed(self.token_file.name) from error
        return hvac.Client(url=self.address, token=token, timeout=TIMEOUT, allow_redirects=False,
                           verify=str(self.ca_file) if self.ca_file else True)


def _key(text: str | None) -> bytearray | None:
    plain = bytearray(b64decode(text or ""))
    return plain if len(plain) == LENGTH else None


def _text(raw: bytes | bytearray) -> str:
    return b64encode(raw).decode()
