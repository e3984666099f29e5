"""Time stamps from an authority on this machine: OpenSSL and we accept the same token, and neither takes it for another log."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from audit.log import stamps
from audit.log.checkpoints import keys, make, make_key
from audit.log.notes import Checkpoint
from audit.log.stamps import NoStamp, ask, stamp, stamped_at, text_of
from audit.verifying.whole import Check
from tests.audit.logs import Log

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
"""
TEXT = Checkpoint("cases.example.org/log", 7, bytes(32)).text().encode()


class Authority:
    """An `openssl ts` authority behind HTTP on the loopback address; `says` spoils what it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root.pem"
        self.says: bytes | None = None
        self.status, self.asked = 200, 0
        _certificates(folder)
        (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
        (folder / "serial").write_text("01\n")

    def answer(self, query: bytes) -> bytes:
        self.asked += 1
        (self.folder / "query.tsq").write_bytes(query)
        subprocess.run(
            ["openssl", "ts", "-reply", "-queryfile", "query.tsq", "-config", "tsa.cnf", "-signer", "tsa.pem",
             "-inkey", "tsa.key", "-out", "answer.tsr"], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()

    def verifies(self, answer: bytes, text: bytes) -> bool:
        """Whether OpenSSL takes this answer for this text."""
        (self.folder / "held.tsr").write_bytes(answer)
        (self.folder / "text").write_bytes(text)
        done = subprocess.run(["openssl", "ts", "-verify", "-data", "text", "-in", "held.tsr", "-CAfile", "root.pem"],
                              cwd=self.folder, capture_output=True, check=False)
        return done.returncode == 0


def _certificates(folder: Path) -> None:
    """A root, and below it the certificate of the authority for time stamps alone."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Root", root_key, "Root", root_key, [(x509.BasicConstraints(True, 0), True)])
    own = _certificate("Authority", key, "Root", root_key, [
        (x509.BasicConstraints(False, None), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)])
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "tsa.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey,
                 extensions: list[tuple[x509.ExtensionType, bool]]) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=30))
    everything = [*extensions, (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
                  (x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)]
    for extension, is_critical in everything:
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(by, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def url(authority: Authority) -> Iterator[str]:
    """Where it answers."""
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            held = authority.answer(query) if authority.says is None else authority.says
            self.send_response(authority.status)
            self.end_headers()
            self.wfile.write(held)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    authority.says, authority.status = None, 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/tsa?x=1"
        server.shutdown()


@pytest.fixture
def roots(authority: Authority) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(authority.root.read_bytes())


def test_openssl_and_we_accept_the_same_token(authority: Authority, url: str, roots: list[x509.Certificate]) -> None:
    answer = ask(TEXT, url, roots)
    assert abs(stamped_at(answer, TEXT, roots) - datetime.now(UTC)) < timedelta(minutes=1)
    assert authority.verifies(answer, TEXT)


def test_a_token_of_another_checkpoint_or_under_another_root_does_not_count(
        authority: Authority, url: str, roots: list[x509.Certificate], tmp_path: Path) -> None:
    answer = ask(TEXT, url, roots)
    other = Checkpoint("cases.example.org/log", 8, bytes(32)).text().encode()
    with pytest.raises(NoStamp, match="Mismatch between messages"):
        stamped_at(answer, other, roots)
    assert not authority.verifies(answer, other)
    _certificates(tmp_path)
    with pytest.raises(NoStamp, match="does not count"):
        stamped_at(answer, TEXT, x509.load_pem_x509_certificates((tmp_path / "root.pem").read_bytes()))
    with pytest.raises(NoStamp, match="no root"):
        stamped_at(answer, TEXT, [])
    authority.says = answer
    with pytest.raises(NoStamp, match="Nonce mismatch"):
        ask(TEXT, url, roots)


def test_whatever_else_an_authority_says_is_no_stamp(authority: Authority, url: str, roots: list[x509.Certificate]) -> None:
    whole = ask(TEXT, url, roots)
    for at in (5, len(whole) // 2, len(whole) - 5):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        with pytest.raises(NoStamp):
            stamped_at(bytes(spoilt), TEXT, roots)
    authority.says = b"no token"
    with pytest.raises(NoStamp, match="does not count"):
        ask(TEXT, url, roots)
    authority.status = 503
    with pytest.raises(NoStamp, match="answered 503"):
        ask(TEXT, url, roots)
    with pytest.raises(NoStamp, match="does not answer"):
        ask(TEXT, "https://127.0.0.1:9/", roots)


def test_the_newest_checkpoint_is_stamped_once_a_day(log: Log, log_var: Path, authority: Authority, url: str,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    make_key()
    log.tell()
    log.caught_up()
    assert stamp() is None and stamps.roots() == [], "no authority is named: nothing leaves the house"
    monkeypatch.setattr(settings, "LOG", replace(settings.LOG, tsa_url=url, tsa_root_file=authority.root))
    assert stamp() is None, "nothing is signed yet"
    first = make(keys())
    held = stamp()
    assert first and held and held.size == first.size and stamp() is None
    kept = stamps.last(log.store)
    assert kept and kept.stamp and text_of(kept.note) == first.text().encode()
    assert authority.verifies(kept.stamp, text_of(kept.note))
    log.tell()
    log.caught_up()
    make(keys())
    assert stamp() is None and stamp(datetime.now(UTC) + timedelta(hours=25)) and authority.asked
    _verification_looks_at_stamps(log, monkeypatch)


def _verification_looks_at_stamps(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both stamps count, and a time that no calendar has is told; without a root nobody can tell; exchanged, none counts."""
    report = Check.of_office().run()
    assert report.looked["time stamps"] == 2 and "stamp" not in report.wrong, report.lines()
    assert report.wrong["time"] and "seconds after 1970" in " ".join(report.lines())
    known = settings.LOG
    monkeypatch.setattr(settings, "LOG", replace(known, tsa_root_file=None))
    report = Check.of_office().run()
    assert "2 time stamps: no root certificate of an authority is named" in report.unchecked and "stamp" not in report.wrong
    monkeypatch.setattr(settings, "LOG", known)
    with log.superuser() as connection:
        connection.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER USER")
        connection.execute("UPDATE audit_checkpoint c SET stamp = o.stamp FROM audit_checkpoint o"
                           " WHERE c.stamp IS NOT NULL AND o.stamp IS NOT NULL AND o.size <> c.size")
    report = Check.of_office().run()
    assert report.wrong["stamp"] == 2 and report.code == 1
