"""Escrow: what opens everything, sealed to the public key of an offline machine, for the day when the root key is lost.

Where the root key lies in a file, its 32 bytes are sealed. A key server never shows its root: there the keys of all compartments
are sealed, and the copy is made again after each of them was renewed.

File: "IJME1" | kind(1) | length(2) and that many bytes of key agreement | nonce(12) | AES-256-GCM of the content, all before the
nonce as associated data. Kind 1, X25519 (RFC 7748): an ephemeral public key; the AES key is HKDF-SHA256(shared secret, salt
ephemeral || recipient, info "IJME1"). Kind 2, RSA of 3072 bits or more: the AES key under RSA-OAEP with SHA-256 (RFC 8017).
Content: JSON, {"made": ISO time, "root": hex or "", "keks": [[compartment, version, hex], ...]}.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.db import transaction
from django.utils import timezone

from ijm.vault import known, opened, roots
from ijm.vault.errors import BadFormat, RootSealed, Tampered
from ijm.vault.making import alone
from ijm.vault.models import KEYS, Kek, State
from ijm.vault.wrapping import cipher_of, kek_aad

MAGIC, X25519, RSA, RSA_LEAST = b"IJME1", 1, 2, 3072
PADDING = OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)
Public = X25519PublicKey | RSAPublicKey
Private = X25519PrivateKey | RSAPrivateKey


@dataclass(frozen=True)
class Copy:
    """What an escrow copy holds: the root key (empty for a key server) and the keys of the compartments (empty for a file)."""

    made: str
    root: bytes
    keks: dict[tuple[str, int], bytes]


def make_pair(passphrase: bytes) -> tuple[bytes, bytes]:
    """A new X25519 pair as PEM: the private key encrypted under the passphrase, the public one open."""
    private = X25519PrivateKey.generate()
    return (private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)),
            private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def public_key(pem: bytes) -> Public:
    """The offline machine's public key. Raises BadFormat for anything but X25519, or RSA of 3072 bits or more."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadFormat("public key") from error
    if isinstance(key, X25519PublicKey) or (isinstance(key, RSAPublicKey) and key.key_size >= RSA_LEAST):
        return key
    raise BadFormat("public key")


def fingerprint(key: Public) -> str:
    """SHA-256 of the key in DER form, to be compared by eye before anything is sealed to it."""
    digest = Hash(SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex(":", 2)


def content() -> bytes:
    """What a copy of this office holds. Raises RootSealed, ProviderDown, and Tampered when a compartment's key does not open."""
    root = roots.root()
    if isinstance(root, roots.FileRoot):
        return _said(root.reveal().hex(), [])
    rows = list(Kek.objects.using(KEYS).exclude(state=State.DESTROYED).order_by("id"))
    plains = root.unwrap_many([bytes(row.wrapped) for row in rows], [kek_aad(row.compartment, row.version) for row in rows])
    if None in plains:
        raise Tampered("escrow")
    return _said("", [[row.compartment, row.version, plain.hex()] for row, plain in zip(rows, plains, strict=True) if plain])


def _said(root: str, keks: list[list[str | int]]) -> bytes:
    return json.dumps({"made": timezone.now().isoformat(), "root": root, "keks": keks}).encode()


def seal(key: Public, body: bytes) -> bytes:
    """The copy, which only the holder of the private key opens."""
    if isinstance(key, X25519PublicKey):
        ephemeral = X25519PrivateKey.generate()
        agreed = ephemeral.public_key().public_bytes_raw()
        secret, kind = _shared(ephemeral.exchange(key), agreed, key), X25519
    else:
        secret, kind = os.urandom(32), RSA
        agreed = key.encrypt(secret, PADDING)
    head, nonce = MAGIC + struct.pack(">BH", kind, len(agreed)) + agreed, os.urandom(12)
    return head + nonce + AESGCM(secret).encrypt(nonce, body, head)


def open_copy(private: bytes, passphrase: bytes | None, stored: bytes) -> Copy:
    """What a copy holds. Raises BadFormat when key or copy is none, Tampered when the one does not open the other."""
    try:
        key = load_pem_private_key(private, passphrase)
        kind, length = struct.unpack_from(">BH", stored, len(MAGIC))
    except (ValueError, TypeError, struct.error) as error:
        raise BadFormat("escrow") from error
    if stored[:5] != MAGIC or not ((kind == X25519 and isinstance(key, X25519PrivateKey))
                                   or (kind == RSA and isinstance(key, RSAPrivateKey))):
        raise BadFormat("escrow")
    head, rest = stored[:8 + length], stored[8 + length:]
    try:
        body = json.loads(AESGCM(_secret(key, head[8:])).decrypt(rest[:12], rest[12:], head))
    except (InvalidTag, ValueError) as error:
        raise Tampered("escrow") from error
    keks = {(name, version): bytes.fromhex(plain) for name, version, plain in body["keks"]}
    return Copy(body["made"], bytes.fromhex(body["root"]), keks)


def _secret(key: Private, agreed: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.decrypt(agreed, PADDING)
    return _shared(key.exchange(X25519PublicKey.from_public_bytes(agreed)), agreed, key.public_key())


def _shared(secret: bytes, agreed: bytes, recipient: X25519PublicKey) -> bytes:
    return HKDF(SHA256(), 32, salt=agreed + recipient.public_bytes_raw(), info=MAGIC).derive(secret)


def lay_under(root: roots.Root, copy: Copy) -> int:
    """Wrap the compartments' keys of a copy under this root, in a restored key database; says how many.

    Each is proven by its known box first. Raises RootSealed, and changes nothing, when a key of the database is not in the copy
    or does not open its box.
    """
    with transaction.atomic(using=KEYS):
        alone()
        rows = list(Kek.objects.using(KEYS).exclude(state=State.DESTROYED).select_for_update())
        for row in rows:
            plain = copy.keks.get((row.compartment, row.version), b"")
            if not plain or row.canary is None or not known.proves(cipher_of(bytearray(plain)), row):
                raise RootSealed(row.compartment)
            row.wrapped = root.wrap([plain], [kek_aad(row.compartment, row.version)])[0]
        Kek.objects.using(KEYS).bulk_update(rows, ("wrapped",))
    opened.forget()
    return len(rows)
