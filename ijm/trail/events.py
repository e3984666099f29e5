"""The bytes of an event and the one place that writes them."""

from __future__ import annotations

import json
import time
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from django.db import DEFAULT_DB_ALIAS, connections

from ijm.trail import context
from ijm.trail.errors import NoDoor

VERSION = 1
LARGEST = 65_535  # bytes: entry bundles of the log use 16-bit lengths
Category = Literal["change", "look", "refusal", "sign-in", "system"]
DONE, MINOR, SERIOUS, MAJOR = 0, 4, 8, 12  # outcomes, as in FHIR AuditEvent
TRAIL = "trail"


class TrailRef(NamedTuple):
    """A record as the trail names it: model, key, file, the persons it is about, its code."""

    model: str
    pk: str
    file: str = ""
    subjects: tuple[str, ...] = ()
    code: str = ""


@runtime_checkable
class Named(Protocol):
    """Anything an event can be about."""

    def trail_ref(self) -> TrailRef:
        """How the trail names this record."""


About = Named | Iterable[Named] | None


def refs(about: About) -> list[TrailRef]:
    """The references of one record, of many, or of none."""
    if about is None:
        return []
    if isinstance(about, Named):
        return [about.trail_ref()]
    return [record.trail_ref() for record in about]


def subject_of(about: About) -> dict[str, Any]:
    """The `obj` part of a body: model, rows, file, subjects and codes of what the event is about."""
    return subject(refs(about))


def subject(named: Sequence[TrailRef]) -> dict[str, Any]:
    """The same of references that were taken already."""
    if not named:
        return {}
    files = sorted({ref.file for ref in named if ref.file})
    return compact({
        "model": named[0].model,
        "rows": [ref.pk for ref in named],
        "file": files[0] if len(files) == 1 else "",
        "files": files if len(files) > 1 else [],
        "subjects": sorted({subject for ref in named for subject in ref.subjects}),
        "codes": [ref.code for ref in named if ref.code],
    })


def compact(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what is empty: absent and empty are one thing in a body."""
    return {key: value for key, value in parts.items() if value not in ("", None, [], {}, ())}


def canonical(value: Mapping[str, Any]) -> bytes:
    """Restricted JCS (RFC 8785): ASCII keys in order, NFC strings, integers, no floats; raises ValueError otherwise."""
    return json.dumps(_checked(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _checked(value: Any) -> Any:
    if type(value) is str and value.isascii():  # nearly everything that an event holds
        return value
    if isinstance(value, dict | Mapping):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise ValueError("keys of an event are ASCII")
        return {key: _checked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [item if type(item) is str and item.isascii() else _checked(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    raise ValueError(f"an event holds no {type(value).__name__}")


def body(act: str, category: Category, *, who: context.Who, source: context.Source, out: int = DONE,
         ident: str = "", why: Mapping[str, Any] | None = None, **parts: Any) -> bytes:
    """Body version 1 of an event: references, codes and field names, never values or names of people."""
    made = canonical(compact({
        "v": VERSION,
        "id": ident or uuid.uuid4().hex,
        "t": int(time.time() * 1000),
        "cat": category,
        "act": act,
        "out": out,
        "who": compact({"ref": who.user, "code": who.ref, "role": who.role, "office": who.office,
                        "sess": who.session[:12], "mfa": who.mfa}),
        "src": compact({"req": source.request, "ip": source.address}),
        "why": dict(why or {}),
        **parts,
    }))
    if len(made) > LARGEST:
        raise ValueError(f"an event of {len(made)} bytes is too large: {LARGEST} is the limit")
    return made


def write(made: bytes, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Append one event; inside a look the read-only mode is lifted for this one statement."""
    connection = connections[using]
    insert = "INSERT INTO audit_event (body) VALUES (%s)"
    look: int | None = getattr(connection, "look", None)
    if look is not None:
        if len(connection.savepoint_ids) != look:
            raise NoDoor("no atomic() around a look: the event would end its savepoint")
        insert = f"{context.UNLOOK}; {insert}; {context.LOOK}"
    with connection.cursor() as cursor:
        cursor.execute(insert, [made])
