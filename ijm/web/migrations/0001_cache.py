"""The cache table: counters of failed sign-ins and used codes, never content."""

from django.db import migrations

TABLE = """
CREATE TABLE ijm_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX ijm_cache_expires ON ijm_cache (expires);
"""


class Migration(migrations.Migration):
    """Django's database cache."""

    initial = True
    operations = [migrations.RunSQL(TABLE, "DROP TABLE ijm_cache")]
