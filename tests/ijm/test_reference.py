"""The reference lists are complete, agree with each other, speak Khmer, and admit what is unconfirmed."""

from datetime import date

import pytest
from django.utils.translation import override

from ijm.reference import lists
from ijm.reference.models import Clock, CodeItem, CodeList, Country, Court, Offence, Province
from ijm.reference.tables import TABLES, is_yes, rows


def test_every_table_has_rows_and_no_cell_is_padded() -> None:
    for table in TABLES:
        assert rows(table)
        for row in rows(table):
            assert all(cell == cell.strip() for cell in row.values()), (table, row)


def test_an_unknown_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no such reference table"):
        rows("../secrets")


def test_a_mark_is_yes_or_empty() -> None:
    assert is_yes("yes")
    assert not is_yes("")
    with pytest.raises(ValueError, match="neither"):
        is_yes("no")


def test_the_files_name_only_codes_that_exist() -> None:
    provinces = {row["code"] for row in rows("provinces")}
    courts = {row["code"] for row in rows("courts")}
    code_lists = {row["code"] for row in rows("code_lists")}
    assert {row["court"] for row in rows("provinces")} <= courts
    assert {row["province"] for row in rows("courts")} <= provinces
    assert {row["appeals_to"] for row in rows("courts")} - {""} <= courts
    assert {row["list"] for row in rows("code_items")} == code_lists


def test_extensions_leave_in_the_words_of_the_standard() -> None:
    standard = {(row["list"], row["code"]) for row in rows("code_items") if not row["is_extension"]}
    for row in rows("code_items"):
        assert (row["list"], row["export_as"]) in standard
        assert row["is_extension"] or row["export_as"] == row["code"]


@pytest.mark.parametrize(
    "model, number", [(Country, 249), (Province, 25), (Court, 29), (Clock, 23), (Offence, 41)]
)
def test_the_migration_loads_every_row(db: None, model: type[Country], number: int) -> None:
    assert model._default_manager.count() == number


def test_every_picklist_of_the_standard_is_there(db: None) -> None:
    assert CodeItem.objects.filter(is_extension=False).exclude(code_list="language").count() == 182
    assert set(CodeItem.objects.filter(is_extension=True).values_list("item", flat=True)) == {
        "RestrictsMovement",
        "ForcedCriminality",
    }


def test_the_same_item_may_stand_in_several_lists(db: None) -> None:
    assert lists.label("vic_MethodsOfControl", "Other") == "Other"
    assert lists.export_code("vic_MethodsOfControl", "RestrictsMovement") == "Other"
    assert lists.export_code("vic_TypeOfExploitation", "ForcedLabour") == "ForcedLabour"


def test_labels_follow_the_language_of_the_reader(db: None) -> None:
    lists.forget()
    with override("en"):
        assert dict(lists.provinces())["12"] == "Phnom Penh"
        assert lists.label("cas_Status", "Active") == "Active"
    with override("km"):
        assert dict(lists.provinces())["12"] == "ភ្នំពេញ"
        assert lists.label("cas_Status", "Active") == "កំពុងដំណើរការ"
        assert dict(lists.countries())["AD"] == "Andorra"


def test_a_list_is_read_once(db: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    lists.forget()
    with override("en"):
        lists.provinces()
        with django_assert_num_queries(0):
            assert len(lists.provinces()) == 25


def test_choices_keep_the_order_of_the_standard_with_other_last(db: None) -> None:
    codes = [code for code, _ in lists.choices("vic_TypeOfExploitation")]
    assert codes[0] == "ForcedLabour"
    assert codes[-2:] == ["ForcedCriminality", "Other"]


def test_an_unknown_list_is_an_error_and_an_unknown_item_is_its_own_label(db: None) -> None:
    with pytest.raises(CodeList.DoesNotExist):
        lists.choices("vic_Nothing")
    assert lists.label("cas_Status", "Paused") == "Paused"


def test_countries_stand_in_order_of_their_names(db: None) -> None:
    names = [name for _, name in lists.countries()]
    assert names == sorted(names, key=str.casefold)


def test_only_rules_that_were_verified_whole_are_confirmed(db: None) -> None:
    confirmed = set(Clock.objects.filter(is_confirmed=True).values_list("code", flat=True))
    assert confirmed == {"IMMEDIATE_APPEARANCE"}
    assert set(Offence.objects.filter(is_confirmed=True).values_list("article", flat=True)) == {8, 10}


def test_a_definition_is_no_charge(db: None) -> None:
    articles = {offence.article for offence in lists.offences()}
    assert 10 in articles
    assert not articles & {8, 13, 23, 38, 49}


def test_a_clock_carries_its_number_and_its_doubt(db: None) -> None:
    clock = lists.clock("PTD_14_15_MISD")
    assert (clock.amount, clock.longest, clock.unit) == (2, 2, Clock.Unit.MONTHS)
    assert not clock.is_confirmed
    assert str(clock) == "pre-trial detention: 14-15, misdemeanour"


def test_appeals_went_to_phnom_penh_before_the_regional_courts(db: None) -> None:
    court = Province.objects.get(code="23").court
    assert str(court) == "Kampot Provincial Court"
    before, since = (lists.appeal_court(court, on) for on in (date(2021, 3, 31), date(2021, 4, 1)))
    assert (before and before.pk, since and since.pk) == ("CA-PNH", "CA-PSN")


def test_nobody_hears_appeals_from_the_supreme_court(db: None) -> None:
    assert lists.appeal_court(Court.objects.get(pk="SC"), date(2026, 1, 1)) is None


def test_rows_name_themselves(db: None) -> None:
    assert str(CodeList.objects.get(pk="cas_Status")) == "Status"
    assert str(Offence.objects.get(article=9)).startswith("Art. 9: Unlawful removal")
    assert lists.courts("supreme") == (("SC", "Supreme Court"),)
