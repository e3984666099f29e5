"""The list of packages: those she asked for, and those she decides about."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.court.states import PackageState
from ijm.web import lists

TONES = {PackageState.ASKED: "warn", PackageState.AGREED: "info", PackageState.MADE: "good", PackageState.FETCHED: "",
         PackageState.REFUSED: "bad", PackageState.WITHDRAWN: ""}


class Packages(lists.Table):
    """Which record, how much of it, who asked, how far it is."""

    code = lists.Code(_("Package"), "audit:package-show")
    about_code = lists.Kept(_("About"))
    scope = lists.Kept(_("How much"))
    asked_by = lists.Person(_("Asked by"), "asked_by")
    asked_at = lists.Moment(_("Asked"))
    state = lists.State(_("State"), TONES)


PACKAGES = lists.Listing(
    "audit:package-list", _("Packages for a court"), Packages, "-asked_at",
    lead=_("Who looked at a record and who changed it, in a form that a court checks with the package and a public key alone."),
    tabs_label=_("Which packages"),
    tabs=(lists.Tab("all", _("All")), lists.Tab("waiting", _("Waiting"), Q(state=PackageState.ASKED)),
          lists.Tab("decided", _("Decided"), ~Q(state=PackageState.ASKED))),
    empty=lists.Empty(_("Nobody asked for a package"),
                      _("Whoever works on a case file may ask for its history in a form that a court can check."), "scales"))
