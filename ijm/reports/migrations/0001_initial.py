import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.reports.models.exports
import ijm.reports.models.imports
import ijm.vault.parcels
import ijm.vault.sealed
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('casefiles', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Export',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(default=ijm.reports.models.exports.export_code, editable=False, max_length=16, unique=True)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('purpose', models.CharField(choices=[('CASEWORK', 'Everyday work on this file'), ('REFERRAL', 'Referral or hand-over'), ('COURT', 'Court or legal support'), ('SUPERVISION', 'Supervision of the work'), ('AUDIT', 'Audit or review')], max_length=16)),
                        ('which', models.CharField(choices=[('all', 'Everybody on whose file I stand'), ('in_care', 'Those in care'), ('followed_up', 'Those in follow-up'), ('closed', 'Those whose file is closed')], default='all', max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for approval'), ('approved', 'Approved'), ('made', 'Made'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='asked', max_length=16)),
                        ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_at', models.DateTimeField(null=True)),
                        ('refused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('refused_at', models.DateTimeField(null=True)),
                        ('made_at', models.DateTimeField(null=True)),
                        ('rows', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ('-asked_at',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='export_approved_pair'), models.CheckConstraint(condition=models.Q(models.Q(('refused_at__isnull', True), ('refused_by__isnull', True)), models.Q(('refused_at__isnull', False), ('refused_by__isnull', False)), _connector='OR'), name='export_refused_pair'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'made')), _negated=True), ('approved_by__isnull', False), _connector='OR'), name='export_approved_before_it_leaves')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalExport',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, default=ijm.reports.models.exports.export_code, editable=False, max_length=16)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('purpose', models.CharField(choices=[('CASEWORK', 'Everyday work on this file'), ('REFERRAL', 'Referral or hand-over'), ('COURT', 'Court or legal support'), ('SUPERVISION', 'Supervision of the work'), ('AUDIT', 'Audit or review')], max_length=16)),
                        ('which', models.CharField(choices=[('all', 'Everybody on whose file I stand'), ('in_care', 'Those in care'), ('followed_up', 'Those in follow-up'), ('closed', 'Those whose file is closed')], default='all', max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for approval'), ('approved', 'Approved'), ('made', 'Made'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='asked', max_length=16)),
                        ('approved_at', models.DateTimeField(null=True)),
                        ('refused_at', models.DateTimeField(null=True)),
                        ('made_at', models.DateTimeField(null=True)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('refused_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical export',
                        'verbose_name_plural': 'historical exports',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Import',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(default=ijm.reports.models.imports.import_code, editable=False, max_length=16, unique=True)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('state', models.CharField(choices=[('reading', 'Being read'), ('ready', 'To look through'), ('bringing_in', 'Being brought in'), ('done', 'Brought in'), ('failed', 'Could not be read'), ('discarded', 'Thrown away')], default='reading', max_length=16)),
                        ('source', models.CharField(blank=True, choices=[('workbook', 'HTCDS workbook'), ('survey', 'Answers of the survey form'), ('csv', "CSV of the workbook's columns")], max_length=16)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('to_mend', models.PositiveIntegerField(default=0)),
                        ('known', models.PositiveIntegerField(default=0)),
                        ('alike', models.PositiveIntegerField(default=0)),
                        ('left_out', models.PositiveIntegerField(default=0)),
                        ('brought', models.PositiveIntegerField(default=0)),
                        ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('done_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-begun_at',),
                        'indexes': [models.Index(fields=['owner', '-begun_at'], name='import_owner_begun')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='import_done_at')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalImport',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, default=ijm.reports.models.imports.import_code, editable=False, max_length=16)),
                        ('state', models.CharField(choices=[('reading', 'Being read'), ('ready', 'To look through'), ('bringing_in', 'Being brought in'), ('done', 'Brought in'), ('failed', 'Could not be read'), ('discarded', 'Thrown away')], default='reading', max_length=16)),
                        ('source', models.CharField(blank=True, choices=[('workbook', 'HTCDS workbook'), ('survey', 'Answers of the survey form'), ('csv', "CSV of the workbook's columns")], max_length=16)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('to_mend', models.PositiveIntegerField(default=0)),
                        ('known', models.PositiveIntegerField(default=0)),
                        ('alike', models.PositiveIntegerField(default=0)),
                        ('left_out', models.PositiveIntegerField(default=0)),
                        ('brought', models.PositiveIntegerField(default=0)),
                        ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical import',
                        'verbose_name_plural': 'historical imports',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='ImportPart',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner_id', models.UUIDField(db_index=True, editable=False)),
                        ('parcel', ijm.vault.parcels.ParcelField(null=True)),
                        ('parcel_key', models.PositiveIntegerField(editable=False, null=True)),
                        ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='reports.import')),
                        ('number', models.PositiveIntegerField()),
                        ('index', models.JSONField(default=dict)),
                    ],
                    options={
                        'ordering': ('number',),
                        'constraints': [models.UniqueConstraint(fields=('record', 'number'), name='import_part_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Former',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.alias')),
                        ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.import')),
                        ('import_code', models.CharField(blank=True, max_length=16)),
                        ('brought_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('mark', models.CharField(db_index=True, max_length=32)),
                        ('likeness', models.CharField(blank=True, db_index=True, max_length=32)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('whereabouts', ijm.vault.sealed.Compartment()),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('whereabouts_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('whereabouts_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                    options={
                        'ordering': ('-brought_at',),
                        'constraints': [models.UniqueConstraint(fields=('file',), name='former_once_a_file')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalFormer',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('import_code', models.CharField(blank=True, max_length=16)),
                        ('brought_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('mark', models.CharField(db_index=True, max_length=32)),
                        ('likeness', models.CharField(blank=True, db_index=True, max_length=32)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('whereabouts', ijm.vault.sealed.Compartment()),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('whereabouts_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('whereabouts_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.alias')),
                        ('record', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reports.import')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical former',
                        'verbose_name_plural': 'historical formers',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
