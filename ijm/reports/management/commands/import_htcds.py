"""Bring people in from the HTCDS v2.0 workbook: first look, then all or nothing."""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ijm import bridges
from ijm.accounts.models import User
from ijm.ids import normalise_code
from ijm.reports.htcds import Row, Sheet, WrongFile, read
from ijm.trail.context import renew
from ijm.web.pages import acting_as

PROBLEMS_FOUND = 1
CANNOT_START = 2

Importer = Callable[..., int]


class Command(BaseCommand):
    """Read the workbook and say what must be mended; with --commit, and no problem left, import everybody."""

    help = "Import people from an HTCDS v2.0 workbook. Without --commit it only checks the workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The workbook, whether to import, and as whom."""
        parser.add_argument("file", help="the filled workbook (.xlsx)")
        parser.add_argument("--commit", action="store_true", help="import when there is no problem")
        parser.add_argument(
            "--as", dest="user", default="", metavar="PERSON", help="user code or sign-in name of who imports"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Exit 0 when all is well, 1 when rows must be mended, 2 when the import cannot even begin."""
        sheet = _sheet(options["file"])
        self._report(sheet)
        if options["commit"]:
            number = _import(sheet.rows, by=_person(options["user"]), progress=self._progress)
            said = ngettext("%(number)d person imported.", "%(number)d people imported.", number)
            self.stdout.write(said % {"number": number})
        else:
            self.stdout.write(_("Nothing was imported: this was a look. To import, add --commit --as PERSON."))

    def _report(self, sheet: Sheet) -> None:
        for problem in sheet.problems:
            self.stdout.write(str(problem))
        number = len(sheet.rows)
        self.stdout.write(ngettext("%(number)d person read.", "%(number)d people read.", number) % {"number": number})
        if number := len(sheet.problems):
            found = ngettext(
                "%(number)d problem found. Nothing was imported.",
                "%(number)d problems found. Nothing was imported.",
                number,
            )
            raise CommandError(found % {"number": number}, returncode=PROBLEMS_FOUND)

    def _progress(self, done: int, total: int) -> None:
        # The signed context of the door is good for two minutes; a long import signs it anew as it goes.
        renew()
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {total}", ending="\n" if done == total else "")


def _sheet(path: str) -> Sheet:
    try:
        return read(path)
    except WrongFile as wrong:
        raise CommandError(str(wrong), returncode=CANNOT_START) from wrong


def _person(name: str) -> User:
    """The person who imports, by her code or sign-in name."""
    if not name:
        raise CommandError(_("Say who imports: --as CODE or --as SIGN-IN-NAME."), returncode=CANNOT_START)
    if not settings.DATABASES["default"]["NAME"]:
        raise CommandError(_("No office is running: start it with manage.py up."), returncode=CANNOT_START)
    people = User.objects.filter(is_active=True)
    code = normalise_code(name)
    found = people.filter(code=code) if code else people.filter(username__iexact=name)
    if (user := found.first()) is None:
        raise CommandError(_("Nobody with that code or sign-in name works here."), returncode=CANNOT_START)
    return user


def _import(rows: Sequence[Row], *, by: User, progress: Callable[[int, int], None]) -> int:
    """Hand the rows to the wing's own importer, as that person, in one transaction."""
    importers: list[Importer] = [import_string(name) for name in bridges.IMPORTERS["htcds"]]
    try:
        with acting_as(by, "w"):
            return sum(importer(rows, by=by, progress=progress) for importer in importers)
    except PermissionDenied as refused:
        raise CommandError(
            _("%(person)s may not import people. Nothing was imported.") % {"person": by.code},
            returncode=PROBLEMS_FOUND,
        ) from refused
