"""What the sources must be: short, said in words, without back doors."""

from __future__ import annotations

import ast
import inspect
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("ijm", "investigations", "aftercare", "prosecutions", "audit")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]
ACTIONS = [path for path in SOURCES if path.parent.name == "actions" and path.name != "__init__.py"]
SAID = [
    path
    for path in SOURCES
    if path.parent.name == "actions" or path.name == "policy.py" or "models" in path.parts or path.name == "models.py"
]
TEMPLATES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("templates/**/*.html"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def calls(node: ast.AST) -> set[str]:
    """The names of everything called inside."""
    found = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            found.add(call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", ""))
    return found


def public(path: Path) -> list[ast.FunctionDef]:
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


def reached(path: Path, function: ast.FunctionDef) -> set[str]:
    """What a function calls, with the private functions of its module looked into."""
    inner = {node.name: node for node in tree(path).body if isinstance(node, ast.FunctionDef)}
    found, new = set(), calls(function)
    while new:
        found |= new
        new = {name for called in new & inner.keys() for name in calls(inner[called])} - found
    return found


# Actions that make something inside the entry of the action that calls them, and why that is right.
WITHIN_ANOTHER: dict[str, str] = {}


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_every_action_asks_first_and_writes_its_entry(path: Path) -> None:
    wrong = []
    for function in public(path):
        if f"{name_of(path)}:{function.name}" in WITHIN_ANOTHER:
            continue
        done = reached(path, function)
        if "require" not in done or "entry" not in done:
            wrong.append(function.name)
    assert wrong == [], "each public function of an action calls require() and entry()"


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_an_action_is_told_by_name_who_acts(path: Path) -> None:
    for function in public(path):
        arguments = function.args
        assert len(arguments.args) <= 2, f"{function.name}: all but what it is about are keyword-only"
        names = {argument.arg for argument in arguments.kwonlyargs}
        assert "by" in names or (name_of(path), function.name) == ("ijm/accounts/actions/offices.py", "found")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_is_long_without_a_reason(path: Path) -> None:
    lines = path.read_text().splitlines()
    reason = (ast.get_docstring(tree(path)) or "").lower()
    assert len(lines) <= 300 or "long because" in reason, f"{len(lines)} lines: split it, or say in its head why it is long"


def test_functions_are_short() -> None:
    lengths = [node.end_lineno - node.lineno + 1 for path in SOURCES for node in functions(path)]
    assert statistics.median(lengths) < 10
    assert statistics.quantiles(lengths, n=10)[-1] <= 35


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_single_function_is_very_long(path: Path) -> None:
    assert [node.name for node in functions(path) if node.end_lineno - node.lineno > 60] == []


@pytest.mark.parametrize("path", SAID, ids=name_of)
def test_every_model_action_and_rule_says_in_a_sentence_what_it_is(path: Path) -> None:
    silent = [
        node.name
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == [] and (ast.get_docstring(tree(path)) or path.name == "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_public_function_is_typed(path: Path) -> None:
    untyped = [node.name for node in functions(path) if node.returns is None]
    assert untyped == []


FORBIDDEN = {
    r"guardian\.shortcuts": "model-level grants open everything",
    r"\.raw\(": "raw queries",
    r"\.extra\(": "raw queries",
    r"\bRawSQL\b": "raw queries",
    r"\bmark_safe\b": "unescaped words",
    r"\bcsrf_exempt\b": "forged forms",
    r"\|safe\b": "unescaped words",
    r"\bpickle\.loads?\b": "code from data",
    r"\byaml\.load\b": "code from data",
    r"(?<![\w.])eval\(": "code from data",
    r"(?<![\w.])exec\(": "code from data",
    r"\bos\.system\(": "a shell",
    r"shell=True": "a shell",
    r"\bATOMIC_REQUESTS\b.*True": "the door opens the transaction",
    r"\bDEBUG = True": "debug pages",
    r"\bModelForm\b": "forms that save by themselves",
    r"\bfull_clean\(": "reads the hidden parent",
    r"\bdb_default\b": "INSERT ... RETURNING",
    r"\brequests\.(get|post)\(|\burlopen\(": "the application fetches nothing",
    r"\b(?:TODO|FIXME|XXX)\b": "unfinished",
}
# Where a forbidden word is right, and why.
ALLOWED = {
    # A body that is sealed while it comes is read first; the page's own token is asked for right after it (csrf_protect).
    ("ijm/web/uploads.py", r"\bcsrf_exempt\b"),
    # A browser reports by itself what it refused to run: it has no form, and what it says is only counted and named.
    ("ijm/web/violations.py", r"\bcsrf_exempt\b"),
    ("ijm/settings.py", r"\bATOMIC_REQUESTS\b.*True"),
    # What our way is measured against, in a process that serves nobody.
    ("ijm/casefiles/bench/peer.py", r"guardian\.shortcuts"),
}


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=FORBIDDEN.get)
def test_no_source_holds_a_forbidden_call(pattern: str) -> None:
    found = [
        name_of(path) for path in SOURCES if re.search(pattern, path.read_text()) and (name_of(path), pattern) not in ALLOWED
    ]
    assert found == [], FORBIDDEN[pattern]


@pytest.mark.parametrize("path", [path for path in SOURCES if "views" in path.parts or path.name == "policy.py"], ids=name_of)
def test_no_view_reads_all_rows_of_a_protected_table(path: Path) -> None:
    assert "objects.all()" not in path.read_text()


INLINE = {
    r"<[^>]*\sstyle\s*=": "style attribute",
    r"<[^>]*\son[a-z]+\s*=": "handler attribute",
    r"<style\b": "style element",
    r"javascript:": "script address",
    r"<script(?![^>]*(\bsrc=|type=.application/json))[^>]*>": "inline script",
    r"https?://(?!www\.w3\.org)": "address outside the house",
    r"\{\{[^}]*\|safe": "unescaped words",
    r"autoescape off": "unescaped words",
}


# The square of a new second factor: an SVG made in this process from an address of our own, never from typed words.
DRAWN_BY_US = ("{{ totp_svg|safe }}",)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text()
    for drawn in DRAWN_BY_US:
        text = text.replace(drawn, "")
    assert [said for pattern, said in INLINE.items() if re.search(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_form_that_posts_carries_its_token(path: Path) -> None:
    text = path.read_text()
    forms = re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text, re.IGNORECASE | re.DOTALL)
    assert all("csrf_token" in form for form in forms)


# tests that cannot fail

TESTS = sorted(path for path in (ROOT / "tests").rglob("test_*.py"))
PROVES = {"raises", "refused", "fail", "check_call", "warns", "refuse_mighty"}


def proves(path: Path, node: ast.FunctionDef) -> bool:
    """An assertion, an expected error, or a helper of that test that holds one."""
    if any(isinstance(part, ast.Assert) for part in ast.walk(node)) or calls(node) & PROVES:
        return True
    helpers = {other.name: other for other in ast.walk(tree(path)) if isinstance(other, ast.FunctionDef)}
    named = calls(node) & helpers.keys() - {node.name}
    return any(proves(path, helpers[name]) for name in named) or bool(callers(node) & imported_proofs(path))


def imported_proofs(path: Path) -> set[str]:
    """Steps and helpers of other test modules, which assert for those who call them."""
    return {
        alias.asname or alias.name
        for part in ast.walk(tree(path))
        if isinstance(part, ast.ImportFrom) and (part.module or "").startswith("tests")
        for alias in part.names
    }


def callers(node: ast.AST) -> set[str]:
    """The names that calls begin with: `ways` in `ways.take_tip()`, `refused` in `refused()`."""
    heads = (
        call.func.value if isinstance(call.func, ast.Attribute) else call.func
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    )
    return {head.id for head in heads if isinstance(head, ast.Name)}


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_no_test_is_unable_to_fail(path: Path) -> None:
    idle = [node.name for node in functions(path) if node.name.startswith("test_") and not proves(path, node)]
    assert idle == []
    always = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Constant | ast.Tuple)
        and bool(getattr(node.test, "value", True))
    ]
    assert always == [], "an assertion of a constant"


def test_this_page_reads_itself() -> None:
    assert Path(inspect.getfile(proves)) in TESTS and len(SOURCES) > 100 and len(ACTIONS) > 8 and len(TEMPLATES) > 40
