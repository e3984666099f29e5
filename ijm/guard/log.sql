-- The log that is proved: who writes it (one login, the log's own), and what stays as it was written whoever asks.
SET LOCAL ROLE ijm_keeper;
ALTER TABLE guard.epoch ADD COLUMN IF NOT EXISTS system bigint, ADD COLUMN IF NOT EXISTS line int,
  ADD COLUMN IF NOT EXISTS why text, ADD COLUMN IF NOT EXISTS opened xid8;

-- places follow one another without a gap, and nothing is put before what is there
CREATE OR REPLACE FUNCTION guard.check_leaves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE lowest bigint; highest bigint; n bigint; before bigint;
BEGIN
  SELECT min(a.idx), max(a.idx), count(*) INTO lowest, highest, n FROM added a;
  SELECT max(l.idx) INTO before FROM public.audit_leaf l WHERE l.idx < lowest;
  IF n > 0 AND (lowest <> coalesce(before + 1, 0) OR highest - lowest + 1 <> n
                OR EXISTS (SELECT FROM public.audit_leaf l WHERE l.idx > highest)) THEN
    RAISE EXCEPTION 'the places of the log follow one another' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
-- hashes of 32 bytes, 256 to a tile; only the last tile of a level is written again, and only by adding to it
CREATE OR REPLACE FUNCTION guard.check_tile() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(NEW.bytes) NOT BETWEEN 32 AND 8192 OR length(NEW.bytes) % 32 <> 0 THEN
    RAISE EXCEPTION 'a tile holds 1 to 256 hashes' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND ((NEW.level, NEW.n) <> (OLD.level, OLD.n) OR length(NEW.bytes) <= length(OLD.bytes)
                           OR substr(NEW.bytes, 1, length(OLD.bytes)) <> OLD.bytes) THEN
    RAISE EXCEPTION 'a tile grows, and what is in it stays' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'INSERT' AND NEW.n > 0 AND NOT EXISTS (
       SELECT FROM public.audit_tile t WHERE t.level = NEW.level AND t.n = NEW.n - 1 AND length(t.bytes) = 8192) THEN
    RAISE EXCEPTION 'a tile begins when the one before it is full' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a checkpoint is of a larger log than the one before; later it takes a time stamp, and signatures below its own
CREATE OR REPLACE FUNCTION guard.check_checkpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.size <= (SELECT max(c.size) FROM public.audit_checkpoint c)
       OR NEW.size > (SELECT coalesce(max(l.idx) + 1, 0) FROM public.audit_leaf l) OR length(NEW.root) <> 32) THEN
    RAISE EXCEPTION 'a checkpoint is of a log that has grown' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND ((NEW.size, NEW.root, NEW.at) IS DISTINCT FROM (OLD.size, OLD.root, OLD.at)
       OR NOT starts_with(NEW.note, OLD.note) OR (OLD.stamp IS NOT NULL AND NEW.stamp IS DISTINCT FROM OLD.stamp)) THEN
    RAISE EXCEPTION 'a checkpoint stays; it takes one time stamp, and further signatures' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- what the log says about itself; canonical as all bodies are
CREATE OR REPLACE FUNCTION guard.tell_log(act text, reason text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF act NOT IN ('log.epoch', 'log.begun_anew') OR reason !~ '^[a-z0-9]{1,20}$' THEN
    RAISE EXCEPTION 'the log says this only' USING ERRCODE = '42501';
  END IF;
  INSERT INTO public.audit_event (body) VALUES (convert_to(format(
    '{"act":"%s","cat":"system","id":"%s","out":0,"q":{"reason":"%s"},"t":%s,"v":1,"why":{"code":"SYSTEM"}}',
    act, replace(gen_random_uuid()::text, '-', ''), reason,
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'UTF8'));
END $$;
-- Transaction numbers order the log within one life of one server. After a restore they are counted anew, so another epoch
-- begins: 'turned' when it was found out, 'opened' in a transaction of its own after that, 'same' when all is as it was.
-- An event reads its number before its epoch: so whoever still wrote the old epoch has a number below that of 'opened'.
CREATE OR REPLACE FUNCTION guard.turn_epoch() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE e guard.epoch; here bigint; way int; reason text; is_foreign boolean;
BEGIN
  SELECT * INTO e FROM guard.epoch;
  BEGIN
    SELECT s.system_identifier, p.timeline_id INTO here, way FROM pg_control_system() s, pg_control_checkpoint() p;
  EXCEPTION WHEN insufficient_privilege THEN  -- a managed server may keep them to itself: then the numbers tell alone
    here := coalesce(e.system, 0); way := coalesce(e.line, 0);
  END;
  SELECT a.xid >= pg_snapshot_xmax(pg_current_snapshot()) INTO is_foreign FROM public.audit_event a
    WHERE a.epoch = e.epoch ORDER BY a.epoch DESC, a.xid DESC LIMIT 1;
  reason := CASE WHEN e.system <> here THEN 'system' WHEN e.line <> way THEN 'timeline' WHEN is_foreign THEN 'number' END;
  IF reason IS NOT NULL OR e.system IS NULL THEN
    UPDATE guard.epoch n SET epoch = n.epoch + (reason IS NOT NULL)::int, system = here, line = way, why = reason, opened = NULL
      WHERE n.epoch = e.epoch AND n.system IS NOT DISTINCT FROM e.system;
    -- what was written after the restore, below the cursor, is indexed as well
    UPDATE guard.cursor SET epoch = 0, xid = '0', id = 0 WHERE name = 'subjects' AND reason IS NOT NULL;
    RETURN 'turned';
  END IF;
  IF e.opened IS NULL THEN
    UPDATE guard.epoch SET opened = pg_current_xact_id() WHERE opened IS NULL;
    IF FOUND AND e.why IS NOT NULL THEN PERFORM guard.tell_log('log.epoch', e.why); END IF;
    RETURN 'opened';
  END IF;
  RETURN 'same';
END $$;

RESET ROLE;
REVOKE ALL ON FUNCTION guard.check_leaves(), guard.check_tile(), guard.check_checkpoint(), guard.tell_log(text, text),
  guard.turn_epoch() FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM ijm_log;
GRANT USAGE ON SCHEMA guard TO ijm_log; GRANT SELECT ON guard.epoch TO ijm_log, ijm_audit; GRANT SELECT ON guard.cursor TO ijm_log;
GRANT EXECUTE ON FUNCTION guard.check_leaves(), guard.check_tile(), guard.check_checkpoint() TO ijm_owner;
GRANT EXECUTE ON FUNCTION guard.turn_epoch(), guard.tell_log(text, text), guard.index_subjects() TO ijm_log;

REVOKE ALL ON audit_leaf, audit_tile, audit_checkpoint FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper, ijm_log;
REVOKE ALL ON audit_event, audit_subject, audit_code FROM ijm_log;
GRANT SELECT ON audit_leaf, audit_tile, audit_checkpoint TO ijm_audit, ijm_log; GRANT SELECT ON audit_event TO ijm_log;
GRANT INSERT ON audit_leaf, audit_tile TO ijm_log; GRANT UPDATE (bytes) ON audit_tile TO ijm_log;
GRANT INSERT (size, root, note), UPDATE (note, stamp) ON audit_checkpoint TO ijm_log;
ALTER TABLE audit_leaf ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_leaf FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_tile ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_tile FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoint ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_checkpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_log ON audit_event FOR SELECT TO ijm_log USING (true);
CREATE POLICY guard_see ON audit_leaf FOR SELECT TO ijm_audit, ijm_log USING (true);
CREATE POLICY guard_add ON audit_leaf FOR INSERT TO ijm_log WITH CHECK (true);
CREATE POLICY guard_see ON audit_tile FOR SELECT TO ijm_audit, ijm_log USING (true);
CREATE POLICY guard_add ON audit_tile FOR INSERT TO ijm_log WITH CHECK (true);
CREATE POLICY guard_grow ON audit_tile FOR UPDATE TO ijm_log USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_checkpoint FOR SELECT TO ijm_audit, ijm_log USING (true);
CREATE POLICY guard_add ON audit_checkpoint FOR INSERT TO ijm_log WITH CHECK (true);
CREATE POLICY guard_grow ON audit_checkpoint FOR UPDATE TO ijm_log USING (true) WITH CHECK (true);
CREATE TRIGGER guard_next AFTER INSERT ON audit_leaf REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard.check_leaves();
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_grown BEFORE INSERT OR UPDATE ON audit_tile FOR EACH ROW EXECUTE FUNCTION guard.check_tile();
CREATE TRIGGER guard_keep BEFORE DELETE ON audit_tile FOR EACH ROW EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_tile FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_grown BEFORE INSERT OR UPDATE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION guard.check_checkpoint();
CREATE TRIGGER guard_keep BEFORE DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER guard_next; ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER guard_keep;
ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER guard_whole; ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER guard_grown;
ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER guard_keep; ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER guard_whole;
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER guard_grown; ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER guard_keep;
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER guard_whole;
