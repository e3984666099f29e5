"""What waits for the auditor on "my work today"."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import policy, queries
from ijm.accounts.models import User


def work(user: User) -> list[dict[str, Any]]:
    """The day's refusals, and the question that is always open to her."""
    if not policy.may_ask(user):
        return []
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    refused = queries.by_kind(today).get("refusal", 0)
    cards: list[dict[str, Any]] = [{
        "title": _("Ask who has seen a record"), "url": reverse("audit:who-saw"), "kind": "eye",
        "about": _("With a code of any wing. You see who, when and why, never the content."),
    }]
    if waiting := policy.waiting_flags(user).count():
        cards.insert(0, {"title": _("Judge the flags that wait"), "url": reverse("audit:flag-list"), "kind": "flag",
                         "count": waiting})
    if found := policy.waiting_findings(user).count():
        cards.insert(0, {"title": _("Look into what the verification found"), "url": reverse("audit:finding-list"),
                         "kind": "alert", "count": found})
    if refused:
        cards.insert(0, {"title": _("Look through today's refusals"), "url": f"{reverse('audit:refused')}?period=28",
                         "kind": "alert", "count": refused})
    return cards
