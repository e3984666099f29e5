"""Check a package for a court: one file, Python's standard library and `cryptography`, no database, no network.

    python -I verify_package.py PACKAGE --key LOGKEY [--witness KEY]... [--quorum N] [--tsa ROOT.pem] [--digest HEX]

Answers 0 whole, 1 tampered, 2 incomplete, 3 unverifiable, and lists what could not be checked. Long because it must stand
alone: it is copied into each package, shares no line with what made the package, and is a second reading of the formats.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

WHOLE, TAMPERED, INCOMPLETE, UNVERIFIABLE = range(4)
SAID = ("whole", "TAMPERED", "INCOMPLETE", "UNVERIFIABLE")
FORMAT = "ijm-court-package/1"
DOMAIN = b"ijm.commit.v1"
LARGEST = 4 << 30  # bytes, unpacked: no package is as large; an archive that claims more is refused
EARLY, LATE = timedelta(hours=1), timedelta(minutes=15)  # a long transaction, a clock that is a little ahead
HEADS = re.compile(rb"BagIt-Version: 1\.0(?:\r\n|\n|\r)Tag-File-Character-Encoding: UTF-8(?:\r\n|\n|\r)?")
MANIFEST = re.compile(r"(tag)?manifest-(md5|sha1|sha224|sha256|sha384|sha512)\.txt")
LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\S.*)")
Files = dict[str, bytes]


@dataclass
class Report:
    """What was found, in sentences; the worst kind that is not empty is the answer."""

    done: list[str] = field(default_factory=list)
    tampered: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def astray(self) -> list[str]:
        """Where it counts that something stands alone: that is no wonder when something else is missing."""
        return self.incomplete if self.incomplete else self.tampered

    @property
    def code(self) -> int:
        """The exit code."""
        found = (self.tampered, self.incomplete, self.unverifiable)
        return next((number for number, said in enumerate(found, start=1) if said), WHOLE)

    def lines(self) -> Iterator[str]:
        """Everything, one sentence a line, the answer last."""
        parts = (("checked", self.done), ("TAMPERED", self.tampered), ("INCOMPLETE", self.incomplete),
                 ("UNVERIFIABLE", self.unverifiable), ("not checked", self.unchecked))
        for word, said in parts:
            yield from (f"{word:<13}{line}" for line in said)
        yield f"{'RESULT':<13}{SAID[self.code]} ({self.code})"


class Wrong(ValueError):
    """Something has not the form it must have."""


class Unknown(Wrong):
    """Something is made in a way that this program does not know: it may be right."""


# --- the bag (RFC 8493) ------------------------------------------------------------------------------------------------------

def load(path: Path) -> Files:
    """The files of a bag, from its folder or its ZIP archive; raises Wrong for names that lead elsewhere or come twice."""
    return _unpacked(path) if path.is_file() else _folder(path)


def _folder(path: Path) -> Files:
    found = Files()
    for one in sorted(path.rglob("*")):
        if one.is_symlink():
            raise Wrong(f"{one.name} leads elsewhere: a package holds files only")
        if one.is_file():
            found[one.relative_to(path).as_posix()] = one.read_bytes()
    return found


def _unpacked(path: Path) -> Files:
    found, tops = Files(), set[str]()
    with zipfile.ZipFile(path) as archive:
        inside = [one for one in archive.infolist() if not one.is_dir()]
        if sum(one.file_size for one in inside) > LARGEST:
            raise Wrong("the archive is too large to be a package")
        for one in inside:
            top, _parted, name = one.filename.partition("/")
            tops.add(top)
            if not safe(name) or not safe(top) or name in found or (one.external_attr >> 16) & 0o170000 == 0o120000:
                raise Wrong(f"the archive holds {one.filename!r} twice, or under a name that leads elsewhere")
            found[name] = archive.read(one)
    if len(tops) > 1:
        raise Wrong("the archive holds more than one folder at its top")
    return found


def safe(name: str) -> bool:
    """Whether a path stays inside the bag on every system."""
    parts = name.split("/")
    return bool(name) and not (set(parts) & {"", ".", ".."} or name[0] == "~" or "\\" in name or re.match(r"[A-Za-z]:", name)
                               or any(ord(letter) < 32 for letter in name))


def manifest(text: str, length: int) -> dict[str, str]:
    """{path: checksum} of a manifest; raises Wrong for a line that is none, a path that leads elsewhere or comes twice."""
    found, seen = dict[str, str](), set[str]()
    for line in text.splitlines():
        matched = LINE.fullmatch(line)
        if not matched or len(matched[1]) != length or line != line.rstrip():
            raise Wrong(f"{line[:90]!r} is no line of a manifest")
        name = matched[2]
        if re.search("%(?!0A|0D|25)", name, re.IGNORECASE):
            raise Wrong(f"{name!r} is not encoded as it must be")
        for coded, letter in (("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            name = re.sub(coded, letter, name, flags=re.IGNORECASE)
        if not safe(name):
            raise Wrong(f"{name!r} leads out of the package")
        if unicodedata.normalize("NFC", name).casefold() in seen:
            raise Wrong(f"{name!r} comes twice")
        seen.add(unicodedata.normalize("NFC", name).casefold())
        found[name] = matched[1].lower()
    return found


def check_bag(files: Files, report: Report) -> None:
    """Everything that RFC 8493 asks of a whole bag of version 1.0, read strictly; a bag that fetches is incomplete."""
    if "bagit.txt" not in files:
        report.incomplete.append("bagit.txt is missing")
    elif not HEADS.fullmatch(files["bagit.txt"]):
        report.tampered.append("bagit.txt does not say version 1.0 and UTF-8 in exactly its two lines")
    if "fetch.txt" in files:
        report.incomplete.append("fetch.txt: a part of the package lies elsewhere")
    payload = {name for name in files if name.startswith("data/")}
    lists = {name: matched for name in files if (matched := MANIFEST.fullmatch(name))}
    if not any(not matched[1] for matched in lists.values()):
        report.incomplete.append("there is no manifest of the payload")
    for name, matched in sorted(lists.items()):
        _against(name, matched[2], payload if not matched[1] else _tags(files), files, report)
    _info(files, payload, report)


def _tags(files: Files) -> set[str]:
    return {name for name in files if not name.startswith(("data/", "tagmanifest-"))}


def _against(name: str, method: str, expected: set[str], files: Files, report: Report) -> None:
    try:
        said = manifest(files[name].decode(), hashlib.new(method, usedforsecurity=False).digest_size * 2)
    except (Wrong, UnicodeDecodeError) as error:
        report.tampered.append(f"{name}: {error}")
        return
    report.incomplete += [f"{one} is listed in {name} and missing" for one in sorted(said.keys() - files.keys())]
    report.tampered += [f"{one} is not listed in {name}" for one in sorted(expected - said.keys())]
    report.tampered += [f"{one} does not belong into {name}" for one in sorted((said.keys() & files.keys()) - expected)]
    for one in sorted(said.keys() & expected):
        if hashlib.new(method, files[one], usedforsecurity=False).hexdigest() != said[one]:
            report.tampered.append(f"{one} is not what {name} says")


def _info(files: Files, payload: set[str], report: Report) -> None:
    try:
        labels = _labels(files.get("bag-info.txt", b"").decode())
    except (Wrong, UnicodeDecodeError) as error:
        report.tampered.append(f"bag-info.txt: {error}")
        return
    said = [value for label, value in labels if label.lower() == "payload-oxum"]
    size = f"{sum(len(files[name]) for name in payload)}.{len(payload)}"
    if len(said) > 1 or (said and not re.fullmatch(r"\d+\.\d+", said[0])):
        report.tampered.append("bag-info.txt: Payload-Oxum is not well formed")
    elif said and said[0] != size:
        report.incomplete.append(f"bag-info.txt says {said[0]} octets and files, there are {size}")


def _labels(text: str) -> list[tuple[str, str]]:
    found = list[tuple[str, str]]()
    for line in text.splitlines():
        label, parted, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif not parted or not label or label != label.strip() or value[:1] not in ("", " ", "\t"):
            raise Wrong(f"{line[:90]!r} is no line of it")
        else:
            found.append((label, value.strip()))
    return found


# --- the tree (RFC 9162) -----------------------------------------------------------------------------------------------------

def leaf(body: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def climbed(index: int, size: int, hashed: bytes, path: Sequence[bytes]) -> bytes:
    """The root that a path of inclusion leads to; raises Wrong for a path of another length."""
    if size == 1 and not path:
        return hashed
    if size < 2 or not path:
        raise Wrong("the proof is too short or too long")
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return node(climbed(index, half, hashed, path[:-1]), path[-1])
    return node(path[-1], climbed(index - half, size - half, hashed, path[:-1]))


def is_beginning(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Whether the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    parts = path if old & old - 1 else [old_root, *path]
    if not 0 < old < new or not parts:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node(part, before), node(part, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, part)
        place, last = place >> 1, last >> 1
    return not last and (before, after) == (old_root, new_root)


def shared_root(leaves: dict[int, bytes], size: int, hashes: list[bytes]) -> bytes:
    """The root from the leaves that are known and the hashes of the subtrees between, left to right; raises Wrong."""
    given, places = iter(hashes), sorted(leaves)

    def over(start: int, end: int, mine: list[int]) -> bytes:
        if not mine:
            return next(given)
        if end - start == 1:
            return leaves[start]
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        left = [place for place in mine if place < middle]
        return node(over(start, middle, left), over(middle, end, mine[len(left):]))

    try:
        found = over(0, size, places)
    except StopIteration as error:
        raise Wrong("the shared proof is too short") from error
    if next(given, None) is not None or not places or places[-1] >= size:
        raise Wrong("the shared proof does not fit the leaves")
    return found


# --- notes (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature) ---------------------------------------------------------

@dataclass(frozen=True)
class Key:
    """A public Ed25519 key as it is written down: name+id+base64(kind | key); kind 1 signs notes, kind 4 cosigns with a time."""

    name: str
    kind: int
    raw: bytes

    @classmethod
    def read(cls, line: str) -> Key:
        """Raises Wrong for what is no such key."""
        parts = line.strip().split("+", 2)
        held = exact(parts[-1])
        made = cls(parts[0], held[0] if held else 0, held[1:])
        if len(parts) != 3 or made.kind not in (1, 4) or len(made.raw) != 32 or made.ident.hex() != parts[1]:
            raise Wrong(f"{line[:60]!r} is no key of a log or a witness")
        return made

    @property
    def ident(self) -> bytes:
        """Its four bytes in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:4]

    def time_of(self, text: str, signature: bytes) -> datetime | None:
        """When it was signed, as far as a cosignature says so; raises Wrong when this key has not signed this text."""
        at, said = None, text.encode()
        if self.kind == 4:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            at, said = datetime.fromtimestamp(min(seconds, 1 << 37), UTC), f"cosignature/v1\ntime {seconds}\n".encode() + said
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, said)
        except InvalidSignature as error:
            raise Wrong(f"the signature of {self.name} is wrong") from error
        return at


@dataclass
class Held:
    """A checkpoint of the package: size and root, who of the known signed it, and when at the latest it existed."""

    name: str
    text: str
    size: int
    root: bytes
    by: set[str]
    times: list[datetime] = field(default_factory=list)


def exact(coded: str) -> bytes:
    """The bytes of base64 written in its one right way; raises Wrong."""
    try:
        held = base64.b64decode(coded, validate=True)
    except binascii.Error as error:
        raise Wrong("this is no base64") from error
    if base64.b64encode(held).decode() != coded:
        raise Wrong("this base64 is not written in the one right way")
    return held


def opened(name: str, note: str, origin: str, known: Sequence[Key]) -> Held:
    """A signed checkpoint; signatures of strangers count for nothing. Raises Wrong for a wrong form or signature."""
    text, parted, signatures = note.rpartition("\n\n")
    lines = (text + "\n").split("\n")
    if not parted or not signatures.endswith("\n") or len(lines) < 4 or lines[0] != origin or lines[1] != str(_number(lines[1])):
        raise Wrong(f"{name} is no checkpoint of {origin}")
    held = Held(name, text + "\n", _number(lines[1]), exact(lines[2]), set())
    for line in signatures[:-1].split("\n"):
        _mark, who, coded = [*line.split(" "), "", ""][:3]
        signed = exact(coded)
        if not line.startswith("— ") or len(signed) < 5 or line.count(" ") != 2:
            raise Wrong(f"{name}: this is no signature line")
        for key in known:
            if (key.name, key.ident) == (who, signed[:4]):
                at = key.time_of(held.text, signed[4:])
                held.by.add(str(key.kind) + key.name)
                held.times += [at] if at else []
    return held


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"0|[1-9]\d{0,17}", text) else -1


# --- time stamps (RFC 3161) --------------------------------------------------------------------------------------------------

METHODS: dict[str, HashAlgorithm] = {
    "608648016503040201": SHA256(), "608648016503040202": SHA384(), "608648016503040203": SHA512()}
SIGNED_DATA, TST_INFO, DIGEST = "2a864886f70d010702", "2a864886f70d0109100104", "2a864886f70d010904"


@dataclass(frozen=True)
class Der:
    """One value of DER: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def inside(self) -> list[Der]:
        """The values in it."""
        found, rest = list[Der](), self.content
        while rest:
            one = Der.first(rest)
            found.append(one)
            rest = rest[len(one.whole):]
        return found

    @classmethod
    def first(cls, held: bytes) -> Der:
        """The first value of these bytes; raises Wrong when they are cut."""
        if len(held) < 2:
            raise Wrong("the time stamp is cut")
        start, size = 2, held[1]
        if size & 0x80:
            start = 2 + (size & 0x7F)
            size = int.from_bytes(held[2:start], "big")
        if len(held) < start + size:
            raise Wrong("the time stamp is cut")
        return cls(held[0], held[start:start + size], held[:start + size])


def stamped(token: bytes, text: bytes, root: x509.Certificate) -> datetime:
    """The time that an authority under this root put on these bytes; raises Wrong for a stamp of anything else."""
    try:
        return _stamped(token, text, root)
    except (UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise Unknown(str(error)) from error
    except InvalidSignature as error:
        raise Wrong("the signature of the time stamp is wrong") from error
    except Wrong:
        raise
    except (LookupError, TypeError, ValueError, x509.DuplicateExtension, x509.ExtensionNotFound) as error:
        raise Wrong(f"the time stamp is not well formed ({error})") from error


def _stamped(token: bytes, text: bytes, root: x509.Certificate) -> datetime:
    _status, made = Der.first(token).inside()
    kind, wrapped = made.inside()
    data = wrapped.inside()[0].inside()
    content = data[2].inside()
    if kind.content.hex() != SIGNED_DATA or content[0].content.hex() != TST_INFO:
        raise Wrong("this is no time stamp")
    info = content[1].inside()[0].content
    certificates = [x509.load_der_x509_certificate(one.whole) for one in data[3].inside()] if data[3].tag == 0xA0 else []
    signer = data[-1].inside()[0].inside()
    method, attributes = _method(signer[2]), signer[3]
    said = {one.inside()[0].content.hex(): one.inside()[1].inside()[0].content for one in attributes.inside()}
    if said[DIGEST] != _hash(method, info):
        raise Wrong("the time stamp is not what was signed")
    parts = Der.first(info).inside()
    imprint = parts[2].inside()
    if imprint[1].content != _hash(_method(imprint[0]), text):
        raise Wrong("the time stamp is of another checkpoint")
    at = datetime.strptime(parts[4].content.decode()[:14] + "Z", "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    serial = int.from_bytes(signer[1].inside()[1].content, "big")
    mine = next((one for one in certificates if one.serial_number == serial), None)
    if mine is None:
        raise Wrong("the time stamp does not bring the certificate of its signer")
    _verify(mine, signer[5].content, b"\x31" + attributes.whole[1:], method)
    _chained(mine, certificates, root, at)
    return at


def _method(said: Der) -> HashAlgorithm:
    found = METHODS.get(said.inside()[0].content.hex())
    if found is None:
        raise Unknown("the time stamp uses a digest that is not known here")
    return found


def _hash(method: HashAlgorithm, held: bytes) -> bytes:
    return hashlib.new(method.name, held).digest()


def _verify(by: x509.Certificate, signature: bytes, said: bytes, method: HashAlgorithm) -> None:
    key = by.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, said, padding.PKCS1v15(), method)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, said, ec.ECDSA(method))
    else:
        raise Unknown("the time stamp is signed in a way that is not known here")


def _chained(mine: x509.Certificate, others: list[x509.Certificate], root: x509.Certificate, at: datetime) -> None:
    usage = mine.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if x509.oid.ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        raise Wrong("the certificate is not for time stamps")
    for _step in range(6):
        if not mine.not_valid_before_utc <= at <= mine.not_valid_after_utc:
            raise Wrong("a certificate of the time stamp was not valid then")
        if mine.issuer == root.subject:
            mine.verify_directly_issued_by(root)
            return
        above = next((one for one in others if one.subject == mine.issuer and one != mine), None)
        if above is None or not above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            break
        mine.verify_directly_issued_by(above)
        mine = above
    raise Wrong("the time stamp does not lead to the root certificate that was given")


# --- the package -------------------------------------------------------------------------------------------------------------

@dataclass
class Case:
    """What is known while a package is checked."""

    files: Files
    report: Report
    keys: list[Key]
    witnesses: list[Key]
    quorum: int = 0
    authority: x509.Certificate | None = None
    digest: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    checkpoints: dict[int, Held] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    history: dict[str, dict[str, Any]] = field(default_factory=dict)

    def under(self, folder: str, ending: str = "") -> list[str]:
        """The names of the files in a folder of the payload."""
        return sorted(name for name in self.files if name.startswith(f"data/{folder}") and name.endswith(ending))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The lines of a JSON-lines file; none where it is missing. Raises Wrong."""
        rows = [json.loads(line) for line in self.files.get(name, b"").decode().splitlines()]
        if not all(isinstance(row, dict) for row in rows):
            raise Wrong(f"{name} holds a line that is no object")
        return rows


def check(case: Case) -> Report:
    """Every step, each whatever the others found; what has not the right form counts as tampered with."""
    for step in (_whole_bag, _contents, _on_paper, _key, _signatures, _one_log, _events, _proofs, _times, _histories,
                 _openings, _counts):
        try:
            step(case)
        except (AttributeError, KeyError, IndexError, RecursionError, TypeError, ValueError) as error:
            case.report.tampered.append(f"{step.__name__.strip('_').replace('_', ' ')}: not the form it must have ({error})")
        if step is _contents and not case.said:
            break
    return case.report


def _whole_bag(case: Case) -> None:
    check_bag(case.files, case.report)
    wanted = {f"{kind}manifest-{method}.txt" for kind in ("", "tag") for method in ("sha256", "sha512")}
    case.report.incomplete += [f"{name} is missing" for name in sorted(wanted - case.files.keys())]
    if not case.report.code:
        case.report.done.append(f"{len(case.files)} files against their checksums (SHA-256 and SHA-512)")


def _contents(case: Case) -> None:
    if "data/package.json" not in case.files:
        case.report.incomplete.append("data/package.json is missing: nothing says what the package holds")
        return
    case.said = json.loads(case.files["data/package.json"])
    if case.said.get("format") != FORMAT:
        case.report.unverifiable.append(f"this program knows {FORMAT}, the package is {case.said.get('format')}")


def _on_paper(case: Case) -> None:
    made = hashlib.sha256(case.files.get("manifest-sha512.txt", b"")).hexdigest()
    if not case.digest:
        case.report.unchecked.append(f"the signed certificate on paper: it must say this digest: {made}")
    elif case.digest.replace(" ", "").lower() != made:
        case.report.tampered.append(f"the certificate on paper says {case.digest}, the package is {made}")
    else:
        case.report.done.append("the digest on the certificate is that of this package")


def _key(case: Case) -> None:
    if case.keys:
        return
    case.keys = [Key.read(case.files[name].decode()) for name in case.under("keys/", ".vkey")]
    said = ", ".join(_written(key) for key in case.keys) or "none"
    case.report.unverifiable.append(f"no key of the log was given (--key); the one in the package proves nothing: {said}")


def _written(key: Key) -> str:
    return f"{key.name}+{key.ident.hex()}+{base64.b64encode(bytes([key.kind]) + key.raw).decode()}"


def _signatures(case: Case) -> None:
    names = case.under("checkpoints/", ".note")
    if not names:
        case.report.incomplete.append("there is no checkpoint of the log")
    for name in names:
        try:
            held = opened(name, case.files[name].decode(), case.said["origin"], [*case.keys, *case.witnesses])
        except Wrong as error:
            case.report.tampered.append(str(error))
            continue
        if not {f"{key.kind}{key.name}" for key in case.keys} & held.by:
            case.report.unverifiable.append(f"{name} is signed by nobody whose key was given")
            continue
        _keep(case, held)
        _seen(case, held)
    if case.checkpoints:
        case.report.done.append(f"{len(case.checkpoints)} checkpoints signed by {case.said['origin']}")


def _keep(case: Case, held: Held) -> None:
    other = case.checkpoints.setdefault(held.size, held)
    if other.root != held.root:
        case.report.tampered.append(f"the log was forked: two signed checkpoints of {held.size} events have different roots")


def _seen(case: Case, held: Held) -> None:
    seen = sum(f"{key.kind}{key.name}" in held.by for key in case.witnesses)
    if seen < case.quorum:
        case.report.unverifiable.append(f"{held.name}: {seen} of {case.quorum} witnesses have cosigned it")
    elif not case.witnesses:
        case.report.unchecked.append(f"{held.name}: whether witnesses saw it (no --witness was given)")


def _one_log(case: Case) -> None:
    proofs = json.loads(case.files.get("data/proofs/consistency.json", b"[]"))
    paths = {(one["old"], one["new"]): [exact(part) for part in one["path"]] for one in proofs}
    sizes = sorted(size for size in case.checkpoints if size)
    for old, new in pairwise(sizes):
        if (old, new) not in paths:
            case.report.incomplete.append(f"nothing shows that the log of {old} events is the beginning of that of {new}")
        elif not is_beginning(old, new, case.checkpoints[old].root, case.checkpoints[new].root, paths[old, new]):
            case.report.tampered.append(f"the log was forked: that of {old} events is not the beginning of that of {new}")
    if len(sizes) > 1 and not case.report.tampered:
        case.report.done.append(f"{len(sizes)} checkpoints are of one log that only grew")


def _frames(held: bytes) -> Iterator[bytes]:
    while held:
        size = int.from_bytes(held[:2], "big")
        if len(held) < 2 + size:
            raise Wrong("the last event is cut")
        yield held[2:2 + size]
        held = held[2 + size:]


def _events(case: Case) -> None:
    for name in ("data/events.bin", "data/events.jsonl"):
        if name not in case.files:
            case.report.incomplete.append(f"{name} is missing")
    case.lines = case.rows("data/events.jsonl")
    bodies, held = list(_frames(case.files.get("data/events.bin", b""))), 0
    if len(bodies) != len(case.lines) or len(case.lines) != case.said["events"]:
        case.report.incomplete.append(f"{case.said['events']} events are told of, {len(bodies)} of them and "
                                      f"{len(case.lines)} of their places are there")
    places = [line["idx"] for line in case.lines]
    if places != sorted(set(places)):
        case.report.tampered.append("the events are not in the order of the log")
    for line, body in zip(case.lines, bodies, strict=False):
        if line.get("withheld") and not body:
            held += 1
        elif leaf(body).hex() != line["leaf"]:
            case.report.tampered.append(f"event {line['idx']} is not the one whose place is proved")
        else:
            case.events[line["idx"]] = json.loads(body)
    if held:
        case.report.unchecked.append(f"{held} events whose words are withheld because they name other files too: "
                                     "only their place in the log is proved")


def _proofs(case: Case) -> None:
    leaves = {line["idx"]: bytes.fromhex(line["leaf"]) for line in case.lines}
    if "data/proofs/shared.json" in case.files:
        _shared(case, leaves)
        return
    missing, proved = 0, 0
    for place, hashed in leaves.items():
        name = f"data/proofs/{place}.tlog-proof"
        if name not in case.files:
            missing += 1
        elif _is_proved(case, name, place, hashed):
            proved += 1
    if missing:
        case.report.incomplete.append(f"{missing} events have no proof that they stand in the log")
    if proved:
        case.report.done.append(f"{proved} events stand in the log at their places")


def _is_proved(case: Case, name: str, place: int, hashed: bytes) -> bool:
    head, _parted, note = case.files[name].decode().partition("\n\n")
    first, *lines = head.split("\n")
    lines = lines[1:] if lines[0].startswith("extra ") else lines
    held = opened(name, note, case.said["origin"], case.keys)
    if first != "c2sp.org/tlog-proof@v1" or lines[0] != f"index {place}":
        case.report.tampered.append(f"{name} is no proof of event {place}")
    elif held.size not in case.checkpoints:
        case.report.unverifiable.append(f"{name} leads to a checkpoint that is not there or signed by a stranger")
    elif climbed(place, held.size, hashed, [exact(one) for one in lines[1:]]) != case.checkpoints[held.size].root:
        case.report.tampered.append(f"event {place} does not stand in the log at its place")
    else:
        return True
    return False


def _shared(case: Case, leaves: dict[int, bytes]) -> None:
    said = json.loads(case.files["data/proofs/shared.json"])
    held = case.checkpoints.get(said["size"])
    if held is None:
        case.report.unverifiable.append(f"the proof leads to a checkpoint of {said['size']} events that is not there or signed "
                                        "by a stranger")
    elif shared_root(leaves, said["size"], [exact(one) for one in said["hashes"]]) != held.root:
        case.report.tampered.append("the events do not stand in the log at their places")
    else:
        case.report.done.append(f"{len(leaves)} events stand in the log at their places")


def _times(case: Case) -> None:
    for name in case.under("tst/", ".tsr"):
        held = case.checkpoints.get(_number(PurePosixPath(name).stem))
        if held is None:
            case.report.unverifiable.append(f"{name} stamps a checkpoint that is not there or signed by a stranger")
        elif case.authority is None:
            case.report.unchecked.append(f"{name}: no root certificate of its authority was given (--tsa)")
        else:
            try:
                held.times.append(stamped(case.files[name], held.text.encode(), case.authority))
                case.report.done.append(f"{name}: stamped {held.times[-1]:%Y-%m-%d %H:%M:%S} UTC")
            except Unknown as error:
                case.report.unverifiable.append(f"{name}: {error}")
            except Wrong as error:
                case.report.tampered.append(f"{name}: {error}")
    known = sorted((size, min(held.times)) for size, held in case.checkpoints.items() if held.times)
    if not known:
        case.report.unchecked.append("when it happened: the times rest on the office's own clock")
    for place, event in case.events.items():
        _is_in_time(case, place, datetime.fromtimestamp(min(max(event["t"], 0) / 1000, 1 << 37), UTC), known)


def _is_in_time(case: Case, place: int, at: datetime, known: list[tuple[int, datetime]]) -> None:
    before = max((time for size, time in known if size <= place), default=None)
    after = min((time for size, time in known if size > place), default=None)
    if (before and at < before - EARLY) or (after and at > after + LATE):
        case.report.tampered.append(f"event {place} says a time that the stamps around it rule out")


def _histories(case: Case) -> None:
    if not case.said["history"]:
        case.report.unchecked.append("the rows themselves: this package holds events only")
        return
    case.history = {row["history"]: row for name in case.under("history/", ".jsonl") for row in case.rows(name)}
    logged = {row[3]: row for event in case.events.values() for row in event.get("hist", ())}
    missing, strange = logged.keys() - case.history.keys(), case.history.keys() - logged.keys()
    if missing:
        case.report.incomplete.append(f"{len(missing)} versions of rows that the events tell of are missing")
    if strange:
        case.report.astray.append(f"{len(strange)} versions of rows are there that no event tells of")
    same = [_is_logged(case, row, logged[ident]) for ident, row in case.history.items() if ident in logged]
    if any(same):
        case.report.done.append(f"{sum(same)} versions of rows are what the events say")
    left = sum("left_out" in row for row in case.history.values())
    if left:
        case.report.unchecked.append(f"{left} versions of rows that were left out: they belong to other records, or the person "
                                     "who asked may not see them")


def _is_logged(case: Case, row: dict[str, Any], logged: list[Any]) -> bool:
    """Whether a version of a row is what its event says; where its columns are open, whether they are those of then."""
    name = f"{row['table']} {row['history']}"
    if [row["table"], row["pk"], row["kind"], row["history"]] != logged[:4]:
        case.report.tampered.append(f"{name} is not what its event says")
    elif "left_out" in row:
        return False
    elif len(logged) < 5 or not isinstance(logged[4], str):
        case.report.unchecked.append(f"{name}: its event is of a time before versions had digests")
    elif row["digest"] != logged[4]:
        case.report.tampered.append(f"{name}: its digest is not the one in its event")
    elif "row" in row and version(bytes.fromhex(row["salt"]), row["row"]) != row["digest"]:
        case.report.tampered.append(f"{name}: its columns are not those that were recorded")
    else:
        return True
    return False


def version(salt: bytes, row: dict[str, Any]) -> str:
    """The digest of a version of a row, as its event tells it (RFC 8785 for what such a row may hold)."""
    return hashlib.sha256(salt + json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def commitment(salt: bytes, path: str, value: str) -> str:
    """What an event says about a value without telling it."""
    return hashlib.sha256(DOMAIN + salt + _counted(path) + _counted(value)).hexdigest()


def _counted(text: str) -> bytes:
    held = text.encode()
    return len(held).to_bytes(4, "big") + held


def _openings(case: Case) -> None:
    fits, closed = 0, dict[str, int]()
    events = {event["id"]: event.get("chg", {}) for event in case.events.values() if "chg" in event}
    for row in case.rows("data/openings.jsonl"):
        if "closed" in row:
            closed[row["closed"]] = closed.get(row["closed"], 0) + 1
        elif row["event"] not in events:
            case.report.astray.append(f"{row['path']}: the event that recorded this value is not there")
        elif _said(events, row) != commitment(bytes.fromhex(row["salt"]), row["path"], row["value"]):
            case.report.tampered.append(f"{row['path']}: this value is not the one that was recorded in event {row['event']}")
        else:
            fits += 1
    if fits:
        case.report.done.append(f"{fits} values are those that were recorded")
    case.report.unchecked += [f"{number} values that cannot be opened: {why}" for why, number in sorted(closed.items())]
    if not case.said["content"]:
        case.report.unchecked.append("what the sealed values say: content was not asked for")


def _said(events: dict[str, Any], row: dict[str, Any]) -> str | None:
    pair = events[row["event"]].get(row["path"], [None, None])
    said: str | None = pair[{"old": 0, "new": 1}[row["side"]]]
    return said


def _counts(case: Case) -> None:
    for name, said in case.said["lines"].items():
        found = len(case.rows(name))
        if found != said:
            case.report.incomplete.append(f"{name}: {said} lines are told of, {found} are there")
    for size in case.said["checkpoints"]:
        if f"data/checkpoints/{size}.note" not in case.files:
            case.report.incomplete.append(f"the checkpoint of {size} events is missing")
    for size in case.said["stamps"]:
        if f"data/tst/{size}.tsr" not in case.files:
            case.report.incomplete.append(f"the time stamp of the checkpoint of {size} events is missing")
    case.report.unchecked.append("the bytes of attached files: only their size and SHA-256 are told"
                                 if case.said["files"] else "attached files: none are told of")


def _lines_of(values: Sequence[str]) -> list[Key]:
    return [Key.read(Path(one).read_text() if "+" not in one else one) for one in values]


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Check one package and say everything that was found."""
    parser = argparse.ArgumentParser(description="Check a package for a court, with nothing but it and public keys.")
    parser.add_argument("package", type=Path, help="the package: its ZIP archive or its folder")
    parser.add_argument("--key", action="append", default=[], help="public key of the log, or a file that holds it")
    parser.add_argument("--witness", action="append", default=[], help="public key of a witness, or a file that holds it")
    parser.add_argument("--quorum", type=int, default=0, help="so many witnesses must have cosigned each checkpoint")
    parser.add_argument("--tsa", type=Path, help="root certificate of the time-stamping authority (PEM)")
    parser.add_argument("--digest", default="", help="the digest on the signed certificate")
    given, report = parser.parse_args(arguments), Report()
    try:
        authority = x509.load_pem_x509_certificate(given.tsa.read_bytes()) if given.tsa else None
        keys, witnesses = _lines_of(given.key), _lines_of(given.witness)
    except (OSError, ValueError) as error:
        say(f"{'UNVERIFIABLE':<13}a key or certificate cannot be read: {error}")
        return UNVERIFIABLE
    if not given.package.exists():
        say(f"{'UNVERIFIABLE':<13}there is no {given.package}")
        return UNVERIFIABLE
    try:
        check(Case(load(given.package), report, keys, witnesses, given.quorum, authority, given.digest))
    except (OSError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        report.tampered.append(f"the package cannot be read: {error}")
    for line in report.lines():
        say(line)
    return report.code


if __name__ == "__main__":
    sys.exit(main())
