import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.trail.fields
import ijm.vault.sealed
from ijm.guard.creation import CreateTables

# Derived data: neither in the write-ahead log nor on a replica, and empty after a crash, which the search notices.
UNLOGGED = "ALTER TABLE people_segment SET UNLOGGED; ALTER TABLE people_mark SET UNLOGGED;"
# A register without rows has a whole index of nothing; any other waits for `manage.py search_rebuild`. Rows are hidden from
# the owner of the tables, their size is not.
FIRST = """
INSERT INTO people_epoch (number, state) VALUES (1, 'active');
INSERT INTO people_segment (id, epoch, rev, stamp, persons)
  SELECT gen_random_uuid(), 1, 0, gen_random_uuid(), '{}' WHERE pg_relation_size('people_name') + pg_relation_size('people_identifier') = 0;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('casefiles', '0001_initial'),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Epoch',
                    fields=[
                        ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('filling', 'Filling')], max_length=8)),
                    ],
                ),
                migrations.CreateModel(
                    name='Segment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('epoch', models.PositiveIntegerField(db_index=True)),
                        ('rev', models.PositiveIntegerField(default=0)),
                        ('stamp', models.UUIDField(default=uuid.uuid4)),
                        ('persons', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                        ('body', models.BinaryField(null=True)),
                        ('body_key', models.PositiveIntegerField(null=True)),
                    ],
                    options={
                        'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['persons'], name='segment_persons')],
                    },
                ),
                migrations.CreateModel(
                    name='Mark',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('epoch', models.PositiveIntegerField()),
                        ('person_id', models.UUIDField(db_index=True)),
                        ('row_id', models.UUIDField(db_index=True)),
                        ('mark', models.BinaryField(db_index=True, max_length=16)),
                    ],
                ),
                migrations.CreateModel(
                    name='Asked',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('how', models.CharField(choices=[('name', 'By a name'), ('number', 'By a number')], max_length=8)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalAsked',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('how', models.CharField(choices=[('name', 'By a name'), ('number', 'By a number')], max_length=8)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical asked',
                        'verbose_name_plural': 'historical askeds',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Person',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('made_xid', ijm.trail.fields.XidField()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalPerson',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('made_xid', ijm.trail.fields.XidField()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical person',
                        'verbose_name_plural': 'historical persons',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Name',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='people.person')),
                        ('script', models.CharField(choices=[('km', 'Khmer script'), ('latn', 'Latin letters')], max_length=4)),
                        ('kind', models.CharField(choices=[('legal', 'Name on papers'), ('called', 'What they are called'), ('alias', 'Other name used')], default='legal', max_length=8)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalName',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('script', models.CharField(choices=[('km', 'Khmer script'), ('latn', 'Latin letters')], max_length=4)),
                        ('kind', models.CharField(choices=[('legal', 'Name on papers'), ('called', 'What they are called'), ('alias', 'Other name used')], default='legal', max_length=8)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical name',
                        'verbose_name_plural': 'historical names',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Identifier',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='people.person')),
                        ('kind', models.CharField(choices=[('phone', 'Telephone'), ('passport', 'Passport'), ('national_id', 'National identity card'), ('plate', 'Number plate'), ('other', 'Other number')], max_length=16)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalIdentifier',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('kind', models.CharField(choices=[('phone', 'Telephone'), ('passport', 'Passport'), ('national_id', 'National identity card'), ('plate', 'Number plate'), ('other', 'Other number')], max_length=16)),
                        ('identity', ijm.vault.sealed.Compartment()),
                        ('identity_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('identity_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical identifier',
                        'verbose_name_plural': 'historical identifiers',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Alias',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('wing', models.CharField(choices=[('investigations', 'Investigations'), ('aftercare', 'Aftercare'), ('prosecutions', 'Prosecutions')], max_length=16)),
                        ('code', models.CharField(editable=False, max_length=16, unique=True)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='casefiles.casefile')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='people.person')),
                        ('opens_identity', models.BooleanField(default=False)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', 'wing'], name='alias_person_wing')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalAlias',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('wing', models.CharField(choices=[('investigations', 'Investigations'), ('aftercare', 'Aftercare'), ('prosecutions', 'Prosecutions')], max_length=16)),
                        ('code', models.CharField(db_index=True, editable=False, max_length=16)),
                        ('opens_identity', models.BooleanField(default=False)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical alias',
                        'verbose_name_plural': 'historical aliass',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('code', models.CharField(editable=False, max_length=16, unique=True)),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.alias')),
                        ('purpose', models.CharField(choices=[('services', 'Receiving services'), ('storage', 'Keeping information'), ('police', 'Sharing with police'), ('prosecution', 'Sharing with the prosecutor or a lawyer'), ('referral', 'Sharing with another organisation'), ('research', 'Research without names'), ('story', 'Photo or story'), ('contact_after', 'Contact after closure')], max_length=16)),
                        ('answer', models.CharField(choices=[('given', 'Agrees'), ('refused', 'Does not agree'), ('not_asked', 'Not asked yet'), ('withdrawn', 'Withdrawn')], max_length=16)),
                        ('giver', models.CharField(choices=[('self', 'The person herself or himself'), ('caregiver', 'The caregiver, and the child agrees'), ('guardian', "A guardian or the social services, in the child's best interest")], default='self', max_length=16)),
                        ('form', models.CharField(choices=[('written', 'Written'), ('thumbprint', 'Thumbprint'), ('spoken', 'Spoken, with a witness')], default='spoken', max_length=16)),
                        ('language', models.CharField(default='km', max_length=8)),
                        ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('until_on', models.DateField(blank=True, null=True)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('alias', 'purpose'), name='consent_once_a_purpose')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalConsent',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('code', models.CharField(db_index=True, editable=False, max_length=16)),
                        ('purpose', models.CharField(choices=[('services', 'Receiving services'), ('storage', 'Keeping information'), ('police', 'Sharing with police'), ('prosecution', 'Sharing with the prosecutor or a lawyer'), ('referral', 'Sharing with another organisation'), ('research', 'Research without names'), ('story', 'Photo or story'), ('contact_after', 'Contact after closure')], max_length=16)),
                        ('answer', models.CharField(choices=[('given', 'Agrees'), ('refused', 'Does not agree'), ('not_asked', 'Not asked yet'), ('withdrawn', 'Withdrawn')], max_length=16)),
                        ('giver', models.CharField(choices=[('self', 'The person herself or himself'), ('caregiver', 'The caregiver, and the child agrees'), ('guardian', "A guardian or the social services, in the child's best interest")], default='self', max_length=16)),
                        ('form', models.CharField(choices=[('written', 'Written'), ('thumbprint', 'Thumbprint'), ('spoken', 'Spoken, with a witness')], default='spoken', max_length=16)),
                        ('language', models.CharField(default='km', max_length=8)),
                        ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('until_on', models.DateField(blank=True, null=True)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('alias', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.alias')),
                        ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical consent',
                        'verbose_name_plural': 'historical consents',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
        migrations.RunSQL(UNLOGGED, migrations.RunSQL.noop),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
