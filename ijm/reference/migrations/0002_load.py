"""Load the lists from the CSV files beside the application."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ijm.reference.tables import is_yes, rows

Cells = Mapping[str, str]
Values = dict[str, Any]


def as_they_are(row: Cells) -> Values:
    return dict(row)


def province(row: Cells) -> Values:
    return keyed(row, "court")


def court(row: Cells) -> Values:
    day = row["sits_since"]
    return keyed(row, "province", "appeals_to") | {"sits_since": date.fromisoformat(day) if day else None}


def clock(row: Cells) -> Values:
    return {**row, "is_confirmed": is_yes(row["is_confirmed"])}


def offence(row: Cells) -> Values:
    marks = {mark: is_yes(row[mark]) for mark in ("is_chargeable", "is_confirmed")}
    return {**row, **marks, "min_years": row["min_years"] or None, "max_years": row["max_years"] or None}


def code_list(row: Cells) -> Values:
    return {**row, **{mark: is_yes(row[mark]) for mark in ("is_multiple", "is_extensible")}}


def code_item(row: Cells) -> Values:
    values = {**row, "is_extension": is_yes(row["is_extension"]), "item": row["code"]}
    codelist = values.pop("list")
    return values | {"code": f"{codelist}:{row['code']}", "code_list_id": codelist}


def keyed(row: Cells, *names: str) -> Values:
    """Turn the codes of other rows into foreign keys, an empty cell into none."""
    plain = {name: cell for name, cell in row.items() if name not in names}
    return plain | {f"{name}_id": row[name] or None for name in names}


LOADS: dict[str, tuple[str, Callable[[Cells], Values]]] = {
    "Country": ("countries", as_they_are),
    # Provinces and courts name each other: the foreign keys are checked at the end of the transaction.
    "Province": ("provinces", province),
    "Court": ("courts", court),
    "Clock": ("kh_legal_clocks", clock),
    "Offence": ("offences", offence),
    "CodeList": ("code_lists", code_list),
    "CodeItem": ("code_items", code_item),
}


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for model, (table, values) in LOADS.items():
        manager = apps.get_model("reference", model)._default_manager
        manager.bulk_create([manager.model(**values(row)) for row in rows(table)])


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
