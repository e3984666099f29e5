"""After all journeys, no name, phone or address stands anywhere but in its sealed value."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import urllib.parse
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from ijm.accounts.sessions import SessionStore
from ijm.trail.context import acting_as
from ijm.web import drafts
from investigations.models import Suspect
from tests.cluster import CLUSTER
from tests.journeys import ways, ways_court
from tests.journeys.conftest import House, Log
from tests.journeys.words import SAID
from tests.vault import wal

pytestmark = pytest.mark.browser


def shapes(word: str) -> Iterator[bytes]:
    """How a word might be written down: as text, escaped, in hexadecimal, in base64 at any of three beginnings."""
    raw = word.encode()
    yield raw
    yield json.dumps(word).strip('"').encode()
    yield urllib.parse.quote(word).encode()
    yield raw.hex().encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        whole = coded[(0, 2, 3)[before]:len(coded) - (0, 3, 2)[(before + len(raw)) % 3]]
        yield whole
        yield whole.replace(b"+", b"-").replace(b"/", b"_")


def found_in(place: str, hay: bytes, words: list[str]) -> list[str]:
    """The canaries that sit in this place, whatever the letters' case."""
    low = hay.lower()
    return [f"{word!r} in {place}" for word in words
            if any(shape in hay or shape.lower() in low for shape in dict.fromkeys(shapes(word)) if len(shape) > 5)]


def found_in_much(place: str, hay: bytes, words: list[str], folder: Path) -> list[str]:
    """The same for many megabytes: where there is a grep it looks first, and we look only at what it found."""
    patterns = folder / "canaries"
    patterns.write_bytes(b"\n".join({shape for word in words for shape in shapes(word) if len(shape) > 5}) + b"\n")
    try:
        if grep := shutil.which("grep"):
            looked = subprocess.run([grep, "-aqiF", "-f", patterns], input=hay, env={"LC_ALL": "C"}, check=False, timeout=60)
            if looked.returncode == 1:
                return []
        return found_in(place, hay, words)
    finally:
        patterns.unlink()


def family_of(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family_of(int(child))


def may_dump_core(pid: int) -> bool:
    """Whether a crash of this process would leave its memory in a file."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    return next(line.split()[-3:-1] for line in limits.splitlines() if line.startswith("Max core file size")) != ["0", "0"]


def dump(name: str) -> bytes:
    """A database as the backup would take it."""
    done = subprocess.run([CLUSTER.bin / "pg_dump", "--dbname", CLUSTER.url("ijm_backup", name)],
                          capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def files_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder; what is compressed is opened."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            held = path.read_bytes()
            yield str(path), held
            with suppress(zlib.error):
                yield f"{path}, opened", zlib.decompress(held, wbits=47)


def sessions() -> bytes:
    """What sessions hold, decoded."""
    held = [SessionStore(one.session_key).decode(one.session_data) for one in Session.objects.all()]
    assert held and any("begun_at" in one for one in held), "the sessions are read"
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in held).encode()


def cached(text: bytes) -> bytes:
    """What the cache table holds, decoded; `text` is the dump."""
    rows = text.partition(b"COPY public.ijm_cache")[2].partition(b"\\.")[0].split(b"\n")[1:]
    held = [row.split(b"\t")[1] for row in rows if row.count(b"\t") == 2]
    return b"\n".join(base64.b64decode(value) for value in held)


def walk_everything(house: House) -> str:
    """All five journeys, one after the other; the survivor's code. Journeys a to c are gone without scripts: they need none."""
    plain = replace(house, scripts=False)
    tip = ways.take_tip(plain)
    investigation = ways.assess(plain, tip)
    ways.investigate(plain, investigation)
    operation = ways.plan_rescue(plain, investigation)
    ways.approve_rescue(plain, operation)
    ways.conclude_rescue(plain, operation)
    _referral, survivor = ways.take_in(plain)
    ways.move(plain, survivor)
    ways.share(plain, survivor)
    ways.read_address(plain, survivor)
    ways_court.refer(house, investigation)
    prosecution = ways_court.charge(house)
    ways_court.schedule(house, prosecution)
    ways_court.support(house, survivor)
    ways_court.judge(house, prosecution)
    ways_court.ask_who_saw(house, survivor).close()
    return survivor


def type_them_where_they_do_not_belong(house: House) -> None:
    """Into the search, into an address, into the auditor's question, as a name to sign in with, into a stale form."""
    walker = house.walk("investigator")
    for word in (SAID.suspect_family, SAID.caller_phone, SAID.suspect_given_km):
        walker.go("/desk/search/")
        walker.page.locator("#again").fill(word)
        walker.page.locator("#again").press("Enter")
        walker.page.wait_for_load_state("load")
        walker.go(f"/investigations/tips/{urllib.parse.quote(word)}/")
    walker.go("/investigations/tips/new/")
    walker.page.locator("main input[name=csrfmiddlewaretoken]").first.evaluate("input => { input.value = 'x' }")
    walker.fill(what_was_said=SAID.what_was_said, caller_name=SAID.caller_name)
    walker.press()
    walker.close()
    walker = house.walk("auditor")
    walker.go(f"/audit/who-saw/?code={urllib.parse.quote(SAID.suspect_called)}")
    walker.close()
    walker = house.stranger()
    walker.go("/account/sign-in/")
    walker.fill(login=SAID.caller_name, password=SAID.address)
    walker.press()
    walker.close()


def test_no_canary_is_found_anywhere(own_house: House, tmp_path: Path) -> None:
    house = own_house
    quickly = replace(house, looking=False)
    with wal.kept_wal() as folder:
        begun = wal.position()
        survivor = walk_everything(quickly)
        type_them_where_they_do_not_belong(quickly)
        log = wal.written(folder, begun, wal.position())
    if sys.platform == "linux":
        assert not [pid for process in house.office.processes.values() for pid in family_of(process.pid) if may_dump_core(pid)]
    with acting_as(house.cast.investigator):
        assert Suspect.objects.count() == 1
        assert [draft.path for draft in drafts.mine(house.cast.investigator)] == ["/investigations/tips/new/"], "unfinished words"
    main, keys = (dump(name) for name in house.office.names)
    assert survivor.encode() in main and b"HOME_VISIT".hex().encode() in main, "the search itself works"
    assert b"ijm_cache" in main and b"COPY" in keys
    events = json.dumps(Log().news(), ensure_ascii=False).encode()
    places = [("the dump of the cases", main), ("the dump of the keys", keys), ("the log's events", events),
              ("the sessions", sessions()), ("the cache", cached(main)),
              ("the database server's log", (CLUSTER.home / "server.log").read_bytes()),
              *files_under(house.office.var), *files_under(settings.STATIC_ROOT)]
    words = SAID.canaries()
    assert len(words) > 20
    found = [line for place, hay in places for line in found_in(place, hay, words)]
    found += found_in_much("the write-ahead log", log, words, tmp_path)
    assert found_in_much("the write-ahead log", log, [survivor], tmp_path), "and the log is really read"
    assert not found, "\n".join(found)


def test_the_search_would_find_them() -> None:
    for word in ("Vexanaly", SAID.suspect_given_km, "097 731 4159"):
        raw = f"--{word}--".encode()
        for hay in (raw, raw.hex().encode(), base64.b64encode(raw), base64.b64encode(b"x" + raw),
                    base64.urlsafe_b64encode(b"xx" + raw), json.dumps(word).encode(),
                    urllib.parse.quote(word).encode(), word.upper().encode()):
            assert found_in("here", hay, [word]), hay
    assert not found_in("here", b"nothing of the kind", ["Vexanaly"])
