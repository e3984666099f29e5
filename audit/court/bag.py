"""A bag as RFC 8493 has it, version 1.0: checksums over everything, in one archive whose bytes depend on its content alone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping

Files = dict[str, bytes]
METHODS = ("sha256", "sha512")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def bagged(payload: Mapping[str, bytes], tags: Mapping[str, bytes], info: Mapping[str, str]) -> Files:
    """The whole bag {path: bytes}: payload under data/, tag files, manifests of both, each in SHA-256 and SHA-512.

    Raises ValueError for a name that a manifest would have to encode: ours are letters, digits, dots and dashes.
    """
    files = {f"data/{name}": content for name, content in payload.items()}
    for name in (*files, *tags):
        if any(ord(letter) < 33 or letter in "%\\" for letter in name) or ".." in name:
            raise ValueError("files of a package are named by codes and numbers")
    size = sum(len(content) for content in files.values())
    said = {**info, "Payload-Oxum": f"{size}.{len(files)}"}
    lines = "".join(f"{label}: {value}\n" for label, value in said.items())
    beside = {**tags, "bagit.txt": BAGIT, "bag-info.txt": lines.encode(),
              **{f"manifest-{method}.txt": manifest(files, method) for method in METHODS}}
    return {**files, **beside, **{f"tagmanifest-{method}.txt": manifest(beside, method) for method in METHODS}}


def manifest(files: Mapping[str, bytes], method: str) -> bytes:
    """One line for each file: checksum, two spaces, path."""
    return "".join(f"{hashlib.new(method, files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def digest(payload: Mapping[str, bytes]) -> str:
    """What a certificate on paper says of a package: SHA-256 of the SHA-512 manifest of its payload, in hexadecimal."""
    listed = manifest({f"data/{name}": content for name, content in payload.items()}, "sha512")
    return hashlib.sha256(listed).hexdigest()


def zipped(top: str, files: Mapping[str, bytes]) -> bytes:
    """One archive with one folder at its top; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _in_order(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, files[name])
    return made.getvalue()


def _in_order(names: Iterable[str]) -> list[str]:
    """What tells what the bag is comes first."""
    return sorted(names, key=lambda name: (name != "bagit.txt", name.startswith("data/"), name))
