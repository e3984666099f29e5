import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.erasures.models
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('casefiles', '0001_initial'),
        ('documents', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='Erasure',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('about_code', models.CharField(editable=False, max_length=16)),
                        ('code', models.CharField(default=ijm.erasures.models.erasure_code, editable=False, max_length=16, unique=True)),
                        ('basis', models.CharField(choices=[('her_wish', 'The person herself or himself asks for it'), ('guardian', 'A guardian asks for it'), ('retention', 'The time for keeping the records is over'), ('order', 'An authority or a court ordered it')], max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for approval'), ('approved', 'Approved, keys are being destroyed'), ('done', 'Erased'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('halted', 'Stopped by a legal hold')], default='asked', max_length=16)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_at', models.DateTimeField(null=True)),
                        ('refused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('refused_at', models.DateTimeField(null=True)),
                        ('certificate', models.CharField(editable=False, max_length=16, null=True, unique=True)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('effective_on', models.DateField(null=True)),
                        ('keys', models.PositiveIntegerField(default=0)),
                        ('issued', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.issued')),
                    ],
                    options={
                        'ordering': ('-asked_at',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'approved'))), fields=('person',), name='erasure_one_open'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='erasure_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='erasure_approved_pair'), models.CheckConstraint(condition=models.Q(models.Q(('refused_at__isnull', True), ('refused_by__isnull', True)), models.Q(('refused_at__isnull', False), ('refused_by__isnull', False)), _connector='OR'), name='erasure_refused_pair'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'done', 'halted')), _negated=True), models.Q(('approved_by__isnull', False), ('certificate__isnull', False)), _connector='OR'), name='erasure_approved_before_it_is_done'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('effective_on__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True), ('effective_on__isnull', True)), _connector='OR'), name='erasure_done_says_when')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalErasure',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('about_code', models.CharField(editable=False, max_length=16)),
                        ('code', models.CharField(db_index=True, default=ijm.erasures.models.erasure_code, editable=False, max_length=16)),
                        ('basis', models.CharField(choices=[('her_wish', 'The person herself or himself asks for it'), ('guardian', 'A guardian asks for it'), ('retention', 'The time for keeping the records is over'), ('order', 'An authority or a court ordered it')], max_length=16)),
                        ('state', models.CharField(choices=[('asked', 'Waits for approval'), ('approved', 'Approved, keys are being destroyed'), ('done', 'Erased'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('halted', 'Stopped by a legal hold')], default='asked', max_length=16)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('approved_at', models.DateTimeField(null=True)),
                        ('refused_at', models.DateTimeField(null=True)),
                        ('certificate', models.CharField(db_index=True, editable=False, max_length=16, null=True)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('effective_on', models.DateField(null=True)),
                        ('keys', models.PositiveIntegerField(default=0)),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('refused_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issued', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='documents.issued')),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical erasure',
                        'verbose_name_plural': 'historical erasures',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='LegalHold',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casefiles.casefile')),
                        ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office')),
                        ('about_code', models.CharField(editable=False, max_length=16)),
                        ('code', models.CharField(default=ijm.erasures.models.hold_code, editable=False, max_length=16, unique=True)),
                        ('reason', models.CharField(choices=[('order', 'Order of a court or an authority'), ('appeal', 'An appeal is pending or may still be made'), ('claim', 'A claim for compensation is pending'), ('retention', 'A law demands that the records are kept'), ('inquiry', 'An inquiry into our own work')], max_length=16)),
                        ('until_on', models.DateField()),
                        ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('placed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lifted_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-placed_at',),
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='legal_hold_lifted_pair')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalLegalHold',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('about_code', models.CharField(editable=False, max_length=16)),
                        ('code', models.CharField(db_index=True, default=ijm.erasures.models.hold_code, editable=False, max_length=16)),
                        ('reason', models.CharField(choices=[('order', 'Order of a court or an authority'), ('appeal', 'An appeal is pending or may still be made'), ('claim', 'A claim for compensation is pending'), ('retention', 'A law demands that the records are kept'), ('inquiry', 'An inquiry into our own work')], max_length=16)),
                        ('until_on', models.DateField()),
                        ('placed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('lifted_at', models.DateTimeField(null=True)),
                        ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='people.person')),
                        ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='casefiles.casefile')),
                        ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.office')),
                        ('placed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lifted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical legal hold',
                        'verbose_name_plural': 'historical legal holds',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
