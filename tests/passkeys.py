"""A passkey in software: what a real key answers, and the lies that a stolen, copied or careless one would tell."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
ADD, SIGN_IN, AGAIN = ("/account/second-factor/passkeys/add/", "/account/second-factor/code/",
                       "/account/second-factor/passkeys/again/")


@dataclass
class Passkey:
    """One key for one site; `verifies` says whether its holder showed finger or PIN, `counts` whether it counts at all."""

    site: str = "testserver"
    ident: bytes = b"passkey-of-a-test"
    counter: int = 0
    counts: bool = True
    verifies: bool = True
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any]) -> str:
        """The answer to a page that adds a key."""
        held = AttestedCredentialData.create(Aaguid.NONE, self.ident, ES256.from_cryptography_key(self.secret.public_key()))
        known = AuthenticatorData.create(self._site(), self._flags() | FLAG.AT, self.counter, held)
        client = self._client(CollectedClientData.TYPE.CREATE, options)
        return self._said({"clientDataJSON": websafe_encode(client),
                           "attestationObject": websafe_encode(AttestationObject.create("none", known, {}))})

    def used(self, options: dict[str, Any]) -> str:
        """The answer to a page that asks for the key."""
        self.counter += self.counts
        known = AuthenticatorData.create(self._site(), self._flags(), self.counter)
        client = self._client(CollectedClientData.TYPE.GET, options)
        signed = self.secret.sign(known + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._said({"clientDataJSON": websafe_encode(client), "authenticatorData": websafe_encode(known),
                           "signature": websafe_encode(signed)})

    def _site(self) -> bytes:
        return hashlib.sha256(self.site.encode()).digest()

    def _flags(self) -> AuthenticatorData.FLAG:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _client(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], f"https://{self.site}")

    def _said(self, response: dict[str, str]) -> str:
        ident = websafe_encode(self.ident)
        return json.dumps({"type": "public-key", "id": ident, "rawId": ident, "clientExtensionResults": {}, "response": response})


def add(client: Client, key: Passkey) -> Any:
    """Add the key on its page, as a browser would."""
    page = client.get(ADD)
    return client.post(ADD, {"name": "office key", "credential": key.made(page.context["js_data"]["creation_options"])})


def use(client: Client, key: Passkey, *, at: str = SIGN_IN) -> Any:
    """Use the key where a page asks for it."""
    page = client.get(at)
    return client.post(at, {"credential": key.used(page.context["js_data"]["request_options"])})
