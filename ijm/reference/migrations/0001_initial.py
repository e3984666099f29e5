import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CodeList",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("is_multiple", models.BooleanField(default=False)),
                ("is_extensible", models.BooleanField(default=False)),
                ("source", models.CharField(max_length=100)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Country",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name_en", models.CharField(max_length=200)),
                ("name_km", models.CharField(blank=True, default="", max_length=200)),
                ("alpha3", models.CharField(max_length=3, unique=True)),
            ],
            options={
                "ordering": ("name_en",),
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=200)),
                ("confidence", models.CharField(max_length=200)),
                ("is_confirmed", models.BooleanField(default=False)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=200)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("clock", models.CharField(max_length=60)),
                ("applies_to", models.CharField(max_length=200)),
                ("limit", models.CharField(max_length=200)),
                ("extension", models.CharField(blank=True, default="", max_length=200)),
                ("amount", models.PositiveSmallIntegerField()),
                ("longest", models.PositiveSmallIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("hours", "hours"),
                            ("days", "days"),
                            ("weeks", "weeks"),
                            ("months", "months"),
                            ("years", "years"),
                        ],
                        max_length=6,
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("longest__gte", models.F("amount"))),
                        name="clock_longest_not_below_amount",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Court",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name_en", models.CharField(max_length=200)),
                ("name_km", models.CharField(blank=True, default="", max_length=200)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("first_instance", "First instance"),
                            ("appeal", "Appeal"),
                            ("supreme", "Supreme Court"),
                        ],
                        max_length=14,
                    ),
                ),
                ("sits_since", models.DateField(blank=True, null=True)),
                (
                    "appeals_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hears_from",
                        to="reference.court",
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Offence",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=200)),
                ("confidence", models.CharField(max_length=200)),
                ("is_confirmed", models.BooleanField(default=False)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=200)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("law", models.CharField(max_length=200)),
                ("article", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("penalty", models.CharField(blank=True, default="", max_length=200)),
                ("min_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("max_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("aggravated_penalty", models.CharField(blank=True, default="", max_length=200)),
                ("aggravated_when", models.CharField(blank=True, default="", max_length=200)),
                ("is_chargeable", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("code",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_years__isnull", True),
                            ("max_years__gte", models.F("min_years")),
                            _connector="OR",
                        ),
                        name="offence_years_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Province",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name_en", models.CharField(max_length=200)),
                ("name_km", models.CharField(blank=True, default="", max_length=200)),
                ("iso", models.CharField(max_length=5, unique=True)),
                (
                    "unit",
                    models.CharField(choices=[("province", "Province"), ("capital", "Capital")], max_length=8),
                ),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=9)),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provinces",
                        to="reference.court",
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.AddField(
            model_name="court",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="courts_within",
                to="reference.province",
            ),
        ),
        migrations.CreateModel(
            name="CodeItem",
            fields=[
                ("name_en", models.CharField(max_length=200)),
                ("name_km", models.CharField(blank=True, default="", max_length=200)),
                ("code", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("item", models.CharField(max_length=60)),
                ("position", models.PositiveSmallIntegerField()),
                ("is_extension", models.BooleanField(default=False)),
                ("export_as", models.CharField(max_length=60)),
                (
                    "code_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="reference.codelist",
                    ),
                ),
            ],
            options={
                "ordering": ("code_list", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("code_list", "item"), name="code_item_once_in_its_list")
                ],
            },
        ),
    ]
