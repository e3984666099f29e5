-- Run by a superuser in the data database: event triggers that refuse every change of how the log and the history are kept.
-- It remembers how each protected thing is made and compares after each command, so a new name or right is seen as well.
CREATE SCHEMA IF NOT EXISTS guard_lock;
CREATE TABLE IF NOT EXISTS guard_lock.kept (object text PRIMARY KEY, mark text NOT NULL);
CREATE TABLE IF NOT EXISTS guard_lock.state (id int PRIMARY KEY CHECK (id = 1), event_id bigint);
INSERT INTO guard_lock.state SELECT 1, NULL WHERE NOT EXISTS (SELECT FROM guard_lock.state);
-- open only while an event of the log says so: unlocking without leaving one is refused below
CREATE OR REPLACE FUNCTION guard_lock.is_open() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM guard_lock.state s JOIN public.audit_event e ON e.id = s.event_id
                 WHERE substr(e.body, 1, 24) = '{"act":"audit.unlocked",'::bytea) $$;
CREATE OR REPLACE FUNCTION guard_lock.rights(acl aclitem[]) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$ SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(acl) a $$;
-- tables whole: those of the log, every history, the guard's own, and these; of recorded tables the triggers; all functions
CREATE OR REPLACE FUNCTION guard_lock.marks() RETURNS TABLE (object text, mark text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH tables AS MATERIALIZED (
    SELECT c.*, n.nspname, n.nspname <> 'public' OR c.relname IN ('audit_event', 'audit_subject', 'audit_code', 'audit_leaf',
        'audit_tile', 'audit_checkpoint') OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'guard_keep')
        AS is_whole
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'guard', 'guard_lock') AND c.relkind IN ('r', 'p')),
  lines AS (
    SELECT oid, concat_ws('|', 'c', relowner::regrole, guard_lock.rights(relacl), relrowsecurity, relforcerowsecurity, relkind,
      relpersistence) AS line FROM tables WHERE is_whole
    UNION ALL SELECT t.oid, concat_ws('|', 'a', attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
      guard_lock.rights(attacl), pg_get_expr(adbin, adrelid)) FROM tables t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0
        AND NOT attisdropped LEFT JOIN pg_attrdef ON adrelid = t.oid AND adnum = attnum WHERE is_whole
    UNION ALL SELECT t.oid, concat_ws('|', 'k', conname, pg_get_constraintdef(k.oid)) FROM tables t JOIN pg_constraint k
      ON conrelid = t.oid WHERE is_whole AND contype IN ('c', 'p', 'u')
    UNION ALL SELECT t.oid, concat_ws('|', 'p', polname, polcmd, polpermissive, polroles::regrole[], polqual, polwithcheck) FROM tables t JOIN pg_policy ON polrelid = t.oid WHERE is_whole
    UNION ALL SELECT t.oid, concat_ws('|', 'i', inhparent::regclass) FROM tables t JOIN pg_inherits ON t.oid IN (inhrelid, inhparent)
      WHERE is_whole
    UNION ALL SELECT t.oid, concat_ws('|', 't', tgname, tgenabled, tgfoid::regproc, tgtype,
      tgattr, encode(tgargs, 'hex'), tgqual, tgoldtable, tgnewtable, tgdeferrable) FROM tables t JOIN pg_trigger g
      ON tgrelid = t.oid WHERE NOT tgisinternal
    UNION ALL SELECT t.oid, concat_ws('|', 'r', ev_enabled, pg_get_ruledef(r.oid)) FROM tables t JOIN pg_rewrite r ON ev_class = t.oid)
  SELECT 'table ' || t.nspname || '.' || t.relname, md5(string_agg(line, chr(10) ORDER BY line))
    FROM tables t JOIN lines USING (oid) GROUP BY t.nspname, t.relname
  UNION ALL SELECT 'function ' || p.oid::regprocedure, concat_ws('|', md5(p.prosrc), p.proowner::regrole,
      guard_lock.rights(p.proacl), p.prosecdef, p.proconfig, p.prorettype::regtype)
    FROM pg_proc p WHERE p.pronamespace IN ('guard'::regnamespace, 'guard_lock'::regnamespace)
  UNION ALL SELECT 'schema ' || nspname, concat_ws('|', nspowner::regrole, guard_lock.rights(nspacl)) FROM pg_namespace
    WHERE nspname IN ('guard', 'guard_lock') $$;
CREATE OR REPLACE FUNCTION guard_lock.refuse_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE changed text;
BEGIN
  IF guard_lock.is_open() THEN RETURN; END IF;
  SELECT k.object INTO changed FROM guard_lock.kept k LEFT JOIN guard_lock.marks() m USING (object)
    WHERE k.object NOT LIKE 'own %' AND m.mark IS DISTINCT FROM k.mark LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'locked: % would change how the log or the history is kept (%)', tg_tag, changed
      USING ERRCODE = '42501', HINT = 'a superuser opens it with: manage.py provision --unlock-audit';
  END IF;
END $$;
-- the lock's own functions, watched by one that does not use them
CREATE OR REPLACE FUNCTION guard_lock.refuse_replaced() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM guard_lock.state s JOIN public.audit_event e ON e.id = s.event_id
             WHERE substr(e.body, 1, 24) = '{"act":"audit.unlocked",'::bytea) THEN RETURN; END IF;
  IF EXISTS (SELECT FROM guard_lock.kept k WHERE k.object LIKE 'own %' AND NOT EXISTS (
      SELECT FROM pg_proc p WHERE 'own ' || p.oid::regprocedure = k.object AND md5(p.prosrc) = k.mark)) THEN
    RAISE EXCEPTION 'locked: % would change the lock itself', tg_tag USING ERRCODE = '42501';
  END IF;
END $$;
CREATE OR REPLACE FUNCTION guard_lock.refuse_rewrite() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT guard_lock.is_open() AND EXISTS (
      SELECT FROM pg_trigger WHERE tgrelid = pg_event_trigger_table_rewrite_oid() AND tgname = 'guard_keep') THEN
    RAISE EXCEPTION 'locked: % would write what was recorded anew', tg_tag USING ERRCODE = '42501';
  END IF;
END $$;
-- what is remembered changes while the lock is open, and it opens in the transaction that writes the event, and in no other
CREATE OR REPLACE FUNCTION guard_lock.keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'kept' THEN
    IF TG_OP <> 'TRUNCATE' AND guard_lock.is_open() THEN RETURN coalesce(NEW, OLD); END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.event_id IS NULL OR EXISTS (SELECT FROM public.audit_event e WHERE e.id = NEW.event_id
      AND e.xid = pg_current_xact_id()) THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'locked: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE OR REPLACE FUNCTION guard_lock.tell(act text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.audit_event (body) VALUES (convert_to(format(
    '{"act":"%s","cat":"system","id":"%s","out":0,"t":%s,"v":1,"who":{"code":%s,"role":"DATABASE"},"why":{"code":"ADMINISTRATION"}}',
    act, replace(gen_random_uuid()::text, '-', ''), floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    to_json(session_user::text)), 'UTF8')) RETURNING id $$;
CREATE OR REPLACE FUNCTION guard_lock.unlock() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE guard_lock.state SET event_id = guard_lock.tell('audit.unlocked') $$;
CREATE OR REPLACE FUNCTION guard_lock.lock() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT guard_lock.is_open() THEN RETURN; END IF;
  DELETE FROM guard_lock.kept;
  INSERT INTO guard_lock.kept SELECT m.object, m.mark FROM guard_lock.marks() m;
  INSERT INTO guard_lock.kept SELECT 'own ' || p.oid::regprocedure, md5(p.prosrc) FROM pg_proc p
    WHERE p.pronamespace = 'guard_lock'::regnamespace;
  PERFORM guard_lock.tell('audit.locked');
  UPDATE guard_lock.state SET event_id = NULL;
END $$;
CREATE OR REPLACE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON guard_lock.kept FOR EACH ROW EXECUTE FUNCTION guard_lock.keep();
CREATE OR REPLACE TRIGGER whole BEFORE TRUNCATE ON guard_lock.kept FOR EACH STATEMENT EXECUTE FUNCTION guard_lock.keep();
CREATE OR REPLACE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON guard_lock.state FOR EACH ROW EXECUTE FUNCTION guard_lock.keep();
CREATE OR REPLACE TRIGGER whole BEFORE TRUNCATE ON guard_lock.state FOR EACH STATEMENT EXECUTE FUNCTION guard_lock.keep();
ALTER TABLE guard_lock.kept ENABLE ALWAYS TRIGGER keep; ALTER TABLE guard_lock.kept ENABLE ALWAYS TRIGGER whole;
ALTER TABLE guard_lock.state ENABLE ALWAYS TRIGGER keep; ALTER TABLE guard_lock.state ENABLE ALWAYS TRIGGER whole;
REVOKE ALL ON SCHEMA guard_lock FROM PUBLIC; REVOKE ALL ON ALL TABLES IN SCHEMA guard_lock FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard_lock FROM PUBLIC;
GRANT USAGE ON SCHEMA guard_lock TO ijm_owner; GRANT EXECUTE ON FUNCTION guard_lock.is_open(), guard_lock.lock() TO ijm_owner;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'guard_lock_change') THEN
    CREATE EVENT TRIGGER guard_lock_change ON ddl_command_end EXECUTE FUNCTION guard_lock.refuse_change();
    CREATE EVENT TRIGGER guard_lock_drop ON sql_drop EXECUTE FUNCTION guard_lock.refuse_change();
    CREATE EVENT TRIGGER guard_lock_own ON ddl_command_end EXECUTE FUNCTION guard_lock.refuse_replaced();
    CREATE EVENT TRIGGER guard_lock_rewrite ON table_rewrite EXECUTE FUNCTION guard_lock.refuse_rewrite();
    ALTER EVENT TRIGGER guard_lock_change ENABLE ALWAYS; ALTER EVENT TRIGGER guard_lock_drop ENABLE ALWAYS;
    ALTER EVENT TRIGGER guard_lock_own ENABLE ALWAYS; ALTER EVENT TRIGGER guard_lock_rewrite ENABLE ALWAYS;
  END IF;
END $$;
