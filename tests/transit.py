"""A key server of one test: speaks as much of the transit engine of HashiCorp Vault and OpenBao as we use.

After their documented protocol: POST /v1/MOUNT/encrypt/KEY and /decrypt/KEY with `batch_input`, each item with associated data,
answered by `data.batch_results` in the same order; a batch of which an item is refused comes with status 400 and the same body;
403 for a token that may not, 404 for an engine that is not there, 503 while the server is sealed.
"""

from __future__ import annotations

import json
import os
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PREFIX = "vault:v1:"


@dataclass
class KeyServer:
    """What the server holds, how it behaves, and what it was asked."""

    token: str = "s.of-this-test"
    cipher: AESGCM = field(default_factory=lambda: AESGCM(os.urandom(32)))
    status: int = 200
    asked: list[tuple[str, int]] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body for one request."""
        self.asked.append((path, len(body.get("batch_input") or ())))
        if self.status != 200:
            return self.status, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        work = {"/v1/transit/encrypt/ijm": self._encrypt, "/v1/transit/decrypt/ijm": self._decrypt}.get(path)
        if work is None:
            return 404, {"errors": ["no handler for route"]}
        if not body.get("batch_input"):
            return 400, {"errors": ["missing batch input to process"]}
        results = [work(item) for item in body["batch_input"]]
        return 400 if any("error" in one for one in results) else 200, {"data": {"batch_results": results}}

    def _encrypt(self, item: dict[str, str]) -> dict[str, Any]:
        nonce = os.urandom(12)
        sealed = self.cipher.encrypt(nonce, b64decode(item["plaintext"]), b64decode(item["associated_data"]))
        return {"ciphertext": PREFIX + b64encode(nonce + sealed).decode(), "key_version": 1}

    def _decrypt(self, item: dict[str, str]) -> dict[str, Any]:
        try:
            raw = b64decode(item["ciphertext"].removeprefix(PREFIX), validate=True)
            plain = self.cipher.decrypt(raw[:12], raw[12:], b64decode(item["associated_data"]))
        except (InvalidTag, ValueError):
            return {"error": "invalid ciphertext: unable to decrypt", "plaintext": ""}
        return {"plaintext": b64encode(plain).decode()}


@contextmanager
def serving(server: KeyServer, certificate: Path | None = None) -> Iterator[KeyServer]:
    """The server on a loopback port of its own; over TLS where it has a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = server.answer(self.path, self.headers.get("X-Vault-Token", ""), body)
            raw = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            listening.socket = tls.wrap_socket(listening.socket, server_side=True)
        server.address = f"{'https' if certificate else 'http'}://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for but itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keys of this test")])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, SHA256()))
    path = folder / "server.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def token_file(folder: Path, token: str) -> Path:
    """Where the token lies."""
    path = folder / "token"
    path.write_text(token + "\n")
    path.chmod(0o600)
    return path
