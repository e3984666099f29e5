import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.db import migrations, models

from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Country',
                    fields=[
                        ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('name_en', models.CharField(max_length=200)),
                        ('name_km', models.CharField(blank=True, default='', max_length=200)),
                        ('alpha3', models.CharField(max_length=3, unique=True)),
                    ],
                    options={
                        'ordering': ('name_en',),
                    },
                ),
                migrations.CreateModel(
                    name='Court',
                    fields=[
                        ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('name_en', models.CharField(max_length=200)),
                        ('name_km', models.CharField(blank=True, default='', max_length=200)),
                        ('level', models.CharField(choices=[('first_instance', 'First instance'), ('appeal', 'Appeal'), ('supreme', 'Supreme Court')], max_length=14)),
                        ('province', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='courts_within', to='reference.province')),
                        ('appeals_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hears_from', to='reference.court')),
                        ('sits_since', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='Province',
                    fields=[
                        ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('name_en', models.CharField(max_length=200)),
                        ('name_km', models.CharField(blank=True, default='', max_length=200)),
                        ('iso', models.CharField(max_length=5, unique=True)),
                        ('unit', models.CharField(choices=[('province', 'Province'), ('capital', 'Capital')], max_length=8)),
                        ('latitude', models.DecimalField(decimal_places=6, max_digits=9)),
                        ('longitude', models.DecimalField(decimal_places=6, max_digits=9)),
                        ('court', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='provinces', to='reference.court')),
                        ('note', models.CharField(blank=True, default='', max_length=200)),
                    ],
                    options={
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='Clock',
                    fields=[
                        ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('source', models.CharField(max_length=200)),
                        ('confidence', models.CharField(max_length=200)),
                        ('is_confirmed', models.BooleanField(default=False)),
                        ('confirmed_by', models.CharField(blank=True, default='', max_length=200)),
                        ('valid_from', models.DateField(blank=True, null=True)),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('clock', models.CharField(max_length=60)),
                        ('applies_to', models.CharField(max_length=200)),
                        ('limit', models.CharField(max_length=200)),
                        ('extension', models.CharField(blank=True, default='', max_length=200)),
                        ('amount', models.PositiveSmallIntegerField()),
                        ('longest', models.PositiveSmallIntegerField()),
                        ('unit', models.CharField(choices=[('hours', 'hours'), ('days', 'days'), ('weeks', 'weeks'), ('months', 'months'), ('years', 'years')], max_length=6)),
                    ],
                    options={
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('longest__gte', models.F('amount'))), name='clock_longest_not_below_amount')],
                    },
                ),
                migrations.CreateModel(
                    name='Offence',
                    fields=[
                        ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('source', models.CharField(max_length=200)),
                        ('confidence', models.CharField(max_length=200)),
                        ('is_confirmed', models.BooleanField(default=False)),
                        ('confirmed_by', models.CharField(blank=True, default='', max_length=200)),
                        ('valid_from', models.DateField(blank=True, null=True)),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('law', models.CharField(max_length=200)),
                        ('article', models.PositiveSmallIntegerField()),
                        ('title', models.CharField(max_length=200)),
                        ('penalty', models.CharField(blank=True, default='', max_length=200)),
                        ('min_years', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('max_years', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('aggravated_penalty', models.CharField(blank=True, default='', max_length=200)),
                        ('aggravated_when', models.CharField(blank=True, default='', max_length=200)),
                        ('is_chargeable', models.BooleanField(default=False)),
                    ],
                    options={
                        'ordering': ('code',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('max_years__isnull', True), ('max_years__gte', models.F('min_years')), _connector='OR'), name='offence_years_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='CodeList',
                    fields=[
                        ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=100)),
                        ('is_multiple', models.BooleanField(default=False)),
                        ('is_extensible', models.BooleanField(default=False)),
                        ('source', models.CharField(max_length=100)),
                    ],
                    options={
                        'ordering': ('code',),
                    },
                ),
                migrations.CreateModel(
                    name='CodeItem',
                    fields=[
                        ('name_en', models.CharField(max_length=200)),
                        ('name_km', models.CharField(blank=True, default='', max_length=200)),
                        ('code', models.CharField(max_length=120, primary_key=True, serialize=False)),
                        ('code_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='reference.codelist')),
                        ('item', models.CharField(max_length=60)),
                        ('position', models.PositiveSmallIntegerField()),
                        ('is_extension', models.BooleanField(default=False)),
                        ('export_as', models.CharField(max_length=60)),
                    ],
                    options={
                        'ordering': ('code_list', 'position'),
                        'constraints': [models.UniqueConstraint(fields=('code_list', 'item'), name='code_item_once_in_its_list')],
                    },
                ),
                migrations.CreateModel(
                    name='Amendment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('of_list', models.CharField(max_length=60)),
                        ('item', models.CharField(max_length=60)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('name_km', models.CharField(blank=True, max_length=200)),
                        ('position', models.PositiveSmallIntegerField(null=True)),
                        ('is_own', models.BooleanField(default=False)),
                        ('export_as', models.CharField(blank=True, max_length=60)),
                        ('retired_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('of_list', 'item'), name='amendment_once_a_value'), models.CheckConstraint(condition=models.Q(('is_own', False), models.Q(('name_en', ''), _negated=True), _connector='OR'), name='amendment_own_is_named')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalAmendment',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('of_list', models.CharField(max_length=60)),
                        ('item', models.CharField(max_length=60)),
                        ('name_en', models.CharField(blank=True, max_length=200)),
                        ('name_km', models.CharField(blank=True, max_length=200)),
                        ('position', models.PositiveSmallIntegerField(null=True)),
                        ('is_own', models.BooleanField(default=False)),
                        ('export_as', models.CharField(blank=True, max_length=60)),
                        ('retired_at', models.DateTimeField(null=True)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical amendment',
                        'verbose_name_plural': 'historical amendments',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Confirmation',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('rule', models.CharField(max_length=40)),
                        ('lawyer', models.CharField(max_length=120)),
                        ('confirmed_on', models.DateField()),
                        ('is_valid', models.BooleanField(default=True)),
                        ('by', models.UUIDField()),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['rule', 'at'], name='confirmation_rule')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalConfirmation',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('rule', models.CharField(max_length=40)),
                        ('lawyer', models.CharField(max_length=120)),
                        ('confirmed_on', models.DateField()),
                        ('is_valid', models.BooleanField(default=True)),
                        ('by', models.UUIDField()),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical confirmation',
                        'verbose_name_plural': 'historical confirmations',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
