"""The log and its two indexes. Their triggers, policies and grants come from the generator."""

from django.db import migrations, models

TABLES = """
CREATE TABLE audit_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  epoch int NOT NULL DEFAULT 0,
  xid xid8 NOT NULL DEFAULT '0',
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  body bytea NOT NULL CHECK (octet_length(body) BETWEEN 2 AND 65535));
CREATE INDEX audit_event_order ON audit_event (epoch, xid, id);
CREATE INDEX audit_event_at ON audit_event USING brin (at) WITH (pages_per_range = 16);
CREATE TABLE audit_subject (
  subject uuid NOT NULL,
  event_id bigint NOT NULL,
  actor text NOT NULL,
  act text NOT NULL,
  PRIMARY KEY (subject, event_id));
CREATE TABLE audit_code (
  code text NOT NULL,
  event_id bigint NOT NULL,
  PRIMARY KEY (code, event_id));
"""


class Migration(migrations.Migration):
    """Event log and subject index."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(TABLES, "DROP TABLE audit_code; DROP TABLE audit_subject; DROP TABLE audit_event"),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("epoch", models.IntegerField()),
                ("xid", models.TextField()),
                ("at", models.DateTimeField()),
                ("body", models.BinaryField()),
            ],
            options={"db_table": "audit_event", "ordering": ("id",), "managed": False},
        ),
        migrations.CreateModel(
            name="AuditSubject",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("actor", models.TextField()),
                ("act", models.TextField()),
            ],
            options={"db_table": "audit_subject", "managed": False},
        ),
    ]
