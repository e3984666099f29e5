"""Who changed a record, when and why: its history rows, read side by side. Sealed parts tell only that they changed.

With a record come the rows that hang on it: what is known of its person in the register, and the rows of its own wing that
point at it. Each of them is read under the same row security as the page itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.http import Http404
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ijm.accounts.models import User
from ijm.bridges import ACT_WORDS, HISTORIES
from ijm.desk import labels
from ijm.ids import normalise_code
from ijm.people.models import Consent, Identifier, Name, Person
from ijm.roles.table import TABLE, opens
from ijm.trail.history import Recorded
from ijm.trail.purposes import Purpose
from ijm.vault.sealed import Compartment, compartments

MOST = 500
ACTS = "SELECT entry, act, why FROM guard.acts_of(%s, %s)"
OUTSIDE = "out-of-band"
Row = dict[str, Any]
Model = type[Recorded]
Key = tuple[str, Any]
Lives = list[tuple[Model, list[Row]]]  # one row's history each, newest first


@dataclass
class Change:
    """One column that a change touched; of a sealed part only that it was touched."""

    name: str
    label: str
    before: str = ""
    after: str = ""
    is_sealed: bool = False


@dataclass
class Step:
    """One change of a row: who, when, what it was called, why, which columns."""

    row: Any
    rev: int
    kind: str
    code: str
    at: datetime
    who: str
    act: str
    why: str
    is_first: bool
    is_outside: bool
    changes: list[Change] = field(default_factory=list)


def find(user: User, code: str) -> Recorded:
    """The record of this code by its wing's own rule; hidden, missing and "not of her wing" are one."""
    wanted = normalise_code(code) or ""
    name = HISTORIES.get(wanted[:2])
    if name is None:
        raise Http404
    record: Recorded = import_string(name)(user, wanted)
    file = getattr(record, "file", None)
    if file is not None and not any(file.kind in TABLE[role].stands for role in TABLE if role in user.role_codes):
        raise Http404
    return record


def steps(record: Recorded, *, alone: bool = False) -> list[Step]:
    """Everything that happened to a record and to what hangs on it, newest first; one query for each kind of row."""
    lives = [life for model, which in ([] if alone else hanging(record)) for life in _lives(model, which)]
    lives = [*_lives(type(record), {"id": record.pk}), *lives]
    rows = [row for _model, life in lives for row in life]
    known, acts = _pointed_at(lives), _acts(rows)
    found = [step for model, life in lives for step in _steps(model, life, known, acts)]
    return sorted(found, key=lambda step: step.at, reverse=True)


def hanging(record: Recorded) -> Iterator[tuple[Model, Row]]:
    """The kinds of row that hang on a record, each with what selects its rows."""
    for relation in record._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and _hangs(relation, record):
            model: Any = relation.related_model
            yield model, {relation.field.attname: record.pk}  # type: ignore[attr-defined]
    alias: Any = getattr(record, "alias", None)
    if alias is not None:
        yield Consent, {"alias_id": alias.pk}
        yield Person, {"id": alias.person_id}
        yield Name, {"person_id": alias.person_id}
        yield Identifier, {"person_id": alias.person_id}


def _hangs(relation: models.ForeignObjectRel, record: Recorded) -> bool:
    """A row of the same app that points at the record; at a person who works here only her roles, not what she decided."""
    model: Any = relation.related_model
    same = issubclass(model, Recorded) and model._meta.app_label == record._meta.app_label
    return same and (model._meta.app_label != "accounts" or relation.field.name == "user")


def latest(found: Iterable[Step], record: Recorded) -> dict[str, tuple[Step, Change]]:
    """{column of the record itself: its last change}."""
    last: dict[str, tuple[Step, Change]] = {}
    for step in found:
        if step.row == record.pk:
            for change in step.changes:
                last.setdefault(change.name, (step, change))
    return last


def facts(then: Any) -> Iterator[tuple[str, str]]:
    """The open columns of a record as it stood then, in words."""
    known = _pointed_at([(type(then), [{column.attname: getattr(then, column.attname) for column in _columns(type(then))}
                                       | {"history_user_id": None}])])
    for column in _columns(type(then)):
        about = _of(column.remote_field.model, known) if column.remote_field else {}
        if said := labels.value(column, getattr(then, column.attname), about):
            yield labels.label(column.name), said


def seals(then: Any, user: User) -> Iterator[dict[str, Any]]:
    """The sealed parts that a record had then, all closed, and which of them her roles open."""
    for part in compartments(type(then)):
        if getattr(then, part.name) is not None:
            yield {"field": part.name, "label": labels.sealed_label(part.compartment),
                   "opens": opens(user.role_codes, part.compartment)}


def sealed_part(then: Any, name: str) -> Compartment:
    """The sealed part of this name; there is no other."""
    for part in compartments(type(then)):
        if part.name == name:
            return part
    raise Http404


def _lives(model: Model, which: Row) -> Lives:
    """The history of each row that is selected."""
    past: Any = model.history  # type: ignore[attr-defined]
    rows = list(past.filter(**which).order_by("id", "-rev", "-history_date").values()[:MOST])
    return [(model, list(life)) for _id, life in groupby(rows, key=itemgetter("id"))]


def _columns(model: Model) -> list[models.Field[Any, Any]]:
    sealed = {name for part in compartments(model) for name in (part.name, f"{part.name}_rev", f"{part.name}_key")}
    return [column for column in model._meta.concrete_fields if column.name not in sealed and labels.shown(column)]


def _pointed_at(lives: Lives) -> dict[Key, Any]:
    """The rows that columns point at, and who made the changes: one query for each kind."""
    wanted: dict[type[models.Model], set[Any]] = {
        User: {row["history_user_id"] for _model, life in lives for row in life}}
    for model, life in lives:
        for column in _columns(model):
            if column.remote_field:
                wanted.setdefault(column.remote_field.model, set()).update(row[column.attname] for row in life)
    return {(model._meta.label, key): row for model, keys in wanted.items()
            for key, row in model._default_manager.in_bulk(keys - {None}).items()}


def _acts(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """{entry: (what it was called, why)}, as the log says."""
    told = {row["history_change_reason"]: row["history_date"] for row in rows if row["history_change_reason"] != OUTSIDE}
    if not told:
        return {}
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(ACTS, [list(told), list(told.values())])
        return {entry: (act, why or "") for entry, act, why in cursor.fetchall()}


def _steps(model: Model, life: list[Row], known: dict[Key, Any], acts: dict[str, tuple[str, str]]) -> Iterator[Step]:
    for n, row in enumerate(life):
        before = life[n + 1] if n + 1 < len(life) else None
        if before is None and row["history_type"] != "+" and len(life) == MOST:
            return  # the row before lies beyond what is read at once
        act, why = acts.get(row["history_change_reason"], ("", ""))
        outside = row["history_change_reason"] == OUTSIDE
        who = known.get((User._meta.label, row["history_user_id"]))
        yield Step(
            row=row["id"], rev=row["rev"], kind=labels.kind(model), code=row.get("code") or "", at=row["history_date"],
            who=who.display_name if who else _("Nobody who was signed in"), act=_named(act, outside),
            why=str(Purpose(why).label) if why in Purpose else "", is_first=before is None, is_outside=outside,
            changes=list(_changes(model, row, before, known)))


def _named(act: str, outside: bool) -> str:
    if outside:
        return _("Changed outside the application")
    return str(import_string(ACT_WORDS)(act)) if act else _("Changed")


def _changes(model: Model, row: Row, before: Row | None, known: dict[Key, Any]) -> Iterator[Change]:
    for column in _columns(model):
        old, new = (before[column.attname] if before else None), row[column.attname]
        if old != new and not (before is None and new in (None, "", [], False)):
            about = _of(column.remote_field.model, known) if column.remote_field else {}
            yield Change(column.name, labels.label(column.name), labels.value(column, old, about),
                         labels.value(column, new, about))
    for part in compartments(model):
        if row[f"{part.name}_rev"] != (before[f"{part.name}_rev"] if before else 0):
            yield Change(part.name, labels.sealed_label(part.compartment), is_sealed=True)


def _of(model: type[models.Model], known: dict[Key, Any]) -> dict[Any, Any]:
    return {key: row for (label, key), row in known.items() if label == model._meta.label}
