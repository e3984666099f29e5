"""Giving papers out: each gets its code, its number, its marks and its entry in the trail."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ijm.accounts.models import Office, User
from ijm.documents import pdf, policy, tables, word
from ijm.documents.about import name_of
from ijm.documents.letters import Composed, Letter, Stamp, compose, letters_of, mark_of, marked
from ijm.documents.models import Copy, Format, Issued, Paper, Template
from ijm.documents.sheets import Sheet
from ijm.ids import new_code
from ijm.messages import Event
from ijm.roles.decisions import require
from ijm.trail.entries import Entry, entry
from ijm.trail.looks import disclosed
from ijm.trail.purposes import Purpose
from ijm.vault import parcels
from ijm.vault.disclosure import relation
from ijm.web.words import day

KEPT = timedelta(days=1)
ROWS_IN_ONE_EVENT = 200


def issue(letter: Letter, *, by: User) -> Paper:
    """Write a letter: number and marks are given under a lock, a name is read only with a recorded look."""
    require(policy.may_issue(by, letter))
    about = letter.about
    paper = Paper(code=new_code("PA"), office=by.office, template=letter.template, language=letter.language,
                  format=letter.format, file=about.file, alias=about.alias, about_code=about.code, printed_by=by,
                  is_named=letter.is_named)
    with entry(Event.PAPER_ISSUED, by=by, about=[about.record, paper], why=letter.purpose) as made:
        name = name_of(by, about.alias, letter.purpose, letter.language) if letter.is_named and about.alias else ""
        serial, paper.number = _next_number(by.office, paper.printed_at.year)
        said = marked(compose(letter, by=by, name=name, stamp=Stamp(paper.code, paper.number, at=paper.printed_at)))
        paper.mark, paper.recipient = said.stamp.mark, letter.recipient
        paper.words = json.dumps({"subject": letter.subject, "words": letter.words}, ensure_ascii=False)
        content, simply = _bytes_of(said, letter)
        _finish(made, paper, content, serial, by, leaves=sorted(letter.facts), simply=simply)
    return paper


def issue_sheet(sheet: Sheet, *, by: User, source: str, format: str, language: str, purpose: str) -> Paper:
    """Take a list along: every row is recorded as a look for this purpose, the sheet has its code and marks."""
    require(policy.may_take(by))
    paper = Paper(code=new_code("PA"), office=by.office, template=Template.SHEET, language=language, format=format,
                  source=source, printed_by=by)
    with entry(Event.PAPER_ISSUED, by=by, about=paper, why=purpose) as made, translation.override(language):
        records = list(sheet.rows())
        _look(records, paper, by, purpose)
        rows = [list(sheet.cells(record)) for record in records]
        paper.rows = len(rows)
        paper.mark = mark_of([paper.code, by.code, sheet.columns, [[str(cell) for cell in row] for row in rows]])
        _finish(made, paper, _sheet_bytes(sheet, rows, paper, by), None, by)
    return paper


def forget(paper: Paper, *, by: User) -> None:
    """Throw away the bytes that wait for who printed this paper; the paper stays in the register."""
    require(policy.may_forget(by, paper))
    with entry(Event.COPY_FORGOTTEN, by=by, about=paper):
        _throw_away(by, paper=paper)


def page_printed(*, by: User, view: str, code: str) -> None:
    """Record that somebody is about to print a page; what the printer then does nobody can see."""
    require(policy.may_print(by))
    with entry(Event.PAGE_PRINTED, by=by, about=None) as made:
        made.parts["q"] = {"view": view, "code": code}


def _bytes_of(said: Composed, letter: Letter) -> tuple[bytes, bool]:
    if letter.format == Format.WORD:
        return word.render(said, letter.template), False
    made = pdf.render(said)
    return made.content, made.is_simple


def _next_number(office: Office, year: int) -> tuple[int, str]:
    """The next number of this office and year, without gaps: the lock is held until this transaction ends."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [(office.pk.int >> 65) ^ year])
    last = Issued.objects.filter(office=office, year=year).aggregate(Max("serial"))["serial__max"] or 0
    return last + 1, f"{letters_of(office)}-{year}-{last + 1:04d}"


def _finish(made: Entry, paper: Paper, content: bytes, serial: int | None, by: User, **more: Any) -> None:
    """Register the paper, keep its bytes for a day, say in the trail which bytes these were."""
    paper.digest = hashlib.sha256(content).hexdigest()
    paper.save()
    Issued(code=paper.code, office=paper.office, year=paper.printed_at.year, serial=serial, number=paper.number,
           mark=paper.mark, template=paper.template, issued_at=paper.printed_at).save(force_insert=True)
    _throw_away(by, made_at__lt=timezone.now() - KEPT)
    copy = Copy(owner_id=by.pk, paper=paper)
    copy.seal(content)
    copy.save(force_insert=True)
    made.parts["paper"] = {"code": paper.code, "number": paper.number, "sha256": paper.digest, "template": paper.template,
                           "format": paper.format, "language": paper.language, "rows": paper.rows, "named": paper.is_named,
                           **more}


def _throw_away(by: User, **which: Any) -> None:
    """Her waiting bytes: the keys first, so that no backup opens them, then the rows."""
    for copy in Copy.objects.filter(owner_id=by.pk, **which):
        parcels.shred(copy.parcel_scope(), by=by)
        copy.delete()


def _look(records: list[Any], paper: Paper, by: User, purpose: str) -> None:
    for start in range(0, len(records), ROWS_IN_ONE_EVENT):
        part = records[start:start + ROWS_IN_ONE_EVENT]
        disclosed(part, ("list",), to=by, purpose=Purpose(purpose), relation=relation(part), event=Event.LIST_TAKEN,
                  query={"paper": paper.code})


def _sheet_bytes(sheet: Sheet, rows: list[list[Any]], paper: Paper, by: User) -> bytes:
    if paper.format == Format.CSV:
        return b"".join(tables.csv(sheet.columns, rows))
    at = timezone.localtime(paper.printed_at)
    facts = ((_("Paper"), paper.code), (_("Check characters"), paper.mark), (_("List"), sheet.title),
             (_("Rows"), len(rows)), (_("Printed by"), f"{by.display_name} ({by.code})"),
             (_("Printed at"), f"{day(at.date())} {at:%H:%M}"), (_("Office"), by.office.name),
             (_("Mind"), _("Codes and open fields only. Destroy this sheet when it has served its purpose.")))
    return tables.xlsx(sheet.columns, rows, title=sheet.title, facts=facts, facts_title=_("About this sheet"))
