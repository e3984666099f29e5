"""My work today."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ijm.accounts.models import User
from ijm.casefiles import walls
from ijm.desk import approvals, cards, opened, pins, reminders, roles, setup
from ijm.notices.models import Notice
from ijm.roles.table import Can, may
from ijm.web import drafts, words
from ijm.web.looks import seen
from ijm.web.navigation import address
from ijm.web.pages import page, reads

FIRST_STEPS = (
    (Can.TIP_TAKE, "investigations:tip-take", gettext_lazy("Record a tip"), "plus"),
    (Can.AUDIT_ASK, "audit:who-saw", gettext_lazy("Ask who has seen"), "eye"),
    (Can.OFFICE_RUN, "desk:person-add", gettext_lazy("Add a person"), "plus"),
)


@reads()
def work(request: HttpRequest) -> HttpResponse:
    """Everything that waits for her, sorted by time, from every wing she works in."""
    user = cast(User, request.user)
    found = [*cards.work(user), *reminders.work(user), *roles.work(user), *setup.work(user)]
    sections = cards.sections(found)
    seen(request, [cards.Shown(card.code) for card in found if card.code])
    looks = opened.mine(opened.today())
    notices = Notice.objects.filter(user=user, read_at__isnull=True)[:5]
    return page(request, "desk/today/show.html", today=timezone.localdate(), sections=sections,
                figures=_figures(sections), lead=_lead(found), notices=notices, pins=pins.mine(user),
                unfinished=drafts.mine(user), recent=opened.codes(looks), says=walls.is_due(user),
                **_approvals(user), **_first_step(user))


def _approvals(user: User) -> dict[str, Any]:
    """How many things wait for a second person: for her, for somebody else, answered to her."""
    found = approvals.of(user)
    return {"decides": len(found["decide"]), "asked": len(found["asked"]), "back": found["back"][-3:]}


def _first_step(user: User) -> dict[str, Any]:
    """The one thing this role begins most often."""
    for what, name, label, icon in FIRST_STEPS:
        if may(user.role_codes, what) and address(name):
            return {"step_url": address(name), "step_label": label, "step_icon": icon}
    return {}


def _figures(sections: list[cards.Section]) -> list[dict[str, Any]]:
    piles = {section.key: section for section in sections}
    labels = {"late": _("Late"), "today": _("Due today"), "week": _("Due this week"),
              "waiting": _("Waiting, no day set")}
    return [{"number": len(piles[key].items) if key in piles else 0, "label": label,
             "url": f"#{key}" if key in piles else "", "hot": key == "late" and key in piles}
            for key, label in labels.items()]


def _lead(found: list[cards.Card]) -> str:
    """How much there is, in a sentence."""
    if not found:
        return _("Nothing waits for you.")
    late = sum(card.is_late for card in found)
    number = words.number(len(found))
    said = ngettext("One thing waits for you.", "%(n)s things wait for you.", len(found)) % {"n": number}
    if late and late == len(found) > 1:
        said += " " + _("All of them are late.")
    elif late:
        said += " " + ngettext("One of them is late.", "%(n)s of them are late.", late) % {"n": words.number(late)}
    return said
