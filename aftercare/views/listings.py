"""The lists of this wing: survivors, referrals, what other wings left here, court support."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from aftercare import policy
from aftercare.models import Survivor
from aftercare.models.describing import described
from aftercare.states import ReferralState, SupportState, SurvivorState
from aftercare.views import shown
from aftercare.views.survivor_page import SUPPORT_TONES, TONES, moment_of, news
from ijm.people.models import AgeBand
from ijm.web import lists

WAITS = {ReferralState.WAITING: "warn", ReferralState.TAKEN_IN: "good", ReferralState.DECLINED: ""}


class Survivors(lists.Table):
    """Who she is in two words, who walks with her, since when."""

    code = lists.Code(_("Survivor"), "aftercare:survivor-show")
    described = lists.Text(_("Who"), lambda record: record.described, order_by=("age_band", "sex"))
    worker = lists.Person(_("Worker"), "worker")
    began_on = lists.Day(_("Since"))
    state = lists.State(_("State"), TONES)


class SurvivorFilters(lists.Filters):
    """How old, whose, since when."""

    age_band = lists.Choice(_("Age"), AgeBand)
    since = lists.Since(_("Since, from"), field_name="began_on", moment=False)
    until = lists.Until(_("Since, until"), field_name="began_on", moment=False)
    mine = lists.Mine(label=_("Only those I walk with"), field_name="worker")


SURVIVORS = lists.Listing(
    "aftercare:survivor-list", _("Survivors"), Survivors, "-began_on,code",
    rows=policy.visible_survivors, filters=SurvivorFilters,
    lead=_("Those on whose files you stand. Names stay inside the files."), tabs_label=_("Which survivors"),
    tabs=(*(lists.Tab(state.value, state.label, Q(state=state)) for state in SurvivorState), lists.Tab("all", _("All"))),
    empty=lists.Empty(_("Nobody here"),
                      _("A survivor appears here when a referral is taken in, or when you are put on her file."), "sprout",
                      _("See the referrals"), "aftercare:referral-list"))


HAND_OVER = lists.Bulk("aftercare:survivor-hand-over", _("Hand over to another worker"), "people")


class Referrals(lists.Table):
    """What is openly known of somebody who was handed over."""

    code = lists.Code(_("Referral"), "aftercare:referral-show")
    described = lists.Text(_("Who"), lambda record: record.described, order_by=("age_band", "sex"))
    languages = lists.Text(_("Speaks"), lambda record: shown.spoken(record.languages))
    received_at = lists.Moment(_("Received"))
    state = lists.State(_("State"), WAITS)


class ReferralFilters(lists.Filters):
    """How old, received when."""

    age_band = lists.Choice(_("Age"), AgeBand)
    since = lists.Since(_("Received from"), field_name="received_at")
    until = lists.Until(_("Received until"), field_name="received_at")


REFERRALS = lists.Listing(
    "aftercare:referral-list", _("Referrals"), Referrals, "-received_at",
    rows=policy.visible_referrals, filters=ReferralFilters,
    lead=_("Persons who were handed to aftercare. Each waits for an answer: taken in, or not and why."),
    tabs_label=_("Which referrals"),
    tabs=(lists.Tab("waiting", _("Waiting"), Q(state=ReferralState.WAITING)),
          lists.Tab("answered", _("Answered"), ~Q(state=ReferralState.WAITING), empty=lists.Empty(
              _("No referral was answered yet"), _("Once somebody is taken in, or not, the answer stays here.")))),
    empty=lists.Empty(_("Nobody is waiting"),
                      _("When a rescue operation ends, each rescued person appears here at once, on a care file of her own that "
                        "the investigators cannot read."), "inbox",
                      _("See the survivors"), "aftercare:survivor-list"))


class Deliveries(lists.Table):
    """Whom the news concerns, what it is, when it happens."""

    code = lists.Code(_("Survivor"), "aftercare:survivor-show", of=lambda record: record.survivor,
                      sub=lambda record: described(record.sex, record.age_band), orderable=False)
    kind = lists.Text(_("News"), lambda record: news(record.kind))
    court = lists.Text(_("Court"), lambda record: shown.court_name(record.payload.get("court", "")))
    when = lists.Text(_("When"), lambda record: moment_of(record.payload))
    sent_at = lists.Day(_("Received"))
    take = lists.Act(_("Next step"), _("Take it up"), "aftercare:delivery-take", named=lambda record: record.survivor)


def of_survivor(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Say of each row whom it concerns, in the same question."""
    her = Survivor.objects.filter(file=OuterRef("file"))
    return rows.annotate(**{name: Subquery(her.values(column)[:1])
                            for name, column in (("survivor", "code"), ("sex", "sex"), ("age_band", "age_band"))})


DELIVERIES = lists.Listing(
    "aftercare:delivery-list", _("From other wings"), Deliveries, "sent_at",
    rows=policy.waiting_deliveries,
    lead=_("Only times and courts cross over: nothing of the case comes here, and nothing of anybody's life goes there."),
    empty=lists.Empty(_("Nothing waits from other wings"),
                      _("When a hearing is scheduled or a verdict returned in the case of a survivor, the news lies here until "
                        "her worker takes it up."), "talk", _("Court support"), "aftercare:support-list"))


class Support(lists.Table):
    """What a survivor needs for a hearing, and who goes along."""

    code = lists.Code(_("Survivor"), "aftercare:survivor-show", of=lambda record: record.survivor.code,
                      sub=lambda record: record.survivor.described, order_by="survivor__code")
    hearing_at = lists.Moment(_("Hearing"), latest_first=False)
    court = lists.Text(_("Court"), lambda record: shown.court_name(record.court))
    needs = lists.Text(_("What is needed"), lambda record: "; ".join(record.need_labels))
    companion = lists.Person(_("Goes along"), "companion")
    state = lists.State(_("State"), SUPPORT_TONES)


class SupportFilters(lists.Filters):
    """When the hearing is, and who goes along."""

    since = lists.Since(_("Hearing from"), field_name="hearing_at")
    until = lists.Until(_("Hearing until"), field_name="hearing_at")
    mine = lists.Mine(label=_("Only those I go along to"), field_name="companion")


COURT_SUPPORT = lists.Listing(
    "aftercare:support-list", _("Court support"), Support, "hearing_at", filters=SupportFilters,
    lead=_("What survivors need for their days in court, the next day first."), tabs_label=_("Which support"),
    tabs=(lists.Tab("needed", _("To arrange"), Q(state=SupportState.NEEDED)),
          lists.Tab("arranged", _("Arranged"), Q(state=SupportState.ARRANGED)), lists.Tab("all", _("All"))),
    empty=lists.Empty(_("No court support is under way"),
                      _("It begins when the news of a hearing is taken up."), "calendar",
                      _("From other wings"), "aftercare:delivery-list"))
