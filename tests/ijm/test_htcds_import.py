"""The demonstration workbook, through the real importer of the wing, into real tables."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from aftercare import imports
from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.trail.context import acting_as
from tests.cast import Cast
from tests.ijm.htcds_books import DEMONSTRATION


def run(user: str) -> str:
    out = StringIO()
    call_command("import_htcds", str(DEMONSTRATION), stdout=out, stderr=out, commit=True, user=user)
    return out.getvalue()


def survivors(user: User) -> int:
    """How many survivors this person sees."""
    with acting_as(user, "r"):
        return Survivor.objects.count()


def test_everybody_of_the_workbook_gets_a_care_file(committed_cast: Cast) -> None:
    assert "44 people imported." in run("care_supervisor")
    assert survivors(committed_cast.care_supervisor) == 44
    assert survivors(committed_cast.investigator) == 0


def test_an_investigator_imports_nobody(committed_cast: Cast) -> None:
    with pytest.raises(CommandError, match="may not import people"):
        run("investigator")


def test_a_mistake_at_the_last_person_imports_nobody(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, seen = imports._newcomer, []
    monkeypatch.setattr(imports, "AT_ONCE", 20)

    def broken(row: object, *arguments: object, **options: object) -> object:
        seen.append(row)
        if len(seen) == 44:
            raise RuntimeError("the power went")
        return whole(row, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_newcomer", broken)
    with pytest.raises(RuntimeError):
        run("care_supervisor")
    assert survivors(committed_cast.care_supervisor) == 0
