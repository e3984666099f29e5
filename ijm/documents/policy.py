"""Who may see, write and check papers, attach and open files. Row security narrows each list to her files and own sheets."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile, Status
from ijm.documents.letters import FOR_KINDS, Letter, Reader
from ijm.documents.models import Copy, Measurement, Paper, StoredFile, Template
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import CONTENT, TABLE, Can, Open, Role, opens
from ijm.web.codes import get_by_code

REFUSED, KEPT = "paper.refused", "stored.refused"
HARMFUL = "SCAN-HARMFUL"  # what a measurement says when the scanner found something, or could not look


def visible_papers(user: User) -> QuerySet[Paper]:
    """The papers on her files and her own sheets, the latest first."""
    return Paper.objects.select_related("office", "printed_by", "file", "alias")


def get_paper(user: User, code: str) -> Paper:
    """One paper by its code, however it was typed."""
    return get_by_code(visible_papers(user), code)


def get_file(user: User, code: str) -> CaseFile:
    """A case file she stands on, by its code."""
    return get_by_code(CaseFile.objects.select_related("office"), code)


def copy_of(user: User, paper: Paper) -> Copy | None:
    """The bytes that wait for her, if she printed this paper and has not thrown them away."""
    return Copy.objects.filter(paper=paper, owner_id=user.pk).first()


def stands(user: User, kind: str) -> bool:
    """Whether one of her roles works on files of this kind."""
    return any(kind in TABLE[Role(role)].stands for role in user.role_codes if role in TABLE)


def may_write(by: User, file: CaseFile) -> Decision:
    """Whoever works on a file writes letters about it."""
    return Decision(stands(by, file.kind), by, file, REFUSED, _("Letters are written by those who work on the file."), "role")


def may_issue(by: User, letter: Letter) -> Decision:
    """A letter fits its file, and carries a name only inside the wing and from somebody who may read the name."""
    file = letter.about.file
    if file is None:
        return may_certify(by, letter)
    return (may_write(by, file)
            .and_(file.kind in FOR_KINDS.get(letter.template, ()),
                  _("This letter is not written about such a file."), "kind")
            .and_(not letter.is_named or bool(may_name(by, letter)), _("A letter outside the wing carries codes, no names."),
                  "named"))


def may_certify(by: User, letter: Letter) -> Decision:
    """An erasure is certified by those who may ask for one, in codes; every other letter is about a file."""
    return (role_decision(by, Can.ERASURE_ASK, letter.about.record)
            .and_(letter.template == Template.ERASURE, _("This letter is not written about such a file."), "kind")
            .and_(not letter.is_named, _("A letter outside the wing carries codes, no names."), "named"))


def may_name(by: User, letter: Letter) -> Decision:
    """A name goes to a colleague of the wing only, written by who may open it; to others it needs a disclosure request."""
    return (Decision(opens(by.role_codes, Open.IDENTITY), by, letter.about.record, REFUSED, Open.IDENTITY.label, "compartment")
            .and_(letter.about.alias is not None, _("This wing knows the person by code only."), "alias")
            .and_(letter.reader == Reader.WING, _("A letter outside the wing carries codes, no names."), "named"))


def may_name_at_all(by: User, letter: Letter) -> bool:
    """Whether the question about the name is asked of her."""
    return opens(by.role_codes, Open.IDENTITY) and letter.about.alias is not None


def may_open(by: User, paper: Paper) -> Decision:
    """Whoever stands on the file of a letter, or printed it, reads what it said."""
    return Decision(opens(by.role_codes, Open.NARRATIVE), by, paper, REFUSED, Open.NARRATIVE.label, "compartment")


def may_forget(by: User, paper: Paper) -> Decision:
    """The waiting bytes are thrown away by who printed the paper."""
    return Decision(paper.printed_by_id == by.pk, by, paper, REFUSED, _("Only who printed it."), "not-hers")


def may_take(by: User) -> Decision:
    """Lists are taken along by those who work with content."""
    return Decision(any(role in CONTENT for role in by.role_codes), by, None, REFUSED,
                    _("Lists are downloaded by those who work on files."), "role")


def may_print(by: User) -> Decision:
    """Everybody may print a page she may see."""
    return Decision(by.is_active, by, None, REFUSED, reason="inactive")


def visible_stored(user: User, file: CaseFile) -> QuerySet[StoredFile]:
    """The files attached to a case file, the latest first; the database shows those of her own case files."""
    return StoredFile.objects.select_related("added_by", "file").filter(file=file)


def get_stored(user: User, code: str) -> StoredFile:
    """One attached file by its code, however it was typed."""
    return get_by_code(StoredFile.objects.select_related("added_by", "file"), code)


def measurements(user: User, stored: StoredFile) -> QuerySet[Measurement]:
    """Every time somebody asked whether it is still what it was, the latest first."""
    return Measurement.objects.select_related("asked_by").filter(stored=stored)


def _works_on(by: User, file: CaseFile, about: CaseFile | StoredFile) -> Decision:
    return (Decision(stands(by, file.kind), by, about, KEPT,
                     _("Files are attached and opened by those who work on the case file."), "role")
            .and_(opens(by.role_codes, Open.NARRATIVE), Open.NARRATIVE.label, "compartment"))


def may_attach(by: User, file: CaseFile) -> Decision:
    """Whoever works on an open case file attaches files to it."""
    return _works_on(by, file, file).and_(file.status == Status.OPEN,
                                          _("This case file is closed; nothing is attached any more."), "closed")


def may_measure(by: User, stored: StoredFile) -> Decision:
    """Whoever works on the case file has what is attached measured again."""
    return _works_on(by, stored.file, stored)


def may_fetch(by: User, stored: StoredFile) -> Decision:
    """Whoever works on the case file downloads what is attached, once the scanner of the office has found nothing in it."""
    why = held_back(stored)
    return may_measure(by, stored).and_(not why, why, "scan")


def held_back(stored: StoredFile) -> str | Promise:
    """Why nobody downloads it now; nothing where no scanner is set, or where it found nothing the last time."""
    if not settings.SCANNER:
        return ""
    last = Measurement.objects.filter(stored=stored, measured_at__isnull=False).order_by("-measured_at").first()
    if last is None:
        return _("It is being looked through for harmful programs. Try again in a moment.")
    return _("The scanner holds it for harmful: nobody downloads it. It is kept as evidence; ask your administrator.") \
        if last.trouble == HARMFUL else ""


def may_describe(by: User, stored: StoredFile) -> Decision:
    """Whoever works on an open case file says what an attached file is."""
    return may_measure(by, stored).and_(stored.file.status == Status.OPEN,
                                      _("This case file is closed; its files are described no more."), "closed")
