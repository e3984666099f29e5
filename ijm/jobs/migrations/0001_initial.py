import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import ijm.jobs.models
import ijm.vault.parcels
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
                    name='Job',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('code', models.CharField(default=ijm.jobs.models.job_code, max_length=16, unique=True)),
                        ('kind', models.CharField(max_length=32)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                        ('roles', models.CharField(blank=True, max_length=250)),
                        ('about', models.UUIDField()),
                        ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Stopped'), ('cancelled', 'Cancelled')], default='queued', max_length=16)),
                        ('percent', models.PositiveSmallIntegerField(default=0)),
                        ('message_code', models.CharField(blank=True, max_length=32)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('beat_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('cancel_asked_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', 'beat_at'], name='job_state_beat')],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'about', 'owner'), name='job_once_a_subject_and_owner')],
                    },
                ),
                migrations.CreateModel(
                    name='JobResult',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('owner_id', models.UUIDField(db_index=True, editable=False)),
                        ('parcel', ijm.vault.parcels.ParcelField(null=True)),
                        ('parcel_key', models.PositiveIntegerField(editable=False, null=True)),
                        ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='jobs.job')),
                        ('size', models.PositiveIntegerField()),
                        ('expires_at', models.DateTimeField(db_index=True, default=ijm.jobs.models.expiry)),
                    ],
                ),
            ],
        ),
    ]
