"""The lists in the browser: looked at by all, curated by one, a lawyer's word by two; seen by every process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from django.utils.translation import override

from ijm.reference import changes, lists
from ijm.reference.actions import rules, values
from ijm.reference.models import Amendment, Clock, Confirmation, Court, Offence
from ijm.reference.values import value
from ijm.trail.context import acting_as
from ijm.trail.entries import entry
from ijm.trail.errors import Refused
from tests.cast import EVERYBODY, Cast
from tests.conftest import sign_in
from tests.trail import acts

LIST = "vic_MethodOfRecruitment"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What a rolled-back test changed is forgotten."""
    yield
    changes.held.asked_at = float("-inf")
    changes.held.mark = "?"


def add(cast: Cast, name: str = "Online game") -> Amendment:
    """A value that only our house has."""
    with acting_as(cast.administrator):
        return values.add(LIST, by=cast.administrator, name_en=name, name_km="ល្បែងអនឡាញ", export_as="Other", position=15)


def test_everybody_looks_and_searches_in_both_languages(cast: Cast) -> None:
    client = sign_in(cast.partner)
    assert LIST in client.get("/desk/reference/").content.decode()
    assert "Phnom Penh" in client.get("/desk/reference/provinces/?q=ភ្នំពេញ").content.decode()
    assert "Phnom Penh" not in client.get("/desk/reference/provinces/?q=kampot").content.decode().replace("Phnom Penh office", "")
    assert client.get("/desk/reference/language/?page=2").status_code == 200
    assert client.get("/desk/reference/no_such_list/").status_code == 404
    assert "unconfirmed" in client.get("/desk/reference/law/?only=unconfirmed").content.decode().lower()
    assert "Add a value" not in client.get(f"/desk/reference/{LIST}/").content.decode()


def test_a_page_of_lists_asks_little(cast: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.administrator)
    client.get("/desk/reference/")
    for path in ("/desk/reference/", f"/desk/reference/{LIST}/", "/desk/reference/law/"):
        with django_assert_max_num_queries(24):
            client.get(path)


def test_an_own_value_is_offered_labelled_and_leaves_in_the_standards_words(cast: Cast) -> None:
    before = [code for code, _label in lists.choices(LIST)]
    made = add(cast)
    assert made.item == "OnlineGame" and made.item not in before
    with override("en"):
        assert dict(lists.choices(LIST))["OnlineGame"] == "Online game"
    with override("km"):
        assert lists.label(LIST, "OnlineGame") == "ល្បែងអនឡាញ"
    assert lists.export_code(LIST, "OnlineGame") == "Other"
    assert [code for code, _label in lists.choices(LIST)].index("OnlineGame") == 1, "its place is between ten and twenty"
    assert add(cast).item == "OnlineGame2" and "list_value.added" in acts()


def test_the_page_adds_mends_and_retires(cast: Cast) -> None:
    client = sign_in(cast.administrator)
    form = {"name_en": "Travelling fair", "name_km": "ពិព័រណ៍", "export_as": "Other", "position": "900"}
    assert client.post(f"/desk/reference/{LIST}/new/", form).status_code == 302
    path = f"/desk/reference/values/{LIST}:TravellingFair/"
    assert client.post(path, {"name_en": "Fair", "name_km": "ពិព័រណ៍", "position": "5"}).status_code == 302
    with override("en"):
        assert lists.choices(LIST)[0] == ("TravellingFair", "Fair")
        client.post(f"{path}retire/")
        assert "TravellingFair" not in dict(lists.choices(LIST)) and lists.label(LIST, "TravellingFair") == "Fair"
        client.post(f"{path}retire/")
        assert "TravellingFair" in dict(lists.choices(LIST))
    assert Amendment.history.filter(item="TravellingFair").count() == 4, "each step is kept"


def test_an_outside_source_keeps_its_english_words_and_codes(cast: Cast) -> None:
    client = sign_in(cast.administrator)
    path = "/desk/reference/values/courts:FI-01/"
    assert 'name="name_en"' not in client.get(path).content.decode()
    client.post(path, {"name_en": "Hacked court", "name_km": "តុលាការថ្មី", "position": "10"})
    court = Court.objects.get(pk="FI-01")
    assert court.name_km == "តុលាការថ្មី" and court.name_en != "Hacked court"
    assert "takes no values of our own" in client.get("/desk/reference/courts/new/").content.decode()
    with acting_as(cast.administrator), pytest.raises(Refused):
        values.add("courts", by=cast.administrator, name_en="x", name_km="", export_as="", position=1)
    retired = value("courts:FI-01")
    assert retired is not None
    with acting_as(cast.administrator):
        values.retire(retired, by=cast.administrator)
        with pytest.raises(Refused):
            values.retire(value("courts:FI-01"), by=cast.administrator)  # type: ignore[arg-type]
    assert "FI-01" not in dict(lists.courts())
    assert value("courts:nowhere") is None and value("nowhere:x") is None


def test_a_lawyers_word_takes_the_mark_away_and_may_be_taken_back(cast: Cast) -> None:
    client = sign_in(cast.liaison)
    path = "/desk/reference/law/CUSTODY_ADULT/"
    form = {"lawyer": "Sok Chan, BAKC 123", "confirmed_on_0": "3", "confirmed_on_1": "5", "confirmed_on_2": "2026"}
    assert client.post(path, form).status_code == 302
    assert lists.clock("CUSTODY_ADULT").is_confirmed
    assert Clock.objects.get(pk="CUSTODY_ADULT").confirmed_by == "Sok Chan, BAKC 123"
    assert client.post(path, {"answer": "back"}).status_code == 302
    assert not lists.clock("CUSTODY_ADULT").is_confirmed
    assert Confirmation.objects.count() == 2, "both words stay"
    with acting_as(cast.data_protection):
        rule = Offence.objects.get(article=10)
        rules.confirm(rule, by=cast.data_protection, lawyer="Sok Chan", confirmed_on=date(2026, 1, 5))
    assert client.get("/desk/reference/law/NO_SUCH_RULE/").status_code == 404


def test_another_process_sees_it_within_seconds(committed_cast: Cast) -> None:
    """What a second process has committed is found by the mark, without being told."""
    lists.choices(LIST)
    known = changes.held
    fresh = changes.Held()
    changes.held, other = fresh, known
    try:
        add(committed_cast, "Street market")
    finally:
        changes.held = other
    assert lists.label(LIST, "StreetMarket") == "StreetMarket", "for a few seconds the old list may be shown"
    known.asked_at -= changes.LOOKED_UP_EVERY
    with override("en"):
        assert lists.label(LIST, "StreetMarket") == "Street market"


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "administrator"])
def test_nobody_else_changes_a_list(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    client = sign_in(by)
    ngo = "/desk/reference/values/org_Type:NGO/"
    for path in (f"/desk/reference/{LIST}/new/", ngo, f"{ngo}retire/"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    with acting_as(by), pytest.raises(Refused):
        values.add(LIST, by=by, name_en="x", name_km="", export_as="Other", position=1)
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(by), entry("x", by=by, about=None), \
            transaction.atomic():
        Amendment(of_list=LIST, item="X", name_en="x", is_own=True).save()


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("data_protection", "liaison", "far_liaison")])
def test_nobody_else_speaks_for_a_lawyer(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    path = "/desk/reference/law/CUSTODY_ADULT/"
    assert sign_in(by).get(path).status_code == sign_in(by).post(path).status_code == 404
    with acting_as(by), pytest.raises(Refused):
        rules.confirm(Clock.objects.get(pk="CUSTODY_ADULT"), by=by, lawyer="x", confirmed_on=timezone.localdate())
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(by), entry("x", by=by, about=None), \
            transaction.atomic():
        Confirmation(rule="CUSTODY_ADULT", lawyer="x", confirmed_on=timezone.localdate(), by=by.pk).save()


def test_official_rows_are_changed_by_nobody(cast: Cast) -> None:
    for sql in ("UPDATE reference_clock SET amount = 1", "DELETE FROM reference_codeitem", "DELETE FROM reference_offence"):
        with pytest.raises(DatabaseError, match="permission denied"), acting_as(cast.administrator), transaction.atomic(), \
                connections["default"].cursor() as cursor:
            cursor.execute(sql)
