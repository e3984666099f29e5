import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

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
                    name='Paper',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(editable=False, max_length=16, unique=True)),
                        ('number', models.CharField(blank=True, max_length=24)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('template', models.CharField(choices=[('court', 'Letter to a court: support and seating at a hearing'), ('referral', 'Referral letter to a partner'), ('receipt', 'Letter confirming receipt of a referral'), ('handover', 'Case summary for hand-over'), ('blank', 'Letter with letterhead, written freely'), ('sheet', 'Sheet of a list'), ('erasure', 'Certificate of erasure')], max_length=16)),
                        ('language', models.CharField(choices=[('km', 'Khmer'), ('en', 'English')], max_length=2)),
                        ('format', models.CharField(choices=[('pdf', 'PDF, ready to sign'), ('docx', 'Word, to edit first'), ('xlsx', 'Spreadsheet (XLSX)'), ('csv', 'Plain table (CSV)')], max_length=4)),
                        ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.alias')),
                        ('about_code', models.CharField(blank=True, max_length=16)),
                        ('source', models.CharField(blank=True, max_length=60)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('is_named', models.BooleanField(default=False)),
                        ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('printed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('digest', models.CharField(max_length=64)),
                        ('mark', models.CharField(max_length=9)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                    options={
                        'ordering': ('-printed_at', 'code'),
                        'indexes': [models.Index(fields=['file', '-printed_at'], name='paper_file_printed'), models.Index(fields=['printed_by', '-printed_at'], name='paper_by_printed')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalPaper',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, editable=False, max_length=16)),
                        ('number', models.CharField(blank=True, max_length=24)),
                        ('template', models.CharField(choices=[('court', 'Letter to a court: support and seating at a hearing'), ('referral', 'Referral letter to a partner'), ('receipt', 'Letter confirming receipt of a referral'), ('handover', 'Case summary for hand-over'), ('blank', 'Letter with letterhead, written freely'), ('sheet', 'Sheet of a list'), ('erasure', 'Certificate of erasure')], max_length=16)),
                        ('language', models.CharField(choices=[('km', 'Khmer'), ('en', 'English')], max_length=2)),
                        ('format', models.CharField(choices=[('pdf', 'PDF, ready to sign'), ('docx', 'Word, to edit first'), ('xlsx', 'Spreadsheet (XLSX)'), ('csv', 'Plain table (CSV)')], max_length=4)),
                        ('about_code', models.CharField(blank=True, max_length=16)),
                        ('source', models.CharField(blank=True, max_length=60)),
                        ('rows', models.PositiveIntegerField(default=0)),
                        ('is_named', models.BooleanField(default=False)),
                        ('printed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('digest', models.CharField(max_length=64)),
                        ('mark', models.CharField(max_length=9)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.alias')),
                        ('printed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical paper',
                        'verbose_name_plural': 'historical papers',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='StoredFile',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(editable=False, max_length=16, unique=True)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('about', models.CharField(choices=[('picture', 'Photograph or picture'), ('recording', 'Sound or film'), ('messages', 'Messages or call records'), ('statement', 'Statement or interview'), ('identity', 'Identity paper'), ('official', 'Paper of a court or an authority'), ('other', 'Something else')], default='other', max_length=16)),
                        ('media', models.CharField(editable=False, max_length=80)),
                        ('size', models.BigIntegerField(editable=False)),
                        ('stored', models.BigIntegerField(editable=False)),
                        ('sha256', models.CharField(editable=False, max_length=64)),
                        ('storage', models.CharField(editable=False, max_length=32, unique=True)),
                        ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('evidence', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('evidence_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('evidence_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                    options={
                        'ordering': ('-added_at', 'code'),
                        'indexes': [models.Index(fields=['file', '-added_at'], name='stored_file_added')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='stored_not_empty')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalStoredFile',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, editable=False, max_length=16)),
                        ('about', models.CharField(choices=[('picture', 'Photograph or picture'), ('recording', 'Sound or film'), ('messages', 'Messages or call records'), ('statement', 'Statement or interview'), ('identity', 'Identity paper'), ('official', 'Paper of a court or an authority'), ('other', 'Something else')], default='other', max_length=16)),
                        ('media', models.CharField(editable=False, max_length=80)),
                        ('size', models.BigIntegerField(editable=False)),
                        ('stored', models.BigIntegerField(editable=False)),
                        ('sha256', models.CharField(editable=False, max_length=64)),
                        ('storage', models.CharField(db_index=True, editable=False, max_length=32)),
                        ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('evidence', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('evidence_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('evidence_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('added_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical stored file',
                        'verbose_name_plural': 'historical stored files',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Measurement',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('stored', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='documents.storedfile')),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('is_same', models.BooleanField(null=True)),
                        ('trouble', models.CharField(blank=True, max_length=32)),
                        ('measured_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-asked_at',),
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('is_same__isnull', True), ('measured_at__isnull', True)), models.Q(('is_same__isnull', False), ('measured_at__isnull', False)), _connector='OR'), name='measurement_pair')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalMeasurement',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('is_same', models.BooleanField(null=True)),
                        ('trouble', models.CharField(blank=True, max_length=32)),
                        ('measured_at', models.DateTimeField(null=True)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('stored', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='documents.storedfile')),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical measurement',
                        'verbose_name_plural': 'historical measurements',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Issued',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('code', models.CharField(max_length=16, unique=True)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('year', models.PositiveSmallIntegerField()),
                        ('serial', models.PositiveIntegerField(null=True)),
                        ('number', models.CharField(blank=True, max_length=24)),
                        ('mark', models.CharField(max_length=9)),
                        ('template', models.CharField(choices=[('court', 'Letter to a court: support and seating at a hearing'), ('referral', 'Referral letter to a partner'), ('receipt', 'Letter confirming receipt of a referral'), ('handover', 'Case summary for hand-over'), ('blank', 'Letter with letterhead, written freely'), ('sheet', 'Sheet of a list'), ('erasure', 'Certificate of erasure')], max_length=16)),
                        ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('office', 'year', 'serial'), name='issued_once_a_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Wanted',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner_id', models.UUIDField(db_index=True, editable=False)),
                        ('parcel', ijm.vault.parcels.ParcelField(null=True)),
                        ('parcel_key', models.PositiveIntegerField(editable=False, null=True)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                ),
                migrations.CreateModel(
                    name='Copy',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner_id', models.UUIDField(db_index=True, editable=False)),
                        ('parcel', ijm.vault.parcels.ParcelField(null=True)),
                        ('parcel_key', models.PositiveIntegerField(editable=False, null=True)),
                        ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.paper')),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ],
                ),
            ],
        ),
    ]
