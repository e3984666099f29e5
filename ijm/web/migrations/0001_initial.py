import uuid

import django.utils.timezone
from django.db import migrations, models

import ijm.vault.parcels

# The cache: counters of failed sign-ins and used codes, never content.
TABLE = """
CREATE TABLE ijm_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX ijm_cache_expires ON ijm_cache (expires);
"""


class Migration(migrations.Migration):

    initial = True

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE ijm_cache"),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.UUIDField(db_index=True, editable=False)),
                ('parcel', ijm.vault.parcels.ParcelField(null=True)),
                ('parcel_key', models.PositiveIntegerField(editable=False, null=True)),
                ('path', models.CharField(max_length=200)),
                ('form', models.CharField(max_length=200)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('-saved_at',),
                'constraints': [models.UniqueConstraint(fields=('owner_id', 'path', 'form'), name='draft_once_a_form')],
            },
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.UUIDField(db_index=True, editable=False)),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('location', models.CharField(blank=True, max_length=500)),
            ],
        ),
    ]
