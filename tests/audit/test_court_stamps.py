"""Time stamps of an authority, made by `openssl ts`: the single file and openssl say the same about each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from audit.court import package
from audit.court.verify_package import INCOMPLETE, TAMPERED, UNVERIFIABLE, WHOLE, Wrong, stamped
from tests.audit import courts
from tests.audit.courts import Files, SmallLog

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Authority of the tests
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[other]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping,serverAuth
[conf]
serial = {folder}/serial
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256,sha512
signer_digest = {digest}
ess_cert_id_alg = sha256
accuracy = secs:1
"""


class Authority:
    """An authority with its root, its certificate and its key in a folder."""

    def __init__(self, folder: Path, algorithm: str, digest: str = "sha256") -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "conf").write_text(CONFIG.format(folder=folder, digest=digest))
        for name in ("root", "tsa"):
            self.run("genpkey", *algorithm.split(), "-out", f"{name}.key")
        self.run("req", "-x509", "-new", "-key", "root.key", "-subj", "/CN=Root", "-days", "9", "-config", "conf", "-extensions",
                 "ca", "-out", "root.pem")
        self.run("req", "-new", "-key", "tsa.key", "-config", "conf", "-out", "tsa.csr")
        self.run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "9",
                 "-extfile", "conf", "-extensions", "tsa", "-out", "tsa.pem")

    def run(self, *words: str, check: bool = True) -> int:
        """openssl with these words, in the folder."""
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done.returncode

    def stamp(self, text: bytes, *more: str) -> bytes:
        """The authority's answer about these bytes."""
        (self.folder / "text").write_bytes(text)
        self.run("ts", "-query", "-data", "text", "-sha256", "-cert", "-out", "query", *more)
        self.run("ts", "-reply", "-config", "conf", "-section", "conf", "-queryfile", "query", "-signer", "tsa.pem", "-inkey",
                 "tsa.key", "-chain", "root.pem", "-out", "answer")
        return (self.folder / "answer").read_bytes()

    def says(self, answer: bytes, text: bytes) -> bool:
        """What `openssl ts -verify` says of an answer."""
        (self.folder / "given").write_bytes(answer)
        (self.folder / "said").write_bytes(text)
        return self.run("ts", "-verify", "-data", "said", "-in", "given", "-CAfile", "root.pem", check=False) == 0

    @property
    def root(self) -> x509.Certificate:
        """Its root certificate."""
        return x509.load_pem_x509_certificate((self.folder / "root.pem").read_bytes())


RSA, CURVE = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"


@pytest.fixture(scope="module", params=[RSA, CURVE], ids=["rsa", "ec"])
def authority(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "one", request.param, "sha512" if "RSA" in request.param else "sha256")


TEXT = b"cases.example.org/log\n20\nroot\n"


def test_both_accept_an_honest_stamp_and_refuse_every_other(authority: Authority, tmp_path: Path) -> None:
    answer = authority.stamp(TEXT)
    assert abs(stamped(answer, TEXT, authority.root) - datetime.now(UTC)) < timedelta(minutes=2)
    assert authority.says(answer, TEXT)
    assert not authority.says(answer, TEXT + b"x")
    with pytest.raises(Wrong, match="another checkpoint"):
        stamped(answer, TEXT + b"x", authority.root)
    other = Authority(tmp_path / "other", CURVE)
    assert not other.says(answer, TEXT)
    with pytest.raises(Wrong):
        stamped(answer, TEXT, other.root)
    for broken in (b"", answer[:-9], answer[9:], b"\x30\x00", b"\x30\x84\xff\xff\xff\xff"):
        with pytest.raises(Wrong):
            stamped(broken, TEXT, authority.root)


def test_a_bit_turned_in_a_stamp_never_makes_another_time(authority: Authority) -> None:
    answer = authority.stamp(TEXT)
    at = stamped(answer, TEXT, authority.root)
    passed = [place for place in range(len(answer)) if _passes(_flipped(answer, place), authority, at)]
    assert len(passed) < len(answer) // 2, "what is not signed: names of versions, certificates that nobody needs"


def _flipped(answer: bytes, place: int) -> bytes:
    return answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1:]


def _passes(answer: bytes, authority: Authority, at: datetime) -> bool:
    try:
        assert stamped(answer, TEXT, authority.root) == at, "another time"
    except Wrong:
        return False
    return True


def package_with(log: SmallLog, stamps: Iterable[tuple[int, bytes]]) -> Files:
    held = [log.held(size, stamp=stamp) for size, stamp in stamps]
    content = courts.content(log, (2, 4), (), checkpoints=held)
    return courts.packed(package.payload(content, log))


def text_of(log: SmallLog, size: int) -> bytes:
    return log.held(size).note.rpartition("\n\n")[0].encode() + b"\n"


def test_a_package_with_stamps_says_when_it_was_there_at_the_latest(authority: Authority) -> None:
    log = SmallLog([courts.body(number) for number in range(9)])
    now = datetime.now(UTC)
    began = int((now - timedelta(minutes=30)).timestamp() * 1000)
    log.bodies = [courts.body(number, t=began) for number in range(9)]
    files = package_with(log, [(9, authority.stamp(text_of(log, 9)))])
    report = courts.checked(files, log, authority=authority.root)
    assert report.code == WHOLE and any("stamped" in line for line in report.done)
    report = courts.checked(files, log)
    assert report.code == WHOLE and any("--tsa" in line for line in report.unchecked)
    wrong = package_with(log, [(9, authority.stamp(text_of(log, 8)))])
    report = courts.checked(wrong, log, authority=authority.root)
    assert report.code == TAMPERED and any("another checkpoint" in line for line in report.tampered)
    gone = courts.again(files, lambda payload: payload.pop("tst/9.tsr"))
    assert courts.checked(gone, log, authority=authority.root).code == INCOMPLETE
    astray = courts.again(files, lambda payload: payload.__setitem__("tst/7.tsr", payload["tst/9.tsr"]))
    assert courts.checked(astray, log, authority=authority.root).code == UNVERIFIABLE
    later = SmallLog([courts.body(number, t=int((now + timedelta(days=1)).timestamp() * 1000)) for number in range(9)])
    report = courts.checked(package_with(later, [(9, authority.stamp(text_of(later, 9)))]), later, authority=authority.root)
    assert report.code == TAMPERED and any("rule out" in line for line in report.tampered)
