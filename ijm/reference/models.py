"""What the reference lists hold: rows of outside sources, which nobody edits, and what this house changed about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ijm.guard.declare import Machinery, Own
from ijm.roles.table import Can, who_can
from ijm.trail.history import Recorded

WRITING = "(SELECT guard.mode()) = 'w'"
CURATES = f"{WRITING} AND (SELECT guard.runs_office())"
CONFIRMERS = ", ".join(f"'{role.value}'" for role in who_can(Can.RULE_CONFIRM))


class Named(models.Model):
    """A row of a list that has an English name and, where we have one, a Khmer name."""

    code = models.CharField(primary_key=True, max_length=40)
    name_en = models.CharField(max_length=200)
    name_km = models.CharField(max_length=200, blank=True, default="")

    guard: ClassVar = Machinery("S")
    table: ClassVar[str] = ""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Any:
        """The row of the outside source, in the words that this house gave it."""
        from ijm.reference.changes import amendment

        row = super().from_db(db, field_names, values)
        changed = amendment(row.table, str(row.pk)) if row.table else None
        if changed is not None:
            row.name_en, row.name_km = changed.name_en or row.name_en, changed.name_km or row.name_km
        return row

    @property
    def name(self) -> str:
        """The name in the language of the reader; English where there is no Khmer one."""
        return self.name_km if (get_language() or "").startswith("km") and self.name_km else self.name_en


class Country(Named):
    """A country of ISO 3166, by its two-letter code."""

    table = "countries"

    alpha3 = models.CharField(max_length=3, unique=True)

    class Meta:
        ordering = ("name_en",)


class Province(Named):
    """One of the 25 provinces of Cambodia, by the two digits of its NCDD code."""

    class Unit(models.TextChoices):
        PROVINCE = "province", _("Province")
        CAPITAL = "capital", _("Capital")

    table = "provinces"

    iso = models.CharField(max_length=5, unique=True)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    # One way only: the court of a province. Kep has none of its own and uses Kampot's.
    court = models.ForeignKey("reference.Court", models.PROTECT, related_name="provinces")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("code",)


class Court(Named):
    """A court of the ordinary judiciary, and the court that hears appeals from it."""

    class Level(models.TextChoices):
        FIRST_INSTANCE = "first_instance", _("First instance")
        APPEAL = "appeal", _("Appeal")
        SUPREME = "supreme", _("Supreme Court")

    table = "courts"

    level = models.CharField(max_length=14, choices=Level.choices)
    province = models.ForeignKey(Province, models.PROTECT, related_name="courts_within")
    appeals_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="hears_from")
    # The regional appeal courts began in April 2021; before that Phnom Penh heard every appeal.
    sits_since = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)


class Rule(models.Model):
    """A rule of law as we found it, with its source and whether a lawyer has confirmed it."""

    code = models.CharField(primary_key=True, max_length=40)
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=200)
    is_confirmed = models.BooleanField(default=False)
    confirmed_by = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    guard: ClassVar = Machinery("S")

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Any:
        """The rule as we found it, with the newest word of a lawyer on it."""
        from ijm.reference.changes import confirmation

        rule = super().from_db(db, field_names, values)
        said = confirmation(str(rule.pk))
        if said is not None:
            rule.is_confirmed, rule.confirmed_by = said.is_valid, said.lawyer if said.is_valid else ""
        return rule


class Clock(Rule):
    """A legal time limit: how long custody, detention, an appeal or a prosecution may take."""

    class Unit(models.TextChoices):
        HOURS = "hours", _("hours")
        DAYS = "days", _("days")
        WEEKS = "weeks", _("weeks")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")

    clock = models.CharField(max_length=60)
    applies_to = models.CharField(max_length=200)
    limit = models.CharField(max_length=200)
    extension = models.CharField(max_length=200, blank=True, default="")
    # The same limit for computing: `amount` at first, `longest` with every extension; 0 means "not allowed".
    amount = models.PositiveSmallIntegerField()
    longest = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=6, choices=Unit.choices)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(longest__gte=models.F("amount")), name="clock_longest_not_below_amount"
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock}: {self.applies_to}"


class Offence(Rule):
    """An article of a criminal law that a person can be charged with, or that defines its words."""

    law = models.CharField(max_length=200)
    article = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    penalty = models.CharField(max_length=200, blank=True, default="")
    min_years = models.PositiveSmallIntegerField(null=True, blank=True)
    max_years = models.PositiveSmallIntegerField(null=True, blank=True)
    aggravated_penalty = models.CharField(max_length=200, blank=True, default="")
    aggravated_when = models.CharField(max_length=200, blank=True, default="")
    is_chargeable = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(max_years__isnull=True) | models.Q(max_years__gte=models.F("min_years")),
                name="offence_years_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{_('Art.')} {self.article}: {self.title}"


class CodeList(models.Model):
    """A picklist of the HTCDS standard, or one of ours."""

    code = models.CharField(primary_key=True, max_length=60)
    name = models.CharField(max_length=100)
    is_multiple = models.BooleanField(default=False)
    is_extensible = models.BooleanField(default=False)
    source = models.CharField(max_length=100)

    guard: ClassVar = Machinery("S")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CodeItem(Named):
    """One choice of a picklist; its key is `list:item`, so the same item may stand in several lists."""

    code = models.CharField(primary_key=True, max_length=120)
    code_list = models.ForeignKey(CodeList, models.PROTECT, related_name="items")
    item = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    is_extension = models.BooleanField(default=False)
    # What the item is called when the record leaves in the standard's own words.
    export_as = models.CharField(max_length=60)

    class Meta:
        ordering = ("code_list", "position")
        constraints = (models.UniqueConstraint(fields=("code_list", "item"), name="code_item_once_in_its_list"),)


class Amendment(Recorded):
    """What this house changed about one value of a list: its words, its place, that it is retired, or that it is our own."""

    guard = Own(insert=CURATES, update=CURATES)

    of_list = models.CharField(max_length=60)
    item = models.CharField(max_length=60)
    name_en = models.CharField(max_length=200, blank=True)
    name_km = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(null=True)
    is_own = models.BooleanField(default=False)
    # What an own value is called when the record leaves in the standard's own words.
    export_as = models.CharField(max_length=60, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("of_list", "item"), name="amendment_once_a_value"),
            models.CheckConstraint(condition=models.Q(is_own=False) | ~models.Q(name_en=""), name="amendment_own_is_named"),
        )


class Confirmation(Recorded):
    """A lawyer confirmed a rule on a day, or no longer stands by it; the newest word counts."""

    guard = Own(insert=f"{WRITING} AND (SELECT guard.has_role(ARRAY[{CONFIRMERS}]))")

    rule = models.CharField(max_length=40)
    lawyer = models.CharField(max_length=120)
    confirmed_on = models.DateField()
    is_valid = models.BooleanField(default=True)
    by = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    signed = ("by",)

    class Meta:
        indexes = (models.Index(fields=("rule", "at"), name="confirmation_rule"),)
