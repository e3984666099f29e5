"""The import command: a look says everything, an import is all or nothing, and nothing it prints is a name."""

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError

from ijm import bridges
from ijm.accounts.actions import offices
from ijm.accounts.models import Office, User
from ijm.reports.htcds import Row
from ijm.reports.management.commands import import_htcds
from ijm.trail.context import standing
from tests.cast import Cast
from tests.ijm.htcds_books import BLANK, DEMONSTRATION, SOMEBODY, book

CANARY = "Zzcanaryzz"
Progress = Callable[[int, int], None]
taken: list[tuple[int, str]] = []


def remember(rows: Sequence[Row], *, by: User, progress: Progress) -> int:
    """An importer that notes what it was given, and as whom."""
    progress(1, len(rows))
    taken.append((len(rows), standing("w").who.user))
    return len(rows)


def fail_halfway(rows: Sequence[Row], *, by: User, progress: Progress) -> int:
    """An importer that writes something and then meets a mistake."""
    offices.add(by=by, name_en="Half an office", name_km="")
    raise RuntimeError("the second half")


def refuse(rows: Sequence[Row], *, by: User, progress: Progress) -> int:
    """An importer that does not let this person import."""
    raise PermissionDenied


@pytest.fixture(autouse=True)
def importer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., int]], None]:
    """Let the command find one of the importers above instead of the wing's."""
    taken.clear()

    def use(function: Callable[..., int]) -> None:
        monkeypatch.setitem(bridges.IMPORTERS, "htcds", (f"{__name__}.{function.__name__}",))

    use(remember)
    return use


def run(file: Path | str, **options: Any) -> str:
    out = StringIO()
    call_command("import_htcds", str(file), stdout=out, stderr=out, **options)
    return out.getvalue()


def stopped(file: Path | str, **options: Any) -> tuple[int, str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_htcds", str(file), stdout=out, stderr=out, **options)
    return caught.value.returncode, str(caught.value), out.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Callable[[bytes], Path]:
    def put(content: bytes) -> Path:
        (tmp_path / "people.xlsx").write_bytes(content)
        return tmp_path / "people.xlsx"

    return put


def test_a_look_needs_no_database_and_imports_nothing() -> None:
    said = run(DEMONSTRATION)
    assert "44 people read." in said
    assert "Nothing was imported" in said
    assert taken == []


@pytest.mark.parametrize("commit", [False, True])
def test_problems_are_told_row_by_row_and_stop_everything(place: Callable[[bytes], Path], commit: bool) -> None:
    workbook = place(book(SOMEBODY | {"First Name": CANARY, "Gender": CANARY}, SOMEBODY | {"Birthdate": CANARY}))
    code, sentence, said = stopped(workbook, commit=commit, user="nobody")
    assert code == import_htcds.PROBLEMS_FOUND
    assert sentence == "2 problems found. Nothing was imported."
    assert said.splitlines()[0].startswith("Row 3, “Gender”: This is not in the list.")
    assert said.splitlines()[1].startswith("Row 4, “Birthdate”: This is not a date.")
    assert CANARY not in said + sentence
    assert taken == []


def test_one_problem_of_one_person(place: Callable[[bytes], Path]) -> None:
    _, sentence, said = stopped(place(book(SOMEBODY | {"Gender": "Femnine"})))
    assert sentence == "1 problem found. Nothing was imported."
    assert "1 person read." in said


def test_a_wrong_file_is_one_sentence(tmp_path: Path, place: Callable[[bytes], Path]) -> None:
    for file, words in (
        (tmp_path / "missing.xlsx", "There is no file"),
        (Path(__file__), "not an Excel workbook"),
        (BLANK, "no person below"),
        (place(book({"First Name": "=A1"})), "formulas"),
    ):
        code, sentence, said = stopped(file)
        assert code == import_htcds.CANNOT_START
        assert words in sentence
        assert said == ""


def test_an_import_needs_to_know_by_whom() -> None:
    code, sentence, _ = stopped(DEMONSTRATION, commit=True)
    assert code == import_htcds.CANNOT_START
    assert "--as" in sentence


def test_an_import_needs_an_office(settings: Any) -> None:
    settings.DATABASES["default"]["NAME"], name = "", settings.DATABASES["default"]["NAME"]
    try:
        assert "manage.py up" in stopped(DEMONSTRATION, commit=True, user="care_worker")[1]
    finally:
        settings.DATABASES["default"]["NAME"] = name


@pytest.mark.parametrize("name", ["nobody", "US-0000-0000", "SV-ABCD-EFGH"])
def test_an_unknown_person_imports_nothing(cast: Cast, name: str) -> None:
    code, sentence, _ = stopped(DEMONSTRATION, commit=True, user=name)
    assert (code, taken) == (import_htcds.CANNOT_START, [])
    assert sentence == "Nobody with that code or sign-in name works here."


def test_the_wing_imports_as_the_person_named(cast: Cast) -> None:
    for name in (cast.care_worker.code, cast.care_worker.code.lower().replace("-", " "), "Care_Worker"):
        assert "44 people imported." in run(DEMONSTRATION, commit=True, user=name)
    assert taken == [(44, str(cast.care_worker.pk))] * 3


def test_whoever_may_not_import_is_told_so(cast: Cast, importer: Callable[[Callable[..., int]], None]) -> None:
    importer(refuse)
    code, sentence, _ = stopped(DEMONSTRATION, commit=True, user="investigator")
    assert code == import_htcds.PROBLEMS_FOUND
    assert sentence == f"{cast.investigator.code} may not import people. Nothing was imported."


def test_nothing_stays_of_an_import_that_breaks(
    committed_cast: Cast, importer: Callable[[Callable[..., int]], None]
) -> None:
    importer(fail_halfway)
    before = Office.objects.count()
    with pytest.raises(RuntimeError):
        run(DEMONSTRATION, commit=True, user="administrator")
    assert Office.objects.count() == before


class Terminal(StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        """Say that this is a terminal."""
        return True


def test_progress_is_shown_where_somebody_watches(cast: Cast) -> None:
    watched = Terminal()
    call_command("import_htcds", str(DEMONSTRATION), stdout=StringIO(), stderr=watched, commit=True, user="care_worker")
    assert "1 / 44" in watched.getvalue()
