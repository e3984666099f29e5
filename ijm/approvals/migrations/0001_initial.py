

import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.approvals.models
import ijm.vault.sealed
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='HistoricalRequest',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, default=ijm.approvals.models.request_code, editable=False, max_length=16)),
                        ('kind', models.CharField(max_length=24)),
                        ('about', models.CharField(db_index=True, max_length=16)),
                        ('file_id', models.UUIDField(null=True)),
                        ('digest', models.CharField(max_length=64)),
                        ('basis', models.CharField(blank=True, max_length=32)),
                        ('state', models.CharField(choices=[('asked', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Taken back'), ('expired', 'Ran out of time'), ('done', 'Approved and done')], default='asked', max_length=16)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField(default=ijm.approvals.models._in_time)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('kept_under', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('given', ijm.vault.sealed.Compartment()),
                        ('said', ijm.vault.sealed.Compartment()),
                        ('given_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('given_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('said_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('said_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                    ],
                    options={
                        'verbose_name': 'historical request',
                        'verbose_name_plural': 'historical requests',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Request',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(default=ijm.approvals.models.request_code, editable=False, max_length=16, unique=True)),
                        ('kind', models.CharField(max_length=24)),
                        ('about', models.CharField(db_index=True, max_length=16)),
                        ('file_id', models.UUIDField(null=True)),
                        ('digest', models.CharField(max_length=64)),
                        ('basis', models.CharField(blank=True, max_length=32)),
                        ('state', models.CharField(choices=[('asked', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Taken back'), ('expired', 'Ran out of time'), ('done', 'Approved and done')], default='asked', max_length=16)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField(default=ijm.approvals.models._in_time)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('kept_under', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('given', ijm.vault.sealed.Compartment()),
                        ('said', ijm.vault.sealed.Compartment()),
                        ('given_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('given_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('said_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('said_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                    ],
                    options={
                        'ordering': ('-asked_at',),
                        'indexes': [models.Index(fields=['state', 'expires_at'], name='approval_state_expires')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='approval_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='approval_decided_pair'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'refused', 'done')), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='approval_decided_by_somebody')],
                    },
                ),
            ],
        ),
    ]
