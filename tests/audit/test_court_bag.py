"""A bag is read as strictly as RFC 8493 writes it: the cases of the public conformance suite, and what it leaves open."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.court import bag
from audit.court.verify_package import INCOMPLETE, TAMPERED, WHOLE, Report, Wrong, check_bag, load, safe
from tests.audit.courts import Files

WORDS = b"words\n"


def basic(**payload: bytes) -> Files:
    held = payload or {"a.txt": WORDS, "b/c.txt": b"more\n"}
    return bag.bagged(held, {"note.txt": b"tag\n"}, {"Source-Organization": "An office"})


def code_of(files: Files) -> int:
    report = Report()
    check_bag(files, report)
    return report.code


def with_tags(files: Files, **tags: bytes | None) -> Files:
    """Other tag files, and tag manifests that fit them: what is wrong is wrong in itself."""
    made = {**files, **{name: held for name, held in tags.items() if held is not None}}
    made = {name: held for name, held in made.items() if tags.get(name, b"") is not None and not name.startswith("tagmanifest-")}
    beside = {name: held for name, held in made.items() if not name.startswith("data/")}
    return {**made, **{f"tagmanifest-{method}.txt": bag.manifest(beside, method) for method in bag.METHODS}}


def listed(lines: str, method: str = "sha256", files: Files | None = None) -> Files:
    return with_tags(files or basic(), **{f"manifest-{method}.txt": lines.encode()})


def line(name: str, content: bytes = WORDS, between: str = "  ") -> str:
    return f"{hashlib.sha256(content).hexdigest()}{between}{name}\n"


def tagged(more: str) -> Files:
    files = basic()
    return {**files, "tagmanifest-sha256.txt": files["tagmanifest-sha256.txt"] + more.encode()}


GOOD = line("data/a.txt") + line("data/b/c.txt", b"more\n")


def of_sha1() -> Files:
    """Another method than ours is a bag all the same; that ours are missing is said of the package, not of the bag."""
    files = {name: held for name, held in basic().items() if "manifest" not in name}
    payload = {name: held for name, held in files.items() if name.startswith("data/")}
    return {**files, "manifest-sha1.txt": bag.manifest(payload, "sha1"), "manifest-md5.txt": bag.manifest(payload, "md5")}


VALID: dict[str, Callable[[], Files]] = {
    "a basic bag": basic,
    "other methods": of_sha1,
    "the other line endings": lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"\n", b"\r\n")}),
    "no line end at the end": lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT[:-1]}),
    "capital letters in checksums": lambda: listed("".join(f"{row[:64].upper()}{row[64:]}\n" for row in GOOD.splitlines())),
    "a tab and more blanks": lambda: listed(line("data/a.txt", between=" \t ") + line("data/b/c.txt", b"more\n")),
    "lines that go on": lambda: with_tags(basic(), **{"bag-info.txt": b"External-Description: one\n  and two\nBag-Count:\n"}),
    "labels that come twice": lambda: with_tags(basic(), **{"bag-info.txt": b"Contact-Name: A\nContact-Name: B\n"}),
    "no description": lambda: with_tags(basic(), **{"bag-info.txt": None}),
    "names in another script": lambda: basic(**{"ភស្តុតាង.txt": WORDS}),
    "no payload": lambda: bag.bagged({}, {}, {}),
    "an empty file": lambda: basic(empty=b""),
}
INVALID: dict[str, tuple[Callable[[], Files], int]] = {
    "no bagit.txt": (lambda: with_tags(basic(), **{"bagit.txt": None}), INCOMPLETE),
    "another version": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"1.0", b"0.97")}), TAMPERED),
    "a version that is no number": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"1.0", b"1.x")}), TAMPERED),
    "a blank before the colon": (
        lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"Version:", b"Version :")}), TAMPERED),
    "a blank at the end of a line": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"1.0", b"1.0 ")}), TAMPERED),
    "two blanks after the colon": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b": ", b":  ")}), TAMPERED),
    "a line before it": (lambda: with_tags(basic(), **{"bagit.txt": b"\n" + bag.BAGIT}), TAMPERED),
    "a line after it": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT + b"More: 1\n"}), TAMPERED),
    "its lines turned round": (
        lambda: with_tags(basic(), **{"bagit.txt": b"\n".join(reversed(bag.BAGIT.strip().split(b"\n"))) + b"\n"}), TAMPERED),
    "a byte-order mark": (lambda: with_tags(basic(), **{"bagit.txt": b"\xef\xbb\xbf" + bag.BAGIT}), TAMPERED),
    "other letters than UTF-8": (lambda: with_tags(basic(), **{"bagit.txt": bag.BAGIT.replace(b"UTF-8", b"UTF-16")}), TAMPERED),
    "a tag file that is not UTF-8": (lambda: with_tags(basic(), **{"bag-info.txt": b"Contact-Name: \xff\n"}), TAMPERED),
    "a manifest that is not UTF-8": (lambda: with_tags(basic(), **{"manifest-sha256.txt": GOOD.encode("utf-16")}), TAMPERED),
    "a description without a colon": (lambda: with_tags(basic(), **{"bag-info.txt": b"Contact-Name\n"}), TAMPERED),
    "a description with a blank label": (lambda: with_tags(basic(), **{"bag-info.txt": b"Contact-Name : A\n"}), TAMPERED),
    "a description without a blank": (lambda: with_tags(basic(), **{"bag-info.txt": b"Contact-Name:A\n"}), TAMPERED),
    "two sizes": (lambda: with_tags(basic(), **{"bag-info.txt": b"Payload-Oxum: 11.2\nPayload-Oxum: 11.2\n"}), TAMPERED),
    "a size that is none": (lambda: with_tags(basic(), **{"bag-info.txt": b"Payload-Oxum: many\n"}), TAMPERED),
    "a wrong size": (lambda: with_tags(basic(), **{"bag-info.txt": b"Payload-Oxum: 12.2\n"}), INCOMPLETE),
    "no manifest": (
        lambda: with_tags(basic(), **{"manifest-sha256.txt": None, "manifest-sha512.txt": None}), INCOMPLETE),
    "a listed file is missing": (lambda: listed(GOOD + line("data/d.txt")), INCOMPLETE),
    "a listed file is missing in one manifest": (
        lambda: {name: held for name, held in basic().items() if name != "data/a.txt"}, INCOMPLETE),
    "a file that is not listed": (lambda: {**basic(), "data/d.txt": WORDS}, TAMPERED),
    "a file that one manifest does not list": (lambda: listed(line("data/a.txt")), TAMPERED),
    "a tag file that is not listed": (lambda: {**basic(), "more.txt": WORDS}, TAMPERED),
    "a wrong checksum": (lambda: {**basic(), "data/a.txt": b"other\n"}, TAMPERED),
    "a wrong checksum in one manifest": (lambda: listed(GOOD.replace(GOOD[:4], "0000")), TAMPERED),
    "a wrong checksum of a tag file": (lambda: {**basic(), "note.txt": b"other\n"}, TAMPERED),
    "a checksum of another length": (lambda: listed(GOOD[1:]), TAMPERED),
    "a checksum that is none": (lambda: listed("g" + GOOD[1:]), TAMPERED),
    "a file listed twice": (lambda: listed(GOOD + line("data/a.txt")), TAMPERED),
    "a file listed twice, in capitals": (lambda: listed(GOOD + line("data/A.txt")), TAMPERED),
    "a file listed twice, otherwise composed": (
        lambda: listed(line("data/\u00e9") + line("data/e\u0301"), files=basic(é=WORDS)), TAMPERED),
    "an empty line": (lambda: listed(GOOD + "\n"), TAMPERED),
    "a line without a path": (lambda: listed(GOOD + "0" * 64 + "\n"), TAMPERED),
    "blanks after a path": (lambda: listed(GOOD.replace("a.txt", "a.txt ")), TAMPERED),
    "blanks before a line": (lambda: listed(" " + GOOD), TAMPERED),
    "a path out of the bag": (lambda: listed(GOOD + line("data/../../etc/passwd")), TAMPERED),
    "a path from the root": (lambda: listed(GOOD + line("/etc/passwd")), TAMPERED),
    "a path from home": (lambda: listed(GOOD + line("~/.profile")), TAMPERED),
    "a path of another system": (lambda: listed(GOOD + line("data\\a.txt")), TAMPERED),
    "a path of a drive": (lambda: listed(GOOD + line("C:/a.txt")), TAMPERED),
    "a path with a dot": (lambda: listed(GOOD + line("data/./a.txt")), TAMPERED),
    "a path with two strokes": (lambda: listed(GOOD + line("data//a.txt")), TAMPERED),
    "a path that is not encoded": (lambda: listed(GOOD + line("data/100%.txt")), TAMPERED),
    "a tag file in a payload manifest": (lambda: listed(GOOD + line("note.txt", b"tag\n")), TAMPERED),
    "a payload file in a tag manifest": (lambda: tagged(line("data/a.txt")), TAMPERED),
    "a tag manifest that lists itself": (lambda: tagged(line("tagmanifest-sha512.txt")), TAMPERED),
    "files that lie elsewhere": (lambda: with_tags(basic(), **{"fetch.txt": b"http://x/a 6 data/a.txt\n"}), INCOMPLETE),
}


@pytest.mark.parametrize("case", sorted(VALID))
def test_a_valid_bag_is_whole(case: str) -> None:
    assert code_of(VALID[case]()) == WHOLE


@pytest.mark.parametrize("case", sorted(INVALID))
def test_an_invalid_bag_is_refused(case: str) -> None:
    files, expected = INVALID[case]
    assert code_of(files()) == expected


def archive(*names: str, kind: int = 0o100644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as held:
        for name in names:
            one = zipfile.ZipInfo("x")
            one.filename, one.external_attr = name, kind << 16
            held.writestr(one, b"words")
    return made.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("top/../a",), ("top//a",), ("a",), ("top/a", "top/a"), ("top/a", "other/b"), ("/top/a",),
                                   ("top/C:/a",), ("../a",)])
def test_an_archive_that_leads_elsewhere_is_not_opened(names: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(archive(*names))
    with pytest.raises(Wrong):
        load(tmp_path / "x.zip")


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(archive("top/a", kind=0o120777))
    with pytest.raises(Wrong):
        load(tmp_path / "x.zip")
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "a").symlink_to("/etc/hostname")
    with pytest.raises(Wrong):
        load(tmp_path / "bag")


def test_an_archive_and_its_folder_are_one_bag(tmp_path: Path) -> None:
    files = basic()
    (tmp_path / "x.zip").write_bytes(bag.zipped("CP-0000-0000", files))
    for name, held in files.items():
        (tmp_path / "bag" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "bag" / name).write_bytes(held)
    assert load(tmp_path / "x.zip") == load(tmp_path / "bag") == files
    assert bag.zipped("CP-0000-0000", files) == bag.zipped("CP-0000-0000", dict(reversed(files.items())))


def test_our_own_names_need_no_encoding() -> None:
    for name in ("a b", "a%", "../a", "a\n", "a\\b"):
        with pytest.raises(ValueError, match="codes and numbers"):
            bag.bagged({name: WORDS}, {}, {})
    assert not safe("") and safe("data/a.txt")
