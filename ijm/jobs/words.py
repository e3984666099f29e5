"""The words of long work: what each kind is called, what a step means, and how a failure is mended."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "announce": _("Telling the other wing"),
    "import.read": _("Reading a file of existing records"),
    "import.bring_in": _("Bringing in existing records"),
    "import.forget": _("Throwing away the rows of an import"),
    "export.make": _("Making a workbook of records"),
    "documents.sheet": _("A long list as a sheet"),
    "keys.change": _("Changing keys"),
    "erasure.destroy": _("Destroying the keys of a person"),
    "erasure.search": _("Giving the search new keys"),
    "documents.measure": _("Measuring an attached file"),
    "package.make": _("Making a package for a court"),
}
# Fetched once, on a page of its own, and never from the list of long work.
APART = ("package.make", "export.make")
# Done in seconds and asked for by nobody: listed only when it failed.
QUIET = ("announce", "erasure.search", "import.forget")
STEPS: dict[str, Promise] = {
    "queued": _("It waits for its turn. You may leave this page; the work goes on without you."),
    "import-reading": _("The file is being read. You may leave this page; the work goes on without you."),
    "import-keeping": _("The rows are being sealed and compared. You may leave this page; the work goes on without you."),
    "import-bringing": _("The people are being brought in: all of them, or none. You may leave this page."),
    "export-gathering": _("The records are being gathered; each is recorded as read by you."),
    "package-gathering": _("Events, versions and proofs are being gathered. You may leave this page."),
    "keys-changing": _("Everything is sealed anew under the new keys, while people work. You may leave this page."),
    "running": _("You may leave this page; the work goes on without you."),
    "done": _("Everything is done."),
    "cancelled": _("It was cancelled. Nothing was changed."),
    "again": _("It did not work this time; nothing was changed. It is tried again by itself within two minutes."),
}
FAILURES: dict[str, Promise] = {
    "tries": _("It was tried three times and failed each time. Nothing was changed. Try again later; if it stops again, "
               "give your administrator the code of this work."),
    "worker_lost": _("The program that does the work ended in the middle of it, three times. Nothing was changed. Try again "
                     "with less at once, or give your administrator the code of this work."),
    "refused": _("A rule does not allow you this any more. Nothing was changed. Ask your supervisor whether your place on "
                 "the file has ended."),
    "package-no-checkpoint": _("The log has signed nothing about this record yet. Nothing was changed. Try again in some "
                               "minutes; if it stops again, the log is not running: tell your administrator."),
    "keys-unknown": _("No person and no case file has this code. Nothing was changed."),
    "keys-no-root": _("No new root key lies ready on the server. Nothing was changed. The keeper of the machine puts it "
                      "there first: see the page about running the system."),
    "role": _("A role of yours ended after you had asked for this. Nothing was changed. If you may still do it, try again."),
    "inactive": _("Your account was closed when this should have been done. Nothing was changed. If you still need it, "
                  "try again."),
}


def kind(code: str) -> str:
    """What this kind of work is called."""
    return str(KINDS.get(code, gettext("Long work")))


def step(state: str, code: str) -> str:
    """Where the work stands."""
    return str(STEPS.get(code) or STEPS[state])


def failure(code: str) -> str:
    """Why it stopped and what mends it."""
    return str(FAILURES.get(code) or gettext("It could not be finished. Nothing was changed. Try again; if it stops again, give "
                                             "your administrator the code of this work."))


def waits_long() -> str:
    """Nobody has begun it for minutes."""
    return gettext("It waits longer than usual: the program that does such work is busy or not running. Nothing is lost. "
                   "If it stays so, tell your administrator.")


def stopping() -> str:
    """She cancelled what runs."""
    return gettext("It stops at its next step. Nothing of it will be kept.")
