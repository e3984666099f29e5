"""What every table of the house must be."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from ijm.guard.declare import Machinery, Private
from ijm.guard.documents import final, machines
from ijm.trail.fields import XidField
from ijm.trail.history import Recorded
from ijm.vault.parcels import Parcel, ParcelField
from ijm.vault.sealed import Compartment, SealedModel

WINGS = ("investigations", "aftercare", "prosecutions", "audit")
OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.split(".")[0] in ("ijm", *WINGS) and not model.__name__.startswith("Historical")
]
CONTENT = [model for model in OURS if issubclass(model, Recorded | Parcel)]

# Kinds of column that cannot hold what identifies or describes a person in words.
CLOSED_KINDS = (models.UUIDField, models.BooleanField, models.DateField, models.IntegerField, models.ForeignKey, XidField)
# Texts and lists that are open to everybody who may see the row, each looked at by a person. A code list or a state
# (a column with `choices`) and a code of ours need no line here; a new free text does, or it belongs in a compartment.
OPEN: dict[str, set[str]] = {
    "accounts.Office": {"name_en", "name_km", "province", "phone", "time_zone", "quick_exit"},
    "accounts.User": {"username", "email", "name", "name_km", "password"},
    "approvals.Request": {"kind", "about", "digest", "basis"},  # codes of ours, a checksum
    "reference.Amendment": {"of_list", "item", "name_en", "name_km", "export_as"},
    "reference.Confirmation": {"rule", "lawyer"},
    "accounts.Welcome": {"code_hash"},  # a slow hash of fifteen random signs
    "audit.Finding": {"of_table"},  # the name of a table of ours
    "audit.Flag": {"about_code", "events"},  # a code of ours, and numbers of events
    "casefiles.CaseAccess": {"reason_code"},
    "casefiles.Seal": {"about_code"},  # a code of ours
    "casefiles.Wall": {"about_code"},
    "casefiles.Delivery": {"kind", "payload"},
    "casefiles.FileLink": {"kind"},
    "desk.SavedFilter": {"listing", "query"},
    "desk.KeyChange": {"target"},
    "notices.Notice": {"about_code", "path"},
    "notices.Reminder": {"about_code", "path"},
    "notices.CalendarAddress": {"digest"},
    "aftercare.SafeContact": {"ways", "days", "from_at", "until_at"},
    "documents.Paper": {"number", "about_code", "source", "digest", "mark"},
    "documents.StoredFile": {"media", "sha256", "storage"},  # told by the bytes and by chance, typed by nobody
    "audit.Package": {"about_code", "digest"},  # a code of ours, a checksum
    "erasures.Erasure": {"about_code", "certificate"},  # codes of ours
    "erasures.LegalHold": {"about_code"},
    "documents.Measurement": {"trouble"},  # a code of the vault's errors
    "people.Consent": {"language"},
    "web.Draft": {"path", "form"},  # addresses of our own pages: a view's words and codes, nothing else is taken
    "aftercare.CourtSupport": {"court", "needs"},
    "aftercare.Referral": {"languages"},
    "aftercare.Survivor": {"languages"},
    "investigations.Incident": {"acts", "means", "purposes", "occurred", "province"},
    "investigations.Investigation": {"form_of_exploitation", "province"},
    "investigations.RescueOperation": {"languages", "checks"},
    "investigations.RescuedPerson": {"languages"},
    "investigations.Suspect": {"role_in_process"},
    "investigations.Tip": {"channel", "urgency", "province", "source_grade", "information_grade"},
    "prosecutions.Prosecution": {"exploitation"},
    "reports.Former": {"import_code", "mark", "likeness"},
    "reports.ImportPart": {"index"},
    "prosecutions.VictimWitness": {"measures"},
}


def needs_a_word(field: models.Field) -> bool:
    """A column that could hold anything somebody types."""
    closed = isinstance(field, (*CLOSED_KINDS, Compartment, ParcelField)) or field.choices
    return not closed and field.name != "code"


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_column_is_sealed_closed_in_kind_or_declared_open(model: type[models.Model]) -> None:
    said = {field.name for field in model._meta.concrete_fields if needs_a_word(field)}
    assert said - OPEN.get(model._meta.label, set()) == set(), "seal it in a compartment, or declare it open here and say why"


def test_nothing_is_declared_open_that_is_not_there() -> None:
    labels = {model._meta.label: {field.name for field in model._meta.concrete_fields} for model in CONTENT}
    unknown = {
        label: sorted(names - labels.get(label, set())) for label, names in OPEN.items() if names - labels.get(label, set())
    }
    assert unknown == {}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_key_is_made_in_python(model: type[models.Model]) -> None:
    pk = model._meta.pk
    assert not isinstance(pk, models.AutoField) and not pk.has_db_default() if hasattr(pk, "has_db_default") else True
    assert all(not getattr(field, "db_returning", False) for field in model._meta.concrete_fields), "INSERT ... RETURNING"
    if issubclass(model, Recorded):
        assert isinstance(pk, models.UUIDField)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_nothing_is_deleted_with_something_else(model: type[models.Model]) -> None:
    kinds = {
        field.name: field.remote_field.on_delete
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.remote_field.model.__module__.startswith("django.")
    }
    assert {name for name, rule in kinds.items() if rule is not models.PROTECT} == set()
    assert not model._meta.local_many_to_many


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_recorded_row_is_guarded_and_has_a_history(model: type[models.Model]) -> None:
    if issubclass(model, Parcel):
        assert isinstance(model.guard, Private), "what is not finished is its owner's alone"
        return
    assert not isinstance(model.guard, Machinery)
    past = {field.name for field in model.history.model._meta.concrete_fields}
    assert {field.name for field in model._meta.concrete_fields} <= past


@pytest.mark.parametrize(
    "model", [model for model in CONTENT if model.__module__.split(".")[0] in WINGS[:3]], ids=lambda model: model._meta.label
)
def test_every_row_of_casework_lies_on_a_file(model: type[models.Model]) -> None:
    field = model._meta.get_field("file")
    assert field.related_model._meta.label == "casefiles.CaseFile" and not field.null


def test_a_row_that_holds_the_words_of_people_is_sealed() -> None:
    sealed = {model._meta.label for model in CONTENT if issubclass(model, SealedModel)}
    assert {
        "people.Person",
        "people.Name",
        "people.Identifier",
        "people.Consent",
        "investigations.Tip",
        "aftercare.Residence",
    } <= sealed
    assert {
        field.name for model in CONTENT for field in model._meta.concrete_fields if isinstance(field, models.TextField)
    } == set()


@pytest.mark.parametrize(
    ("model", "column", "moves"), [pytest.param(*machine, id=f"{machine[0]._meta.label}.{machine[1]}") for machine in machines()]
)
def test_every_state_can_be_reached_and_is_left_or_final(model: type[models.Model], column: str, moves: tuple) -> None:
    states = {str(value) for value, _label in model._meta.get_field(column).choices}
    reached, new = set(), {""}
    while new:
        reached |= new
        new = {str(move.after) for move in moves if str(move.before) in reached} - reached
    assert reached - {""} == states, "every state of the list is reached by the moves, and no other"
    assert all(move.event and "." in move.event for move in moves)
    assert final(moves) or all(any(str(move.before) == state for move in moves) for state in states)


# Whom a floor may point at: string foreign keys are invisible to an import linter.
FLOORS = (
    ("trail",),
    ("guard", "roles", "reference", "messages", "ids", "env"),
    ("web", "vault"),
    ("embedded",),
    ("partners", "accounts"),
    ("approvals",),
    ("budgets",),
    ("casefiles", "notices", "jobs"),
    ("people",),
    ("documents",),
    ("erasures",),
    ("desk", "reports"),
    WINGS,
)
HEIGHT = {label: height for height, floor in enumerate(FLOORS) for label in floor}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_table_points_only_downwards(model: type[models.Model]) -> None:
    mine = HEIGHT[model._meta.app_label]
    wrong = [
        field.name
        for field in model._meta.concrete_fields
        if field.remote_field
        and (other := field.remote_field.model._meta.app_label) in HEIGHT
        and other != model._meta.app_label
        and HEIGHT[other] >= mine
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "model", [model for model in CONTENT if model.__module__.split(".")[0] in WINGS], ids=lambda model: model._meta.label
)
def test_no_wing_holds_a_person(model: type[models.Model]) -> None:
    pointed = {field.remote_field.model._meta.label for field in model._meta.concrete_fields if field.remote_field}
    assert "people.Person" not in pointed, "a wing holds an alias of its own, never the person"


def test_every_model_has_its_migration() -> None:
    loader = MigrationLoader(None)
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    ours = {model._meta.app_label for model in OURS} & wanted.keys()
    assert {label: [str(step) for step in wanted[label][0].operations] for label in ours} == {}
