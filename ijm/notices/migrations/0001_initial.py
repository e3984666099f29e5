import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import ijm.vault.sealed
from ijm.guard.creation import CreateTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            tables=[
                migrations.CreateModel(
                    name='CalendarAddress',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'ordering': ('-made_at',),
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('user',), name='calendar_address_one'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='calendar_address_ends_after_made')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalCalendarAddress',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('digest', models.CharField(db_index=True, editable=False, max_length=64)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('expires_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical calendar address',
                        'verbose_name_plural': 'historical calendar addresss',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='CalendarUse',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('used_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('times', models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(choices=[('referral.waiting', 'A referral is waiting'), ('HearingScheduled', 'A hearing is scheduled: court support is needed'), ('HearingPutOff', 'A hearing will not be held on its day'), ('VerdictReturned', 'A verdict was returned'), ('rescue.to_approve', 'A rescue operation waits for your approval'), ('rescue.approved', 'Your rescue operation was approved'), ('tip.to_assess', 'A tip waits for assessment'), ('case.referred', 'A case was referred to you'), ('role.to_approve', 'A role waits for your approval'), ('role.expires', 'A role ends within thirty days'), ('factor.enrolled', 'A colleague set up a second factor'), ('arrival.waiting', 'Somebody new waits for an arrival code'), ('reset.to_approve', 'A reset of a password or second factor waits for your decision'), ('reset.approved', 'A reset for you was approved'), ('export.to_approve', 'A workbook of records waits for your approval'), ('export.approved', 'Your workbook of records was approved'), ('export.refused', 'Your workbook of records was refused'), ('erasure.to_approve', 'An erasure waits for your approval'), ('erasure.decided', 'An erasure you asked for was decided'), ('erasure.done', 'An erasure is done and its certificate is ready'), ('erasure.halted', 'An erasure was stopped by a legal hold'), ('search.matched', 'A colleague searched for somebody on a file of yours'), ('rotation.to_approve', 'A change of keys waits for your approval'), ('job.done', 'Long work of yours is done'), ('job.failed', 'Long work of yours stopped'), ('reminder.due', 'A reminder of yours is due'), ('flag.asked', 'The auditor asks you about something you opened'), ('flag.passed_on', 'The auditor passes a question about a colleague on to you')], max_length=32)),
                        ('about_code', models.CharField(max_length=16)),
                        ('path', models.CharField(max_length=120)),
                        ('origin', models.UUIDField(editable=False, null=True)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('letter_id', models.UUIDField(editable=False, null=True)),
                    ],
                    options={
                        'ordering': ('-made_at',),
                        'constraints': [models.UniqueConstraint(fields=('user', 'origin'), name='notice_once_an_origin')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalNotice',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('kind', models.CharField(choices=[('referral.waiting', 'A referral is waiting'), ('HearingScheduled', 'A hearing is scheduled: court support is needed'), ('HearingPutOff', 'A hearing will not be held on its day'), ('VerdictReturned', 'A verdict was returned'), ('rescue.to_approve', 'A rescue operation waits for your approval'), ('rescue.approved', 'Your rescue operation was approved'), ('tip.to_assess', 'A tip waits for assessment'), ('case.referred', 'A case was referred to you'), ('role.to_approve', 'A role waits for your approval'), ('role.expires', 'A role ends within thirty days'), ('factor.enrolled', 'A colleague set up a second factor'), ('arrival.waiting', 'Somebody new waits for an arrival code'), ('reset.to_approve', 'A reset of a password or second factor waits for your decision'), ('reset.approved', 'A reset for you was approved'), ('export.to_approve', 'A workbook of records waits for your approval'), ('export.approved', 'Your workbook of records was approved'), ('export.refused', 'Your workbook of records was refused'), ('erasure.to_approve', 'An erasure waits for your approval'), ('erasure.decided', 'An erasure you asked for was decided'), ('erasure.done', 'An erasure is done and its certificate is ready'), ('erasure.halted', 'An erasure was stopped by a legal hold'), ('search.matched', 'A colleague searched for somebody on a file of yours'), ('rotation.to_approve', 'A change of keys waits for your approval'), ('job.done', 'Long work of yours is done'), ('job.failed', 'Long work of yours stopped'), ('reminder.due', 'A reminder of yours is due'), ('flag.asked', 'The auditor asks you about something you opened'), ('flag.passed_on', 'The auditor passes a question about a colleague on to you')], max_length=32)),
                        ('about_code', models.CharField(max_length=16)),
                        ('path', models.CharField(max_length=120)),
                        ('origin', models.UUIDField(editable=False, null=True)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('letter_id', models.UUIDField(editable=False, null=True)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical notice',
                        'verbose_name_plural': 'historical notices',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Reminder',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to=settings.AUTH_USER_MODEL)),
                        ('file_id', models.UUIDField(editable=False)),
                        ('about_code', models.CharField(max_length=16)),
                        ('path', models.CharField(max_length=120)),
                        ('subject', models.CharField(choices=[('call_back', 'Call back'), ('prepare', 'Prepare papers'), ('visit', 'Go and see them'), ('ask', 'Ask a colleague'), ('check', 'See what became of it'), ('review', 'Look at it again'), ('see_file', 'See the file')], max_length=16)),
                        ('at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done')], default='waiting', max_length=16)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                    ],
                    options={
                        'ordering': ('at',),
                        'indexes': [models.Index(fields=['user', 'state', 'at'], name='reminder_user_state_at')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalReminder',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('file_id', models.UUIDField(editable=False)),
                        ('about_code', models.CharField(max_length=16)),
                        ('path', models.CharField(max_length=120)),
                        ('subject', models.CharField(choices=[('call_back', 'Call back'), ('prepare', 'Prepare papers'), ('visit', 'Go and see them'), ('ask', 'Ask a colleague'), ('check', 'See what became of it'), ('review', 'Look at it again'), ('see_file', 'See the file')], max_length=16)),
                        ('at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done')], default='waiting', max_length=16)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('narrative', ijm.vault.sealed.Compartment()),
                        ('narrative_rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('narrative_key', models.PositiveIntegerField(db_index=True, editable=False, null=True)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical reminder',
                        'verbose_name_plural': 'historical reminders',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='DueMoment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField()),
                        ('told_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('told_at__isnull', True)), fields=['at'], name='due_moment_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='HowTold',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='how_told', to=settings.AUTH_USER_MODEL)),
                        ('mode', models.CharField(choices=[('never', 'Never'), ('at_once', 'At once'), ('daily', 'Once a day')], default='never', max_length=8)),
                        ('hour', models.PositiveSmallIntegerField(default=8)),
                        ('quiet_from', models.PositiveSmallIntegerField(default=20)),
                        ('quiet_until', models.PositiveSmallIntegerField(default=7)),
                        ('chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('hour__lt', 24), ('quiet_from__lt', 24), ('quiet_until__lt', 24)), name='how_told_hours')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalHowTold',
                    fields=[
                        ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('rev', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.UUIDField(null=True)),
                        ('history_change_reason', models.CharField(max_length=64, null=True)),
                        ('mode', models.CharField(choices=[('never', 'Never'), ('at_once', 'At once'), ('daily', 'Once a day')], default='never', max_length=8)),
                        ('hour', models.PositiveSmallIntegerField(default=8)),
                        ('quiet_from', models.PositiveSmallIntegerField(default=20)),
                        ('quiet_until', models.PositiveSmallIntegerField(default=7)),
                        ('chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical how told',
                        'verbose_name_plural': 'historical how tolds',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Letter',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('empty', 'Empty')], default='waiting', max_length=8)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('trouble', models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', 'next_at'], name='letter_state_next'), models.Index(fields=['user', 'made_at'], name='letter_user_made')],
                    },
                ),
            ],
        ),
    ]
