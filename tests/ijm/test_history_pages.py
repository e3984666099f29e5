"""Who changed this: beside a field and as a timeline, for those who may read the record, without any sealed word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import monotonic
from typing import Any

import pytest
from django.db import connections, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftercare.actions import corrections, residences, survivors
from aftercare.models import Survivor
from aftercare.states import SurvivorState
from audit import words
from ijm import messages
from ijm.accounts.models import User
from ijm.bridges import CODES, HISTORIES
from ijm.desk import history, labels
from ijm.desk.views import history as history_views
from ijm.ids import PREFIXES
from ijm.reference import changes
from ijm.trail.context import acting_as
from ijm.trail.fields import XidField
from ijm.vault.disclosure import disclose
from ijm.vault.sealed import compartments
from tests import stories
from tests.aftercare.steps import ADDRESS, housed, rescued
from tests.cast import Cast
from tests.ijm.test_correcting import shown_in
from tests.trail import last_events

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def moved(cast: Cast) -> Survivor:
    """A survivor with a history: taken in, housed, stepped on, entrusted, housed again."""
    survivor, _home = housed(cast)
    with acting_as(cast.care_supervisor):
        survivors.advance(survivor, by=cast.care_supervisor, to=SurvivorState.FOLLOWED_UP)
        survivors.entrust(survivor, by=cast.care_supervisor, worker=cast.care_worker_two)
    with acting_as(cast.care_worker):
        residences.move(survivor, by=cast.care_worker, placement="own", address="Room 4, Street 271",
                        since_on=date(2024, 4, 1), reason="Quiet")
    return survivor


def text(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_timeline_tells_who_when_and_what(cast: Cast, signed_in: SignIn) -> None:
    survivor = moved(cast)
    page = text(signed_in(cast.care_worker), f"/files/history/{survivor.code}/")
    for said in ("Began the follow-up", "Entrusted the survivor to another worker", "Care supervisor",
                 "<del>In care</del>", "<ins>Followed up</ins>", "<ins>Care worker two</ins>", "Began the care",
                 "Residence", "A place of their own", "Changed where the person lives", "Whereabouts: written anew"):
        assert said in page, said
    assert page.index("Entrusted") < page.index("Began the follow-up") < page.index("Began the care"), "newest first"


def test_no_sealed_word_stands_in_a_history(cast: Cast, signed_in: SignIn) -> None:
    survivor = moved(cast)
    page = text(signed_in(cast.care_supervisor), f"/files/history/{survivor.code}/")
    for secret in (ADDRESS, "Room 4", "Quiet", "Her aunt", "Chanthy", "012 555 018", "Rest and a doctor"):
        assert secret not in page, secret


def test_beside_a_field_stands_its_last_change(cast: Cast, signed_in: SignIn) -> None:
    survivor, client = moved(cast), signed_in(cast.care_worker)
    page = text(client, f"/aftercare/survivors/{survivor.code}/")
    path = f"/files/history/{survivor.code}/worker/"
    assert path in page and f"/files/history/{survivor.code}/" in page
    said = text(client, path, **HTMX)
    assert "<del>Care worker</del>" in said and "<ins>Care worker two</ins>" in said and "<html" not in said
    assert "As first recorded" in text(client, f"/files/history/{survivor.code}/languages/", **HTMX)
    assert "empty from the beginning" in text(client, f"/files/history/{survivor.code}/narrative/", **HTMX)
    assert client.get(path)["Location"] == f"/files/history/{survivor.code}/", "without htmx: the whole page"
    for name in ("no_such_field", "password"):
        assert client.get(f"/files/history/{survivor.code}/{name}/", headers=HTMX).status_code == 404


def test_every_look_at_a_history_is_recorded(cast: Cast, signed_in: SignIn) -> None:
    survivor, client = moved(cast), signed_in(cast.care_worker)
    for path, headers in ((f"/files/history/{survivor.code}/", {}), (f"/files/history/{survivor.code}/worker/", HTMX)):
        client.get(path, headers=headers)
        event = last_events(1)[0]
        assert (event["act"], event["cat"], event["obj"]["codes"]) == ("history.seen", "look", [survivor.code])
        assert event["who"]["ref"] == str(cast.care_worker.pk) and event["why"]["ref"] == "assignment"


def test_strangers_find_nothing_to_the_byte(cast: Cast, signed_in: SignIn) -> None:
    survivor = moved(cast)
    referral = rescued(cast)[0]
    investigation = stories.promoted_tip(cast)
    nothing = signed_in(cast.care_worker).get("/no/such/page/").content
    outside = ("far_care_worker", "far_care_supervisor", "liaison", "investigator", "hotline", "partner", "auditor",
               "administrator", "data_protection")
    tried: list[tuple[str, str]] = [(who, survivor.code) for who in outside]
    tried += [(who, investigation.code) for who in ("care_worker", "liaison", "colleague", "far_investigator", "auditor")]
    tried += [("care_worker", code) for code in (referral.code, "SV-0000-0000", "XX-1", "CR-0000-0000", cast.liaison.code)]
    for who, code in tried:
        client = signed_in(getattr(cast, who))
        for path in (f"/files/history/{code}/", f"/files/history/{code}/state/"):
            for headers in ({}, HTMX):
                answer = client.get(path, headers=headers)
                assert (answer.status_code, answer.content) == (404, nothing), (who, path)


def test_a_tip_tells_grades_in_words_and_its_sealed_parts_by_kind(cast: Cast, signed_in: SignIn) -> None:
    investigation = stories.promoted_tip(cast)
    with acting_as(cast.investigation_supervisor, "r"):
        tip = investigation.file.access.model.objects.filter(file__kind="intake").select_related("file").first()
        code = tip.file.code
    page = text(signed_in(cast.investigation_supervisor), f"/files/history/{code}/")
    for said in ("Opened an investigation from a tip", "Assessed a tip", "Grade of the source", "Narrative: written anew",
                 "Source: written anew", "Hotline"):
        assert said in page, said
    page = text(signed_in(cast.investigator), f"/files/history/{investigation.code}/")
    assert "Forced labour" in page and "Suspect" in page and "Chea" not in page


def test_people_and_offices_have_a_history_for_those_who_decide(cast: Cast, signed_in: SignIn) -> None:
    for who in (cast.administrator, cast.data_protection):
        page = text(signed_in(who), f"/files/history/{cast.liaison.code}/")
        assert "Added a person" in page and "argon2$" not in page and "md5$" not in page
    assert signed_in(cast.care_supervisor).get(f"/files/history/{cast.liaison.code}/").status_code == 404
    page = text(signed_in(cast.administrator), f"/files/history/{cast.office.code}/")
    assert "Founded the office" in page and "Proposed a role" not in page


def test_a_long_history_comes_in_pages_with_few_queries(cast: Cast, signed_in: SignIn) -> None:
    survivor, client = moved(cast), signed_in(cast.care_worker)
    path = f"/files/history/{survivor.code}/"
    client.get(path)
    changes.held.asked_at = monotonic()  # a process asks every five seconds whether the lists changed; that is no part of a page
    with CaptureQueriesContext(connections["default"]) as short:
        client.get(path)
    with acting_as(cast.care_worker):
        for n in range(30):
            to = SurvivorState.IN_CARE if n % 2 == 0 else SurvivorState.FOLLOWED_UP
            survivor = Survivor.objects.get(pk=survivor.pk)
            survivors.advance(survivor, by=cast.care_worker, to=to)
    changes.held.asked_at = monotonic()
    with CaptureQueriesContext(connections["default"]) as long:
        page = text(client, path)
    assert len(long) <= len(short) and "?page=2" in page
    assert "Concluded a rescue operation" in text(client, path + "?page=3"), "the oldest: her entry in the register"


def test_what_was_changed_outside_is_told_as_such(cast: Cast) -> None:
    survivor = moved(cast)
    with acting_as(cast.care_worker, "r"):
        rows = history._lives(Survivor, {"id": survivor.pk})
        rows[0][1][0].update(history_change_reason=history.OUTSIDE, history_user_id=None)
        step = next(history._steps(Survivor, rows[0][1], {}, {}))
    assert step.is_outside and step.act == "Changed outside the application" and step.who == "Nobody who was signed in"


def test_another_persons_entries_are_named_only_to_who_has_seen_their_rows(cast: Cast) -> None:
    survivor = moved(cast)
    with acting_as(cast.care_worker, "r"):
        row = Survivor.history.filter(id=survivor.pk).order_by("-rev").first()
    told = "SELECT count(*) FROM guard.acts_of(%s, %s)"
    with acting_as(cast.far_liaison, "r"), connections["default"].cursor() as cursor:
        for entry in (row.history_change_reason[:31] + "?", "", "%", row.history_change_reason[:8]):
            cursor.execute(told, [[entry], [row.history_date]])
            assert cursor.fetchone() == (0,)
    with connections["default"].cursor() as cursor:
        cursor.execute(told, [[row.history_change_reason], [row.history_date]])
        assert cursor.fetchone() == (0,), "outside every door it tells nothing"


# words


def recorded_models() -> list[Any]:
    from django.apps import apps

    from ijm.trail.history import Recorded

    wanted = {"investigations", "aftercare", "prosecutions", "people"}
    return [model for model in apps.get_models() if issubclass(model, Recorded) and not model.__name__.startswith("Historical")
            and model._meta.app_label in wanted]


def test_every_open_column_and_kind_of_row_has_a_word() -> None:
    columns = {column.name for model in recorded_models() for column in model._meta.concrete_fields
               if model._meta.label != "people.Alias" and not isinstance(column, models.UUIDField | XidField)
               and (not column.remote_field or column.remote_field.model._meta.app_label in labels.POINTS_AT)}
    sealed = {name for model in recorded_models() for part in compartments(model)
              for name in (part.name, f"{part.name}_rev", f"{part.name}_key")}
    assert columns - sealed - set(labels.LABELS) - {"rev", "code"} == set()
    assert not {"password", "email_token", "arrival"} & set(labels.LABELS)
    hanging = {"people.Person", "people.Name", "people.Identifier", "people.Consent"}
    children = {relation.related_model._meta.label for model in recorded_models()
                for relation in model._meta.get_fields(include_hidden=True)
                if isinstance(relation, models.ForeignObjectRel) and relation.related_model in recorded_models()
                and relation.related_model._meta.app_label == model._meta.app_label != "people"}
    assert (hanging | children) - set(labels.KINDS) == set()


@pytest.mark.parametrize("place", ["ijm.messages", "aftercare.states", "investigations.states", "prosecutions.states"])
def test_every_event_has_its_words(place: str) -> None:
    from importlib import import_module

    events = {value for name, value in vars(import_module(place).Event).items() if not name.startswith("_")}
    assert events - set(words.ACTS) == set() and messages.Event.HISTORY_SEEN in words.ACTS


def test_the_codes_of_histories_are_codes_of_ours() -> None:
    assert set(HISTORIES) <= set(PREFIXES) and all(column.count(".") == 2 for column in CODES)


def corrected(cast: Cast) -> Survivor:
    """A survivor whose account and sex were corrected once."""
    survivor, _home = housed(cast)
    with acting_as(cast.care_worker):
        corrections.correct_survivor(Survivor.objects.get(pk=survivor.pk), by=cast.care_worker, account="First words")
        corrections.correct_survivor(Survivor.objects.get(pk=survivor.pk), by=cast.care_worker, account="Later words", sex="male")
    with acting_as(cast.care_worker, "r"):
        return Survivor.objects.get(pk=survivor.pk)


def test_an_earlier_version_is_shown_whole_and_its_sealed_words_for_a_reason(cast: Cast, signed_in: SignIn) -> None:
    survivor = corrected(cast)
    client, path = signed_in(cast.care_worker), f"/files/history/{survivor.code}/versions/{survivor.rev - 1}/"
    assert path in text(client, f"/files/history/{survivor.code}/")
    page = text(client, path)
    assert "First words" not in page and "Narrative" in page and f"?version={survivor.rev - 1}" in page
    said = client.post(f"{path}reveal/", {"field": "narrative", "purpose": "COURT"}, headers=HTMX).content.decode()
    assert "First words" in said and "Later words" not in said and "<html" not in said
    event = last_events(1)[0]
    assert (event["act"], event["why"]["code"], event["fields"]) == ("field.disclosed", "COURT", ["account"])
    whole = client.post(f"{path}reveal/", {"field": "narrative", "purpose": "COURT"}).content.decode()
    assert "First words" in whole and "<html" in whole
    assert "Choose why" in client.post(f"{path}reveal/", {"field": "narrative", "purpose": "NO"}).content.decode()
    assert client.post(f"{path}reveal/", {"field": "no_such_part", "purpose": "COURT"}).status_code == 404
    assert client.get(f"/files/history/{survivor.code}/versions/99/").status_code == 404
    assert "how the record stands now" in text(client, f"/files/history/{survivor.code}/versions/{survivor.rev}/")


def test_an_earlier_version_is_put_back_as_a_new_change(cast: Cast, signed_in: SignIn) -> None:
    survivor, client = corrected(cast), signed_in(cast.care_worker)
    path = f"/aftercare/survivors/{survivor.code}/correct/?version={survivor.rev - 1}"
    page = client.get(path)
    assert "First words" in page.content.decode() and "Later words" not in page.content.decode()
    assert client.post(path, shown_in(page)).status_code == 302
    with acting_as(cast.care_worker, "r"):
        now = Survivor.objects.get(pk=survivor.pk)
        assert (now.rev, now.sex) == (survivor.rev + 1, "female")
        assert disclose(now, "account", to=cast.care_worker) == {"account": "First words"}
        assert type(now).history.filter(id=now.pk).count() == survivor.rev + 1, "nothing of the history is gone"
    assert client.get(f"/aftercare/survivors/{survivor.code}/correct/?version=99").status_code == 404


def test_nobody_else_sees_or_puts_back_a_version(cast: Cast, signed_in: SignIn) -> None:
    survivor = corrected(cast)
    nothing = signed_in(cast.care_worker).get("/no/such/page/").content
    for who in ("far_care_worker", "liaison", "investigator", "hotline", "partner", "auditor", "administrator"):
        client = signed_in(getattr(cast, who))
        path = f"/files/history/{survivor.code}/versions/{survivor.rev - 1}/"
        for answer in (client.get(path), client.post(f"{path}reveal/", {"field": "narrative", "purpose": "COURT"}),
                       client.get(f"/aftercare/survivors/{survivor.code}/correct/?version={survivor.rev - 1}")):
            assert (answer.status_code, answer.content) == (404, nothing), who


def test_who_may_look_but_not_correct_is_offered_no_way_back(cast: Cast, signed_in: SignIn) -> None:
    prosecution = stories.referred_prosecution(cast)
    with acting_as(cast.liaison, "r"):
        first = type(prosecution).history.filter(id=prosecution.pk).order_by("rev").first().rev
    page = text(signed_in(cast.liaison), f"/files/history/{prosecution.code}/versions/{first}/")
    assert "?version=" not in page
    assert history_views._correction(cast.liaison, prosecution.code) == ""
    assert history_views._correction(cast.hotline, "IV-0000-0000") == "", "her role does not correct an investigation"
    assert history_views._correction(cast.investigator, "IV-0000-0000").endswith("/correct/")
