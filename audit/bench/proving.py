"""The measures of proving: verification, proofs, "who saw", and what the tree takes on disk, over a million events."""

from __future__ import annotations

import struct
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import IO

import psycopg
from django.conf import settings
from django.db import connections
from django.utils import timezone

from audit import queries
from audit.log import epochs, sequencer
from audit.log.growing import Growing
from audit.log.store import AUDITOR, Store
from audit.queries import Meaning
from ijm.measuring import Measure

EVENTS, PORTION, PIECE = 1_000_000, 20_000, 1 << 20
PERSON, EVERY = uuid.UUID(int=42 << 96), 25_000  # every so-manieth event is a look at one person
LENGTH = struct.Struct(">I")
CPU = time.process_time
PATIENCE = 600  # seconds
# What an office writes of looks at addresses, and what guard.index_subjects() makes of such events: both at once, and without
# the trigger that stamps an event, because neither is measured here and both take their time. One file and person an event.
FILLED = """
ALTER TABLE audit_event DISABLE TRIGGER guard_stamp;
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT base + n AS id, md5('f' || n % 5000)::uuid AS file, md5('u' || n % 40)::uuid AS who,
  CASE WHEN n % {every} = 0 THEN '{person}'::uuid ELSE md5('p' || n % 20000)::uuid END AS person, n
FROM generate_series(1, {events}) n, (SELECT coalesce(max(id), 0) AS base FROM audit_event) before;
INSERT INTO audit_event (id, epoch, xid, body) OVERRIDING SYSTEM VALUE
SELECT m.id, e.epoch, pg_current_xact_id(), convert_to(format(
  '{"act":"field.disclosed","cat":"look","fields":["address"],"id":"%s",'
  '"obj":{"file":"%s","model":"aftercare.survivor","rows":["%s"],"subjects":["%s"]},"out":0,"src":{"req":"%s"},"t":%s,"v":1,'
  '"who":{"code":"US-B3NC-B3NC","ref":"%s","role":"CARE_WORKER"},"why":{"code":"CASEWORK","ref":"assignment"}}',
  md5(n::text), file, gen_random_uuid(), person, md5('r' || n), 1750000000000 + n, who), 'UTF8')
FROM made m, guard.epoch e ORDER BY m.id;
INSERT INTO audit_subject (subject, event_id, actor, act) SELECT subject, id, who::text, 'field.disclosed'
FROM made, unnest(ARRAY[file, person, who]) AS subject ORDER BY subject, id;
SELECT setval(pg_get_serial_sequence('audit_event', 'id'), (SELECT max(id) FROM audit_event));
UPDATE guard.cursor c SET epoch = e.epoch, xid = e.xid, id = e.id
FROM (SELECT epoch, xid, id FROM audit_event ORDER BY epoch DESC, xid DESC, id DESC LIMIT 1) e WHERE c.name = 'subjects';
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_stamp
"""


def measures(superuser: str) -> Iterator[Measure]:
    """The measures of this room; fills, sequences and indexes the log first."""
    fill(superuser)
    store = Store()
    size = store.size()
    bodies = [body for _idx, _event, body in store.records()]
    yield from _verifying(bodies)
    del bodies
    yield _proving(size)
    yield _who_saw()
    yield _storage(superuser, size)


def fill(superuser: str) -> None:
    """So many events as an office writes them, each with its place in the log and its lines in the index; once."""
    epochs.settle()
    while sequencer.index():  # what was there before: what is filled in comes indexed
        pass
    with psycopg.connect(superuser) as connection:
        held = connection.execute("SELECT count(*) FROM audit_event").fetchone()
        missing = EVENTS - (held[0] if held else 0)
        if missing > 0:
            words = {"{every}": str(EVERY), "{person}": str(PERSON), "{events}": str(missing)}
            filled = FILLED
            for word, value in words.items():
                filled = filled.replace(word, value)
            connection.execute(filled.encode())
    _place_all()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("VACUUM FULL ANALYZE audit_leaf, audit_tile")
        connection.execute("VACUUM ANALYZE audit_event, audit_subject, audit_code")


def _place_all() -> None:
    """Every event gets its place; somebody else's open transaction on this server may hold the last ones back a moment."""
    limit = time.monotonic() + PATIENCE
    while sequencer.catch_up(PORTION) or sequencer.horizon(sequencer.LOG).waiting:
        if time.monotonic() > limit:
            raise RuntimeError("a transaction that does not end holds the log back: end it, then measure again")
        time.sleep(0.05)


def _verifying(bodies: list[bytes]) -> Iterator[Measure]:
    def floor() -> None:
        for body in bodies:
            sha256(body).digest()

    def whole() -> bytes:
        grown = Growing()
        grown.add(bodies)
        return grown.root()

    kept = settings.VAR / "events.bin"
    with kept.open("wb") as file:
        file.writelines(LENGTH.pack(len(body)) + body for body in bodies)

    def streamed() -> bytes:
        grown = Growing()
        with kept.open("rb") as file:
            grown.add(framed(file))
        return grown.root()

    if whole() != streamed():
        raise RuntimeError("two ways to one root differ")
    about = f"the root over {len(bodies):,} events, beside SHA-256 of each of them in memory"
    yield Measure("verify_memory", f"{about}; ours from memory", whole, floor, 2.3, heavy=True, clock=CPU)
    yield Measure("verify_stream", f"{about}; ours from a file, a piece at a time", streamed, floor, 3.1, heavy=True, clock=CPU)


def framed(file: IO[bytes]) -> Iterator[bytes]:
    """The records of a file in which the length of each stands before it (four bytes, the highest first)."""
    rest = b""
    while piece := file.read(PIECE):
        held, at, end = rest + piece, 0, len(rest) + len(piece)
        while at + 4 <= end and (stop := at + 4 + LENGTH.unpack_from(held, at)[0]) <= end:
            yield held[at + 4:stop]
            at = stop
        rest = held[at:]


def _proving(size: int) -> Measure:
    places, store = Iterating(size), Store()

    def prove() -> list[bytes]:
        return store.inclusion(places.next(), size)

    def trip() -> object:
        return store.rows("SELECT event_id FROM audit_leaf WHERE idx = %s", [places.next()])

    return Measure("proof", f"the proof that an event is among {size:,}, by a store that has proved others before; beside one "
                   "look-up by key", prove, trip, 4.0)


class Iterating:
    """Places all over the log, the same in each run."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0

    def next(self) -> int:
        """The next place, far from the last."""
        self.at = (self.at + 618_033) % self.size
        return self.at


def _who_saw() -> Measure:
    now = timezone.now()
    meant = Meaning("SV-B3NC-B3NC", persons=frozenset({str(PERSON)}))

    def saw() -> int:
        return len(queries.events(meant, since=now - timedelta(days=365), until=now + timedelta(days=1)))

    def trip() -> object:
        with connections[AUDITOR].cursor() as cursor:
            cursor.execute("SELECT body FROM audit_event WHERE id = %s", [EVERY])
            return cursor.fetchall()

    found = saw()
    if not found:
        raise RuntimeError("nobody is found to have seen her")
    return Measure("who_saw", f"all {found} looks at one person among {EVENTS:,} events, beside one look-up by key",
                   saw, trip, 3.0)


def _storage(superuser: str, size: int) -> Measure:
    def taken() -> float:
        with psycopg.connect(superuser) as connection:
            row = connection.execute(
                "SELECT pg_total_relation_size('audit_leaf') + pg_total_relation_size('audit_tile')").fetchone()
            return float(row[0]) / size if row else 0.0

    return Measure("merkle_bytes", "bytes on disk for each event, places and tiles with their indexes", taken, lambda: 1, 130,
                   counted=True)
