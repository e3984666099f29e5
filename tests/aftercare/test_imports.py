"""An office's existing survivors, brought in from the workbook by the actions that a person would use."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from aftercare import imports
from aftercare.models import Residence, Survivor
from ijm.casefiles.models import CaseFile
from ijm.people.models import AgeBand, Consent, Identifier, Name, Person
from ijm.reports.htcds import PartialDay, Row
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from ijm.vault.disclosure import disclose
from tests.cast import Cast
from tests.trail import acts, last_events

WOMAN = {"prs_FirstName": "ស្រីនាង / Sreyneang", "prs_SecondName": "សុខ / Sok", "prs_Gender": "Feminine",
         "prs_Birthdate": PartialDay(1999, 4, 17), "prs_Citizenship": ("KH",), "prs_MobilePhone": "+85520555100",
         "prs_Email": "contact@example.org", "prs_MailingStreet": "Village 1", "prs_MailingCity": "Kamchay Mear",
         "prs_MailingState": "Prey Veng", "prs_MailingCountry": "KH", "con_Consent": True, "cas_Status": "Active",
         "cas_IncomingReferralDate": date(2024, 1, 23), "cas_CaseOwner": "Care worker",
         "vic_TypeOfExploitation": ("ForcedLabour", "Servitude"), "cas_IncomingReferralDetails": "Kept without wages."}
BARE = {"prs_FirstName": "Dara"}
GIRL = {"prs_FirstName": "Bopha", "prs_Gender": "NonConforming", "prs_Birthdate": PartialDay(timezone.localdate().year - 13),
        "con_Consent": True, "cas_Status": "Closed", "prs_MailingState": "Kandal"}


def bring_in(cast: Cast, *rows: dict[str, object]) -> list[Survivor]:
    """Import these rows as the care supervisor."""
    steps: list[tuple[int, int]] = []
    with acting_as(cast.care_supervisor):
        made = [Row(number, values) for number, values in enumerate(rows, start=3)]  # type: ignore[arg-type]
        number = imports.import_people(made, by=cast.care_supervisor, progress=lambda done, of: steps.append((done, of)))
    assert number == len(rows) and steps == [(number, number)]
    with acting_as(cast.care_supervisor, "r"):
        return list(Survivor.objects.select_related("alias", "worker").order_by("began_on"))


def test_a_row_becomes_a_survivor_with_everything_the_workbook_says(cast: Cast) -> None:
    survivor, boss = bring_in(cast, WOMAN)[0], cast.care_supervisor
    assert (survivor.state, survivor.sex, survivor.age_band) == ("in_care", "female", "25-34")
    assert (survivor.began_on, survivor.worker) == (date(2024, 1, 23), cast.care_worker)
    with acting_as(boss, "r"):
        names = disclose(Name.objects.order_by("script"), "family", "given", to=boss).values()
        assert [tuple(shown.values()) for shown in names] == [("សុខ", "ស្រីនាង"), ("Sok", "Sreyneang")]
        numbers = disclose(Identifier.objects.order_by("kind"), "value", to=boss).values()
        assert [shown["value"] for shown in numbers] == ["contact@example.org", "+85520555100"]
        assert disclose(Person.objects.get(), "born_on", "born_precision", "nationality", to=boss) == {
            "born_on": "1999-04-17", "born_precision": "day", "nationality": "KH"}
        home = Residence.objects.select_related("survivor__alias").get()
        assert (home.since_on, home.placement) == (date(2024, 1, 23), "unknown")
        assert disclose(home, "address", to=boss) == {"address": "Village 1, Kamchay Mear, Prey Veng"}
        account = str(disclose(survivor, "account", to=boss)["account"])
        assert "Type of Exploitation: Forced labour; Servitude" in account and "Kept without wages." in account
        assert "Sok" not in account and "555100" not in account
        assert Counter(Consent.objects.values_list("answer", "giver", "form")) == {("given", "self", "written"): 2}
    with acting_as(cast.care_worker, "r"):
        assert Survivor.objects.count() == 1, "the owner of the case stands on the file"


def test_a_row_with_only_a_name_invents_nothing(cast: Cast) -> None:
    survivor = bring_in(cast, BARE)[0]
    assert (survivor.sex, survivor.age_band, survivor.worker) == ("unknown", "unknown", cast.care_supervisor)
    assert survivor.began_on == timezone.localdate()
    with acting_as(cast.care_supervisor, "r"):
        assert not Consent.objects.exists() and not Residence.objects.exists() and not Identifier.objects.exists()
        assert disclose(survivor, "account", to=cast.care_supervisor) == {"account": None}


def test_a_closed_case_of_a_child(cast: Cast) -> None:
    survivor = bring_in(cast, GIRL)[0]
    assert (survivor.state, survivor.sex, survivor.age_band) == ("closed", "other", "12-14")
    with acting_as(cast.care_supervisor, "r"):
        assert set(Consent.objects.values_list("giver", flat=True)) == {"caregiver"}
    assert {"people.imported", "survivor.followed_up", "survivor.closed"} <= set(acts())


@pytest.mark.parametrize(("born", "band"), [
    (None, AgeBand.UNKNOWN), (PartialDay(1950), AgeBand.ADULT_50), (PartialDay(2000, 1), AgeBand.ADULT_25_34),
])
def test_ages(born: PartialDay | None, band: str) -> None:
    assert imports.age_band(born) == band


def test_precision_of_a_day_known_in_part() -> None:
    assert [imports._precision(day) for day in (None, PartialDay(2001), PartialDay(2001, 5), PartialDay(2001, 5, 2))] == [
        None, "year", "month", "day"]


def test_all_or_nothing(cast: Cast) -> None:
    wrong = GIRL | {"prs_Birthdate": PartialDay(2012), "cas_IncomingReferralDate": "not a day", "con_Consent": True}

    def stumble(done: int, of: int) -> None:
        if done == 2:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError), acting_as(cast.care_supervisor):
        imports.import_people([Row(3, WOMAN), Row(4, wrong)], by=cast.care_supervisor, progress=stumble)  # type: ignore[arg-type]
    with acting_as(cast.care_supervisor, "r"):
        assert not Survivor.objects.exists() and not CaseFile.objects.exists() and not Name.objects.exists()


@pytest.mark.parametrize("who", ["care_worker", "investigator", "liaison", "auditor", "administrator", "partner", "hotline"])
def test_nobody_but_a_supervisor_of_aftercare_imports(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    with acting_as(user), pytest.raises(Refused):
        imports.import_people([Row(3, WOMAN)], by=user, progress=lambda done, of: None)  # type: ignore[arg-type]
    assert last_events(1)[0]["act"] == "records_import.refused"
