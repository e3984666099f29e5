"""Public test vectors through the vault's own functions: what it seals must be what the standards say, bit for bit."""

from __future__ import annotations

import base64
import hmac
import io
import json
import time
import uuid
import zlib
from collections.abc import Iterator
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from ijm.vault import bundle, files, root
from ijm.vault.bundle import Place
from ijm.vault.errors import BadFormat, Tampered, VaultError
from ijm.vault.keyring import Key

PUBLIC, HERE = Path(cryptography_vectors.__file__).parent, Path(__file__).parent / "vectors"
NIST = PUBLIC / "ciphers" / "AES" / "GCM"
HEADER, PLACE = bytes.fromhex("e1010000000700000003"), Place("vector.v1", "identity", uuid.UUID(int=1))


class Anywhere:
    """A cipher whose associated data is the vector's, in the stead of the bundle's own."""

    def __init__(self, vector: dict[str, str]) -> None:
        self.cipher, self.covered = AESGCM(bytes.fromhex(vector["key"])), bytes.fromhex(vector["aad"])

    def encrypt(self, nonce: bytes, plain: bytes, _covered: bytes) -> bytes:
        return self.cipher.encrypt(nonce, plain, self.covered)

    def decrypt(self, nonce: bytes, sealed: bytes, _covered: bytes) -> bytes:
        return self.cipher.decrypt(nonce, sealed, self.covered)


def key_of(vector: dict[str, str]) -> Key:
    """The vector's key, as the vault holds keys."""
    cipher: Any = Anywhere(vector)
    return Key(7, "subject", PLACE.row, PLACE.compartment, cipher, time.monotonic() + 60)


def opened(vector: dict[str, str]) -> bytes:
    """What the vault takes out of the vector, padding and all."""
    stored = HEADER + bytes.fromhex(vector["iv"] + vector["ct"] + vector["tag"])
    values: dict[str, Any] = bundle.opener(PLACE.label, PLACE.compartment, ("whole",))(stored, PLACE.row, key_of(vector), 3)
    return bytes(values["whole"])


def sealed(vector: dict[str, str]) -> str:
    """What the vault's `seal` makes of the vector, without its header and nonce."""
    stored = bundle.seal([vector["msg"]], place=PLACE, key=key_of(vector), rev=3)
    assert stored[:22] == HEADER + bytes.fromhex(vector["iv"])
    return stored[22:].hex()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The vault without its own layout of values: the vector's bytes stand in the place of the packed body."""
    monkeypatch.setattr(bundle, "pack", lambda values: bytes.fromhex(values[0]))
    monkeypatch.setattr(bundle, "unpack", lambda body, names: dict.fromkeys(names, body))
    return monkeypatch


def checked(vector: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, valid: bool) -> None:
    """A good vector opens and is sealed to the same bytes; a bad one is refused as tampered with."""
    if not valid:
        with pytest.raises(Tampered):
            opened(vector)
        return
    assert opened(vector).hex() == vector["msg"]
    monkeypatch.setattr(bundle.os, "urandom", lambda size: bytes.fromhex(vector["iv"]))
    assert sealed(vector) == vector["ct"] + vector["tag"]


def test_wycheproof_aes_gcm(bare: pytest.MonkeyPatch) -> None:
    groups = json.loads((HERE / "aes_gcm_test.json").read_text())["testGroups"]
    vectors = [vector for group in groups for vector in group["tests"]]
    for vector in vectors:
        checked(vector, bare, valid=vector["result"] == "valid")
    assert (len(vectors), sum(vector["result"] == "invalid" for vector in vectors)) == (66, 27)


def nist(path: Path) -> Iterator[dict[str, str]]:
    """The cases of a file of NIST's that have nonce and tag as the vault has them."""
    sizes, cases = dict[str, str](), list[dict[str, str]]()
    for line in path.read_text().splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if line.startswith("["):
            sizes[name[1:]] = value[:-1]
        elif name == "Count":
            cases.append({"result": "valid", "sizes": sizes["IVlen"] + "/" + sizes["Taglen"]})
        elif line == "FAIL":
            cases[-1]["result"] = "invalid"
        elif equals and cases:
            cases[-1][{"PT": "msg"}.get(name, name.lower())] = value
    return (case for case in cases if case["sizes"] == "96/128")


@pytest.mark.parametrize(("file", "cases", "wrong"), [("gcmDecrypt256.rsp", 375, 191), ("gcmEncryptExtIV256.rsp", 375, 0)])
def test_nist_gcm(bare: pytest.MonkeyPatch, file: str, cases: int, wrong: int) -> None:
    vectors = list(nist(NIST / file))
    for vector in vectors:
        checked(vector, bare, valid=vector["result"] == "valid")
    assert (len(vectors), sum(vector["result"] == "invalid" for vector in vectors)) == (cases, wrong)


class Raw(str):
    """A label whose bytes are the vector's."""

    def encode(self, *args: Any) -> bytes:  # type: ignore[override]
        return bytes.fromhex(self)


def derived(prk: bytes, info: str, monkeypatch: pytest.MonkeyPatch) -> AESGCM:
    """What the vault derives from this root key for this label."""
    monkeypatch.setattr(root, "seed_row", lambda: None)
    monkeypatch.setattr(root, "open_seed", lambda row: prk)
    return root.derived(Raw(info))


def same(one: AESGCM, key: bytes) -> bool:
    """Whether a cipher is that of this key."""
    return one.encrypt(bytes(12), b"x", b"") == AESGCM(key).encrypt(bytes(12), b"x", b"")


def test_rfc_5869(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = dict[str, str]()
    cases = 0
    for line in (PUBLIC / "KDF" / "rfc-5869-HKDF-SHA256.txt").read_text().splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals:
            parts[name] = value
        if name == "OKM":
            assert same(derived(bytes.fromhex(parts["PRK"]), parts["info"], monkeypatch), bytes.fromhex(value)[:32])
            cases += 1
    assert cases == 3


def test_wycheproof_hkdf_sha256(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = json.loads((HERE / "hkdf_sha256_test.json").read_text())["testGroups"]
    vectors = [vector for group in groups for vector in group["tests"]]
    for vector in vectors:
        prk = hmac.new(bytes.fromhex(vector["salt"]), bytes.fromhex(vector["ikm"]), sha256).digest()
        assert same(derived(prk, vector["info"], monkeypatch), bytes.fromhex(vector["okm"])[:32]), vector["tcId"]
    assert len(vectors) == 62


CHUNKED = [vector for vector in json.loads((PUBLIC / "chunked-encryption" / "vectors.json").read_text())["vectors"]
           if vector["aead"] == "AEAD_AES_256_GCM"]


def plain(stored: bytes, key: str, context: str) -> bytes:
    """The whole file, through the vault's own reader."""
    if len(bytes.fromhex(key)) != files.KEY:
        raise BadFormat("key")
    reader = files.Reader(io.BytesIO(stored), len(stored), key=bytes.fromhex(key), context=context.encode())
    return b"".join(reader.read())


def stored_of(vector: dict[str, Any]) -> bytes:
    """The sealed file of a vector."""
    raw = base64.b64decode(vector["ciphertext"] or "")
    return zlib.decompress(raw) if vector.get("compressed") else raw


def test_there_are_all_of_c2sp() -> None:
    assert (len(CHUNKED), sum(vector["expect"] == "failure" for vector in CHUNKED)) == (34, 25)


@pytest.mark.parametrize("vector", CHUNKED, ids=lambda vector: vector["name"])
def test_c2sp_chunked_encryption(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """These were made with SHA-256, Cobblestone-256 has SHA-512; all else of the format is the same."""
    monkeypatch.setattr(files, "SHA512", SHA256)
    if vector["expect"] == "failure":
        with pytest.raises(VaultError):
            plain(stored_of(vector), vector["key"], vector["context"])
        return
    content = plain(stored_of(vector), vector["key"], vector["context"])
    assert (len(content), sha256(content).hexdigest()) == (vector["payload_length"], vector["payload_sha256"])


def test_wycheproof_cobblestone_256() -> None:
    vectors = json.loads((HERE / "c2sp_chunked_encryption_aes_256_gcm_test.json").read_text())["testGroups"][0]["tests"]
    for vector in vectors:
        stored = zlib.decompress(bytes.fromhex(vector["ct"]))
        content = plain(stored, vector["key"], vector["ctx"])
        assert (len(content), sha512(content).hexdigest()) == (vector["msgLength"], vector["msgSha512"])
        with pytest.raises(Tampered):
            plain(stored, vector["aeadKey"], vector["ctx"])
    assert len(vectors) == 4
