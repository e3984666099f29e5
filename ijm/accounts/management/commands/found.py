"""The command `found`: asks in the terminal for the first office and its two people."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ijm.accounts.actions import offices
from ijm.accounts.actions.offices import Newcomer
from ijm.accounts.models import User


class Command(BaseCommand):
    """Found the first office with an administrator and a data-protection officer."""

    help = "Found the first office with two people; does nothing when an office is there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, check, found."""
        if User.objects.exists():
            return
        self.stdout.write("This database holds no office yet. Two people found it: one runs the system, the other "
                          "guards the rights of the persons in the files. Neither will read any content.\n")
        try:
            name_en = self._ask("Name of the office")
            name_km = self._ask("The same in Khmer (may stay empty)", optional=True)
            administrator = self._person("system administrator")
            officer = self._person("data-protection officer", taken=administrator.username)
        except EOFError as end:
            raise CommandError("The first office is founded in a terminal: run `manage.py up` there once.") from end
        offices.found(name_en=name_en, name_km=name_km, administrator=administrator, officer=officer)
        self.stdout.write(self.style.SUCCESS(f"{name_en} is founded. Both people sign in, each chooses a password that nobody "
                                             "at this terminal has seen and sets up a second factor. A checklist on the desk "
                                             "shows what comes next."))

    def _person(self, duty: str, *, taken: str = "") -> Newcomer:
        self.stdout.write(f"\nThe {duty}:")
        username = self._ask("  Name to sign in with (small letters)").lower()
        while username == taken:
            self.stdout.write("  The two must be different people.")
            username = self._ask("  Name to sign in with (small letters)").lower()
        return Newcomer(username, self._ask("  Full name"), self._password(username),
                        self._ask("  Full name in Khmer (may stay empty)", optional=True))

    def _ask(self, question: str, *, optional: bool = False) -> str:
        while True:
            answer = input(f"{question}: ").strip()
            if answer or optional:
                return answer
            self.stdout.write("  This cannot stay empty.")

    def _password(self, username: str) -> str:
        while True:
            password = getpass("  Password, at least 15 characters: ")
            try:
                validate_password(password, User(username=username))
            except ValidationError as error:
                self.stdout.write("  " + " ".join(error.messages))
                continue
            if getpass("  The same again: ") == password:
                return password
            self.stdout.write("  The two were not the same.")
