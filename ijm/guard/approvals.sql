-- Four eyes: who may ask for what, who decides about it, and that nobody else does. Rendered kinds stand in guard.eyes.
SET LOCAL ROLE ijm_keeper;
CREATE TABLE IF NOT EXISTS guard.eyes (kind text PRIMARY KEY, outside boolean NOT NULL, on_file boolean NOT NULL);
CREATE TABLE IF NOT EXISTS guard.eyes_role (kind text, part text, role text, PRIMARY KEY (kind, part, role));
-- the roles somebody holds at this moment, and where
CREATE OR REPLACE FUNCTION guard.live_roles(person uuid) RETURNS TABLE (role text, office_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.role::text, g.office_id FROM public.accounts_rolegrant g JOIN public.accounts_user u ON u.id = g.user_id
  WHERE g.user_id = person AND u.is_active AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
    AND g.starts_at <= now() AND g.expires_at > now() $$;
-- whether two people stand on files of the same wing in the same office: colleagues, or one and her supervisor
CREATE OR REPLACE FUNCTION guard.in_line(one uuid, other uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM guard.live_roles(one) a JOIN guard.live_roles(other) b USING (office_id)
    JOIN guard.kind_role x ON x.role = a.role JOIN guard.kind_role y ON y.role = b.role AND y.kind = x.kind) $$;
CREATE OR REPLACE FUNCTION guard.stands_on(person uuid, file uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.casefiles_caseaccess a WHERE a.user_id = person AND a.file_id = file
    AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()) $$;
-- the kinds she decides about, each with the offices her roles reach, as kind@office: row security reads it once
CREATE OR REPLACE FUNCTION guard.my_decisions() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER ROWS 20
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT e.kind || '@' || o.id FROM guard.live_roles((SELECT guard.uid())) l
  JOIN guard.eyes_role r ON r.role = l.role AND r.part = 'decide' JOIN guard.eyes e ON e.kind = r.kind AND NOT e.on_file
  JOIN public.accounts_office o ON l.office_id IN (o.id, o.supported_by_id) $$;
-- why this person may not decide about this request now; NULL when she may
CREATE OR REPLACE FUNCTION guard.decider_refusal(person uuid, request uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE q record;
BEGIN
  SELECT r.*, e.outside, e.on_file INTO q FROM public.approvals_request r JOIN guard.eyes e ON e.kind = r.kind WHERE r.id = request;
  IF NOT FOUND OR q.state <> 'asked' THEN RETURN 'decided'; END IF;
  IF q.expires_at <= clock_timestamp() THEN RETURN 'expired'; END IF;
  IF q.asked_by_id = person THEN RETURN 'self'; END IF;
  IF NOT EXISTS (
       SELECT FROM guard.live_roles(person) l JOIN guard.eyes_role r ON r.role = l.role AND r.part = 'decide' AND r.kind = q.kind
       WHERE q.on_file OR l.office_id IN (SELECT unnest(ARRAY[o.id, o.supported_by_id]) FROM public.accounts_office o
                                          WHERE o.id = q.office_id)) THEN
    RETURN 'role';
  END IF;
  -- who is kept from the file learns neither that nor why
  IF q.file_id IS NOT NULL AND guard.is_barred(person, q.file_id) THEN RETURN 'role'; END IF;
  IF q.on_file AND NOT guard.stands_on(person, q.file_id) THEN RETURN 'file'; END IF;
  IF q.outside AND guard.in_line(person, q.asked_by_id) THEN RETURN 'line'; END IF;
  IF EXISTS (SELECT FROM public.approvals_request r WHERE r.about = q.about AND r.kind <> q.kind AND r.decided_by_id = person
             AND r.state IN ('approved', 'done')) THEN
    RETURN 'twice';
  END IF;
  RETURN NULL;
END $$;
-- everybody who may decide about it now, for who may see it
CREATE OR REPLACE FUNCTION guard.deciders(request uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT g.user_id FROM public.approvals_request q JOIN guard.eyes_role r ON r.kind = q.kind AND r.part = 'decide'
  JOIN public.accounts_rolegrant g ON g.role = r.role AND g.revoked_at IS NULL AND g.expires_at > now()
  WHERE q.id = request AND q.asked_by_id = guard.uid() AND guard.decider_refusal(g.user_id, q.id) IS NULL $$;
-- for the clock: who asked for what has run out of time
CREATE OR REPLACE FUNCTION guard.askers_over() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT r.asked_by_id FROM public.approvals_request r
  WHERE r.state IN ('asked', 'approved') AND r.expires_at < clock_timestamp() $$;
-- whether another person agreed, and it still counts: what other tables ask before they let something happen
CREATE OR REPLACE FUNCTION guard.agreed(request uuid, object text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.approvals_request r WHERE r.id = request AND r.about = object
    AND (r.state = 'done' OR r.state = 'approved' AND r.expires_at > clock_timestamp())) $$;
CREATE OR REPLACE FUNCTION guard.check_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); why text; latest timestamptz := now() + interval '72 hours 2 minutes';
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF NEW.expires_at > latest OR NEW.asked_at > now() + interval '2 minutes' THEN
    RAISE EXCEPTION 'a request is good for 72 hours' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'asked' OR NEW.decided_by_id IS NOT NULL OR NEW.said IS NOT NULL OR NEW.digest !~ '^[0-9a-f]{64}$'
       OR NEW.asked_by_id IS DISTINCT FROM me OR NOT EXISTS (
         SELECT FROM guard.live_roles(me) l JOIN guard.eyes_role r ON r.role = l.role AND r.part = 'ask' AND r.kind = NEW.kind) THEN
      RAISE EXCEPTION 'a request is made by who may ask for it, and decided by another person' USING ERRCODE = '42501';
    END IF;
    -- not an office of her choice, where a friend decides: her own, one her role reaches, or that of the file
    IF NEW.office_id IS DISTINCT FROM guard.office_of(me)
       AND NOT guard.reaches(NEW.office_id, ARRAY(SELECT r.role FROM guard.eyes_role r WHERE r.part = 'ask' AND r.kind = NEW.kind))
       AND NOT EXISTS (SELECT FROM public.casefiles_casefile f WHERE f.id = NEW.file_id AND f.office_id = NEW.office_id) THEN
      RAISE EXCEPTION 'another office decides about this' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.code, NEW.kind, NEW.office_id, NEW.about, NEW.file_id, NEW.digest, NEW.basis, NEW.asked_by_id, NEW.asked_at,
      NEW.kept_under, NEW.given, NEW.given_rev)
     IS DISTINCT FROM (OLD.code, OLD.kind, OLD.office_id, OLD.about, OLD.file_id, OLD.digest, OLD.basis, OLD.asked_by_id, OLD.asked_at,
      OLD.kept_under, OLD.given, OLD.given_rev) OR NEW.state = OLD.state THEN
    RAISE EXCEPTION 'what was asked stays; a request is decided, taken back or used, and nothing else' USING ERRCODE = '42501';
  END IF;
  IF NEW.state IN ('approved', 'refused') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(OLD.about, 5));
    why := guard.decider_refusal(me, OLD.id);
    IF why IS NOT NULL OR NEW.decided_by_id IS DISTINCT FROM me THEN
      RAISE EXCEPTION 'this person does not decide about it: %', coalesce(why, 'name') USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.decided_by_id, NEW.decided_at, NEW.expires_at, NEW.said, NEW.said_rev)
     IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.expires_at, OLD.said, OLD.said_rev) THEN
    RAISE EXCEPTION 'what was decided stays' USING ERRCODE = '42501';
  END IF;
  IF NEW.state = 'done' AND (me IS NULL OR me NOT IN (OLD.asked_by_id, OLD.decided_by_id) OR OLD.expires_at <= clock_timestamp()) THEN
    RAISE EXCEPTION 'what was approved is done by who asked or who approved, in time' USING ERRCODE = '42501';
  END IF;
  IF NEW.state IN ('withdrawn', 'expired') AND me IS DISTINCT FROM OLD.asked_by_id
     OR NEW.state = 'expired' AND OLD.expires_at > clock_timestamp() THEN
    RAISE EXCEPTION 'a request is taken back by who asked, and ends when its time is over' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a column that stays empty, or a state that is not reached, until the record's request was approved
CREATE OR REPLACE FUNCTION guard.check_agreed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE was jsonb; becomes jsonb := to_jsonb(NEW); said text := to_jsonb(NEW) ->> TG_ARGV[0]; reached text[] := TG_ARGV[1:];
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' THEN
    was := to_jsonb(OLD);
    IF was ->> 'request_id' IS DISTINCT FROM becomes ->> 'request_id' THEN
      RAISE EXCEPTION '%: a record keeps its request', TG_TABLE_NAME USING ERRCODE = '42501';
    END IF;
    IF was ->> TG_ARGV[0] IS NOT DISTINCT FROM said THEN RETURN NEW; END IF;
  END IF;
  -- a record whose request may be missing needs none where it is missing: its table says when
  IF becomes ->> 'request_id' IS NULL THEN RETURN NEW; END IF;
  IF said IS NOT NULL AND (cardinality(reached) = 0 OR said = ANY (reached)) AND NOT guard.agreed((becomes ->> 'request_id')::uuid, becomes ->> 'code') THEN
    RAISE EXCEPTION '%: another person has not approved this', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.live_roles(uuid), guard.in_line(uuid, uuid), guard.stands_on(uuid, uuid), guard.my_decisions(),
  guard.decider_refusal(uuid, uuid), guard.deciders(uuid), guard.askers_over(), guard.agreed(uuid, text), guard.check_request(), guard.check_agreed()
  FROM PUBLIC;
REVOKE ALL ON guard.eyes, guard.eyes_role FROM PUBLIC, ijm_app, ijm_audit;
GRANT EXECUTE ON FUNCTION guard.my_decisions(), guard.decider_refusal(uuid, uuid), guard.deciders(uuid), guard.askers_over() TO ijm_app;
