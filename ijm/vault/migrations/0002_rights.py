"""Numbers for keys, and what the serving role may do with them: never delete, never change whose key it is."""

from django.db import migrations

RIGHTS = """
CREATE SEQUENCE vault_kek_number AS int; CREATE SEQUENCE vault_key_number AS int;
GRANT USAGE ON SEQUENCE vault_kek_number, vault_key_number TO ijm_keys;
GRANT SELECT, INSERT, UPDATE (state, wrapped, destroyed_at, destroyed_by) ON vault_key TO ijm_keys;
GRANT SELECT, INSERT, UPDATE (state, wrapped) ON vault_kek TO ijm_keys;
"""


class Migration(migrations.Migration):
    """Sequences and grants of the key database."""

    dependencies = [("vault", "0001_initial")]
    operations = [migrations.RunSQL(RIGHTS, "DROP SEQUENCE vault_kek_number, vault_key_number")]
