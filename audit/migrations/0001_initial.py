"""The log that is proved: places, tiles of hashes, checkpoints. Their triggers, policies and grants come from the generator."""

from django.db import migrations

TABLES = """
CREATE TABLE audit_leaf (
  idx bigint PRIMARY KEY CHECK (idx >= 0),
  event_id bigint NOT NULL UNIQUE);
CREATE TABLE audit_tile (
  level int NOT NULL CHECK (level BETWEEN 0 AND 7),
  n bigint NOT NULL CHECK (n >= 0),
  bytes bytea NOT NULL,
  PRIMARY KEY (level, n));
ALTER TABLE audit_tile ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE audit_checkpoint (
  size bigint PRIMARY KEY CHECK (size >= 0),
  root bytea NOT NULL,
  note text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  stamp bytea);
"""


class Migration(migrations.Migration):
    """Three tables, written by one login."""

    initial = True
    dependencies = [("trail", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE audit_checkpoint; DROP TABLE audit_tile; DROP TABLE audit_leaf"),
    ]
