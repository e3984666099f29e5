from django.db import migrations, models

# Numbers for keys, what the serving role may do with them (never delete, never change whose key it is), and the life of a
# key, held by the database itself: what is destroyed stays destroyed, what is retired seals no more.
LIFE = """
CREATE SEQUENCE vault_kek_number AS int;
CREATE SEQUENCE vault_key_number AS int;
CREATE SEQUENCE vault_generation;
GRANT USAGE ON SEQUENCE vault_kek_number, vault_key_number TO ijm_keys;
GRANT SELECT, USAGE ON SEQUENCE vault_generation TO ijm_keys;
GRANT SELECT, INSERT, UPDATE (state, wrapped, kek_id, messages, certificate, destroyed_at, destroyed_by) ON vault_key TO ijm_keys;
GRANT SELECT, INSERT, UPDATE (state, wrapped, canary) ON vault_kek TO ijm_keys;

CREATE FUNCTION vault_scope_lock(kind text, scope uuid) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT pg_advisory_xact_lock(hashtextextended(kind || scope::text, 1)) $$;

CREATE FUNCTION vault_key_made() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.state = 'destroyed' THEN
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.scope_kind || NEW.scope_uuid::text, 1));
  PERFORM FROM vault_key WHERE scope_uuid = NEW.scope_uuid AND scope_kind = NEW.scope_kind AND certificate <> '';
  IF FOUND THEN
    RAISE EXCEPTION 'this scope was erased: no key is made for it' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM FROM vault_kek WHERE id = NEW.kek_id AND compartment = NEW.compartment AND state = 'active' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a new key needs the active key of its compartment' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vault_key_made BEFORE INSERT ON vault_key FOR EACH ROW EXECUTE FUNCTION vault_key_made();

CREATE FUNCTION vault_key_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.certificate <> '' AND NEW.certificate <> OLD.certificate THEN
    RAISE EXCEPTION 'a certificate stays' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF OLD.state = 'destroyed' AND (NEW.state, NEW.wrapped, NEW.kek_id, NEW.destroyed_at)
                                    IS DISTINCT FROM (OLD.state, OLD.wrapped, OLD.kek_id, OLD.destroyed_at) THEN
    RAISE EXCEPTION 'a destroyed key stays destroyed' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF OLD.state = 'retired' AND NEW.state = 'active' THEN
    RAISE EXCEPTION 'a retired key seals no more' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF NEW.messages < OLD.messages THEN
    RAISE EXCEPTION 'a count of messages only grows' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vault_key_kept BEFORE UPDATE ON vault_key FOR EACH ROW EXECUTE FUNCTION vault_key_kept();

CREATE FUNCTION vault_kek_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state = 'destroyed' OR OLD.state = 'retired' AND NEW.state = 'active' THEN
    RAISE EXCEPTION 'a version that ended does not come back' USING ERRCODE = 'integrity_constraint_violation';
  ELSIF NEW.state = 'destroyed' AND EXISTS (SELECT FROM vault_key WHERE kek_id = OLD.id AND state <> 'destroyed') THEN
    RAISE EXCEPTION 'keys still hang on this version' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vault_kek_kept BEFORE UPDATE ON vault_kek FOR EACH ROW EXECUTE FUNCTION vault_kek_kept();
"""
UNDO = """
DROP TRIGGER vault_kek_kept ON vault_kek; DROP TRIGGER vault_key_kept ON vault_key; DROP TRIGGER vault_key_made ON vault_key;
DROP FUNCTION vault_kek_kept(); DROP FUNCTION vault_key_kept(); DROP FUNCTION vault_key_made();
DROP FUNCTION vault_scope_lock(text, uuid); DROP SEQUENCE vault_generation, vault_kek_number, vault_key_number;
"""


class Migration(migrations.Migration):

    initial = True

    operations = [
        migrations.CreateModel(
            name='Kek',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('compartment', models.CharField(max_length=16)),
                ('version', models.PositiveIntegerField()),
                ('wrapped', models.BinaryField()),
                ('canary', models.BinaryField(null=True)),
                ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired'), ('destroyed', 'Destroyed')], default='active', max_length=16)),
            ],
            options={
                'db_table': 'vault_kek',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('compartment',), name='vault_kek_active'), models.UniqueConstraint(fields=('compartment', 'version'), name='vault_kek_version'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'destroyed'), ('wrapped', b'')), models.Q(models.Q(('state', 'destroyed'), _negated=True), models.Q(('wrapped', b''), _negated=True)), _connector='OR'), name='vault_kek_gone_is_empty')],
            },
        ),
        migrations.CreateModel(
            name='DataKey',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('scope_kind', models.CharField(max_length=16)),
                ('scope_uuid', models.UUIDField()),
                ('compartment', models.CharField(max_length=16)),
                ('kek_id', models.IntegerField()),
                ('wrapped', models.BinaryField()),
                ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired'), ('destroyed', 'Destroyed')], default='active', max_length=16)),
                ('messages', models.BigIntegerField(default=0)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
                ('destroyed_by', models.JSONField(null=True)),
                ('certificate', models.CharField(default='', max_length=32)),
            ],
            options={
                'db_table': 'vault_key',
                'indexes': [models.Index(fields=['scope_uuid', 'scope_kind'], name='vault_key_scope'), models.Index(fields=['kek_id'], name='vault_key_kek')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('scope_kind', 'scope_uuid', 'compartment'), name='vault_key_active'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'destroyed'), ('wrapped', b'')), models.Q(models.Q(('state', 'destroyed'), _negated=True), models.Q(('wrapped', b''), _negated=True)), _connector='OR'), name='vault_key_gone_is_empty')],
            },
        ),
        migrations.RunSQL(LIFE, UNDO),
    ]
