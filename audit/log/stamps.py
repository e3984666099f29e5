"""Time stamps (RFC 3161): an authority outside the house says when a checkpoint was there at the latest.

The authority learns a hash of 32 bytes and nothing else. What is kept is its whole answer (DER), so that
`openssl ts -verify -data TEXT -in ANSWER -CAfile ROOT` says the same as we do; TEXT is that of the checkpoint, unsigned.
"""

from __future__ import annotations

import http.client
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import connections
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.log.sequencer import LOG
from audit.log.store import Held, Store

SECONDS, MOST = 20.0, 1 << 17  # how long an authority may take, and how much it may say
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class NoStamp(Exception):
    """The authority gave no time stamp that counts; says why."""


def text_of(note: str) -> bytes:
    """What is stamped: the text of a checkpoint without the signatures below it, to which others are added later."""
    return (note.rpartition("\n\n")[0] + "\n").encode()


def roots() -> list[x509.Certificate]:
    """The root certificates that count, from the file that the office pinned; none where no authority is named."""
    path = settings.LOG.tsa_root_file
    return x509.load_pem_x509_certificates(path.read_bytes()) if path else []


def ask(text: bytes, url: str, known: list[x509.Certificate]) -> bytes:
    """The answer of the authority about this text (DER), verified; raises NoStamp."""
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _post(url, request.as_bytes())
    stamped_at(answer, text, known, nonce=request.nonce)
    return answer


def _post(url: str, query: bytes) -> bytes:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", where, query, {"Content-Type": QUERY, "Accept": REPLY})
        answer = connection.getresponse()
        held = answer.read(MOST)
    except (OSError, http.client.HTTPException) as error:
        raise NoStamp(f"the authority does not answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise NoStamp(f"the authority answered {answer.status}")
    return held


def stamped_at(answer: bytes, text: bytes, known: list[x509.Certificate], *, nonce: int | None = None) -> datetime:
    """When this text was there at the latest, by an answer that one of the known roots vouches for; raises NoStamp."""
    if not known:
        raise NoStamp("no root certificate of an authority is known")
    builder = VerifierBuilder(roots=list(known), nonce=nonce)
    try:
        response = decode_timestamp_response(answer)
        builder.build().verify_message(response, text)
    except (VerificationError, ValueError) as error:
        raise NoStamp(f"this time stamp does not count: {error}") from error
    return decode_timestamp_response(answer).tst_info.gen_time.astimezone(UTC)


def last(store: Store) -> Held | None:
    """The newest checkpoint that bears a time stamp."""
    return store.newest(stamped=True)


def stamp(now: datetime | None = None) -> Held | None:
    """Have the newest checkpoint stamped when it is time for it; None when it is not, or no authority is named.

    Raises NoStamp when the authority is not there or its answer does not count; the next round tries again.
    """
    store, log = Store(LOG), settings.LOG
    newest, before = store.newest(), last(store)
    if not log.tsa_url or newest is None or newest.stamp is not None:
        return None
    if before and (now or datetime.now(UTC)) - before.at < timedelta(hours=log.tsa_hours):
        return None
    answer = ask(text_of(newest.note), log.tsa_url, roots())
    with connections[LOG].cursor() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET stamp = %s WHERE size = %s AND stamp IS NULL", [answer, newest.size])
    return newest


__all__ = ("NoStamp", "ask", "last", "roots", "stamp", "stamped_at", "text_of")
