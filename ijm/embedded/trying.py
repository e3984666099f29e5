"""The inner half of a restore drill: runs beside the restored databases alone, opens values and shows none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, models

from ijm.embedded.report import Report, Tried
from ijm.vault import canary, shelf
from ijm.vault.errors import KeyDestroyed, VaultError
from ijm.vault.parcels import Parcel
from ijm.vault.sealed import compartments

RESTORED = "restored"  # the alias of the back-up's login, which sees every row and changes none
UNKNOWN_KEYS = "SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"


def examine(report: Report, *, rows: int) -> None:
    """Bring the restored office up as an office would be, then try what it holds: up to so many rows of each sealed column."""
    call_command("migrate", verbosity=0)  # first: a back-up of an earlier version lacks columns that all else reads
    report.steps.append("Rights, row security and triggers stand as declared.")
    if not _root_fits(report):
        return
    _aliased()
    known = _known_keys()
    for model in apps.get_models():
        for column, key in _sealed_columns(model):
            tried = _tried(model, column, rows)
            report.tables.append(tried)
            _judge(report, tried, _missing(model, key, known))
    _factors(report)
    _rebuild(report)
    _files(report)


def _root_fits(report: Report) -> bool:
    """Whether the root key at hand is that of these keys; without it, everything else would fail as well."""
    try:
        report.steps.append(f"The root key opens the keys of {len(canary.check())} compartments.")
    except VaultError as error:
        report.fail(error.code, "The root key at hand does not open these keys: bring root key and passphrase from escrow.")
        return False
    return True


def _aliased() -> None:
    connections.settings[RESTORED] = {**connections.settings["default"], **settings.BACKUPS["data"]}


def _sealed_columns(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """The sealed columns of a table, history included, each with the column of its key's number."""
    for field in compartments(model):
        yield field.name, f"{field.name}_key"
    if issubclass(model, Parcel):
        yield "parcel", "parcel_key"


def _known_keys() -> set[int]:
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT id FROM vault_key")
        return {row[0] for row in cursor.fetchall()}


def _missing(model: type[models.Model], key: str, known: set[int]) -> int:
    """How many keys the rows of this table name that the key database lacks; all rows, not a sample."""
    quote = connections[RESTORED].ops.quote_name
    with connections[RESTORED].cursor() as cursor:
        cursor.execute(UNKNOWN_KEYS.format(column=quote(key), table=quote(model._meta.db_table)))
        return len({row[0] for row in cursor.fetchall()} - known)


def _tried(model: type[models.Model], column: str, limit: int) -> Tried:
    """Open up to so many rows, taken at random; nothing of them is kept but how it ended."""
    there = model._base_manager.using(RESTORED).filter(**{f"{column}__isnull": False})
    tried = Tried(model._meta.db_table, column, rows=there.count())
    for row in there.order_by("?")[:limit]:
        tried.tried += 1
        try:
            _open(row, column)
            tried.opened += 1
        except KeyDestroyed:
            tried.erased += 1
        except VaultError as error:
            tried.fail(error.code)
    return tried


def _open(row: Any, column: str) -> None:
    if isinstance(row, Parcel):
        row._opened()  # not `open`: nobody looks, and the bytes are dropped at once
        return
    field = row._meta.get_field(column)
    field.open(row, field.keys_of([row]))


def _judge(report: Report, tried: Tried, missing: int) -> None:
    if missing:
        report.fail("KEYS-OLDER", f"{tried.table}.{tried.column} names {missing} keys that the key back-up lacks: it is older "
                    "than the data, or of another office. Bring the key back-up made with or after these data.")
    for code, count in tried.failed.items():
        report.fail(code, f"{count} of {tried.tried} rows of {tried.table}.{tried.column} did not open.")


def _factors(report: Report) -> None:
    """Whether people could sign in again: the seeds of their second factors open under this root key."""
    for factor in Authenticator.objects.using(RESTORED).filter(type=Authenticator.Type.TOTP):
        try:
            get_adapter().decrypt(factor.data["secret"])
            report.factors += 1
        except VaultError as error:
            report.fail(error.code, "A second factor does not open under this root key.")
    report.steps.append(f"{report.factors} second factors open.")


def _rebuild(report: Report) -> None:
    """The search index is derived and in no dump: it is made anew from the restored rows."""
    try:
        call_command("search_rebuild", verbosity=0)
        report.steps.append("The search index was built anew.")
    except (VaultError, CommandError) as error:
        report.fail(getattr(error, "code", "SEARCH-REBUILD"), f"The search index could not be built anew: {error}")


def _files(report: Report) -> None:
    """Every stored file is read to its end and compared with the SHA-256 of its original."""
    for model in apps.get_models():
        if model.__name__.startswith("Historical") or shelf.KEY_COLUMN not in {one.name for one in compartments(model)}:
            continue
        for row in model._base_manager.using(RESTORED).exclude(storage=""):
            _file(report, row)


def _file(report: Report, row: Any) -> None:
    report.files += 1
    try:
        if shelf.measure(row) != row.sha256:
            report.fail("FILE-CHANGED", f"The file {row.code} is not the one that was put in: its SHA-256 differs.")
            return
    except KeyDestroyed:
        pass
    except VaultError as error:
        report.fail(error.code, f"The file {row.code} does not open: {error.mend}")
        return
    report.files_opened += 1
