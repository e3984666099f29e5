import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.desk.key_changes
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('casefiles', '0001_initial'),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='KeyChange',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(default=ijm.desk.key_changes.change_code, max_length=16, unique=True)),
                        ('kind', models.CharField(choices=[('subject', 'The keys of one person or case file'), ('compartment', 'The key of a compartment'), ('index', 'The keys of the search'), ('root', 'The root key')], max_length=16)),
                        ('target', models.CharField(blank=True, max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for a second person'), ('agreed', 'Agreed, not begun'), ('declined', 'Refused'), ('running', 'Running'), ('left', 'Something is left'), ('done', 'Done')], default='asked', max_length=16)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('run', models.UUIDField(null=True)),
                        ('rotated', models.PositiveIntegerField(null=True)),
                        ('remaining', models.PositiveIntegerField(null=True)),
                        ('failed', models.PositiveIntegerField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-asked_at',),
                        'constraints': [models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='key_change_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='key_change_decided_pair'), models.CheckConstraint(condition=models.Q(('state', 'asked'), ('decided_by__isnull', False), _connector='OR'), name='key_change_agreed')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalKeyChange',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, default=ijm.desk.key_changes.change_code, max_length=16)),
                        ('kind', models.CharField(choices=[('subject', 'The keys of one person or case file'), ('compartment', 'The key of a compartment'), ('index', 'The keys of the search'), ('root', 'The root key')], max_length=16)),
                        ('target', models.CharField(blank=True, max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for a second person'), ('agreed', 'Agreed, not begun'), ('declined', 'Refused'), ('running', 'Running'), ('left', 'Something is left'), ('done', 'Done')], default='asked', max_length=16)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('run', models.UUIDField(null=True)),
                        ('rotated', models.PositiveIntegerField(null=True)),
                        ('remaining', models.PositiveIntegerField(null=True)),
                        ('failed', models.PositiveIntegerField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical key change',
                        'verbose_name_plural': 'historical key changes',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Pin',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('code', models.CharField(max_length=16)),
                        ('path', models.CharField(max_length=120)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'ordering': ('-made_at',),
                        'constraints': [models.UniqueConstraint(fields=('owner', 'code'), name='pin_once')],
                    },
                ),
                migrations.CreateModel(
                    name='SavedFilter',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('listing', models.CharField(max_length=60)),
                        ('query', models.CharField(max_length=300)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('removed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('made_at',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('owner', 'listing', 'query'), name='saved_filter_once')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalSavedFilter',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('listing', models.CharField(max_length=60)),
                        ('query', models.CharField(max_length=300)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('removed_at', models.DateTimeField(null=True)),
                        ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical saved filter',
                        'verbose_name_plural': 'historical saved filters',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
