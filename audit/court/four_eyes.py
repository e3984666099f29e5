"""What packages for a court say to the room of approvals: in each wing its supervisors decide, or the data-protection officer."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.court.actions import packages
from audit.court.models import Package
from ijm.accounts.models import User
from ijm.approvals.kinds import Kind, Told
from ijm.approvals.models import Request
from ijm.roles.table import WING_SUPERVISORS, Can, Role
from ijm.roles.table import Kind as Wing
from ijm.trail.purposes import Purpose

HERE = "audit.court.four_eyes."
EVENTS = _("Every event about it: who, when, why, in codes, with the proof that it stands in the log")
DIGESTS = _("The digest of each version of its rows; size and SHA-256 of attached files")
CONTENT = _("The columns of each version; of sealed values identity, legal matters and narrative, as far as the asker "
                       "may open them")
HELD = _("Whereabouts, clinical notes, sources, intelligence, protection of witnesses: in no package")
NAMES = _("The words of events that name other case files too: only their place in the log")
BYTES = _("The attached files themselves")
CLOSED = _("What was written: not one value")


def _kind(wing: Wing) -> Kind:
    second = (Role.DATA_PROTECTION, *WING_SUPERVISORS[wing])
    return Kind(_("Package for a court"), Can.PACKAGE_ASK, Can.PACKAGE_AGREE, only=second,
                thing=HERE + "thing", moved=HERE + "moved", told=HERE + "told", why=Purpose.COURT)


INTAKE, INVESTIGATION, CARE, PROSECUTION = (_kind(wing) for wing in Wing)


def thing(request: Request) -> dict[str, object]:
    """The package as it is asked for now."""
    return Package.objects.get(request=request).thing


def moved(request: Request, *, by: User) -> None:
    """The package follows each decision about its request."""
    package = Package.objects.get(request=request)
    package.request = request
    packages.follow(package, by=by)


def told(user: User, request: Request) -> Told:
    """About what, how much of it, what leaves and what stays."""
    package = Package.objects.get(request=request)
    leaves, stays = said(package)
    about = (package.about_code, package.get_scope_display())
    return Told(reverse("audit:package-show", args=[package.code]), (*about, *leaves), stays)


def said(package: Package) -> tuple[list[str | Promise], list[str | Promise]]:
    """What leaves the house with this package, and what does not."""
    if package.is_bare:
        return [EVENTS], [DIGESTS, CLOSED, BYTES, NAMES]
    if package.has_content:
        return [EVENTS, DIGESTS, CONTENT], [HELD, BYTES, NAMES]
    return [EVENTS, DIGESTS], [CLOSED, BYTES, NAMES]
