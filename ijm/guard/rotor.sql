-- What the login that moves sealed values to new keys may do, and what it leaves in the log.
SET LOCAL ROLE ijm_keeper;
-- Sealed values under a new key: the same row, the same revision, another key and nonce, and no more than that.
CREATE OR REPLACE FUNCTION guard.check_rekeyed() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE o jsonb := to_jsonb(OLD); n jsonb := to_jsonb(NEW); name text; was bytea; now bytea; number text;
BEGIN
  FOREACH name IN ARRAY TG_ARGV LOOP
    IF n ->> name IS DISTINCT FROM o ->> name OR n ->> (name || '_key') IS DISTINCT FROM o ->> (name || '_key') THEN
      was := (o ->> name)::bytea; now := (n ->> name)::bytea; number := n ->> (name || '_key');
      IF was IS NULL OR now IS NULL OR number IS NULL OR number = o ->> (name || '_key') OR length(now) <> length(was)
         OR substr(now, 1, 2) <> substr(was, 1, 2) OR substr(now, 7, 4) <> substr(was, 7, 4)
         OR encode(substr(now, 3, 4), 'hex') <> lpad(to_hex(number::bigint), 8, '0')
         OR encode(substr(now, 7, 4), 'hex') <> lpad(to_hex((n ->> (name || '_rev'))::bigint), 8, '0')
         OR substr(now, 11, 12) = substr(was, 11, 12) THEN
        RAISE EXCEPTION '%.%: only the key of a sealed value changes', TG_TABLE_NAME, name USING ERRCODE = '42501';
      END IF;
    END IF;
    o := o - name - (name || '_key'); n := n - name - (name || '_key');
  END LOOP;
  IF o <> n THEN
    RAISE EXCEPTION '%: only the keys of sealed values change', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- one event a statement: {"key.compartment": "revision:digest before:digest after"}; canonical as all bodies are
CREATE OR REPLACE FUNCTION guard.tell_rekeyed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE name text; turned text; all_turned text;
BEGIN
  FOREACH name IN ARRAY TG_ARGV[1:] LOOP
    EXECUTE format('SELECT string_agg(format(''"%%s.%1$s":"%%s:%%s:%%s"'', c.%2$I, c.%3$I, encode(sha256(o.%1$I), ''hex''),'
      ' encode(sha256(c.%1$I), ''hex'')), '','' ORDER BY c.%2$I) FROM changed c JOIN was o USING (%2$I)'
      ' WHERE c.%1$I IS DISTINCT FROM o.%1$I', name, TG_ARGV[0], name || '_rev') INTO turned;
    all_turned := nullif(concat_ws(',', all_turned, turned), '');
  END LOOP;
  IF all_turned IS NOT NULL THEN
    INSERT INTO public.audit_event (body) VALUES (convert_to(format(
      '{"act":"vault.rekeyed","cat":"system","id":"%s","out":0,"t":%s,"tab":"%s","turned":{%s},"v":1,"why":{"code":"SYSTEM"}}',
      replace(gen_random_uuid()::text, '-', ''), floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, TG_TABLE_NAME,
      all_turned), 'UTF8'));
  END IF;
  RETURN NULL;
END $$;
-- whose keys a code means, in ids only: of a case file, or of the person a code of a wing stands for
CREATE OR REPLACE FUNCTION guard.scopes_of(asked text) RETURNS TABLE (kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'file', f.id FROM public.casefiles_casefile f WHERE f.code = asked
  UNION SELECT 'subject', a.person_id FROM public.people_alias a WHERE a.code = asked $$;

RESET ROLE;
REVOKE ALL ON FUNCTION guard.check_rekeyed(), guard.tell_rekeyed(), guard.scopes_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.check_rekeyed(), guard.tell_rekeyed() TO ijm_owner;
REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM ijm_rotor;
GRANT USAGE ON SCHEMA guard TO ijm_rotor; GRANT EXECUTE ON FUNCTION guard.scopes_of(text) TO ijm_rotor;
