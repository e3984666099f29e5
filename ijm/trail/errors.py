"""What the recording floor says when it is used wrongly or refuses."""

from django.core.exceptions import PermissionDenied


class NoDoor(RuntimeError):
    """A record was to be changed, or sealed text opened, outside the door that tells the database who asks."""


class NobodyDeletes(RuntimeError):
    """A record was to be deleted: records are ended, corrected or shredded, never deleted."""


class Stale(Exception):
    """Somebody else changed the record since it was read; nothing was saved."""


class Refused(PermissionDenied):
    """The person may not do this; shown as a page that is not there. `why` is for those who may know."""

    def __init__(self, why: str = "") -> None:
        super().__init__(str(why))
        self.why = why
