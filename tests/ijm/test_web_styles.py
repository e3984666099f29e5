"""The compiled stylesheet belongs to its sources, and everything it names is in the house."""

import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "ijm" / "web"
STYLES, STATIC = WEB / "styles", WEB / "static"
CSS = (STATIC / "web" / "app.css").read_text(encoding="utf-8")
ORDER = ("app", "_tokens", "_base", "_shell", "_parts", "_product", "_print")


def test_the_stylesheet_was_compiled_from_these_sources() -> None:
    sources = b"".join((STYLES / f"{name}.scss").read_bytes() for name in ORDER)
    digest = hashlib.sha256(sources + (STYLES / "package.json").read_bytes()).hexdigest()
    assert CSS.splitlines()[0] == f"/* sources sha256:{digest} */", "run ijm/web/styles/build.sh"


def test_every_source_is_part_of_the_digest() -> None:
    assert {path.stem for path in STYLES.glob("*.scss")} == set(ORDER)
    assert " ".join(f"{name}.scss" for name in ORDER) in (STYLES / "build.sh").read_text()


def test_every_file_the_stylesheet_names_is_there() -> None:
    named = {url.strip("\"'") for url in re.findall(r"url\(([^)]*)\)", CSS)}
    files = {url for url in named if not url.startswith("#")}
    assert files
    assert [url for url in files if not (STATIC / "web" / url).is_file()] == []


@pytest.mark.parametrize("word", ["GDS Transport", "crown", "url(http", "url(//", "@import"])
def test_the_stylesheet_names_no_crown_and_no_other_host(word: str) -> None:
    assert word not in CSS.partition("\n")[2]


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((STYLES / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_what_others_made_comes_with_its_licence() -> None:
    licences = {path.name for path in (STATIC / "vendor" / "licences").iterdir()}
    assert licences == {
        "atkinson-hyperlegible-next-OFL.txt",
        "noto-sans-khmer-OFL.txt",
        "kits-MIT.txt",
        "htmx-0BSD.txt",
    }


def test_no_template_of_ours_carries_script_style_or_handlers() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
    bare_script = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.I)
    found = []
    for path in WEB.parent.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        if inline.search(text) or bare_script.search(text):
            found.append(path.name)
    assert found == []
