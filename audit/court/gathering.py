"""What goes into a package, gathered for who asked: events and checkpoints from the log, rows and values by her own rights."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.utils import timezone

from audit import deeds, queries
from audit.court.models import Package, Scope
from audit.court.package import Content, Line, Logged, needed
from audit.log.store import Held, Store
from ijm.accounts.models import User
from ijm.documents.models import StoredFile
from ijm.guard.lines import lines
from ijm.guard.render import histories
from ijm.roles.table import Open, opens
from ijm.vault.commitments import openings
from ijm.vault.errors import KeyDestroyed, VaultError
from ijm.vault.sealed import SealedModel, compartments

EVENTS = """
SELECT DISTINCT l.idx, e.id, e.at, e.body FROM audit_subject s JOIN audit_leaf l USING (event_id)
JOIN audit_event e ON e.id = l.event_id WHERE s.subject = ANY (%s::uuid[]) AND l.idx < %s ORDER BY l.idx
"""
# Where she lives, what her doctor wrote, who told, how a witness is kept safe: for no court by this way, whoever asks.
TOLD = frozenset({Open.IDENTITY, Open.LEGAL, Open.NARRATIVE})
Tick = Callable[[int], None]
Body = dict[str, Any]


class NoCheckpoint(LookupError):
    """The log has signed nothing yet, or nothing of this record stands in it: there is nothing to prove."""


def gather(package: Package, *, by: User, store: Store, key: str, tick: Tick = lambda done: None) -> Content:
    """Everything for this package by the rights of who asked; what is hidden from her is left out. Raises NoCheckpoint."""
    newest = store.newest()
    if newest is None:
        raise NoCheckpoint(package.code)
    queries.bring_up_to_date()
    events = list(_events(package, store, newest.size))
    if not events:
        raise NoCheckpoint(package.code)
    tick(30)
    told = [json.loads(event.body) for event in events if not event.is_withheld]
    content = Content(_about(package, newest), _origin(newest), key, events,
                      needed(store.checkpoints(), [event.idx for event in events]))
    if not package.is_bare:
        content.history = _history(package, told)
        tick(60)
        content.files = _files(package)
    if package.has_content:
        content.openings, content.has_content = list(_openings(package, told, by)), True
    return content


def _origin(newest: Held) -> str:
    return newest.note.split("\n", 1)[0]


def _about(package: Package, newest: Held) -> Body:
    second = package.request.decided_by if package.request else None
    agreed = second.code if second else ""
    return {"code": package.code, "about": package.about_code, "scope": package.scope, "asked_by": package.asked_by.code,
            "agreed_by": agreed, "made_at": timezone.now().isoformat(), "log_size": newest.size,
            "log_signed_at": newest.at.isoformat()}


def _events(package: Package, store: Store, size: int) -> Iterator[Logged]:
    """The events about the file, in the order of the log; of one that names another file too, only that it is there."""
    meant = queries.meaning(package.about_code)
    file = str(package.file_id)
    persons = set(meant.persons) if file in meant.whole else set[str]()
    for idx, ident, at, body in store.rows(EVENTS, [[file, *sorted(persons)], size]):
        said = json.loads(bytes(body))
        files = deeds.files_of(said)
        if (file in files or (not files and persons)) and _is_about(package, said):
            yield Logged(idx, ident, at, bytes(body), is_withheld=bool(files - {file}))


def _is_about(package: Package, body: Body) -> bool:
    """Whether an event of the file is one of the record that was asked about."""
    return package.scope == Scope.FILE or package.about_code in body.get("obj", {}).get("codes", ()) or bool(
        package.about and str(package.about) in {*body.get("obj", {}).get("rows", ()), *(row[1] for row in body.get("hist", ()))})


def _history(package: Package, told: Iterable[Body]) -> dict[str, list[Line]]:
    """A line for each version of a row that an event tells of: its digest, and its columns where content was agreed."""
    rows = [row for body in told for row in body.get("hist", ())]
    mine = [row for row in rows if package.scope == Scope.FILE or row[1] == str(package.about)]
    found = _versions(mine)
    wanted = {row[3] for row in mine}
    made: dict[str, list[Line]] = {}
    for table, pk, kind, ident, *_digest in rows:
        line: Line = {"table": table, "pk": pk, "kind": kind, "history": ident}
        version = found.get(ident)
        if version is None:
            line["left_out"] = "hidden" if ident in wanted else "other"
        else:
            line["digest"] = version.digest
            if package.has_content:
                line |= {"row": json.loads(version.line), "salt": version.salt.hex()}
        made.setdefault(table, []).append(line)
    return made


def _versions(rows: Iterable[list[Any]]) -> dict[str, Any]:
    """{history id: line and salt} of those that she may see, by one question for each table."""
    past, idents = {model._meta.db_table: kept for model, kept in histories().items()}, dict[str, list[uuid.UUID]]()
    for table, _pk, _kind, ident, *_digest in rows:
        if table in past:
            idents.setdefault(table, []).append(uuid.UUID(ident))
    return {str(line.history_id): line for table, wanted in idents.items() for line in lines(past[table], wanted)}


def _openings(package: Package, told: Iterable[Body], by: User) -> Iterator[Line]:
    """Each sealed value that an event committed to, with what opens the commitment; a look each, recorded first."""
    known: dict[str, Any] = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, SealedModel)}
    for body in told:
        paths = [path.split(".", 2) for path in body.get("chg", {})]
        for table, pk in dict.fromkeys((table, pk) for table, pk, _name in paths):
            record = known[table].objects.filter(pk=pk).first() if table in known else None
            names = [name for row, key, name in paths if (row, key) == (table, pk)]
            if record is not None and (package.scope == Scope.FILE or pk == str(package.about)):
                yield from _opened(record, body, names, by)


def _opened(record: Any, body: Body, names: list[str], by: User) -> Iterator[Line]:
    """The values of one row in one event, compartment by compartment; one that stays closed says why."""
    for field in compartments(type(record)):
        mine = [name for name in field.names if name in names]
        if mine and field.compartment not in TOLD:
            yield from (_closed(record, body, name, "kept out of every package") for name in mine)
        elif mine and not opens(by.role_codes, field.compartment):
            yield from (_closed(record, body, name, "not opened by the role of who asked") for name in mine)
        elif mine:
            try:
                yield from openings(record, body, mine, by=by)
            except KeyDestroyed as gone:
                day = f"{gone.destroyed_at:%Y-%m-%d}" if gone.destroyed_at else "a day that is not known"
                why = f"their key was destroyed on {day} {gone.certificate or ''}".strip()
                yield from (_closed(record, body, name, why) for name in mine)
            except VaultError as broken:
                yield from (_closed(record, body, name, broken.code) for name in mine)


def _closed(record: Any, body: Body, name: str, why: str) -> Line:
    return {"event": body["id"], "path": f"{record._meta.db_table}.{record.pk}.{name}", "closed": why}


def _files(package: Package) -> list[Line]:
    """The attached files, by size and SHA-256 of the original; their names and descriptions stay sealed."""
    rows = StoredFile.objects.select_related("added_by").filter(file=package.file_id).order_by("added_at", "code")
    if package.scope == Scope.RECORD:
        rows = rows.filter(pk=package.about)
    return [{"code": one.code, "kind": one.about, "media": one.media, "size": one.size, "sha256": one.sha256,
             "added_at": one.added_at.isoformat(), "added_by": one.added_by.code} for one in rows]
