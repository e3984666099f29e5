"""What the reference lists hold; rows come from the CSV files by migration and nobody edits them at work."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ijm.guard.declare import Machinery


class Named(models.Model):
    """A row of a list that has an English name and, where we have one, a Khmer name."""

    code = models.CharField(primary_key=True, max_length=40)
    name_en = models.CharField(max_length=200)
    name_km = models.CharField(max_length=200, blank=True, default="")

    guard: ClassVar = Machinery("S")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader; English where there is no Khmer one."""
        return self.name_km if (get_language() or "").startswith("km") and self.name_km else self.name_en


class Country(Named):
    """A country of ISO 3166, by its two-letter code."""

    alpha3 = models.CharField(max_length=3, unique=True)

    class Meta:
        ordering = ("name_en",)


class Province(Named):
    """One of the 25 provinces of Cambodia, by the two digits of its NCDD code."""

    class Unit(models.TextChoices):
        PROVINCE = "province", _("Province")
        CAPITAL = "capital", _("Capital")

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
