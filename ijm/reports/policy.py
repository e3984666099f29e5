"""Who may bring records in, who may take them out, and who decides about that."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.approvals.agreed import objection
from ijm.guard.states import may_move
from ijm.reports.models import Export, Import
from ijm.reports.models.imports import KEPT
from ijm.reports.states import ImportState
from ijm.roles.decisions import Decision, role_decision
from ijm.roles.table import Can
from ijm.web.codes import get_by_code


def visible_imports(user: User) -> QuerySet[Import]:
    """What she herself brings in, newest first; nobody sees a colleague's."""
    return Import.objects.filter(owner=user)


def lapsed_imports(user: User) -> QuerySet[Import]:
    """What she began so long ago that it ends by itself."""
    ended = (ImportState.DONE, ImportState.DISCARDED)
    return visible_imports(user).exclude(state__in=ended).filter(begun_at__lte=timezone.now() - KEPT)


def get_import(user: User, code: str) -> Import:
    """One import of hers by its code, however it was typed."""
    return get_by_code(visible_imports(user), code)


def may_import(by: User) -> Decision:
    """A supervisor brings in the existing records of an office."""
    return role_decision(by, Can.RECORDS_IMPORT)


def may_change(by: User, record: Import) -> Decision:
    """Whoever began an import looks through it and mends it, as long as it is not brought in."""
    return (role_decision(by, Can.RECORDS_IMPORT, record)
            .and_(record.owner_id == by.pk, _("Another person began this import."), "owner")
            .and_(record.state == ImportState.READY, _("This import is not at the stage of looking through."), "state"))


def may_move_on(by: User, record: Import, to: str) -> Decision:
    """From reading to looking through, bringing in and done, or away; every other step is refused."""
    return (role_decision(by, Can.RECORDS_IMPORT, record)
            .and_(record.owner_id == by.pk, _("Another person began this import."), "owner")
            .and_(may_move(Import.transitions["state"], record.state, to), _("That is not the next step."), "step"))


def may_lapse(by: User, record: Import) -> Decision:
    """What nobody finished in time ends, whatever role she has by now; only what is hers, and nothing before its time."""
    return (Decision(record.owner_id == by.pk, by, record, "import.refused", _("Another person began this import."), "owner")
            .and_(record.lapses_at <= timezone.now(), _("There is still time to finish it."), "time"))


def may_bring_in(by: User, record: Import) -> Decision:
    """Everything or nothing: no row is left to mend, and at least one is to be brought in."""
    return (may_change(by, record)
            .and_(not record.to_mend, _("Rows are left to mend: mend them or leave them out."), "mend")
            .and_(record.to_bring_in > 0, _("No row is left to bring in."), "empty"))


def visible_exports(user: User) -> QuerySet[Export]:
    """What she asked for, and what waits for her decision, newest first."""
    return Export.objects.select_related("request__asked_by", "request__decided_by")


def get_export(user: User, code: str) -> Export:
    """One export by its code, however it was typed."""
    return get_by_code(visible_exports(user), code)


def may_ask(by: User) -> Decision:
    """Who works on care files may ask for the records of her own files."""
    return role_decision(by, Can.RECORDS_EXPORT)


def may_fetch(by: User, export: Export) -> Decision:
    """The asker, and nobody else, fetches the workbook that was made for her."""
    return (role_decision(by, Can.RECORDS_EXPORT, export)
            .and_(export.request.asked_by_id == by.pk, _("Only the person who asked for it fetches it."), "owner")
            .and_(export.made_at is not None, _("It is not made yet."), "made"))


def may_make(by: User, export: Export) -> Decision:
    """The asker, and nobody else, makes exactly the workbook that was approved, in time and once."""
    why = objection(export.request, export.thing)
    return (role_decision(by, Can.RECORDS_EXPORT, export)
            .and_(export.request.asked_by_id == by.pk, _("Only the person who asked for it makes it."), "owner")
            .and_(not why, why, "approved"))
