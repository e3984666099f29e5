import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.trail.fields
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    # account and mfa are not referred to: they come before most of our models because they are quicker then.
    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='CaseFile',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(editable=False, max_length=16, unique=True)),
                        ('kind', models.CharField(choices=[('intake', 'Intake'), ('investigation', 'Investigation'), ('care', 'Care'), ('prosecution', 'Prosecution')], max_length=16)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=16)),
                        ('is_sealed', models.BooleanField(default=False)),
                        ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('sort_key', models.DateTimeField(default=django.utils.timezone.now)),
                        ('opened_xid', ijm.trail.fields.XidField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['kind', '-sort_key'], name='casefile_kind_sort')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalCaseFile',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, editable=False, max_length=16)),
                        ('kind', models.CharField(choices=[('intake', 'Intake'), ('investigation', 'Investigation'), ('care', 'Care'), ('prosecution', 'Prosecution')], max_length=16)),
                        ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=16)),
                        ('is_sealed', models.BooleanField(default=False)),
                        ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('sort_key', models.DateTimeField(default=django.utils.timezone.now)),
                        ('opened_xid', ijm.trail.fields.XidField()),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('opened_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical case file',
                        'verbose_name_plural': 'historical case files',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='FileLink',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('a', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('b', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('kind', models.CharField(max_length=32)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('a', 'b', 'kind'), name='file_link_once')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalFileLink',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('kind', models.CharField(max_length=32)),
                        ('a', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('b', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical file link',
                        'verbose_name_plural': 'historical file links',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='CaseAccess',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access', to='casefiles.casefile')),
                        ('source', models.CharField(choices=[('assignment', 'Assigned'), ('supervision', 'Supervises'), ('referral', 'Referred'), ('bridge', 'By a bridge'), ('break_glass', 'Emergency access'), ('review', 'Review')], max_length=16)),
                        ('reason_code', models.CharField(max_length=32)),
                        ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('last_used_at', models.DateTimeField(null=True)),
                        ('sort_key', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'indexes': [models.Index(models.F('user'), models.OrderBy(models.F('sort_key'), descending=True), models.OrderBy(models.F('file'), descending=True), condition=models.Q(('revoked_at__isnull', True)), name='case_access_page'), models.Index(fields=['file', 'user'], name='case_access_file_user')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('user', 'file', 'source'), name='case_access_once'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('starts_at'))), name='case_access_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='case_access_revoked_pair')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalCaseAccess',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('source', models.CharField(choices=[('assignment', 'Assigned'), ('supervision', 'Supervises'), ('referral', 'Referred'), ('bridge', 'By a bridge'), ('break_glass', 'Emergency access'), ('review', 'Review')], max_length=16)),
                        ('reason_code', models.CharField(max_length=32)),
                        ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('last_used_at', models.DateTimeField(null=True)),
                        ('sort_key', models.DateTimeField(default=django.utils.timezone.now)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('granted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('revoked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical case access',
                        'verbose_name_plural': 'historical case accesss',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='casefiles.casefile')),
                        ('kind', models.CharField(max_length=32)),
                        ('payload', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Taken')], default='waiting', max_length=16)),
                        ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('taken_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-sent_at',),
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalDelivery',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('kind', models.CharField(max_length=32)),
                        ('payload', models.JSONField(default=dict)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Taken')], default='waiting', max_length=16)),
                        ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('taken_at', models.DateTimeField(null=True)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('sent_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('taken_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical delivery',
                        'verbose_name_plural': 'historical deliverys',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
