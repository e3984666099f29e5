"""The other questions to the log: what somebody did, what was refused, who looked at the log itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from audit import answers, deeds, policy, queries
from audit.answers import Answer
from audit.deeds import Deed
from ijm.accounts.models import User
from ijm.messages import Event
from ijm.roles.decisions import require

NOWHERE = "none"  # a relation: no place on the file


def did(person: User, *, by: User, since: datetime, until: datetime, purpose: str = "", relation: str = "",
        taken: str = "") -> Answer:
    """Everything a colleague did in [since, until), or what of it had this purpose or rested on this place on a file.

    Recorded before it is answered. Raises Refused for everybody but the auditor and the data-protection officer.
    """
    require(policy.may_ask(by))
    answers.record("did", by=by, since=since, until=until, about={"codes": [person.code]}, code=person.code,
                   purpose=purpose, relation=relation, taken=taken)
    queries.bring_up_to_date()
    found = _answer(person.code, queries.done_by(str(person.pk), since=since, until=until))
    own = (deed if deed.is_casework or not deed.counts else replace(deed, kind="own") for deed in found.deeds)
    return replace(found, deeds=[deed for deed in own if _fits(deed, purpose, relation)])


def refused(*, by: User, since: datetime, until: datetime, person: User | None = None, taken: str = "") -> Answer:
    """What was tried and refused in [since, until), by everybody or by one colleague; recorded like every question."""
    return _of_kind("refused", "cat", "refusal", by, since, until, person, taken)


def looked(*, by: User, since: datetime, until: datetime, person: User | None = None, taken: str = "") -> Answer:
    """Who asked the log, and about what, in [since, until); this question stands in its own answer."""
    return _of_kind("looked", "act", Event.AUDIT_ASKED, by, since, until, person, taken)


def events_of(numbers: Iterable[int], *, code: str, by: User) -> Answer:
    """The events that a flag rests on, with the places that were held then; recorded as a question about the flag."""
    require(policy.may_ask(by))
    now = queries.state().at
    answers.record("flag", by=by, since=now, until=now, about={"codes": [code]}, code=code)
    return _answer(code, queries.these(numbers))


def _of_kind(kind: str, key: str, value: str, by: User, since: datetime, until: datetime, person: User | None,
             taken: str) -> Answer:
    require(policy.may_ask(by))
    answers.record(kind, by=by, since=since, until=until, about={"codes": [person.code]} if person else None,
                   code=person.code if person else "", taken=taken)
    found = _answer("", queries.of_kind(key, value, since=since, until=until))
    return replace(found, deeds=[deed for deed in found.deeds if person is None or deed.user == str(person.pk)])


def _answer(code: str, recorded: list[queries.Recorded]) -> Answer:
    done, _files = deeds.gathered(recorded)
    return Answer(queries.Meaning(code), done, queries.state(), sum(one.indexed for one in recorded))


def _fits(deed: Deed, purpose: str, relation: str) -> bool:
    """Whether it had this purpose and rested on this kind of place; what was refused rested on none."""
    source = deed.place.source if deed.place and deed.counts else NOWHERE
    return purpose in ("", deed.reason) and relation in ("", source)
