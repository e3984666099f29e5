-- Rendered from the models by ijm/guard; never edited by hand.
-- What every table rests on: who asks, which files she stands on, and what nobody may do.
CREATE SCHEMA IF NOT EXISTS guard AUTHORIZATION ijm_keeper;
SET LOCAL ROLE ijm_keeper;

CREATE TABLE IF NOT EXISTS guard.context_key (id int PRIMARY KEY CHECK (id IN (1, 2)), ipad bytea NOT NULL, opad bytea NOT NULL);
CREATE TABLE IF NOT EXISTS guard.transition (tab text, col text, was text, becomes text, PRIMARY KEY (tab, col, was, becomes));
CREATE TABLE IF NOT EXISTS guard.kind_role (kind text, role text, PRIMARY KEY (kind, role));
CREATE TABLE IF NOT EXISTS guard.supervision (kind text, role text, PRIMARY KEY (kind, role));
CREATE TABLE IF NOT EXISTS guard.exclusion (role text, other text, PRIMARY KEY (role, other));
CREATE TABLE IF NOT EXISTS guard.approver (role text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS guard.runner (role text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS guard.spelled (object text PRIMARY KEY, mark text NOT NULL);
CREATE TABLE IF NOT EXISTS guard.epoch (epoch int NOT NULL);
CREATE TABLE IF NOT EXISTS guard.cursor (name text PRIMARY KEY, epoch int NOT NULL, xid xid8 NOT NULL, id bigint NOT NULL);
INSERT INTO guard.epoch SELECT 1 WHERE NOT EXISTS (SELECT FROM guard.epoch);
INSERT INTO guard.cursor VALUES ('subjects', 0, '0', 0) ON CONFLICT DO NOTHING;

-- HMAC-SHA256 from sha256() alone: the padded keys are stored ready-made, no extension is needed.
CREATE OR REPLACE FUNCTION guard.context() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE signed text := current_setting('ijm.ctx', true); payload text; part text[];
BEGIN
  IF signed IS NULL OR length(signed) < 66 THEN RETURN NULL; END IF;
  payload := left(signed, -65);
  PERFORM 1 FROM guard.context_key k
    WHERE encode(sha256(k.opad || sha256(k.ipad || convert_to(payload, 'UTF8'))), 'hex') = right(signed, 64);
  IF NOT FOUND THEN RETURN NULL; END IF;
  part := string_to_array(payload, '|');
  IF part[1] <> 'v1' OR array_length(part, 1) <> 6 OR part[6] !~ '^[0-9]{1,15}$' THEN RETURN NULL; END IF;
  IF part[6]::bigint < extract(epoch FROM clock_timestamp()) THEN RETURN NULL; END IF;
  RETURN part;
END $$;
CREATE OR REPLACE FUNCTION guard.uid() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN nullif((guard.context())[2], '')::uuid; END $$;
CREATE OR REPLACE FUNCTION guard.mode() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (guard.context())[4]; END $$;

CREATE OR REPLACE FUNCTION guard.my_files() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 300
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.file_id FROM public.casefiles_caseaccess a
  WHERE a.user_id = (SELECT guard.uid()) AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now() $$;
-- A number alone is not enough: in a database that was restored from a dump, transactions are counted anew, and one of
-- today meets the numbers of old rows. So the row itself must be no older than this transaction.
CREATE OR REPLACE FUNCTION guard.files_opened_now() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id FROM public.casefiles_casefile f
  WHERE f.opened_xid = pg_current_xact_id_if_assigned() AND (SELECT guard.mode()) = 'w'
    AND age(f.xmin) <= age(pg_current_xact_id_if_assigned()::xid) $$;
CREATE OR REPLACE FUNCTION guard.my_people() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 300
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.person_id FROM public.people_alias p
  WHERE p.opens_identity AND p.file_id = ANY (ARRAY(SELECT guard.my_files())) $$;
CREATE OR REPLACE FUNCTION guard.people_made_now() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.id FROM public.people_person p
  WHERE p.made_xid = pg_current_xact_id_if_assigned() AND (SELECT guard.mode()) = 'w'
    AND age(p.xmin) <= age(pg_current_xact_id_if_assigned()::xid) $$;
CREATE OR REPLACE FUNCTION guard.places(files uuid[]) RETURNS TABLE (file uuid, source text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT a.file_id, a.source FROM public.casefiles_caseaccess a
  WHERE a.user_id = (SELECT guard.uid()) AND a.file_id = ANY (files)
    AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now() $$;

-- a start that is meant as "now" by an application whose clock is a little ahead begins with this transaction
CREATE OR REPLACE FUNCTION guard.at_once(starts timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN starts < now() + interval '2 minutes' THEN least(starts, now()) ELSE starts END $$;

-- Roles
CREATE OR REPLACE FUNCTION guard.holds(person uuid, wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.accounts_rolegrant g JOIN public.accounts_user u ON u.id = g.user_id
    WHERE g.user_id = person AND g.role = ANY (wanted) AND u.is_active
    AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now()) $$;
CREATE OR REPLACE FUNCTION guard.has_role(wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT guard.holds((SELECT guard.uid()), wanted) $$;
CREATE OR REPLACE FUNCTION guard.office_of(person uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT u.office_id FROM public.accounts_user u WHERE u.id = person $$;
-- before any role exists, whoever founds the office
CREATE OR REPLACE FUNCTION guard.founding() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM public.accounts_rolegrant g WHERE g.made_xid <> pg_current_xact_id()) $$;
-- a role in an office reaches that office and those it supports
CREATE OR REPLACE FUNCTION guard.reaches(office uuid, wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.accounts_rolegrant g JOIN public.accounts_user u ON u.id = g.user_id
    WHERE g.user_id = (SELECT guard.uid()) AND g.role = ANY (wanted) AND u.is_active
    AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now()
    AND (g.office_id = office OR g.office_id = (SELECT o.supported_by_id FROM public.accounts_office o WHERE o.id = office))) $$;
CREATE OR REPLACE FUNCTION guard.runs(office uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.reaches(office, ARRAY(SELECT role FROM guard.runner)) OR guard.founding() $$;
CREATE OR REPLACE FUNCTION guard.decides(office uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT guard.reaches(office, ARRAY(SELECT role FROM guard.approver)) $$;
CREATE OR REPLACE FUNCTION guard.check_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); founding boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN NEW.made_xid := pg_current_xact_id(); ELSE NEW.made_xid := OLD.made_xid; END IF;
  NEW.starts_at := guard.at_once(NEW.starts_at);
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'a role that has ended stays ended' USING ERRCODE = '42501';
  END IF;
  IF me IS NULL OR guard.mode() <> 'w' THEN
    RAISE EXCEPTION 'a role is granted by somebody' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.revoked_at IS NOT NULL THEN
    IF NOT (guard.runs(OLD.office_id) OR guard.decides(OLD.office_id)
            OR guard.runs(guard.office_of(OLD.user_id)) OR guard.decides(guard.office_of(OLD.user_id))) THEN
      RAISE EXCEPTION 'a role is taken back by who decides about roles' USING ERRCODE = '42501';
    END IF;
    NEW.revoked_by_id := me;
  END IF;
  founding := guard.founding();
  IF TG_OP = 'INSERT' AND NOT founding THEN
    IF NEW.approved_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'a role is proposed first and approved by another person' USING ERRCODE = '42501';
    END IF;
    IF NEW.user_id = me OR NOT guard.runs(NEW.office_id) OR NOT guard.runs(guard.office_of(NEW.user_id)) THEN
      RAISE EXCEPTION 'roles are proposed by who runs the office, for somebody else' USING ERRCODE = '42501';
    END IF;
    NEW.proposed_by_id := me;
  ELSIF TG_OP = 'UPDATE' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id THEN
    IF OLD.approved_by_id IS NOT NULL OR NEW.approved_by_id <> me OR OLD.proposed_by_id = me OR OLD.user_id = me
       OR NOT guard.decides(OLD.office_id) THEN
      RAISE EXCEPTION 'this role cannot be approved by this person' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_user u
                   WHERE u.id = NEW.user_id AND u.is_active AND u.arrival = '' AND u.ready_at IS NOT NULL) THEN
      RAISE EXCEPTION 'she has no password and second factor of her own yet' USING ERRCODE = '42501';
    END IF;
  ELSIF TG_OP = 'UPDATE' AND NEW.revoked_at IS NULL THEN
    RAISE EXCEPTION 'a role is approved or taken back, and nothing else' USING ERRCODE = '42501';
  END IF;
  IF NEW.approved_by_id IS NOT NULL AND NEW.revoked_at IS NULL AND EXISTS (
       SELECT FROM public.accounts_rolegrant g JOIN guard.exclusion x ON x.role = NEW.role AND x.other = g.role
       WHERE g.user_id = NEW.user_id AND g.id <> NEW.id AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
         AND g.expires_at > now()) THEN
    RAISE EXCEPTION 'these two roles exclude each other' USING ERRCODE = '23514', CONSTRAINT = 'role_grant_exclusive';
  END IF;
  RETURN NEW;
END $$;

-- who runs the office; before any role exists, whoever founds it
CREATE OR REPLACE FUNCTION guard.runs_office() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.holds((SELECT guard.uid()), ARRAY(SELECT role FROM guard.runner)) OR guard.founding() $$;

-- Accounts: who may change what of whom. A first password is worth nothing without the code that another person gives.
CREATE OR REPLACE FUNCTION guard.check_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); mine boolean; runs boolean;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT guard.founding() AND (NEW.arrival <> 'code' OR NEW.ready_at IS NOT NULL) THEN
      RAISE EXCEPTION 'somebody new begins with a first password' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  mine := coalesce(me = OLD.id, false); runs := guard.runs(OLD.office_id);
  IF (NEW.code, NEW.is_system) IS DISTINCT FROM (OLD.code, OLD.is_system) OR NEW.sessions < OLD.sessions THEN
    RAISE EXCEPTION 'this does not change' USING ERRCODE = '42501';
  END IF;
  IF NEW.is_active <> OLD.is_active AND (mine OR NOT (runs OR (OLD.is_active AND guard.decides(OLD.office_id)))) THEN
    RAISE EXCEPTION 'an account is opened and closed by somebody else' USING ERRCODE = '42501';
  END IF;
  IF (NEW.username, NEW.name, NEW.name_km, NEW.office_id)
     IS DISTINCT FROM (OLD.username, OLD.name, OLD.name_km, OLD.office_id) AND (mine OR NOT runs) THEN
    RAISE EXCEPTION 'an account is changed by who runs its office, and by nobody for herself' USING ERRCODE = '42501';
  END IF;
  IF (NEW.email, NEW.language, NEW.theme, NEW.has_shortcuts)
     IS DISTINCT FROM (OLD.email, OLD.language, OLD.theme, OLD.has_shortcuts) AND NOT (mine OR runs) THEN
    RAISE EXCEPTION 'settings are hers' USING ERRCODE = '42501';
  END IF;
  IF NEW.is_active AND NOT OLD.is_active AND (NEW.arrival <> 'code' OR NEW.ready_at IS NOT NULL) THEN
    RAISE EXCEPTION 'who comes back arrives anew' USING ERRCODE = '42501';
  END IF;
  IF NEW.password <> OLD.password AND NOT (mine AND NEW.arrival = '')
     AND NOT (NOT mine AND runs AND OLD.arrival = 'code' AND NEW.arrival = 'code') THEN
    RAISE EXCEPTION 'nobody chooses a password for somebody else' USING ERRCODE = '42501';
  END IF;
  IF NEW.arrival <> OLD.arrival AND NEW.arrival <> 'code' AND NOT (mine AND NEW.arrival = '' AND NEW.password <> OLD.password
     AND (OLD.arrival = 'password' OR EXISTS (SELECT FROM public.accounts_welcome w
          WHERE w.user_id = me AND w.used_at > now() - interval '5 minutes'))) THEN
    RAISE EXCEPTION 'a first password is not enough' USING ERRCODE = '42501';
  END IF;
  IF NEW.ready_at IS NOT NULL AND NEW.ready_at IS DISTINCT FROM OLD.ready_at AND NOT (mine AND NEW.arrival = ''
     AND EXISTS (SELECT FROM public.mfa_authenticator f WHERE f.user_id = me)) THEN
    RAISE EXCEPTION 'only her own second factor makes her ready' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a second factor is added, changed and taken away by the person in the door, for herself, and never with a first password
CREATE OR REPLACE FUNCTION guard.check_factor() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE whose uuid;
BEGIN
  IF current_user <> 'ijm_app' THEN RETURN coalesce(NEW, OLD); END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.user_id, NEW.type, NEW.data) IS NOT DISTINCT FROM (OLD.id, OLD.user_id, OLD.type, OLD.data) THEN
    RETURN NEW;
  END IF;
  whose := CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
  IF guard.mode() IS DISTINCT FROM 'w' OR whose IS DISTINCT FROM guard.uid() OR (TG_OP = 'UPDATE' AND OLD.user_id <> whose) THEN
    RAISE EXCEPTION 'a second factor is hers alone' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM public.accounts_user u WHERE u.id = whose AND u.arrival <> '') THEN
    RAISE EXCEPTION 'a first password adds no second factor' USING ERRCODE = '42501';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE OR REPLACE FUNCTION guard.check_reset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id
     AND (OLD.approved_by_id IS NOT NULL OR NOT guard.decides(guard.office_of(OLD.user_id))) THEN
    RAISE EXCEPTION 'a reset is decided by the data-protection officer, once' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- the one who approved a reset takes the lost factors away
CREATE OR REPLACE FUNCTION guard.reset_factors(reset uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE r record; n int;
BEGIN
  SELECT * INTO r FROM public.accounts_reset WHERE id = reset AND approved_by_id = guard.uid() AND refused_at IS NULL
    AND done_at IS NULL AND kind IN ('factor', 'both') AND guard.mode() = 'w';
  IF NOT FOUND THEN RAISE EXCEPTION 'no such reset approved by this person' USING ERRCODE = '42501'; END IF;
  DELETE FROM public.mfa_authenticator WHERE user_id = r.user_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- what somebody who leaves would leave behind: counts only, and how much of it somebody else supervises
CREATE OR REPLACE FUNCTION guard.leaves(person uuid) RETURNS TABLE (kind text, number bigint, supervised bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.kind::text, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM public.casefiles_caseaccess s JOIN guard.supervision v ON v.kind = f.kind
    WHERE s.file_id = f.id AND s.user_id <> person AND s.revoked_at IS NULL AND s.starts_at <= now() AND s.expires_at > now()
      AND guard.holds(s.user_id, ARRAY[v.role])))
  FROM public.casefiles_casefile f
  WHERE f.status = 'open' AND (guard.runs(guard.office_of(person)) OR guard.decides(guard.office_of(person)))
    AND f.id IN (SELECT a.file_id FROM public.casefiles_caseaccess a WHERE a.user_id = person AND a.revoked_at IS NULL
                 AND a.starts_at <= now() AND a.expires_at > now())
  GROUP BY f.kind $$;
CREATE OR REPLACE FUNCTION guard.open_files_of(office uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*) FROM public.casefiles_casefile f WHERE f.office_id = office AND f.status = 'open' AND guard.runs(office) $$;

-- Files and who stands on them
CREATE OR REPLACE FUNCTION guard.stamp_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.opened_xid := OLD.opened_xid; NEW.opened_by_id := OLD.opened_by_id; NEW.kind := OLD.kind; NEW.code := OLD.code;
    NEW.office_id := OLD.office_id;
    IF NEW.sort_key IS DISTINCT FROM OLD.sort_key THEN
      UPDATE public.casefiles_caseaccess SET sort_key = NEW.sort_key WHERE file_id = NEW.id;
    END IF;
    RETURN NEW;
  END IF;
  NEW.opened_xid := pg_current_xact_id();
  IF session_user = 'ijm_app' THEN NEW.opened_by_id := guard.uid(); END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard.stamp_person() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN NEW.made_xid := OLD.made_xid; ELSE NEW.made_xid := pg_current_xact_id(); END IF;
  RETURN NEW;
END $$;
-- why this person may not be put on this file, or NULL
CREATE OR REPLACE FUNCTION guard.access_refusal(person uuid, target uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); f record;
BEGIN
  IF me IS NULL OR guard.mode() <> 'w' THEN RETURN 'nobody grants'; END IF;
  -- as in files_opened_now(), asked of this one file: an import opens ten thousand in one transaction
  SELECT kind, opened_xid = pg_current_xact_id_if_assigned() AND age(xmin) <= age(pg_current_xact_id_if_assigned()::xid) AS fresh
    INTO f FROM public.casefiles_casefile WHERE id = target;
  IF NOT FOUND THEN RETURN 'no such file'; END IF;
  IF NOT coalesce(f.fresh, false) THEN
    IF person = me THEN RETURN 'nobody puts herself on a file'; END IF;
    IF NOT target = ANY (ARRAY(SELECT guard.my_files())) THEN RETURN 'the granter is not on the file'; END IF;
  END IF;
  IF NOT guard.holds(person, ARRAY(SELECT role FROM guard.kind_role r WHERE r.kind = f.kind)) THEN
    RETURN 'no role of the file''s wing';
  END IF;
  RETURN NULL;
END $$;
-- whoever stands on a file takes nobody else off it, but whom she put there or whom she supervises
CREATE OR REPLACE FUNCTION guard.unseat_refusal(person uuid, granter uuid, target uuid) RETURNS text LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid();
BEGIN
  IF me IN (person, granter) OR guard.holds(me, ARRAY(
       SELECT s.role FROM guard.supervision s JOIN public.casefiles_casefile f ON f.kind = s.kind WHERE f.id = target)) THEN
    RETURN NULL;
  END IF;
  RETURN 'only a supervisor takes a colleague off a file';
END $$;
CREATE OR REPLACE FUNCTION guard.check_access() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE refusal text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
      RAISE EXCEPTION 'a place that was taken back stays taken back' USING ERRCODE = '42501';
    END IF;
    IF NEW.revoked_at IS NOT NULL AND current_user = 'ijm_app' THEN
      refusal := guard.unseat_refusal(OLD.user_id, OLD.granted_by_id, OLD.file_id);
      IF refusal IS NOT NULL THEN RAISE EXCEPTION 'access refused: %', refusal USING ERRCODE = '42501'; END IF;
      NEW.revoked_by_id := guard.uid();
    END IF;
    RETURN NEW;
  END IF;
  IF current_user = 'ijm_app' THEN
    refusal := guard.access_refusal(NEW.user_id, NEW.file_id);
    IF refusal IS NOT NULL THEN RAISE EXCEPTION 'access refused: %', refusal USING ERRCODE = '42501'; END IF;
    IF NEW.expires_at > now() + interval '1 year' THEN
      RAISE EXCEPTION 'access refused: a place ends within a year' USING ERRCODE = '42501';
    END IF;
    NEW.granted_by_id := guard.uid(); NEW.approved_by_id := NULL;
  END IF;
  NEW.starts_at := guard.at_once(NEW.starts_at);
  RETURN NEW;
END $$;
-- one who becomes supervisor today stands on the open files of that office at once
CREATE OR REPLACE FUNCTION guard.seat_supervisor(grant_id uuid, until timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE g record; n int;
BEGIN
  SELECT * INTO g FROM public.accounts_rolegrant WHERE id = grant_id AND approved_by_id = guard.uid() AND revoked_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'no such grant approved by this person' USING ERRCODE = '42501'; END IF;
  -- a role that is renewed renews the places that came with it
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = g.approved_by_id, rev = a.rev + 1
  FROM public.casefiles_casefile f JOIN guard.supervision s ON s.kind = f.kind AND s.role = g.role
  WHERE f.id = a.file_id AND f.office_id = g.office_id AND f.status = 'open' AND a.user_id = g.user_id
    AND a.source = 'supervision' AND a.revoked_at IS NULL AND a.expires_at < least(until, g.expires_at);
  INSERT INTO public.casefiles_caseaccess
    (id, rev, user_id, file_id, source, reason_code, granted_by_id, approved_by_id, starts_at, expires_at, sort_key)
  SELECT gen_random_uuid(), 1, g.user_id, f.id, 'supervision', 'SUPERVISION', g.approved_by_id, g.approved_by_id,
         now(), least(until, g.expires_at), f.sort_key
  FROM public.casefiles_casefile f JOIN guard.supervision s ON s.kind = f.kind AND s.role = g.role
  WHERE f.office_id = g.office_id AND f.status = 'open'
    AND NOT EXISTS (SELECT FROM public.casefiles_caseaccess a
                    WHERE a.user_id = g.user_id AND a.file_id = f.id AND a.source = 'supervision' AND a.revoked_at IS NULL);
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- one who holds no role of a wing any more stands on none of its files
CREATE OR REPLACE FUNCTION guard.unseat(person uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  IF NOT (guard.runs_office() OR guard.holds(guard.uid(), ARRAY(SELECT role FROM guard.approver))) THEN
    RAISE EXCEPTION 'places are ended by who decides about roles' USING ERRCODE = '42501';
  END IF;
  UPDATE public.casefiles_caseaccess a SET revoked_at = now(), revoked_by_id = guard.uid(), rev = a.rev + 1
  FROM public.casefiles_casefile f
  WHERE f.id = a.file_id AND a.user_id = person AND a.revoked_at IS NULL AND a.expires_at > now()
    AND NOT guard.holds(person, ARRAY(SELECT r.role FROM guard.kind_role r WHERE r.kind = f.kind));
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
-- a wing that lets go of a person lets go of her on every file: no second code, made beforehand, goes on opening her
CREATE OR REPLACE FUNCTION guard.let_go() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.people_alias a SET opens_identity = false, rev = a.rev + 1
    WHERE a.person_id = NEW.person_id AND a.wing = NEW.wing AND a.opens_identity;
  RETURN NULL;
END $$;
-- an approval is given by who gives it: such a column takes nobody's name but that of the person in the door
CREATE OR REPLACE FUNCTION guard.check_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE before text; said text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN before := to_jsonb(OLD) ->> TG_ARGV[0]; END IF;
  IF session_user = 'ijm_app' AND said IS NOT NULL AND said IS DISTINCT FROM before AND said <> guard.uid()::text THEN
    RAISE EXCEPTION '%.%: nobody signs for somebody else', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
-- a member of one file learns that others belong to the story, of which wing, and which office to ask
CREATE OR REPLACE FUNCTION guard.linked(target uuid) RETURNS TABLE (kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.kind::text, f.office_id, count(*) FROM public.casefiles_filelink l
  JOIN public.casefiles_casefile f ON f.id = CASE WHEN l.a_id = target THEN l.b_id ELSE l.a_id END
  WHERE target IN (l.a_id, l.b_id) AND target = ANY (ARRAY(SELECT guard.my_files()))
  GROUP BY f.kind, f.office_id $$;

-- Deliveries: the sender finds the other wing's file without seeing it, or that there is one
CREATE OR REPLACE FUNCTION guard.deliver(delivery uuid, alias uuid, to_wing text, kind text, payload jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.casefiles_delivery (id, rev, file_id, kind, payload, state, sent_by_id, sent_at)
  SELECT delivery, 1, other.file_id, deliver.kind, deliver.payload, 'waiting', guard.uid(), now()
  FROM public.people_alias mine
  JOIN public.people_alias other ON other.person_id = mine.person_id AND other.wing = to_wing
  JOIN public.casefiles_casefile f ON f.id = other.file_id
  WHERE mine.id = alias AND guard.mode() = 'w'
    AND (mine.file_id = ANY (ARRAY(SELECT guard.my_files())) OR mine.file_id = ANY (ARRAY(SELECT guard.files_opened_now())))
  ORDER BY f.status = 'open' DESC, f.opened_at DESC LIMIT 1;
END $$;
CREATE OR REPLACE FUNCTION guard.announce(delivery uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.notices_notice (id, rev, user_id, kind, about_code, path, origin, made_at)
  SELECT DISTINCT ON (a.user_id) gen_random_uuid(), 1, a.user_id, d.kind, f.code, '/files/' || f.code || '/', d.id, now()
  FROM public.casefiles_delivery d
  JOIN public.casefiles_casefile f ON f.id = d.file_id
  JOIN public.casefiles_caseaccess a ON a.file_id = d.file_id AND a.revoked_at IS NULL AND a.expires_at > now()
  WHERE d.id = delivery AND d.sent_by_id = (SELECT guard.uid())
  ON CONFLICT DO NOTHING $$;

-- Refusals
CREATE OR REPLACE FUNCTION guard.keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN RAISE EXCEPTION '% on % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE OR REPLACE FUNCTION guard.check_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE column_name text := TG_ARGV[0]; old_state text := ''; new_state text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    old_state := to_jsonb(OLD) ->> column_name;
    IF old_state = new_state THEN RETURN NEW; END IF;
  END IF;
  PERFORM 1 FROM guard.transition t
    WHERE t.tab = TG_TABLE_NAME AND t.col = column_name AND t.was = old_state AND t.becomes = new_state;
  IF NOT FOUND THEN
    RAISE EXCEPTION '%.% cannot go from [%] to [%]', TG_TABLE_NAME, column_name, old_state, new_state
      USING ERRCODE = '23514', CONSTRAINT = 'guard_transition';
  END IF;
  RETURN NEW;
END $$;

-- The log
-- events that triggers write begin in one of these ways; the application can write none of them
CREATE OR REPLACE FUNCTION guard.is_of_database(body bytea) RETURNS boolean LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(substr(body, 1, 28), 'escape') ~ '^\{"act":"(vault\.rekeyed"|record\.out_of_band"|log\.|audit\.(un)?locked")' $$;
CREATE OR REPLACE FUNCTION guard.stamp_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND guard.is_of_database(NEW.body) THEN
    RAISE EXCEPTION 'such an event is written by the database alone' USING ERRCODE = '42501';
  END IF;
  -- the number first: log.sql says why
  NEW.xid := pg_current_xact_id(); SELECT e.epoch INTO NEW.epoch FROM guard.epoch e; NEW.at := clock_timestamp(); RETURN NEW;
END $$;
-- what the changes of these history rows were called, and why they were made: for who may see the rows, which told their ids
CREATE OR REPLACE FUNCTION guard.acts_of(entries text[], moments timestamptz[]) RETURNS TABLE (entry text, act text, why text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT said.id, e.b ->> 'act', e.b #>> '{why,code}' FROM unnest(entries, moments) AS said (id, at)
  CROSS JOIN LATERAL (
    SELECT guard.readable(a.body) AS b FROM public.audit_event a
    WHERE a.at >= said.at AND a.at < said.at + interval '10 minutes' AND length(said.id) = 32
      AND position(convert_to(said.id, 'UTF8') IN a.body) > 0 ORDER BY a.id LIMIT 1) e
  WHERE guard.uid() IS NOT NULL AND e.b ->> 'id' = said.id AND e.b ->> 'cat' = 'change' $$;
-- a body as JSON; whatever a hostile writer put there, the auditor's question goes on
CREATE OR REPLACE FUNCTION guard.readable(body bytea) RETURNS jsonb LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN RETURN convert_from(body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION guard.as_uuid(said text) RETURNS uuid LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN said::uuid END $$;
-- the persons and files an event names, and the persons whose rows in the register it changed
CREATE OR REPLACE FUNCTION guard.named_in(b jsonb) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 3
  SET search_path = pg_catalog, pg_temp AS $$
  WITH changed AS MATERIALIZED (
    SELECT h ->> 0 AS tab, guard.as_uuid(h ->> 1) AS id FROM jsonb_path_query(b, '$.hist[*]') h WHERE h ->> 0 LIKE 'people_%'),
  named (id) AS (
    SELECT guard.as_uuid(s #>> '{}') FROM jsonb_path_query(b, '$.obj.subjects[*]') s
    UNION SELECT guard.as_uuid(f #>> '{}') FROM jsonb_path_query(b, '$.obj.files[*]') f
    UNION SELECT guard.as_uuid(b #>> '{obj,file}')
    UNION SELECT c.id FROM changed c WHERE c.tab = 'people_person'
    UNION SELECT r.person_id FROM changed c JOIN public.people_name r USING (id) WHERE c.tab = 'people_name'
    UNION SELECT r.person_id FROM changed c JOIN public.people_identifier r USING (id) WHERE c.tab = 'people_identifier'
    UNION SELECT r.person_id FROM changed c JOIN public.people_alias r USING (id) WHERE c.tab = 'people_alias'
    UNION SELECT a.person_id FROM changed c JOIN public.people_consent r USING (id)
      JOIN public.people_alias a ON a.id = r.alias_id WHERE c.tab = 'people_consent')
  SELECT id FROM named WHERE id IS NOT NULL $$;
-- the codes an event names: of its records, and the one somebody knocked with or asked about
CREATE OR REPLACE FUNCTION guard.codes_in(b jsonb) RETURNS SETOF text LANGUAGE sql STABLE ROWS 2
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT upper(said) FROM (
    SELECT c #>> '{}' FROM jsonb_path_query(b, '$.obj.codes[*]') c UNION ALL SELECT b #>> '{q,code}') AS codes (said)
  WHERE upper(said) ~ '^[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}$' $$;
-- indexes what is surely committed, by whom it names and by who did it; a late commit of an older transaction is below the next horizon
CREATE OR REPLACE FUNCTION guard.index_subjects() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE c guard.cursor; last record;
BEGIN
  SELECT * INTO c FROM guard.cursor WHERE name = 'subjects' FOR UPDATE;
  WITH e AS MATERIALIZED (
    SELECT e.id, e.epoch, e.xid, guard.readable(e.body) AS b, guard.is_of_database(e.body) AS of_database
    FROM public.audit_event e, guard.epoch g, pg_snapshot_xmin(pg_current_snapshot()) AS horizon
    WHERE (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id)
      AND (e.epoch < g.epoch OR (e.xid < horizon AND coalesce(g.opened < horizon, g.system IS NULL)))
    ORDER BY e.epoch, e.xid, e.id LIMIT 5000),
  persons AS (
    INSERT INTO public.audit_subject (subject, event_id, actor, act)
    SELECT s, e.id, coalesce(e.b #>> '{who,ref}', ''), coalesce(e.b ->> 'act', '') FROM e, LATERAL (
      SELECT guard.named_in(e.b) UNION SELECT guard.as_uuid(e.b #>> '{who,ref}')) AS named (s) WHERE s IS NOT NULL
    ON CONFLICT DO NOTHING),
  codes AS (
    INSERT INTO public.audit_code (code, event_id) SELECT s, e.id FROM e, guard.codes_in(e.b) s ON CONFLICT DO NOTHING),
  told AS (  -- the first event that names a history row is the one that counts
    INSERT INTO guard.told (history_id, tab, row_id, event_id)
    SELECT DISTINCT ON (h) h, r ->> 0, pk, e.id FROM e, jsonb_path_query(e.b, '$.hist[*]') r, guard.as_uuid(r ->> 3) h,
      guard.as_uuid(r ->> 1) pk WHERE h IS NOT NULL AND pk IS NOT NULL AND r ->> 0 IS NOT NULL ORDER BY h, e.epoch, e.xid, e.id
    ON CONFLICT DO NOTHING),
  turned AS (  -- a change of keys counts only where the database itself told it
    INSERT INTO guard.turned (tab, row_id, bundle, becomes, was, event_id)
    SELECT e.b ->> 'tab', guard.as_uuid(split_part(t.key, '.', 1)), split_part(t.key, '.', 2), split_part(t.value, ':', 3),
      split_part(t.value, ':', 2), e.id FROM e, jsonb_each_text(e.b -> 'turned') t WHERE e.of_database ON CONFLICT DO NOTHING)
  SELECT count(*) OVER () AS n, e.epoch, e.xid, e.id INTO last FROM e ORDER BY e.epoch DESC, e.xid DESC, e.id DESC LIMIT 1;
  IF NOT FOUND THEN RETURN 0; END IF;
  UPDATE guard.cursor SET epoch = last.epoch, xid = last.xid, id = last.id WHERE name = 'subjects';
  RETURN last.n;
END $$;
-- whom a code means, in ids only: each alias of that person with its file; is_whole: the file is about her alone
CREATE OR REPLACE FUNCTION guard.meant_by(asked text)
  RETURNS TABLE (person_id uuid, file_id uuid, code text, file_code text, is_whole boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH file AS (SELECT f.id, f.code, f.kind FROM public.casefiles_casefile f WHERE f.code = asked),
  persons AS (
    SELECT a.person_id FROM public.people_alias a WHERE a.code = asked
    UNION SELECT a.person_id FROM public.people_alias a JOIN file ON file.id = a.file_id WHERE file.kind = 'care')
  SELECT a.person_id, a.file_id, a.code::text, f.code::text, f.kind = 'care' FROM public.people_alias a JOIN persons USING (person_id)
    JOIN public.casefiles_casefile f ON f.id = a.file_id
  UNION SELECT NULL, file.id, NULL, file.code, true FROM file $$;
-- who stood on these files, how, from when until when; the rows of this table never vanish
CREATE OR REPLACE FUNCTION guard.standing(files uuid[])
  RETURNS TABLE (user_id uuid, file_id uuid, source text, since timestamptz, until timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.user_id, a.file_id, a.source::text, a.starts_at, least(a.expires_at, a.revoked_at)
  FROM public.casefiles_caseaccess a WHERE a.file_id = ANY (files) $$;
-- what the person in the door did herself, and nobody else's events; a change she made in a file on which she does not
-- stand (a hand-over) comes without the other wing's codes and keys
CREATE OR REPLACE FUNCTION guard.my_events(since timestamptz, most int) RETURNS TABLE (id bigint, at timestamptz, body jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.id, e.at, CASE WHEN b ->> 'cat' <> 'change' OR NOT EXISTS (
      SELECT FROM (SELECT jsonb_path_query(b, '$.obj.files[*]') UNION ALL SELECT b #> '{obj,file}') AS named (f)
      WHERE f IS NOT NULL AND guard.as_uuid(f #>> '{}') <> ALL (mine.files))
    THEN b ELSE b #- '{obj,codes}' #- '{obj,rows}' #- '{obj,subjects}' #- '{obj,file}' #- '{obj,files}' END - 'hist' - 'dig'
  FROM public.audit_event e, guard.readable(e.body) b, guard.uid() me,
    (SELECT ARRAY(SELECT guard.my_files()) AS files) mine
  WHERE e.at >= since AND position(convert_to(me::text, 'UTF8') IN e.body) > 0 AND b #>> '{who,ref}' = me::text
  ORDER BY e.id DESC LIMIT most $$;

-- who else looked at one of the files on which the person in the door stands by assignment or supervision: by whom, when, why;
-- neither rows nor fields, no lists of many files, and nothing of what an auditor asks
CREATE OR REPLACE FUNCTION guard.looks_at_mine(since timestamptz, most int)
  RETURNS TABLE (at timestamptz, file_id uuid, who uuid, act text, purpose text, relation text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.at, s.subject, guard.as_uuid(b #>> '{who,ref}'), b ->> 'act', b #>> '{why,code}', b #>> '{why,ref}'
  FROM public.audit_subject s JOIN public.audit_event e ON e.id = s.event_id, guard.readable(e.body) b, guard.uid() me
  WHERE s.event_id >= (SELECT min(x.id) FROM public.audit_event x WHERE x.at >= since)
    AND s.subject = ANY (ARRAY(SELECT a.file_id FROM public.casefiles_caseaccess a WHERE a.user_id = (SELECT guard.uid())
      AND a.source IN ('assignment', 'supervision') AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()))
    AND e.at >= since AND b ->> 'cat' = 'look' AND b #>> '{obj,file}' = s.subject::text AND b ->> 'act' NOT LIKE 'audit.%'
    AND b #>> '{who,ref}' <> me::text
  ORDER BY e.id DESC LIMIT most $$;

-- Long work: a message names a job, and the worker learns whose it is before anybody stands in the door; the sweeper
-- learns what a dead worker left and which results are over. Ids only; what is done to them is done as their owner.
CREATE OR REPLACE FUNCTION guard.owner_of_job(job uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.owner_id FROM public.jobs_job j WHERE j.id = job AND j.state IN ('queued', 'running') $$;
CREATE OR REPLACE FUNCTION guard.jobs_left(age interval) RETURNS TABLE (id uuid, owner_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.id, j.owner_id FROM public.jobs_job j
  WHERE j.state IN ('queued', 'running') AND j.beat_at < clock_timestamp() - age ORDER BY j.made_at LIMIT 500 $$;
CREATE OR REPLACE FUNCTION guard.results_over() RETURNS TABLE (id uuid, owner_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.id, r.owner_id FROM public.jobs_jobresult r WHERE r.expires_at < clock_timestamp() LIMIT 500 $$;

RESET ROLE;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM PUBLIC, ijm_app, ijm_audit;
GRANT USAGE ON SCHEMA guard TO ijm_app, ijm_audit, ijm_owner;
GRANT EXECUTE ON FUNCTION guard.context(), guard.uid(), guard.mode(), guard.my_files(), guard.files_opened_now(),
  guard.my_people(), guard.people_made_now(), guard.places(uuid[]), guard.access_refusal(uuid, uuid), guard.unseat_refusal(uuid, uuid, uuid), guard.linked(uuid), guard.runs_office(),
  guard.at_once(timestamptz), guard.has_role(text[]), guard.office_of(uuid), guard.runs(uuid), guard.decides(uuid),
  guard.reset_factors(uuid), guard.leaves(uuid), guard.open_files_of(uuid),
  guard.seat_supervisor(uuid, timestamptz), guard.unseat(uuid), guard.deliver(uuid, uuid, text, text, jsonb), guard.announce(uuid) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.my_events(timestamptz, int), guard.looks_at_mine(timestamptz, int), guard.acts_of(text[], timestamptz[]) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.owner_of_job(uuid), guard.jobs_left(interval), guard.results_over() TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.index_subjects(), guard.readable(bytea), guard.as_uuid(text), guard.named_in(jsonb),
  guard.codes_in(jsonb), guard.meant_by(text), guard.standing(uuid[]) TO ijm_audit;
GRANT SELECT ON guard.cursor TO ijm_audit;
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
-- What lets the log and the history be held against the tables: which event told which history row, which keys were changed.
SET LOCAL ROLE ijm_keeper;
-- the salts of row digests come from this key; it never leaves the database but in a back-up
CREATE TABLE IF NOT EXISTS guard.row_key (id int PRIMARY KEY CHECK (id = 1), ipad bytea NOT NULL, opad bytea NOT NULL);
CREATE TABLE IF NOT EXISTS guard.told (history_id uuid PRIMARY KEY, tab text NOT NULL, row_id uuid NOT NULL, event_id bigint NOT NULL);
CREATE INDEX IF NOT EXISTS told_rows ON guard.told (tab, row_id);
CREATE TABLE IF NOT EXISTS guard.turned (tab text, row_id uuid, bundle text, becomes text, was text NOT NULL, event_id bigint NOT NULL,
  PRIMARY KEY (tab, row_id, bundle, becomes));
-- for who reads a history row under her own name; whoever has digests (the auditor) has no salts, and the reverse
CREATE OR REPLACE FUNCTION guard.row_salt(history_id uuid) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(k.opad || sha256(k.ipad || uuid_send(row_salt.history_id))) FROM guard.row_key k WHERE guard.uid() IS NOT NULL $$;
-- the digest that a bundle had before its keys were ever changed
CREATE OR REPLACE FUNCTION guard.before_keys(of_tab text, of_row uuid, of_bundle text, now text) RETURNS text LANGUAGE plpgsql
  STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE earlier text;
BEGIN
  FOR step IN 1..1000 LOOP
    SELECT t.was INTO earlier FROM guard.turned t
      WHERE t.tab = of_tab AND t.row_id = of_row AND t.bundle = of_bundle AND t.becomes = now;
    EXIT WHEN NOT FOUND;
    now := earlier;
  END LOOP;
  RETURN now;
END $$;
-- a change by anybody mightier than the application, told by the database itself; a long one in several events of one id
CREATE OR REPLACE FUNCTION guard.tell_out_of_band(seen text) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  WITH told AS (SELECT r ->> 0 AS tab, r ->> 1 AS pk, r ->> 2 AS kind, r ->> 3 AS history, r ->> 4 AS digest, r -> 5 AS bundles, n,
      (n - 1) / 150 AS part FROM jsonb_array_elements(('[' || seen || ']')::jsonb) WITH ORDINALITY AS rows (r, n)),
  portions AS (SELECT part, string_agg(format('["%s","%s","%s","%s","%s"]', tab, pk, kind, history, digest), ',' ORDER BY n) AS hist,
      (SELECT string_agg(format('"%s.%s":"%s"', t.pk, b.key, b.value), ',' ORDER BY (t.pk || '.' || b.key) COLLATE "C")
       FROM told t, jsonb_each_text(t.bundles) b WHERE t.part = told.part) AS dig FROM told GROUP BY part)
  INSERT INTO public.audit_event (body) SELECT convert_to(format(
    '{"act":"record.out_of_band","cat":"change",%s"hist":[%s],"id":"%s","out":0,%s"t":%s,"v":1,"who":{"code":%s,"role":"DATABASE"}}',
    '"dig":{' || dig || '},', hist, replace(same.id::text, '-', ''), CASE WHEN part > 0 THEN format('"part":%s,', part) END,
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, to_json(session_user::text)), 'UTF8')
  FROM portions, (SELECT gen_random_uuid() AS id OFFSET 0) same ORDER BY part $$;
-- whether the event that told this history row says this digest; NULL where no event told it
CREATE OR REPLACE FUNCTION guard.is_told(history_id uuid, digest text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE event bigint; said bytea := convert_to(format('"%s","%s"]', history_id, digest), 'UTF8');
BEGIN
  SELECT t.event_id INTO event FROM guard.told t WHERE t.history_id = is_told.history_id;
  IF FOUND THEN RETURN coalesce((SELECT position(said IN e.body) > 0 FROM public.audit_event e WHERE e.id = event), false); END IF;
  RETURN (SELECT true FROM public.audit_event e, guard.cursor c  -- told, but not indexed yet
    WHERE c.name = 'subjects' AND (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.id) AND position(said IN e.body) > 0 LIMIT 1);
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.row_salt(uuid), guard.before_keys(text, uuid, text, text), guard.tell_out_of_band(text),
  guard.is_told(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.row_salt(uuid), guard.before_keys(text, uuid, text, text) TO ijm_app;
-- The search. Equal numbers are compared in here and nowhere else. Who searches learns of persons on her own files; of
-- others only which unit knows one, and only of the wings in which she works: neither side of the wall hears of the other.
SET LOCAL ROLE ijm_keeper;
CREATE TABLE IF NOT EXISTS guard.searcher (role text PRIMARY KEY);
CREATE OR REPLACE FUNCTION guard.searches() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT guard.holds((SELECT guard.uid()), ARRAY(SELECT role FROM guard.searcher)) $$;
CREATE OR REPLACE FUNCTION guard.numbered(asked bytea[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT m.person_id FROM public.people_mark m JOIN public.people_epoch e ON e.number = m.epoch AND e.state = 'active'
  WHERE m.mark = ANY (asked) $$;
CREATE OR REPLACE FUNCTION guard.elsewhere(persons uuid[]) RETURNS TABLE (person_id uuid, file_id uuid, office_id uuid, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, f.id, f.office_id, f.kind::text FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.person_id = ANY (persons) AND a.opens_identity AND (SELECT guard.searches())
    AND a.person_id <> ALL (ARRAY(SELECT guard.my_people())) AND f.id <> ALL (ARRAY(SELECT guard.my_files()))
    AND EXISTS (SELECT FROM guard.kind_role r WHERE r.kind = f.kind AND guard.holds((SELECT guard.uid()), ARRAY[r.role])) $$;
CREATE OR REPLACE FUNCTION guard.known(asked bytea[], near uuid[]) RETURNS TABLE (person_id uuid, office_id uuid, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
  WITH same AS MATERIALIZED (SELECT n AS id FROM guard.numbered(asked) n WHERE (SELECT guard.searches()))
  SELECT same.id, NULL::uuid, NULL::text FROM same WHERE same.id = ANY (ARRAY(SELECT guard.my_people()))
  UNION ALL
  (SELECT DISTINCT NULL::uuid, e.office_id, e.kind FROM guard.elsewhere(ARRAY(SELECT same.id FROM same) || near) e) $$;
-- who stands on the files of such a match is told once a day and file who asked; says on how many files
CREATE OR REPLACE FUNCTION guard.tell_asked(asked bytea[], near uuid[]) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); one record; made uuid; n int := 0;
BEGIN
  IF me IS NULL OR guard.mode() IS DISTINCT FROM 'w' THEN
    RAISE EXCEPTION 'somebody asks, through a door' USING ERRCODE = '42501';
  END IF;
  FOR one IN
    SELECT e.file_id, f.code, bool_or(e.person_id = ANY (same.ids)) AS by_number
    FROM (SELECT ARRAY(SELECT guard.numbered(asked)) AS ids) same, guard.elsewhere(same.ids || near) e
    JOIN public.casefiles_casefile f ON f.id = e.file_id GROUP BY e.file_id, f.code
  LOOP
    made := md5(concat_ws('|', me, one.file_id, (now() AT TIME ZONE 'UTC')::date))::uuid;
    INSERT INTO public.people_asked (id, rev, file_id, asked_by_id, how, asked_at)
    VALUES (made, 1, one.file_id, me, CASE WHEN one.by_number THEN 'number' ELSE 'name' END, now()) ON CONFLICT DO NOTHING;
    INSERT INTO public.notices_notice (id, rev, user_id, kind, about_code, path, origin, made_at)
    SELECT DISTINCT ON (a.user_id) gen_random_uuid(), 1, a.user_id, 'search.matched', one.code, '/desk/search/asked/', made, now()
    FROM public.casefiles_caseaccess a JOIN public.accounts_user u ON u.id = a.user_id AND u.is_active
    WHERE a.file_id = one.file_id AND a.revoked_at IS NULL AND a.starts_at <= now() AND a.expires_at > now()
    ON CONFLICT DO NOTHING;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;
-- the marks of these rows, or of these persons, in one epoch or in all
CREATE OR REPLACE FUNCTION guard.unmark(of_rows uuid[], persons uuid[], in_epoch int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF session_user = 'ijm_app' AND (guard.uid() IS NULL OR guard.mode() IS DISTINCT FROM 'w') THEN
    RAISE EXCEPTION 'an index changes with the register, through a door' USING ERRCODE = '42501';
  END IF;
  DELETE FROM public.people_mark m
  WHERE (m.row_id = ANY (of_rows) OR m.person_id = ANY (persons)) AND (in_epoch IS NULL OR m.epoch = in_epoch);
END $$;
-- an index that is out of use
CREATE OR REPLACE FUNCTION guard.drop_epoch(old int) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.people_segment s WHERE s.epoch = old AND NOT EXISTS (
    SELECT FROM public.people_epoch e WHERE e.number = old AND e.state = 'active');
  DELETE FROM public.people_mark m WHERE m.epoch = old AND NOT EXISTS (
    SELECT FROM public.people_epoch e WHERE e.number = old AND e.state = 'active');
  DELETE FROM public.people_epoch e WHERE e.number = old AND e.state <> 'active' $$;
REVOKE ALL ON FUNCTION guard.searches(), guard.numbered(bytea[]), guard.elsewhere(uuid[]), guard.known(bytea[], uuid[]),
  guard.tell_asked(bytea[], uuid[]), guard.unmark(uuid[], uuid[], int), guard.drop_epoch(int) FROM PUBLIC;
REVOKE ALL ON guard.searcher FROM PUBLIC, ijm_app, ijm_audit;
GRANT EXECUTE ON FUNCTION guard.searches(), guard.known(bytea[], uuid[]), guard.tell_asked(bytea[], uuid[]),
  guard.unmark(uuid[], uuid[], int) TO ijm_app;
GRANT EXECUTE ON FUNCTION guard.unmark(uuid[], uuid[], int), guard.drop_epoch(int) TO ijm_rotor;
RESET ROLE;
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
-- Forgetting a person: whom a code means, what stands against it, which keys it ends. Definer functions, because who decides
-- stands on none of her files and nobody stands on all of them; they answer in codes, ids and counts.
SET LOCAL ROLE ijm_keeper;
-- whom a code means, for who works on that file and for the data-protection officer of its office
CREATE OR REPLACE FUNCTION guard.meant_for_erasure(asked text)
  RETURNS TABLE (person_id uuid, file_id uuid, office_id uuid, kind text, code text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, a.file_id, f.office_id, f.kind::text, a.code::text
  FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.code = asked AND (f.id = ANY (ARRAY(SELECT guard.my_files())) OR guard.decides(f.office_id)) $$;
-- everything that stands against forgetting her: holds by their number, open files of any wing by wing and office
CREATE OR REPLACE FUNCTION guard.held(person uuid)
  RETURNS TABLE (code text, reason text, until_on date, kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.code::text, h.reason::text, h.until_on, NULL, NULL::uuid, 1 FROM public.erasures_legalhold h
  WHERE h.person_id = person AND h.lifted_at IS NULL AND h.until_on >= current_date
  UNION ALL
  SELECT NULL, NULL, NULL, f.kind::text, f.office_id, count(DISTINCT f.id) FROM public.people_alias a
  JOIN public.casefiles_casefile f ON f.id = a.file_id WHERE a.person_id = person AND f.status = 'open'
  GROUP BY f.kind, f.office_id $$;
-- the same for a page: who is not the data-protection officer learns numbers of holds and that another wing has a file open
CREATE OR REPLACE FUNCTION guard.holds_on(erasure uuid)
  RETURNS TABLE (code text, reason text, until_on date, kind text, office_id uuid, number bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT said.code, said.reason, said.until_on, said.kind, said.office_id, sum(said.number)::bigint FROM (
    SELECT h.code, h.number, CASE WHEN knows THEN h.reason END AS reason, CASE WHEN knows THEN h.until_on END AS until_on,
      CASE WHEN h.code IS NULL THEN CASE WHEN knows OR h.kind = 'care' THEN h.kind ELSE '' END END AS kind,
      CASE WHEN knows OR h.kind = 'care' THEN h.office_id END AS office_id
    FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id,
      LATERAL guard.decides(e.office_id) knows, LATERAL guard.held(e.person_id) h
    WHERE e.id = erasure AND (knows OR guard.uid() IN (r.asked_by_id, r.decided_by_id)
      OR guard.decider_refusal(guard.uid(), r.id) IS NULL OR e.file_id = ANY (ARRAY(SELECT guard.my_files())))) said
  GROUP BY said.code, said.reason, said.until_on, said.kind, said.office_id $$;
-- her own files: those of care and intake on which nobody else has a code
CREATE OR REPLACE FUNCTION guard.files_of_hers(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT f.id FROM public.people_alias a JOIN public.casefiles_casefile f ON f.id = a.file_id
  WHERE a.person_id = person AND f.kind IN ('care', 'intake')
    AND NOT EXISTS (SELECT FROM public.people_alias o WHERE o.file_id = f.id AND o.person_id <> person) $$;
-- the keys that end with her: her own, those of her own files, of what is kept on them, of papers that wait to be fetched
CREATE OR REPLACE FUNCTION guard.keys_of_hers(person uuid) RETURNS TABLE (kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH hers AS MATERIALIZED (SELECT f AS file_id FROM guard.files_of_hers(person) f)
  SELECT 'subject', person UNION SELECT 'file', file_id FROM hers
  UNION SELECT 'evidence', s.id FROM public.documents_storedfile s JOIN hers USING (file_id)
  UNION SELECT 'own', c.id FROM public.documents_copy c JOIN public.documents_paper p ON p.id = c.paper_id
    WHERE p.file_id IN (SELECT file_id FROM hers)
       OR p.alias_id IN (SELECT a.id FROM public.people_alias a WHERE a.person_id = person) $$;
CREATE OR REPLACE FUNCTION guard.erasure_keys(erasure uuid) RETURNS TABLE (kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.kind, k.id FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id,
    LATERAL guard.keys_of_hers(e.person_id) k
  WHERE e.id = erasure AND e.step IN ('approved', 'done') AND guard.mode() = 'w'
    AND (r.decided_by_id = guard.uid() OR guard.decides(e.office_id) OR e.file_id = ANY (ARRAY(SELECT guard.my_files()))) $$;
-- after a restore of the key database: whose keys must not come back
CREATE OR REPLACE FUNCTION guard.erased() RETURNS TABLE (certificate text, by uuid, kind text, id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.certificate::text, r.decided_by_id, k.kind, k.id
  FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id, LATERAL guard.keys_of_hers(e.person_id) k
  WHERE e.step = 'done' $$;
-- what colleagues typed into forms about her and have not sent
CREATE OR REPLACE FUNCTION guard.drop_drafts(erasure uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  DELETE FROM public.web_draft d USING public.erasures_erasure e, public.approvals_request r, public.people_alias a
  WHERE e.id = erasure AND e.step = 'approved' AND r.id = e.request_id AND r.decided_by_id = guard.uid() AND a.person_id = e.person_id
    AND position(a.code IN d.path) > 0;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END $$;
CREATE OR REPLACE FUNCTION guard.check_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := guard.uid(); hers record; asked record; said text;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO hers FROM guard.meant_for_erasure(NEW.about_code);
    IF NOT FOUND OR hers.person_id <> NEW.person_id OR hers.file_id <> NEW.file_id OR hers.kind <> 'care' THEN
      RAISE EXCEPTION 'an erasure is asked for by who works on her care file or guards her rights' USING ERRCODE = '42501';
    END IF;
    NEW.office_id := hers.office_id;
    SELECT * INTO asked FROM public.approvals_request r WHERE r.id = NEW.request_id;
    IF (asked.kind, asked.about, asked.file_id, asked.office_id) IS DISTINCT FROM ('erasure', NEW.code, NEW.file_id, NEW.office_id)
       OR NEW.step <> 'waiting' OR NEW.certificate IS NOT NULL THEN
      RAISE EXCEPTION 'an erasure is asked for first and approved by another person' USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text, 6));
    IF EXISTS (SELECT FROM public.erasures_erasure e JOIN public.approvals_request r ON r.id = e.request_id
               WHERE e.person_id = NEW.person_id AND (e.step IN ('approved', 'done')
                 OR e.step = 'waiting' AND r.state = 'asked' AND r.expires_at > clock_timestamp())) THEN
      RAISE EXCEPTION 'this was asked for already' USING ERRCODE = '23505', CONSTRAINT = 'erasure_one_open';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO asked FROM public.approvals_request r WHERE r.id = OLD.request_id;
  IF OLD.certificate IS NOT NULL AND NEW.certificate IS DISTINCT FROM OLD.certificate OR OLD.step IN ('done', 'halted') THEN
    RAISE EXCEPTION 'what was decided stays' USING ERRCODE = '42501';
  END IF;
  IF me = asked.asked_by_id OR NOT (me = asked.decided_by_id OR guard.decides(OLD.office_id)
     OR guard.has_role(ARRAY['CARE_SUPERVISOR']) AND OLD.file_id = ANY (ARRAY(SELECT guard.my_files()))) THEN
    RAISE EXCEPTION 'another person than who asked has it done' USING ERRCODE = '42501';
  END IF;
  IF NEW.step = 'approved' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(OLD.person_id::text, 4));
    SELECT string_agg(coalesce(h.code, h.kind), ', ') INTO said FROM guard.held(OLD.person_id) h;
    IF said IS NOT NULL THEN RAISE EXCEPTION 'VAULT-HOLD: %', said USING ERRCODE = '42501'; END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard.check_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE hers record;
BEGIN
  IF session_user <> 'ijm_app' THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text, 4));
    SELECT * INTO hers FROM guard.meant_for_erasure(NEW.about_code);
    IF NOT FOUND OR hers.person_id <> NEW.person_id OR hers.file_id <> NEW.file_id
       OR NOT (guard.decides(hers.office_id) OR hers.kind = 'prosecution' AND guard.has_role(ARRAY['LIAISON'])) THEN
      RAISE EXCEPTION 'a hold is placed by the liaison of her case or the data-protection officer' USING ERRCODE = '42501';
    END IF;
    NEW.office_id := hers.office_id;
  ELSIF OLD.lifted_at IS NOT NULL OR NOT (guard.decides(OLD.office_id) OR guard.has_role(ARRAY['LIAISON'])) THEN
    RAISE EXCEPTION 'a hold is lifted once, by the liaison of her case or the data-protection officer' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
REVOKE ALL ON FUNCTION guard.meant_for_erasure(text), guard.held(uuid), guard.holds_on(uuid), guard.files_of_hers(uuid),
  guard.keys_of_hers(uuid), guard.erasure_keys(uuid), guard.erased(), guard.drop_drafts(uuid), guard.check_erasure(),
  guard.check_hold() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.meant_for_erasure(text), guard.holds_on(uuid), guard.erasure_keys(uuid), guard.erased(),
  guard.drop_drafts(uuid) TO ijm_app;
-- The auditor's desk: what it needs to know of files, in keys and codes only.
SET LOCAL ROLE ijm_keeper;
-- the code of each of these files, and since when it is closed
CREATE OR REPLACE FUNCTION guard.files_told(files uuid[]) RETURNS TABLE (file_id uuid, code text, closed_since timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id, f.code::text, CASE WHEN f.status = 'closed' THEN (
    SELECT min(h.history_date) FROM public.casefiles_historicalcasefile h WHERE h.id = f.id AND h.status = 'closed'
      AND h.history_date > coalesce((SELECT max(o.history_date) FROM public.casefiles_historicalcasefile o
                                     WHERE o.id = f.id AND o.status <> 'closed'), '-infinity')) END
  FROM public.casefiles_casefile f WHERE f.id = ANY (files) $$;
-- the files on which each of these persons is known: a look that names only her is explained by a place on one of them
CREATE OR REPLACE FUNCTION guard.homes(persons uuid[]) RETURNS TABLE (person_id uuid, file_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.person_id, a.file_id FROM public.people_alias a WHERE a.person_id = ANY (persons) $$;
REVOKE ALL ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.files_told(uuid[]), guard.homes(uuid[]) TO ijm_audit;
RESET ROLE;
SET LOCAL ROLE ijm_keeper; DELETE FROM guard.transition; DELETE FROM guard.kind_role; DELETE FROM guard.supervision;
DELETE FROM guard.exclusion; DELETE FROM guard.approver; DELETE FROM guard.runner;
DELETE FROM guard.searcher; DELETE FROM guard.eyes; DELETE FROM guard.eyes_role;
INSERT INTO guard.eyes VALUES ('export', False, False);
INSERT INTO guard.eyes_role VALUES ('export', 'ask', 'CARE_WORKER');
INSERT INTO guard.eyes_role VALUES ('export', 'ask', 'CARE_SUPERVISOR');
INSERT INTO guard.eyes_role VALUES ('export', 'decide', 'CARE_SUPERVISOR');
INSERT INTO guard.eyes_role VALUES ('export', 'decide', 'DATA_PROTECTION');
INSERT INTO guard.eyes VALUES ('keys', False, False);
INSERT INTO guard.eyes_role VALUES ('keys', 'ask', 'ADMINISTRATOR');
INSERT INTO guard.eyes_role VALUES ('keys', 'decide', 'DATA_PROTECTION');
INSERT INTO guard.eyes_role VALUES ('keys', 'decide', 'ADMINISTRATOR');
INSERT INTO guard.eyes VALUES ('erasure', False, False);
INSERT INTO guard.eyes_role VALUES ('erasure', 'ask', 'CARE_WORKER');
INSERT INTO guard.eyes_role VALUES ('erasure', 'ask', 'CARE_SUPERVISOR');
INSERT INTO guard.eyes_role VALUES ('erasure', 'ask', 'DATA_PROTECTION');
INSERT INTO guard.eyes_role VALUES ('erasure', 'decide', 'CARE_SUPERVISOR');
INSERT INTO guard.eyes_role VALUES ('erasure', 'decide', 'DATA_PROTECTION');
INSERT INTO guard.kind_role VALUES ('intake', 'HOTLINE');
INSERT INTO guard.kind_role VALUES ('intake', 'INVESTIGATOR');
INSERT INTO guard.kind_role VALUES ('intake', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.supervision VALUES ('intake', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.kind_role VALUES ('investigation', 'INVESTIGATOR');
INSERT INTO guard.kind_role VALUES ('investigation', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.supervision VALUES ('investigation', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.kind_role VALUES ('care', 'CARE_WORKER');
INSERT INTO guard.kind_role VALUES ('care', 'CARE_SUPERVISOR');
INSERT INTO guard.supervision VALUES ('care', 'CARE_SUPERVISOR');
INSERT INTO guard.kind_role VALUES ('prosecution', 'LIAISON');
INSERT INTO guard.supervision VALUES ('prosecution', 'LIAISON');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'HOTLINE');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'LIAISON');
INSERT INTO guard.exclusion VALUES ('ADMINISTRATOR', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'HOTLINE');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'LIAISON');
INSERT INTO guard.exclusion VALUES ('AUDITOR', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('CARE_SUPERVISOR', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('CARE_WORKER', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'HOTLINE');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'LIAISON');
INSERT INTO guard.exclusion VALUES ('DATA_PROTECTION', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('HOTLINE', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('HOTLINE', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('HOTLINE', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('HOTLINE', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('INVESTIGATION_SUPERVISOR', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('INVESTIGATOR', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('LIAISON', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('LIAISON', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('LIAISON', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('LIAISON', 'PARTNER');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'ADMINISTRATOR');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'AUDITOR');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'CARE_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'CARE_WORKER');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'DATA_PROTECTION');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'HOTLINE');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'INVESTIGATION_SUPERVISOR');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'INVESTIGATOR');
INSERT INTO guard.exclusion VALUES ('PARTNER', 'LIAISON');
INSERT INTO guard.approver VALUES ('DATA_PROTECTION');
INSERT INTO guard.runner VALUES ('ADMINISTRATOR');
INSERT INTO guard.searcher VALUES ('INVESTIGATOR');
INSERT INTO guard.searcher VALUES ('INVESTIGATION_SUPERVISOR');
INSERT INTO guard.searcher VALUES ('CARE_WORKER');
INSERT INTO guard.searcher VALUES ('CARE_SUPERVISOR');
INSERT INTO guard.searcher VALUES ('LIAISON');
RESET ROLE;
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;
REVOKE ALL ON audit_event, audit_subject, audit_code FROM ijm_app, ijm_audit, ijm_keeper;
GRANT INSERT (body) ON audit_event TO ijm_app; GRANT SELECT ON audit_event, audit_subject, audit_code TO ijm_audit;
GRANT SELECT, INSERT (body) ON audit_event TO ijm_keeper; GRANT SELECT, INSERT ON audit_subject, audit_code TO ijm_keeper;
CREATE POLICY guard_add ON audit_event FOR INSERT TO ijm_app, ijm_keeper WITH CHECK (true);
CREATE POLICY guard_read ON audit_event FOR SELECT TO ijm_audit, ijm_keeper USING (true);
CREATE TRIGGER guard_stamp BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION guard.stamp_event();
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION guard.keep();
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_stamp; ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_keep;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER guard_whole;
GRANT SELECT ON django_migrations TO ijm_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ijm_backup;
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
SET LOCAL ROLE ijm_keeper; GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA guard TO ijm_owner; RESET ROLE;

-- accounts_assurance: office
REVOKE ALL ON accounts_assurance FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON accounts_assurance TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_assurance TO ijm_keeper;
ALTER TABLE accounts_assurance ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_assurance FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_assurance TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_assurance FOR SELECT TO ijm_app USING (guard.runs(office_id) OR guard.decides(office_id));
CREATE POLICY guard_add ON accounts_assurance FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (guard.runs(office_id) OR guard.decides(office_id)));
REVOKE ALL ON accounts_historicalassurance FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicalassurance TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicalassurance TO ijm_keeper;
ALTER TABLE accounts_historicalassurance ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicalassurance FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicalassurance TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicalassurance FOR SELECT TO ijm_app USING (guard.runs(office_id) OR guard.decides(office_id));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_assurance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_assurance changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalassurance
      (id, rev, kind, done_on, at, office_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.done_on, c.at, c.office_id, c.by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_assurance","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"done_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"office_id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.done_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicalassurance
      (id, rev, kind, done_on, at, office_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, done_on, at, office_id, by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_assurance","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"done_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"office_id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.done_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalassurance
      (id, rev, kind, done_on, at, office_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, done_on, at, office_id, by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_assurance","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"done_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"office_id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.done_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicalassurance
      (id, rev, kind, done_on, at, office_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, done_on, at, office_id, by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_assurance RETURNING *)
    SELECT string_agg(format('["accounts_assurance","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"done_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"office_id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.done_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_assurance() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_assurance() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_assurance REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_assurance();
ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_assurance REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_assurance();
ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_assurance REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_assurance();
ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_assurance FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_assurance();
ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_assurance FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicalassurance FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalassurance ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicalassurance FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalassurance ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_assurance(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_assurance l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicalassurance h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_assurance' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicalassurance h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"at":%s,"by_id":%s,"done_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"office_id":%s,"rev":%s}', to_json(h.at AT TIME ZONE 'UTC')::text, coalesce('"' || h.by_id || '"', 'null'), to_json(h.done_on)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, coalesce('"' || h.office_id || '"', 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicalassurance h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_assurance l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.done_on, l.at, l.office_id, l.by_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.done_on, h.at, h.office_id, h.by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_assurance' AND NOT EXISTS (SELECT FROM public.accounts_historicalassurance h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_assurance(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_assurance(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_signed_by_id BEFORE INSERT OR UPDATE ON accounts_assurance FOR EACH ROW EXECUTE FUNCTION guard.check_signed('by_id'); ALTER TABLE accounts_assurance ENABLE ALWAYS TRIGGER guard_signed_by_id;

-- accounts_office: office
REVOKE ALL ON accounts_office FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON accounts_office TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_office TO ijm_keeper;
ALTER TABLE accounts_office ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_office FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_office TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_office FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON accounts_office FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND guard.runs(coalesce(supported_by_id, id)));
CREATE POLICY guard_change ON accounts_office FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND guard.runs(id)) WITH CHECK ((SELECT guard.mode()) = 'w' AND guard.runs(id));
REVOKE ALL ON accounts_historicaloffice FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicaloffice TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicaloffice TO ijm_keeper;
ALTER TABLE accounts_historicaloffice ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicaloffice FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicaloffice TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicaloffice FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_office() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_office changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicaloffice
      (id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.name_en, c.name_km, c.province, c.phone, c.time_zone, c.quick_exit, c.languages, c.is_small, c.closed_at, c.supported_by_id, c.closed_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_office","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"closed_at":%s,"closed_by_id":%s,"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_small":%s,"languages":%s,"name_en":%s,"name_km":%s,"phone":%s,"province":%s,"quick_exit":%s,"rev":%s,"supported_by_id":%s,"time_zone":%s}', coalesce(to_json(w.closed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.closed_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_small::text, to_json(w.languages::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.phone::text)::text, to_json(w.province::text)::text, to_json(w.quick_exit::text)::text, w.rev::text, coalesce('"' || w.supported_by_id || '"', 'null'), to_json(w.time_zone::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicaloffice
      (id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_office","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"closed_at":%s,"closed_by_id":%s,"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_small":%s,"languages":%s,"name_en":%s,"name_km":%s,"phone":%s,"province":%s,"quick_exit":%s,"rev":%s,"supported_by_id":%s,"time_zone":%s}', coalesce(to_json(w.closed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.closed_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_small::text, to_json(w.languages::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.phone::text)::text, to_json(w.province::text)::text, to_json(w.quick_exit::text)::text, w.rev::text, coalesce('"' || w.supported_by_id || '"', 'null'), to_json(w.time_zone::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicaloffice
      (id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_office","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"closed_at":%s,"closed_by_id":%s,"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_small":%s,"languages":%s,"name_en":%s,"name_km":%s,"phone":%s,"province":%s,"quick_exit":%s,"rev":%s,"supported_by_id":%s,"time_zone":%s}', coalesce(to_json(w.closed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.closed_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_small::text, to_json(w.languages::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.phone::text)::text, to_json(w.province::text)::text, to_json(w.quick_exit::text)::text, w.rev::text, coalesce('"' || w.supported_by_id || '"', 'null'), to_json(w.time_zone::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicaloffice
      (id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, name_en, name_km, province, phone, time_zone, quick_exit, languages, is_small, closed_at, supported_by_id, closed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_office RETURNING *)
    SELECT string_agg(format('["accounts_office","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"closed_at":%s,"closed_by_id":%s,"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_small":%s,"languages":%s,"name_en":%s,"name_km":%s,"phone":%s,"province":%s,"quick_exit":%s,"rev":%s,"supported_by_id":%s,"time_zone":%s}', coalesce(to_json(w.closed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.closed_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_small::text, to_json(w.languages::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.phone::text)::text, to_json(w.province::text)::text, to_json(w.quick_exit::text)::text, w.rev::text, coalesce('"' || w.supported_by_id || '"', 'null'), to_json(w.time_zone::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_office() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_office() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_office REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_office();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_office REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_office();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_office REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_office();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_office FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_office();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_office FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicaloffice FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicaloffice ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicaloffice FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicaloffice ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_office(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_office l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicaloffice h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_office' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicaloffice h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"closed_at":%s,"closed_by_id":%s,"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_small":%s,"languages":%s,"name_en":%s,"name_km":%s,"phone":%s,"province":%s,"quick_exit":%s,"rev":%s,"supported_by_id":%s,"time_zone":%s}', coalesce(to_json(h.closed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.closed_by_id || '"', 'null'), to_json(h.code::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_small::text, to_json(h.languages::text)::text, to_json(h.name_en::text)::text, to_json(h.name_km::text)::text, to_json(h.phone::text)::text, to_json(h.province::text)::text, to_json(h.quick_exit::text)::text, h.rev::text, coalesce('"' || h.supported_by_id || '"', 'null'), to_json(h.time_zone::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicaloffice h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_office l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.name_en, l.name_km, l.province, l.phone, l.time_zone, l.quick_exit, l.languages, l.is_small, l.closed_at, l.supported_by_id, l.closed_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.name_en, h.name_km, h.province, h.phone, h.time_zone, h.quick_exit, h.languages, h.is_small, h.closed_at, h.supported_by_id, h.closed_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_office' AND NOT EXISTS (SELECT FROM public.accounts_historicaloffice h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_office(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_office(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_signed_closed_by_id BEFORE INSERT OR UPDATE ON accounts_office FOR EACH ROW EXECUTE FUNCTION guard.check_signed('closed_by_id'); ALTER TABLE accounts_office ENABLE ALWAYS TRIGGER guard_signed_closed_by_id;

-- accounts_reset: office
REVOKE ALL ON accounts_reset FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, approved_by_id, approved_at, refused_by_id, refused_at, done_at) ON accounts_reset TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_reset TO ijm_keeper;
ALTER TABLE accounts_reset ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_reset FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_reset TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_reset FOR SELECT TO ijm_app USING (guard.runs(guard.office_of(user_id)) OR guard.decides(guard.office_of(user_id)));
CREATE POLICY guard_add ON accounts_reset FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND guard.runs(guard.office_of(user_id)));
CREATE POLICY guard_change ON accounts_reset FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (guard.runs(guard.office_of(user_id)) OR guard.decides(guard.office_of(user_id)))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (guard.runs(guard.office_of(user_id)) OR guard.decides(guard.office_of(user_id))));
REVOKE ALL ON accounts_historicalreset FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicalreset TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicalreset TO ijm_keeper;
ALTER TABLE accounts_historicalreset ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicalreset FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicalreset TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicalreset FOR SELECT TO ijm_app USING (guard.runs(guard.office_of(user_id)) OR guard.decides(guard.office_of(user_id)));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_reset() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_reset changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalreset
      (id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.proposed_at, c.approved_at, c.refused_at, c.done_at, c.user_id, c.proposed_by_id, c.approved_by_id, c.refused_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_reset","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"proposed_at":%s,"proposed_by_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.proposed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.proposed_by_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicalreset
      (id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_reset","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"proposed_at":%s,"proposed_by_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.proposed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.proposed_by_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalreset
      (id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_reset","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"proposed_at":%s,"proposed_by_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.proposed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.proposed_by_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicalreset
      (id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, proposed_at, approved_at, refused_at, done_at, user_id, proposed_by_id, approved_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_reset RETURNING *)
    SELECT string_agg(format('["accounts_reset","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"proposed_at":%s,"proposed_by_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.proposed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.proposed_by_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_reset() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_reset() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_reset REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_reset();
ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_reset REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_reset();
ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_reset REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_reset();
ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_reset FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_reset();
ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_reset FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicalreset FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalreset ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicalreset FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalreset ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_reset(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_reset l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicalreset h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_reset' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicalreset h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"proposed_at":%s,"proposed_by_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"user_id":%s}', coalesce(to_json(h.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.approved_by_id || '"', 'null'), coalesce(to_json(h.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, to_json(h.proposed_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.proposed_by_id || '"', 'null'), coalesce(to_json(h.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.refused_by_id || '"', 'null'), h.rev::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicalreset h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_reset l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.proposed_at, l.approved_at, l.refused_at, l.done_at, l.user_id, l.proposed_by_id, l.approved_by_id, l.refused_by_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.proposed_at, h.approved_at, h.refused_at, h.done_at, h.user_id, h.proposed_by_id, h.approved_by_id, h.refused_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_reset' AND NOT EXISTS (SELECT FROM public.accounts_historicalreset h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_reset(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_reset(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE UPDATE ON accounts_reset FOR EACH ROW EXECUTE FUNCTION guard.check_reset(); ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_stamp;
CREATE TRIGGER guard_signed_proposed_by_id BEFORE INSERT OR UPDATE ON accounts_reset FOR EACH ROW EXECUTE FUNCTION guard.check_signed('proposed_by_id'); ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_signed_proposed_by_id;
CREATE TRIGGER guard_signed_approved_by_id BEFORE INSERT OR UPDATE ON accounts_reset FOR EACH ROW EXECUTE FUNCTION guard.check_signed('approved_by_id'); ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_signed_approved_by_id;
CREATE TRIGGER guard_signed_refused_by_id BEFORE INSERT OR UPDATE ON accounts_reset FOR EACH ROW EXECUTE FUNCTION guard.check_signed('refused_by_id'); ALTER TABLE accounts_reset ENABLE ALWAYS TRIGGER guard_signed_refused_by_id;

-- accounts_rolegrant: office
REVOKE ALL ON accounts_rolegrant FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, approved_by_id, approved_at, revoked_by_id, revoked_at) ON accounts_rolegrant TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_rolegrant TO ijm_keeper;
ALTER TABLE accounts_rolegrant ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_rolegrant FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_rolegrant TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_rolegrant FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON accounts_rolegrant FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w');
CREATE POLICY guard_change ON accounts_rolegrant FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w') WITH CHECK ((SELECT guard.mode()) = 'w');
REVOKE ALL ON accounts_historicalrolegrant FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicalrolegrant TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicalrolegrant TO ijm_keeper;
ALTER TABLE accounts_historicalrolegrant ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicalrolegrant FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicalrolegrant TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicalrolegrant FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_rolegrant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_rolegrant changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalrolegrant
      (id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.role, c.starts_at, c.expires_at, c.approved_at, c.revoked_at, c.made_xid, c.user_id, c.office_id, c.proposed_by_id, c.approved_by_id, c.revoked_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_rolegrant","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_xid":%s,"office_id":%s,"proposed_by_id":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"role":%s,"starts_at":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_xid::text)::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.proposed_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.role::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicalrolegrant
      (id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_rolegrant","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_xid":%s,"office_id":%s,"proposed_by_id":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"role":%s,"starts_at":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_xid::text)::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.proposed_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.role::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalrolegrant
      (id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_rolegrant","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_xid":%s,"office_id":%s,"proposed_by_id":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"role":%s,"starts_at":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_xid::text)::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.proposed_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.role::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicalrolegrant
      (id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role, starts_at, expires_at, approved_at, revoked_at, made_xid, user_id, office_id, proposed_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_rolegrant RETURNING *)
    SELECT string_agg(format('["accounts_rolegrant","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_xid":%s,"office_id":%s,"proposed_by_id":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"role":%s,"starts_at":%s,"user_id":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_xid::text)::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.proposed_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.role::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_rolegrant() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_rolegrant() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_rolegrant REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_rolegrant();
ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_rolegrant REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_rolegrant();
ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_rolegrant REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_rolegrant();
ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_rolegrant FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_rolegrant();
ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_rolegrant FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicalrolegrant FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalrolegrant ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicalrolegrant FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalrolegrant ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_rolegrant(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_rolegrant l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicalrolegrant h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_rolegrant' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicalrolegrant h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_xid":%s,"office_id":%s,"proposed_by_id":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"role":%s,"starts_at":%s,"user_id":%s}', coalesce(to_json(h.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.approved_by_id || '"', 'null'), to_json(h.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce(to_json(h.made_xid::text)::text, 'null'), coalesce('"' || h.office_id || '"', 'null'), coalesce('"' || h.proposed_by_id || '"', 'null'), h.rev::text, coalesce(to_json(h.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.revoked_by_id || '"', 'null'), to_json(h.role::text)::text, to_json(h.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicalrolegrant h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_rolegrant l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.role, l.starts_at, l.expires_at, l.approved_at, l.revoked_at, l.made_xid, l.user_id, l.office_id, l.proposed_by_id, l.approved_by_id, l.revoked_by_id) IS DISTINCT FROM (h.id, h.rev, h.role, h.starts_at, h.expires_at, h.approved_at, h.revoked_at, h.made_xid, h.user_id, h.office_id, h.proposed_by_id, h.approved_by_id, h.revoked_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_rolegrant' AND NOT EXISTS (SELECT FROM public.accounts_historicalrolegrant h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_rolegrant(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_rolegrant(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON accounts_rolegrant FOR EACH ROW EXECUTE FUNCTION guard.check_grant(); ALTER TABLE accounts_rolegrant ENABLE ALWAYS TRIGGER guard_stamp;

-- accounts_user: office
REVOKE ALL ON accounts_user FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON accounts_user TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_user TO ijm_keeper;
ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_user FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_user TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_user FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON accounts_user FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND guard.runs(office_id));
CREATE POLICY guard_change ON accounts_user FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (id = (SELECT guard.uid()) OR guard.runs(office_id) OR guard.decides(office_id))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (id = (SELECT guard.uid()) OR guard.runs(office_id) OR guard.decides(office_id)));
REVOKE ALL ON accounts_historicaluser FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicaluser TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicaluser TO ijm_keeper;
ALTER TABLE accounts_historicaluser ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicaluser FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicaluser TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicaluser FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_user changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicaluser
      (password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.password, c.id, c.rev, c.code, c.username, c.email, c.name, c.name_km, c.language, c.theme, c.has_shortcuts, c.is_active, c.is_superuser, c.is_system, c.arrival, c.ready_at, c.sessions, c.office_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_user","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arrival":%s,"code":%s,"email":%s,"has_shortcuts":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_active":%s,"is_superuser":%s,"is_system":%s,"language":%s,"name":%s,"name_km":%s,"office_id":%s,"password":%s,"ready_at":%s,"rev":%s,"sessions":%s,"theme":%s,"username":%s}', to_json(w.arrival::text)::text, to_json(w.code::text)::text, to_json(w.email::text)::text, w.has_shortcuts::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_active::text, w.is_superuser::text, w.is_system::text, to_json(w.language::text)::text, to_json(w.name::text)::text, to_json(w.name_km::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.password::text)::text, coalesce(to_json(w.ready_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, w.sessions::text, to_json(w.theme::text)::text, to_json(w.username::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicaluser
      (password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_user","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arrival":%s,"code":%s,"email":%s,"has_shortcuts":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_active":%s,"is_superuser":%s,"is_system":%s,"language":%s,"name":%s,"name_km":%s,"office_id":%s,"password":%s,"ready_at":%s,"rev":%s,"sessions":%s,"theme":%s,"username":%s}', to_json(w.arrival::text)::text, to_json(w.code::text)::text, to_json(w.email::text)::text, w.has_shortcuts::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_active::text, w.is_superuser::text, w.is_system::text, to_json(w.language::text)::text, to_json(w.name::text)::text, to_json(w.name_km::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.password::text)::text, coalesce(to_json(w.ready_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, w.sessions::text, to_json(w.theme::text)::text, to_json(w.username::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicaluser
      (password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_user","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arrival":%s,"code":%s,"email":%s,"has_shortcuts":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_active":%s,"is_superuser":%s,"is_system":%s,"language":%s,"name":%s,"name_km":%s,"office_id":%s,"password":%s,"ready_at":%s,"rev":%s,"sessions":%s,"theme":%s,"username":%s}', to_json(w.arrival::text)::text, to_json(w.code::text)::text, to_json(w.email::text)::text, w.has_shortcuts::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_active::text, w.is_superuser::text, w.is_system::text, to_json(w.language::text)::text, to_json(w.name::text)::text, to_json(w.name_km::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.password::text)::text, coalesce(to_json(w.ready_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, w.sessions::text, to_json(w.theme::text)::text, to_json(w.username::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicaluser
      (password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT password, id, rev, code, username, email, name, name_km, language, theme, has_shortcuts, is_active, is_superuser, is_system, arrival, ready_at, sessions, office_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_user RETURNING *)
    SELECT string_agg(format('["accounts_user","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arrival":%s,"code":%s,"email":%s,"has_shortcuts":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_active":%s,"is_superuser":%s,"is_system":%s,"language":%s,"name":%s,"name_km":%s,"office_id":%s,"password":%s,"ready_at":%s,"rev":%s,"sessions":%s,"theme":%s,"username":%s}', to_json(w.arrival::text)::text, to_json(w.code::text)::text, to_json(w.email::text)::text, w.has_shortcuts::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_active::text, w.is_superuser::text, w.is_system::text, to_json(w.language::text)::text, to_json(w.name::text)::text, to_json(w.name_km::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.password::text)::text, coalesce(to_json(w.ready_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, w.sessions::text, to_json(w.theme::text)::text, to_json(w.username::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_user() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_user() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_user REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_user();
ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_user REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_user();
ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_user REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_user();
ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_user FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_user();
ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_user FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicaluser FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicaluser ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicaluser FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicaluser ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_user(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_user l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicaluser h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_user' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicaluser h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"arrival":%s,"code":%s,"email":%s,"has_shortcuts":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_active":%s,"is_superuser":%s,"is_system":%s,"language":%s,"name":%s,"name_km":%s,"office_id":%s,"password":%s,"ready_at":%s,"rev":%s,"sessions":%s,"theme":%s,"username":%s}', to_json(h.arrival::text)::text, to_json(h.code::text)::text, to_json(h.email::text)::text, h.has_shortcuts::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_active::text, h.is_superuser::text, h.is_system::text, to_json(h.language::text)::text, to_json(h.name::text)::text, to_json(h.name_km::text)::text, coalesce('"' || h.office_id || '"', 'null'), to_json(h.password::text)::text, coalesce(to_json(h.ready_at AT TIME ZONE 'UTC')::text, 'null'), h.rev::text, h.sessions::text, to_json(h.theme::text)::text, to_json(h.username::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicaluser h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_user l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.password, l.id, l.rev, l.code, l.username, l.email, l.name, l.name_km, l.language, l.theme, l.has_shortcuts, l.is_active, l.is_superuser, l.is_system, l.arrival, l.ready_at, l.sessions, l.office_id) IS DISTINCT FROM (h.password, h.id, h.rev, h.code, h.username, h.email, h.name, h.name_km, h.language, h.theme, h.has_shortcuts, h.is_active, h.is_superuser, h.is_system, h.arrival, h.ready_at, h.sessions, h.office_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_user' AND NOT EXISTS (SELECT FROM public.accounts_historicaluser h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_user(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_user(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON accounts_user FOR EACH ROW EXECUTE FUNCTION guard.check_person(); ALTER TABLE accounts_user ENABLE ALWAYS TRIGGER guard_stamp;

-- accounts_welcome: office
REVOKE ALL ON accounts_welcome FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, used_at, tries) ON accounts_welcome TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON accounts_welcome TO ijm_keeper;
ALTER TABLE accounts_welcome ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_welcome FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_welcome TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_welcome FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) OR guard.decides(guard.office_of(user_id)));
CREATE POLICY guard_add ON accounts_welcome FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND guard.decides(guard.office_of(user_id)));
CREATE POLICY guard_change ON accounts_welcome FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()));
REVOKE ALL ON accounts_historicalwelcome FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON accounts_historicalwelcome TO ijm_app;
GRANT SELECT, INSERT ON accounts_historicalwelcome TO ijm_keeper;
ALTER TABLE accounts_historicalwelcome ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts_historicalwelcome FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON accounts_historicalwelcome TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON accounts_historicalwelcome FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) OR guard.decides(guard.office_of(user_id)));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_accounts_welcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'accounts_welcome changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalwelcome
      (id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code_hash, c.given_at, c.expires_at, c.tries, c.used_at, c.user_id, c.given_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["accounts_welcome","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code_hash":%s,"expires_at":%s,"given_at":%s,"given_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s,"tries":%s,"used_at":%s,"user_id":%s}', to_json(w.code_hash::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, to_json(w.given_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.given_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text, w.tries::text, coalesce(to_json(w.used_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.accounts_historicalwelcome
      (id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["accounts_welcome","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code_hash":%s,"expires_at":%s,"given_at":%s,"given_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s,"tries":%s,"used_at":%s,"user_id":%s}', to_json(w.code_hash::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, to_json(w.given_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.given_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text, w.tries::text, coalesce(to_json(w.used_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.accounts_historicalwelcome
      (id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["accounts_welcome","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code_hash":%s,"expires_at":%s,"given_at":%s,"given_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s,"tries":%s,"used_at":%s,"user_id":%s}', to_json(w.code_hash::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, to_json(w.given_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.given_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text, w.tries::text, coalesce(to_json(w.used_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.accounts_historicalwelcome
      (id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code_hash, given_at, expires_at, tries, used_at, user_id, given_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.accounts_welcome RETURNING *)
    SELECT string_agg(format('["accounts_welcome","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code_hash":%s,"expires_at":%s,"given_at":%s,"given_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s,"tries":%s,"used_at":%s,"user_id":%s}', to_json(w.code_hash::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, to_json(w.given_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.given_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text, w.tries::text, coalesce(to_json(w.used_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_accounts_welcome() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_accounts_welcome() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON accounts_welcome REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_welcome();
ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON accounts_welcome REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_welcome();
ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON accounts_welcome REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_welcome();
ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON accounts_welcome FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_accounts_welcome();
ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_welcome FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON accounts_historicalwelcome FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalwelcome ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON accounts_historicalwelcome FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE accounts_historicalwelcome ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_accounts_welcome(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.accounts_welcome l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.accounts_historicalwelcome h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'accounts_welcome' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.accounts_historicalwelcome h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code_hash":%s,"expires_at":%s,"given_at":%s,"given_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s,"tries":%s,"used_at":%s,"user_id":%s}', to_json(h.code_hash::text)::text, to_json(h.expires_at AT TIME ZONE 'UTC')::text, to_json(h.given_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.given_by_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.rev::text, h.tries::text, coalesce(to_json(h.used_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.accounts_historicalwelcome h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.accounts_welcome l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code_hash, l.given_at, l.expires_at, l.tries, l.used_at, l.user_id, l.given_by_id) IS DISTINCT FROM (h.id, h.rev, h.code_hash, h.given_at, h.expires_at, h.tries, h.used_at, h.user_id, h.given_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'accounts_welcome' AND NOT EXISTS (SELECT FROM public.accounts_historicalwelcome h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_accounts_welcome(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_accounts_welcome(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_signed_given_by_id BEFORE INSERT OR UPDATE ON accounts_welcome FOR EACH ROW EXECUTE FUNCTION guard.check_signed('given_by_id'); ALTER TABLE accounts_welcome ENABLE ALWAYS TRIGGER guard_signed_given_by_id;

-- aftercare_courtsupport: content
REVOKE ALL ON aftercare_courtsupport FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON aftercare_courtsupport TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON aftercare_courtsupport TO ijm_keeper;
ALTER TABLE aftercare_courtsupport ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_courtsupport FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_courtsupport TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_courtsupport FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON aftercare_courtsupport FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON aftercare_courtsupport FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON aftercare_historicalcourtsupport FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON aftercare_historicalcourtsupport TO ijm_app;
GRANT SELECT, INSERT ON aftercare_historicalcourtsupport TO ijm_keeper;
ALTER TABLE aftercare_historicalcourtsupport ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_historicalcourtsupport FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_historicalcourtsupport TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_historicalcourtsupport FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_aftercare_courtsupport() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'aftercare_courtsupport changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalcourtsupport
      (id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.hearing_at, c.court, c.needs, c.state, c.arranged_at, c.file_id, c.survivor_id, c.delivery_id, c.companion_id, c.arranged_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["aftercare_courtsupport","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arranged_at":%s,"arranged_by_id":%s,"companion_id":%s,"court":%s,"delivery_id":%s,"file_id":%s,"hearing_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"needs":%s,"rev":%s,"state":%s,"survivor_id":%s}', coalesce(to_json(w.arranged_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.arranged_by_id || '"', 'null'), coalesce('"' || w.companion_id || '"', 'null'), to_json(w.court::text)::text, coalesce('"' || w.delivery_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.hearing_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.needs::text)::text, w.rev::text, to_json(w.state::text)::text, coalesce('"' || w.survivor_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalcourtsupport
      (id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["aftercare_courtsupport","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arranged_at":%s,"arranged_by_id":%s,"companion_id":%s,"court":%s,"delivery_id":%s,"file_id":%s,"hearing_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"needs":%s,"rev":%s,"state":%s,"survivor_id":%s}', coalesce(to_json(w.arranged_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.arranged_by_id || '"', 'null'), coalesce('"' || w.companion_id || '"', 'null'), to_json(w.court::text)::text, coalesce('"' || w.delivery_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.hearing_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.needs::text)::text, w.rev::text, to_json(w.state::text)::text, coalesce('"' || w.survivor_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalcourtsupport
      (id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["aftercare_courtsupport","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arranged_at":%s,"arranged_by_id":%s,"companion_id":%s,"court":%s,"delivery_id":%s,"file_id":%s,"hearing_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"needs":%s,"rev":%s,"state":%s,"survivor_id":%s}', coalesce(to_json(w.arranged_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.arranged_by_id || '"', 'null'), coalesce('"' || w.companion_id || '"', 'null'), to_json(w.court::text)::text, coalesce('"' || w.delivery_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.hearing_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.needs::text)::text, w.rev::text, to_json(w.state::text)::text, coalesce('"' || w.survivor_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.aftercare_historicalcourtsupport
      (id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, hearing_at, court, needs, state, arranged_at, file_id, survivor_id, delivery_id, companion_id, arranged_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.aftercare_courtsupport RETURNING *)
    SELECT string_agg(format('["aftercare_courtsupport","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"arranged_at":%s,"arranged_by_id":%s,"companion_id":%s,"court":%s,"delivery_id":%s,"file_id":%s,"hearing_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"needs":%s,"rev":%s,"state":%s,"survivor_id":%s}', coalesce(to_json(w.arranged_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.arranged_by_id || '"', 'null'), coalesce('"' || w.companion_id || '"', 'null'), to_json(w.court::text)::text, coalesce('"' || w.delivery_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.hearing_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.needs::text)::text, w.rev::text, to_json(w.state::text)::text, coalesce('"' || w.survivor_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_aftercare_courtsupport() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_aftercare_courtsupport() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON aftercare_courtsupport REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_courtsupport();
ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON aftercare_courtsupport REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_courtsupport();
ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON aftercare_courtsupport REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_courtsupport();
ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON aftercare_courtsupport FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_courtsupport();
ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_courtsupport FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON aftercare_historicalcourtsupport FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalcourtsupport ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_historicalcourtsupport FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalcourtsupport ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_aftercare_courtsupport(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.aftercare_courtsupport l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.aftercare_historicalcourtsupport h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'aftercare_courtsupport' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.aftercare_historicalcourtsupport h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"arranged_at":%s,"arranged_by_id":%s,"companion_id":%s,"court":%s,"delivery_id":%s,"file_id":%s,"hearing_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"needs":%s,"rev":%s,"state":%s,"survivor_id":%s}', coalesce(to_json(h.arranged_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.arranged_by_id || '"', 'null'), coalesce('"' || h.companion_id || '"', 'null'), to_json(h.court::text)::text, coalesce('"' || h.delivery_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), to_json(h.hearing_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.needs::text)::text, h.rev::text, to_json(h.state::text)::text, coalesce('"' || h.survivor_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.aftercare_historicalcourtsupport h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.aftercare_courtsupport l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.hearing_at, l.court, l.needs, l.state, l.arranged_at, l.file_id, l.survivor_id, l.delivery_id, l.companion_id, l.arranged_by_id) IS DISTINCT FROM (h.id, h.rev, h.hearing_at, h.court, h.needs, h.state, h.arranged_at, h.file_id, h.survivor_id, h.delivery_id, h.companion_id, h.arranged_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'aftercare_courtsupport' AND NOT EXISTS (SELECT FROM public.aftercare_historicalcourtsupport h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_aftercare_courtsupport(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_aftercare_courtsupport(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON aftercare_courtsupport FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('aftercare_courtsupport', 'state', '', 'needed'), ('aftercare_courtsupport', 'state', 'arranged', 'called_off'), ('aftercare_courtsupport', 'state', 'needed', 'arranged'), ('aftercare_courtsupport', 'state', 'needed', 'called_off');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON aftercare_courtsupport FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE aftercare_courtsupport ENABLE ALWAYS TRIGGER guard_state_state;

-- aftercare_referral: content
REVOKE ALL ON aftercare_referral FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON aftercare_referral TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON aftercare_referral TO ijm_keeper;
ALTER TABLE aftercare_referral ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_referral FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_referral TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_referral FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON aftercare_referral FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON aftercare_referral FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON aftercare_historicalreferral FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON aftercare_historicalreferral TO ijm_app;
GRANT SELECT, INSERT ON aftercare_historicalreferral TO ijm_keeper;
ALTER TABLE aftercare_historicalreferral ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_historicalreferral FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_historicalreferral TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_historicalreferral FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_aftercare_referral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'aftercare_referral changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalreferral
      (id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.sex, c.age_band, c.languages, c.state, c.received_at, c.answered_at, c.narrative, c.narrative_rev, c.narrative_key, c.file_id, c.alias_id, c.answered_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["aftercare_referral","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"answered_at":%s,"answered_by_id":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"received_at":%s,"rev":%s,"sex":%s,"state":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce(to_json(w.answered_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.answered_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalreferral
      (id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["aftercare_referral","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"answered_at":%s,"answered_by_id":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"received_at":%s,"rev":%s,"sex":%s,"state":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce(to_json(w.answered_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.answered_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalreferral
      (id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["aftercare_referral","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"answered_at":%s,"answered_by_id":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"received_at":%s,"rev":%s,"sex":%s,"state":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce(to_json(w.answered_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.answered_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.aftercare_historicalreferral
      (id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, received_at, answered_at, narrative, narrative_rev, narrative_key, file_id, alias_id, answered_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.aftercare_referral RETURNING *)
    SELECT string_agg(format('["aftercare_referral","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"answered_at":%s,"answered_by_id":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"received_at":%s,"rev":%s,"sex":%s,"state":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce(to_json(w.answered_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.answered_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_aftercare_referral() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_aftercare_referral() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON aftercare_referral REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_referral();
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON aftercare_referral REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_referral();
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON aftercare_referral REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_referral();
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON aftercare_referral FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_referral();
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_referral FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON aftercare_historicalreferral FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalreferral ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_historicalreferral FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalreferral ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_aftercare_referral(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.aftercare_referral l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.aftercare_historicalreferral h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'aftercare_referral' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.aftercare_historicalreferral h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"age_band":%s,"alias_id":%s,"answered_at":%s,"answered_by_id":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"received_at":%s,"rev":%s,"sex":%s,"state":%s}', to_json(h.age_band::text)::text, coalesce('"' || h.alias_id || '"', 'null'), coalesce(to_json(h.answered_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.answered_by_id || '"', 'null'), to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.languages::text)::text, coalesce('"' || guard.before_keys('aftercare_historicalreferral', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, to_json(h.received_at AT TIME ZONE 'UTC')::text, h.rev::text, to_json(h.sex::text)::text, to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.aftercare_historicalreferral h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.aftercare_referral l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.sex, l.age_band, l.languages, l.state, l.received_at, l.answered_at, l.narrative_rev, l.file_id, l.alias_id, l.answered_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.sex, h.age_band, h.languages, h.state, h.received_at, h.answered_at, h.narrative_rev, h.file_id, h.alias_id, h.answered_by_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('aftercare_referral', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('aftercare_historicalreferral', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.aftercare_historicalreferral h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'aftercare_referral' AND NOT EXISTS (SELECT FROM public.aftercare_historicalreferral h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_aftercare_referral(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_aftercare_referral(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON aftercare_referral TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_referral FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_referral FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_referral FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_referral REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative');
ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON aftercare_historicalreferral TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_historicalreferral FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_historicalreferral FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_historicalreferral FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_historicalreferral REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative');
ALTER TABLE aftercare_historicalreferral ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_historicalreferral ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON aftercare_referral FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('aftercare_referral', 'state', '', 'waiting'), ('aftercare_referral', 'state', 'declined', 'waiting'), ('aftercare_referral', 'state', 'waiting', 'declined'), ('aftercare_referral', 'state', 'waiting', 'taken_in');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON aftercare_referral FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE aftercare_referral ENABLE ALWAYS TRIGGER guard_state_state;

-- aftercare_residence: content
REVOKE ALL ON aftercare_residence FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON aftercare_residence TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON aftercare_residence TO ijm_keeper;
ALTER TABLE aftercare_residence ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_residence FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_residence TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_residence FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON aftercare_residence FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON aftercare_residence FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON aftercare_historicalresidence FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON aftercare_historicalresidence TO ijm_app;
GRANT SELECT, INSERT ON aftercare_historicalresidence TO ijm_keeper;
ALTER TABLE aftercare_historicalresidence ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_historicalresidence FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_historicalresidence TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_historicalresidence FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_aftercare_residence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'aftercare_residence changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalresidence
      (id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.placement, c.since_on, c.until_on, c.is_mistaken, c.whereabouts, c.narrative, c.whereabouts_rev, c.whereabouts_key, c.narrative_rev, c.narrative_key, c.file_id, c.survivor_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["aftercare_residence","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_mistaken":%s,"narrative":%s,"narrative_rev":%s,"placement":%s,"rev":%s,"since_on":%s,"survivor_id":%s,"until_on":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_mistaken::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.placement::text)::text, w.rev::text, to_json(w.since_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_on)::text, 'null'), coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.whereabouts IS NOT NULL AND w.whereabouts IS DISTINCT FROM o.whereabouts THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalresidence
      (id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["aftercare_residence","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_mistaken":%s,"narrative":%s,"narrative_rev":%s,"placement":%s,"rev":%s,"since_on":%s,"survivor_id":%s,"until_on":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_mistaken::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.placement::text)::text, w.rev::text, to_json(w.since_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_on)::text, 'null'), coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.whereabouts IS NOT NULL THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalresidence
      (id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["aftercare_residence","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_mistaken":%s,"narrative":%s,"narrative_rev":%s,"placement":%s,"rev":%s,"since_on":%s,"survivor_id":%s,"until_on":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_mistaken::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.placement::text)::text, w.rev::text, to_json(w.since_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_on)::text, 'null'), coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.aftercare_historicalresidence
      (id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, placement, since_on, until_on, is_mistaken, whereabouts, narrative, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, survivor_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.aftercare_residence RETURNING *)
    SELECT string_agg(format('["aftercare_residence","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_mistaken":%s,"narrative":%s,"narrative_rev":%s,"placement":%s,"rev":%s,"since_on":%s,"survivor_id":%s,"until_on":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_mistaken::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.placement::text)::text, w.rev::text, to_json(w.since_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_on)::text, 'null'), coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_aftercare_residence() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_aftercare_residence() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON aftercare_residence REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_residence();
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON aftercare_residence REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_residence();
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON aftercare_residence REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_residence();
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON aftercare_residence FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_residence();
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_residence FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON aftercare_historicalresidence FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalresidence ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_historicalresidence FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalresidence ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_aftercare_residence(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.aftercare_residence l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.aftercare_historicalresidence h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'aftercare_residence' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.aftercare_historicalresidence h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_mistaken":%s,"narrative":%s,"narrative_rev":%s,"placement":%s,"rev":%s,"since_on":%s,"survivor_id":%s,"until_on":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_mistaken::text, coalesce('"' || guard.before_keys('aftercare_historicalresidence', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, to_json(h.placement::text)::text, h.rev::text, to_json(h.since_on)::text, coalesce('"' || h.survivor_id || '"', 'null'), coalesce(to_json(h.until_on)::text, 'null'), coalesce('"' || guard.before_keys('aftercare_historicalresidence', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex')) || '"', 'null'), h.whereabouts_rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.aftercare_historicalresidence h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.aftercare_residence l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.placement, l.since_on, l.until_on, l.is_mistaken, l.whereabouts_rev, l.narrative_rev, l.file_id, l.survivor_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.placement, h.since_on, h.until_on, h.is_mistaken, h.whereabouts_rev, h.narrative_rev, h.file_id, h.survivor_id) OR (l.whereabouts IS DISTINCT FROM h.whereabouts AND guard.before_keys('aftercare_residence', l.id, 'whereabouts', encode(sha256(l.whereabouts), 'hex')) IS DISTINCT FROM guard.before_keys('aftercare_historicalresidence', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex'))) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('aftercare_residence', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('aftercare_historicalresidence', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.whereabouts_rev < max(h.whereabouts_rev) OVER before OR h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.aftercare_historicalresidence h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'aftercare_residence' AND NOT EXISTS (SELECT FROM public.aftercare_historicalresidence h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_aftercare_residence(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_aftercare_residence(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, whereabouts, whereabouts_rev, whereabouts_key, narrative, narrative_rev, narrative_key), UPDATE (whereabouts, whereabouts_key, narrative, narrative_key) ON aftercare_residence TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_residence FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_residence FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_residence FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('whereabouts', 'narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_residence REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'whereabouts', 'narrative');
ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, whereabouts, whereabouts_rev, whereabouts_key, narrative, narrative_rev, narrative_key), UPDATE (whereabouts, whereabouts_key, narrative, narrative_key) ON aftercare_historicalresidence TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_historicalresidence FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_historicalresidence FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_historicalresidence FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('whereabouts', 'narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_historicalresidence REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'whereabouts', 'narrative');
ALTER TABLE aftercare_historicalresidence ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_historicalresidence ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON aftercare_residence FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE aftercare_residence ENABLE ALWAYS TRIGGER guard_place;

-- aftercare_safecontact: content
REVOKE ALL ON aftercare_safecontact FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON aftercare_safecontact TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON aftercare_safecontact TO ijm_keeper;
ALTER TABLE aftercare_safecontact ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_safecontact FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_safecontact TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_safecontact FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON aftercare_safecontact FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON aftercare_safecontact FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON aftercare_historicalsafecontact FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON aftercare_historicalsafecontact TO ijm_app;
GRANT SELECT, INSERT ON aftercare_historicalsafecontact TO ijm_keeper;
ALTER TABLE aftercare_historicalsafecontact ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_historicalsafecontact FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_historicalsafecontact TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_historicalsafecontact FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_aftercare_safecontact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'aftercare_safecontact changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsafecontact
      (id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.is_allowed, c.ways, c.days, c.from_at, c.until_at, c.review_on, c.recorded_at, c.whereabouts, c.whereabouts_rev, c.whereabouts_key, c.file_id, c.survivor_id, c.recorded_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["aftercare_safecontact","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"days":%s,"file_id":%s,"from_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_allowed":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"review_on":%s,"survivor_id":%s,"until_at":%s,"ways":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.days::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.from_at::text)::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_allowed::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, to_json(w.review_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_at::text)::text, 'null'), to_json(w.ways::text)::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.whereabouts IS NOT NULL AND w.whereabouts IS DISTINCT FROM o.whereabouts THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsafecontact
      (id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["aftercare_safecontact","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"days":%s,"file_id":%s,"from_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_allowed":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"review_on":%s,"survivor_id":%s,"until_at":%s,"ways":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.days::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.from_at::text)::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_allowed::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, to_json(w.review_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_at::text)::text, 'null'), to_json(w.ways::text)::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.whereabouts IS NOT NULL THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsafecontact
      (id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["aftercare_safecontact","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"days":%s,"file_id":%s,"from_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_allowed":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"review_on":%s,"survivor_id":%s,"until_at":%s,"ways":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.days::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.from_at::text)::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_allowed::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, to_json(w.review_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_at::text)::text, 'null'), to_json(w.ways::text)::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.aftercare_historicalsafecontact
      (id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, is_allowed, ways, days, from_at, until_at, review_on, recorded_at, whereabouts, whereabouts_rev, whereabouts_key, file_id, survivor_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.aftercare_safecontact RETURNING *)
    SELECT string_agg(format('["aftercare_safecontact","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"days":%s,"file_id":%s,"from_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_allowed":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"review_on":%s,"survivor_id":%s,"until_at":%s,"ways":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(w.days::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.from_at::text)::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_allowed::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, to_json(w.review_on)::text, coalesce('"' || w.survivor_id || '"', 'null'), coalesce(to_json(w.until_at::text)::text, 'null'), to_json(w.ways::text)::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_aftercare_safecontact() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_aftercare_safecontact() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON aftercare_safecontact REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_safecontact();
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON aftercare_safecontact REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_safecontact();
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON aftercare_safecontact REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_safecontact();
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON aftercare_safecontact FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_safecontact();
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_safecontact FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON aftercare_historicalsafecontact FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalsafecontact ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_historicalsafecontact FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalsafecontact ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_aftercare_safecontact(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.aftercare_safecontact l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.aftercare_historicalsafecontact h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'aftercare_safecontact' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.aftercare_historicalsafecontact h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"days":%s,"file_id":%s,"from_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_allowed":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"review_on":%s,"survivor_id":%s,"until_at":%s,"ways":%s,"whereabouts":%s,"whereabouts_rev":%s}', to_json(h.days::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.from_at::text)::text, 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_allowed::text, to_json(h.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.recorded_by_id || '"', 'null'), h.rev::text, to_json(h.review_on)::text, coalesce('"' || h.survivor_id || '"', 'null'), coalesce(to_json(h.until_at::text)::text, 'null'), to_json(h.ways::text)::text, coalesce('"' || guard.before_keys('aftercare_historicalsafecontact', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex')) || '"', 'null'), h.whereabouts_rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.aftercare_historicalsafecontact h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.aftercare_safecontact l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.is_allowed, l.ways, l.days, l.from_at, l.until_at, l.review_on, l.recorded_at, l.whereabouts_rev, l.file_id, l.survivor_id, l.recorded_by_id) IS DISTINCT FROM (h.id, h.rev, h.is_allowed, h.ways, h.days, h.from_at, h.until_at, h.review_on, h.recorded_at, h.whereabouts_rev, h.file_id, h.survivor_id, h.recorded_by_id) OR (l.whereabouts IS DISTINCT FROM h.whereabouts AND guard.before_keys('aftercare_safecontact', l.id, 'whereabouts', encode(sha256(l.whereabouts), 'hex')) IS DISTINCT FROM guard.before_keys('aftercare_historicalsafecontact', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.whereabouts_rev < max(h.whereabouts_rev) OVER before AS falls FROM public.aftercare_historicalsafecontact h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'aftercare_safecontact' AND NOT EXISTS (SELECT FROM public.aftercare_historicalsafecontact h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_aftercare_safecontact(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_aftercare_safecontact(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, whereabouts, whereabouts_rev, whereabouts_key), UPDATE (whereabouts, whereabouts_key) ON aftercare_safecontact TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_safecontact FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_safecontact FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_safecontact FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('whereabouts');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_safecontact REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'whereabouts');
ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, whereabouts, whereabouts_rev, whereabouts_key), UPDATE (whereabouts, whereabouts_key) ON aftercare_historicalsafecontact TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_historicalsafecontact FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_historicalsafecontact FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_historicalsafecontact FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('whereabouts');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_historicalsafecontact REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'whereabouts');
ALTER TABLE aftercare_historicalsafecontact ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_historicalsafecontact ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON aftercare_safecontact FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE aftercare_safecontact ENABLE ALWAYS TRIGGER guard_place;

-- aftercare_survivor: content
REVOKE ALL ON aftercare_survivor FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON aftercare_survivor TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON aftercare_survivor TO ijm_keeper;
ALTER TABLE aftercare_survivor ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_survivor FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_survivor TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_survivor FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON aftercare_survivor FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON aftercare_survivor FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON aftercare_historicalsurvivor FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON aftercare_historicalsurvivor TO ijm_app;
GRANT SELECT, INSERT ON aftercare_historicalsurvivor TO ijm_keeper;
ALTER TABLE aftercare_historicalsurvivor ENABLE ROW LEVEL SECURITY; ALTER TABLE aftercare_historicalsurvivor FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON aftercare_historicalsurvivor TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON aftercare_historicalsurvivor FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_aftercare_survivor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'aftercare_survivor changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsurvivor
      (id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.sex, c.age_band, c.languages, c.state, c.began_on, c.narrative, c.narrative_rev, c.narrative_key, c.file_id, c.alias_id, c.referral_id, c.worker_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["aftercare_survivor","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"began_on":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"referral_id":%s,"rev":%s,"sex":%s,"state":%s,"worker_id":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.began_on)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.referral_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text, coalesce('"' || w.worker_id || '"', 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsurvivor
      (id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["aftercare_survivor","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"began_on":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"referral_id":%s,"rev":%s,"sex":%s,"state":%s,"worker_id":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.began_on)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.referral_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text, coalesce('"' || w.worker_id || '"', 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.aftercare_historicalsurvivor
      (id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["aftercare_survivor","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"began_on":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"referral_id":%s,"rev":%s,"sex":%s,"state":%s,"worker_id":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.began_on)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.referral_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text, coalesce('"' || w.worker_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.aftercare_historicalsurvivor
      (id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, sex, age_band, languages, state, began_on, narrative, narrative_rev, narrative_key, file_id, alias_id, referral_id, worker_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.aftercare_survivor RETURNING *)
    SELECT string_agg(format('["aftercare_survivor","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"began_on":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"referral_id":%s,"rev":%s,"sex":%s,"state":%s,"worker_id":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.began_on)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.referral_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text, to_json(w.state::text)::text, coalesce('"' || w.worker_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_aftercare_survivor() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_aftercare_survivor() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON aftercare_survivor REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_survivor();
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON aftercare_survivor REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_survivor();
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON aftercare_survivor REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_survivor();
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON aftercare_survivor FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_aftercare_survivor();
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_survivor FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON aftercare_historicalsurvivor FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalsurvivor ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON aftercare_historicalsurvivor FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE aftercare_historicalsurvivor ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_aftercare_survivor(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.aftercare_survivor l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.aftercare_historicalsurvivor h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'aftercare_survivor' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.aftercare_historicalsurvivor h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"age_band":%s,"alias_id":%s,"began_on":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"narrative":%s,"narrative_rev":%s,"referral_id":%s,"rev":%s,"sex":%s,"state":%s,"worker_id":%s}', to_json(h.age_band::text)::text, coalesce('"' || h.alias_id || '"', 'null'), to_json(h.began_on)::text, to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.languages::text)::text, coalesce('"' || guard.before_keys('aftercare_historicalsurvivor', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, coalesce('"' || h.referral_id || '"', 'null'), h.rev::text, to_json(h.sex::text)::text, to_json(h.state::text)::text, coalesce('"' || h.worker_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.aftercare_historicalsurvivor h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.aftercare_survivor l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.sex, l.age_band, l.languages, l.state, l.began_on, l.narrative_rev, l.file_id, l.alias_id, l.referral_id, l.worker_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.sex, h.age_band, h.languages, h.state, h.began_on, h.narrative_rev, h.file_id, h.alias_id, h.referral_id, h.worker_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('aftercare_survivor', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('aftercare_historicalsurvivor', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.aftercare_historicalsurvivor h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'aftercare_survivor' AND NOT EXISTS (SELECT FROM public.aftercare_historicalsurvivor h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_aftercare_survivor(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_aftercare_survivor(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON aftercare_survivor TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_survivor FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_survivor FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_survivor FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_survivor REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative');
ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON aftercare_historicalsurvivor TO ijm_rotor;
CREATE POLICY guard_rotor_see ON aftercare_historicalsurvivor FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON aftercare_historicalsurvivor FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON aftercare_historicalsurvivor FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON aftercare_historicalsurvivor REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative');
ALTER TABLE aftercare_historicalsurvivor ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE aftercare_historicalsurvivor ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON aftercare_survivor FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('aftercare_survivor', 'state', '', 'in_care'), ('aftercare_survivor', 'state', 'closed', 'followed_up'), ('aftercare_survivor', 'state', 'followed_up', 'closed'), ('aftercare_survivor', 'state', 'followed_up', 'in_care'), ('aftercare_survivor', 'state', 'in_care', 'followed_up');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON aftercare_survivor FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE aftercare_survivor ENABLE ALWAYS TRIGGER guard_state_state;

-- approvals_request: office
REVOKE ALL ON approvals_request FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, state, decided_by_id, decided_at, expires_at, said, said_rev, said_key) ON approvals_request TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON approvals_request TO ijm_keeper;
ALTER TABLE approvals_request ENABLE ROW LEVEL SECURITY; ALTER TABLE approvals_request FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON approvals_request TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON approvals_request FOR SELECT TO ijm_app USING (asked_by_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())) OR (kind || '@' || office_id) = ANY (ARRAY(SELECT guard.my_decisions())));
CREATE POLICY guard_add ON approvals_request FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND asked_by_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON approvals_request FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (asked_by_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())) OR (kind || '@' || office_id) = ANY (ARRAY(SELECT guard.my_decisions())))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (asked_by_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())) OR (kind || '@' || office_id) = ANY (ARRAY(SELECT guard.my_decisions()))));
REVOKE ALL ON approvals_historicalrequest FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON approvals_historicalrequest TO ijm_app;
GRANT SELECT, INSERT ON approvals_historicalrequest TO ijm_keeper;
ALTER TABLE approvals_historicalrequest ENABLE ROW LEVEL SECURITY; ALTER TABLE approvals_historicalrequest FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON approvals_historicalrequest TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON approvals_historicalrequest FOR SELECT TO ijm_app USING (asked_by_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())) OR (kind || '@' || office_id) = ANY (ARRAY(SELECT guard.my_decisions())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_approvals_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'approvals_request changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.approvals_historicalrequest
      (id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.kind, c.about, c.file_id, c.digest, c.basis, c.state, c.asked_at, c.expires_at, c.decided_at, c.kept_under, c.given, c.said, c.given_rev, c.given_key, c.said_rev, c.said_key, c.office_id, c.asked_by_id, c.decided_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["approvals_request","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"asked_at":%s,"asked_by_id":%s,"basis":%s,"code":%s,"decided_at":%s,"decided_by_id":%s,"digest":%s,"expires_at":%s,"file_id":%s,"given":%s,"given_rev":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kept_under":%s,"kind":%s,"office_id":%s,"rev":%s,"said":%s,"said_rev":%s,"state":%s}', to_json(w.about::text)::text, to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.basis::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.decided_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.decided_by_id || '"', 'null'), to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || encode(sha256(w.given), 'hex') || '"', 'null'), w.given_rev::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', '"' || w.kept_under || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.said), 'hex') || '"', 'null'), w.said_rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.given IS NOT NULL AND w.given IS DISTINCT FROM o.given THEN format('"given":"%s:%s"', w.given_rev, encode(sha256(w.given), 'hex')) END, CASE WHEN w.said IS NOT NULL AND w.said IS DISTINCT FROM o.said THEN format('"said":"%s:%s"', w.said_rev, encode(sha256(w.said), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.approvals_historicalrequest
      (id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["approvals_request","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"asked_at":%s,"asked_by_id":%s,"basis":%s,"code":%s,"decided_at":%s,"decided_by_id":%s,"digest":%s,"expires_at":%s,"file_id":%s,"given":%s,"given_rev":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kept_under":%s,"kind":%s,"office_id":%s,"rev":%s,"said":%s,"said_rev":%s,"state":%s}', to_json(w.about::text)::text, to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.basis::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.decided_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.decided_by_id || '"', 'null'), to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || encode(sha256(w.given), 'hex') || '"', 'null'), w.given_rev::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', '"' || w.kept_under || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.said), 'hex') || '"', 'null'), w.said_rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.given IS NOT NULL THEN format('"given":"%s:%s"', w.given_rev, encode(sha256(w.given), 'hex')) END, CASE WHEN w.said IS NOT NULL THEN format('"said":"%s:%s"', w.said_rev, encode(sha256(w.said), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.approvals_historicalrequest
      (id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["approvals_request","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"asked_at":%s,"asked_by_id":%s,"basis":%s,"code":%s,"decided_at":%s,"decided_by_id":%s,"digest":%s,"expires_at":%s,"file_id":%s,"given":%s,"given_rev":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kept_under":%s,"kind":%s,"office_id":%s,"rev":%s,"said":%s,"said_rev":%s,"state":%s}', to_json(w.about::text)::text, to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.basis::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.decided_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.decided_by_id || '"', 'null'), to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || encode(sha256(w.given), 'hex') || '"', 'null'), w.given_rev::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', '"' || w.kept_under || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.said), 'hex') || '"', 'null'), w.said_rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.approvals_historicalrequest
      (id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about, file_id, digest, basis, state, asked_at, expires_at, decided_at, kept_under, given, said, given_rev, given_key, said_rev, said_key, office_id, asked_by_id, decided_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.approvals_request RETURNING *)
    SELECT string_agg(format('["approvals_request","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"asked_at":%s,"asked_by_id":%s,"basis":%s,"code":%s,"decided_at":%s,"decided_by_id":%s,"digest":%s,"expires_at":%s,"file_id":%s,"given":%s,"given_rev":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kept_under":%s,"kind":%s,"office_id":%s,"rev":%s,"said":%s,"said_rev":%s,"state":%s}', to_json(w.about::text)::text, to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.basis::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.decided_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.decided_by_id || '"', 'null'), to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || encode(sha256(w.given), 'hex') || '"', 'null'), w.given_rev::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', '"' || w.kept_under || '"', to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.said), 'hex') || '"', 'null'), w.said_rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_approvals_request() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_approvals_request() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON approvals_request REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_approvals_request();
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON approvals_request REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_approvals_request();
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON approvals_request REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_approvals_request();
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON approvals_request FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_approvals_request();
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON approvals_request FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON approvals_historicalrequest FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE approvals_historicalrequest ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON approvals_historicalrequest FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE approvals_historicalrequest ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_approvals_request(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.approvals_request l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.approvals_historicalrequest h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'approvals_request' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.approvals_historicalrequest h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about":%s,"asked_at":%s,"asked_by_id":%s,"basis":%s,"code":%s,"decided_at":%s,"decided_by_id":%s,"digest":%s,"expires_at":%s,"file_id":%s,"given":%s,"given_rev":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kept_under":%s,"kind":%s,"office_id":%s,"rev":%s,"said":%s,"said_rev":%s,"state":%s}', to_json(h.about::text)::text, to_json(h.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.asked_by_id || '"', 'null'), to_json(h.basis::text)::text, to_json(h.code::text)::text, coalesce(to_json(h.decided_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.decided_by_id || '"', 'null'), to_json(h.digest::text)::text, to_json(h.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.file_id || '"', 'null'), coalesce('"' || guard.before_keys('approvals_historicalrequest', h.history_id, 'given', encode(sha256(h.given), 'hex')) || '"', 'null'), h.given_rev::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', '"' || h.kept_under || '"', to_json(h.kind::text)::text, coalesce('"' || h.office_id || '"', 'null'), h.rev::text, coalesce('"' || guard.before_keys('approvals_historicalrequest', h.history_id, 'said', encode(sha256(h.said), 'hex')) || '"', 'null'), h.said_rev::text, to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.approvals_historicalrequest h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.approvals_request l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.kind, l.about, l.file_id, l.digest, l.basis, l.state, l.asked_at, l.expires_at, l.decided_at, l.kept_under, l.given_rev, l.said_rev, l.office_id, l.asked_by_id, l.decided_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.kind, h.about, h.file_id, h.digest, h.basis, h.state, h.asked_at, h.expires_at, h.decided_at, h.kept_under, h.given_rev, h.said_rev, h.office_id, h.asked_by_id, h.decided_by_id) OR (l.given IS DISTINCT FROM h.given AND guard.before_keys('approvals_request', l.id, 'given', encode(sha256(l.given), 'hex')) IS DISTINCT FROM guard.before_keys('approvals_historicalrequest', h.history_id, 'given', encode(sha256(h.given), 'hex'))) OR (l.said IS DISTINCT FROM h.said AND guard.before_keys('approvals_request', l.id, 'said', encode(sha256(l.said), 'hex')) IS DISTINCT FROM guard.before_keys('approvals_historicalrequest', h.history_id, 'said', encode(sha256(h.said), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.given_rev < max(h.given_rev) OVER before OR h.said_rev < max(h.said_rev) OVER before AS falls FROM public.approvals_historicalrequest h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'approvals_request' AND NOT EXISTS (SELECT FROM public.approvals_historicalrequest h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_approvals_request(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_approvals_request(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, given, given_rev, given_key, said, said_rev, said_key), UPDATE (given, given_key, said, said_key) ON approvals_request TO ijm_rotor;
CREATE POLICY guard_rotor_see ON approvals_request FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON approvals_request FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON approvals_request FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('given', 'said');
CREATE TRIGGER guard_told AFTER UPDATE ON approvals_request REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'given', 'said');
ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, given, given_rev, given_key, said, said_rev, said_key), UPDATE (given, given_key, said, said_key) ON approvals_historicalrequest TO ijm_rotor;
CREATE POLICY guard_rotor_see ON approvals_historicalrequest FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON approvals_historicalrequest FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON approvals_historicalrequest FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('given', 'said');
CREATE TRIGGER guard_told AFTER UPDATE ON approvals_historicalrequest REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'given', 'said');
ALTER TABLE approvals_historicalrequest ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE approvals_historicalrequest ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON approvals_request FOR EACH ROW EXECUTE FUNCTION guard.check_request(); ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_stamp;
INSERT INTO guard.transition VALUES ('approvals_request', 'state', '', 'asked'), ('approvals_request', 'state', 'approved', 'done'), ('approvals_request', 'state', 'approved', 'expired'), ('approvals_request', 'state', 'approved', 'withdrawn'), ('approvals_request', 'state', 'asked', 'approved'), ('approvals_request', 'state', 'asked', 'expired'), ('approvals_request', 'state', 'asked', 'refused'), ('approvals_request', 'state', 'asked', 'withdrawn');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON approvals_request FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_state_state;
CREATE TRIGGER guard_signed_asked_by_id BEFORE INSERT OR UPDATE ON approvals_request FOR EACH ROW EXECUTE FUNCTION guard.check_signed('asked_by_id'); ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_signed_asked_by_id;
CREATE TRIGGER guard_signed_decided_by_id BEFORE INSERT OR UPDATE ON approvals_request FOR EACH ROW EXECUTE FUNCTION guard.check_signed('decided_by_id'); ALTER TABLE approvals_request ENABLE ALWAYS TRIGGER guard_signed_decided_by_id;

-- audit_finding: office
REVOKE ALL ON audit_finding FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, state, settled_by_id, settled_at) ON audit_finding TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON audit_finding TO ijm_keeper;
ALTER TABLE audit_finding ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_finding FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_finding TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_finding FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
CREATE POLICY guard_add ON audit_finding FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
CREATE POLICY guard_change ON audit_finding FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION']))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
REVOKE ALL ON audit_historicalfinding FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON audit_historicalfinding TO ijm_app;
GRANT SELECT, INSERT ON audit_historicalfinding TO ijm_keeper;
ALTER TABLE audit_historicalfinding ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_historicalfinding FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_historicalfinding TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_historicalfinding FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_audit_finding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'audit_finding changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.audit_historicalfinding
      (id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.problem, c.state, c.of_table, c.row_key, c.place, c.found_at, c.settled_at, c.settled_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["audit_finding","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"found_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"of_table":%s,"place":%s,"problem":%s,"rev":%s,"row_key":%s,"settled_at":%s,"settled_by_id":%s,"state":%s}', to_json(w.code::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.of_table::text)::text, coalesce(w.place::text, 'null'), to_json(w.problem::text)::text, w.rev::text, coalesce('"' || w.row_key || '"', 'null'), coalesce(to_json(w.settled_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.settled_by_id || '"', 'null'), to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.audit_historicalfinding
      (id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["audit_finding","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"found_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"of_table":%s,"place":%s,"problem":%s,"rev":%s,"row_key":%s,"settled_at":%s,"settled_by_id":%s,"state":%s}', to_json(w.code::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.of_table::text)::text, coalesce(w.place::text, 'null'), to_json(w.problem::text)::text, w.rev::text, coalesce('"' || w.row_key || '"', 'null'), coalesce(to_json(w.settled_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.settled_by_id || '"', 'null'), to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.audit_historicalfinding
      (id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["audit_finding","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"found_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"of_table":%s,"place":%s,"problem":%s,"rev":%s,"row_key":%s,"settled_at":%s,"settled_by_id":%s,"state":%s}', to_json(w.code::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.of_table::text)::text, coalesce(w.place::text, 'null'), to_json(w.problem::text)::text, w.rev::text, coalesce('"' || w.row_key || '"', 'null'), coalesce(to_json(w.settled_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.settled_by_id || '"', 'null'), to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.audit_historicalfinding
      (id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, problem, state, of_table, row_key, place, found_at, settled_at, settled_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.audit_finding RETURNING *)
    SELECT string_agg(format('["audit_finding","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"found_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"of_table":%s,"place":%s,"problem":%s,"rev":%s,"row_key":%s,"settled_at":%s,"settled_by_id":%s,"state":%s}', to_json(w.code::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.of_table::text)::text, coalesce(w.place::text, 'null'), to_json(w.problem::text)::text, w.rev::text, coalesce('"' || w.row_key || '"', 'null'), coalesce(to_json(w.settled_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.settled_by_id || '"', 'null'), to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_audit_finding() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_audit_finding() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON audit_finding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_finding();
ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON audit_finding REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_finding();
ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON audit_finding REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_finding();
ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON audit_finding FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_finding();
ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_finding FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_historicalfinding FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalfinding ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_historicalfinding FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalfinding ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_audit_finding(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.audit_finding l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.audit_historicalfinding h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'audit_finding' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.audit_historicalfinding h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"found_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"of_table":%s,"place":%s,"problem":%s,"rev":%s,"row_key":%s,"settled_at":%s,"settled_by_id":%s,"state":%s}', to_json(h.code::text)::text, to_json(h.found_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.of_table::text)::text, coalesce(h.place::text, 'null'), to_json(h.problem::text)::text, h.rev::text, coalesce('"' || h.row_key || '"', 'null'), coalesce(to_json(h.settled_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.settled_by_id || '"', 'null'), to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.audit_historicalfinding h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.audit_finding l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.problem, l.state, l.of_table, l.row_key, l.place, l.found_at, l.settled_at, l.settled_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.problem, h.state, h.of_table, h.row_key, h.place, h.found_at, h.settled_at, h.settled_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'audit_finding' AND NOT EXISTS (SELECT FROM public.audit_historicalfinding h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_audit_finding(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_audit_finding(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('audit_finding', 'state', '', 'waiting'), ('audit_finding', 'state', 'waiting', 'agreed'), ('audit_finding', 'state', 'waiting', 'kept'), ('audit_finding', 'state', 'waiting', 'mended');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON audit_finding FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_state_state;
CREATE TRIGGER guard_signed_settled_by_id BEFORE INSERT OR UPDATE ON audit_finding FOR EACH ROW EXECUTE FUNCTION guard.check_signed('settled_by_id'); ALTER TABLE audit_finding ENABLE ALWAYS TRIGGER guard_signed_settled_by_id;

-- audit_flag: office
REVOKE ALL ON audit_flag FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, state, number, usual, events) ON audit_flag TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON audit_flag TO ijm_keeper;
ALTER TABLE audit_flag ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_flag FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_flag TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_flag FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
CREATE POLICY guard_add ON audit_flag FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
CREATE POLICY guard_change ON audit_flag FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])) AND actor_id <> (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])) AND actor_id <> (SELECT guard.uid()));
REVOKE ALL ON audit_historicalflag FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON audit_historicalflag TO ijm_app;
GRANT SELECT, INSERT ON audit_historicalflag TO ijm_keeper;
ALTER TABLE audit_historicalflag ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_historicalflag FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_historicalflag TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_historicalflag FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_audit_flag() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'audit_flag changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.audit_historicalflag
      (id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.ground, c.state, c.day, c.about_code, c.number, c.usual, c.events, c.found_at, c.actor_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["audit_flag","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"actor_id":%s,"code":%s,"day":%s,"events":%s,"found_at":%s,"ground":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"number":%s,"rev":%s,"state":%s,"usual":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.actor_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.day)::text, to_json(w.events::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, to_json(w.ground::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.number::text, w.rev::text, to_json(w.state::text)::text, w.usual::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.audit_historicalflag
      (id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["audit_flag","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"actor_id":%s,"code":%s,"day":%s,"events":%s,"found_at":%s,"ground":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"number":%s,"rev":%s,"state":%s,"usual":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.actor_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.day)::text, to_json(w.events::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, to_json(w.ground::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.number::text, w.rev::text, to_json(w.state::text)::text, w.usual::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.audit_historicalflag
      (id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["audit_flag","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"actor_id":%s,"code":%s,"day":%s,"events":%s,"found_at":%s,"ground":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"number":%s,"rev":%s,"state":%s,"usual":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.actor_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.day)::text, to_json(w.events::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, to_json(w.ground::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.number::text, w.rev::text, to_json(w.state::text)::text, w.usual::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.audit_historicalflag
      (id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, ground, state, day, about_code, number, usual, events, found_at, actor_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.audit_flag RETURNING *)
    SELECT string_agg(format('["audit_flag","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"actor_id":%s,"code":%s,"day":%s,"events":%s,"found_at":%s,"ground":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"number":%s,"rev":%s,"state":%s,"usual":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.actor_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.day)::text, to_json(w.events::text)::text, to_json(w.found_at AT TIME ZONE 'UTC')::text, to_json(w.ground::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.number::text, w.rev::text, to_json(w.state::text)::text, w.usual::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_audit_flag() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_audit_flag() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON audit_flag REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_flag();
ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON audit_flag REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_flag();
ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON audit_flag REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_flag();
ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON audit_flag FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_flag();
ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_flag FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_historicalflag FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalflag ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_historicalflag FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalflag ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_audit_flag(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.audit_flag l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.audit_historicalflag h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'audit_flag' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.audit_historicalflag h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"actor_id":%s,"code":%s,"day":%s,"events":%s,"found_at":%s,"ground":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"number":%s,"rev":%s,"state":%s,"usual":%s}', to_json(h.about_code::text)::text, coalesce('"' || h.actor_id || '"', 'null'), to_json(h.code::text)::text, to_json(h.day)::text, to_json(h.events::text)::text, to_json(h.found_at AT TIME ZONE 'UTC')::text, to_json(h.ground::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.number::text, h.rev::text, to_json(h.state::text)::text, h.usual::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.audit_historicalflag h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.audit_flag l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.ground, l.state, l.day, l.about_code, l.number, l.usual, l.events, l.found_at, l.actor_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.ground, h.state, h.day, h.about_code, h.number, h.usual, h.events, h.found_at, h.actor_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'audit_flag' AND NOT EXISTS (SELECT FROM public.audit_historicalflag h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_audit_flag(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_audit_flag(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('audit_flag', 'state', '', 'waiting'), ('audit_flag', 'state', 'asked', 'cleared'), ('audit_flag', 'state', 'asked', 'passed'), ('audit_flag', 'state', 'passed', 'cleared'), ('audit_flag', 'state', 'waiting', 'asked'), ('audit_flag', 'state', 'waiting', 'cleared'), ('audit_flag', 'state', 'waiting', 'passed');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON audit_flag FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE audit_flag ENABLE ALWAYS TRIGGER guard_state_state;

-- audit_package: office
REVOKE ALL ON audit_package FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, state, agreed_by_id, agreed_at, refused_by_id, refused_at, made_at, fetched_at, events, digest) ON audit_package TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON audit_package TO ijm_keeper;
ALTER TABLE audit_package ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_package FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_package TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_package FOR SELECT TO ijm_app USING (asked_by_id = (SELECT guard.uid()) OR (NOT is_bare AND office_id IN (SELECT g.office_id FROM accounts_rolegrant g WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')) UNION SELECT o.id FROM accounts_office o JOIN accounts_rolegrant g ON g.office_id = o.supported_by_id WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')))));
CREATE POLICY guard_add ON audit_package FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND asked_by_id = (SELECT guard.uid()) AND ((NOT is_bare AND state = 'asked' AND file_id = ANY (ARRAY(SELECT guard.my_files()))) OR (is_bare AND NOT has_content AND state = 'agreed' AND (SELECT guard.has_role(ARRAY['AUDITOR'])))));
CREATE POLICY guard_change ON audit_package FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (asked_by_id = (SELECT guard.uid()) OR (NOT is_bare AND office_id IN (SELECT g.office_id FROM accounts_rolegrant g WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')) UNION SELECT o.id FROM accounts_office o JOIN accounts_rolegrant g ON g.office_id = o.supported_by_id WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')))))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (asked_by_id = (SELECT guard.uid()) OR (NOT is_bare AND office_id IN (SELECT g.office_id FROM accounts_rolegrant g WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')) UNION SELECT o.id FROM accounts_office o JOIN accounts_rolegrant g ON g.office_id = o.supported_by_id WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON'))))));
REVOKE ALL ON audit_historicalpackage FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON audit_historicalpackage TO ijm_app;
GRANT SELECT, INSERT ON audit_historicalpackage TO ijm_keeper;
ALTER TABLE audit_historicalpackage ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_historicalpackage FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_historicalpackage TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_historicalpackage FOR SELECT TO ijm_app USING (asked_by_id = (SELECT guard.uid()) OR (NOT is_bare AND office_id IN (SELECT g.office_id FROM accounts_rolegrant g WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')) UNION SELECT o.id FROM accounts_office o JOIN accounts_rolegrant g ON g.office_id = o.supported_by_id WHERE g.user_id = (SELECT guard.uid()) AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL AND g.starts_at <= now() AND g.expires_at > now() AND (g.role = 'DATA_PROTECTION' OR (kind = 'intake' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'investigation' AND g.role = 'INVESTIGATION_SUPERVISOR') OR (kind = 'care' AND g.role = 'CARE_SUPERVISOR') OR (kind = 'prosecution' AND g.role = 'LIAISON')))));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_audit_package() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'audit_package changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.audit_historicalpackage
      (id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.kind, c.about_code, c.about, c.scope, c.has_content, c.is_bare, c.asked_at, c.state, c.agreed_at, c.refused_at, c.made_at, c.fetched_at, c.events, c.digest, c.office_id, c.file_id, c.asked_by_id, c.agreed_by_id, c.refused_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["audit_package","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"about_code":%s,"agreed_at":%s,"agreed_by_id":%s,"asked_at":%s,"asked_by_id":%s,"code":%s,"digest":%s,"events":%s,"fetched_at":%s,"file_id":%s,"has_content":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_bare":%s,"kind":%s,"made_at":%s,"office_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"scope":%s,"state":%s}', coalesce('"' || w.about || '"', 'null'), to_json(w.about_code::text)::text, coalesce(to_json(w.agreed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.agreed_by_id || '"', 'null'), to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, w.events::text, coalesce(to_json(w.fetched_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), w.has_content::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_bare::text, to_json(w.kind::text)::text, coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, to_json(w.scope::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.audit_historicalpackage
      (id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["audit_package","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"about_code":%s,"agreed_at":%s,"agreed_by_id":%s,"asked_at":%s,"asked_by_id":%s,"code":%s,"digest":%s,"events":%s,"fetched_at":%s,"file_id":%s,"has_content":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_bare":%s,"kind":%s,"made_at":%s,"office_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"scope":%s,"state":%s}', coalesce('"' || w.about || '"', 'null'), to_json(w.about_code::text)::text, coalesce(to_json(w.agreed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.agreed_by_id || '"', 'null'), to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, w.events::text, coalesce(to_json(w.fetched_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), w.has_content::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_bare::text, to_json(w.kind::text)::text, coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, to_json(w.scope::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.audit_historicalpackage
      (id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["audit_package","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"about_code":%s,"agreed_at":%s,"agreed_by_id":%s,"asked_at":%s,"asked_by_id":%s,"code":%s,"digest":%s,"events":%s,"fetched_at":%s,"file_id":%s,"has_content":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_bare":%s,"kind":%s,"made_at":%s,"office_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"scope":%s,"state":%s}', coalesce('"' || w.about || '"', 'null'), to_json(w.about_code::text)::text, coalesce(to_json(w.agreed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.agreed_by_id || '"', 'null'), to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, w.events::text, coalesce(to_json(w.fetched_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), w.has_content::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_bare::text, to_json(w.kind::text)::text, coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, to_json(w.scope::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.audit_historicalpackage
      (id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, about_code, about, scope, has_content, is_bare, asked_at, state, agreed_at, refused_at, made_at, fetched_at, events, digest, office_id, file_id, asked_by_id, agreed_by_id, refused_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.audit_package RETURNING *)
    SELECT string_agg(format('["audit_package","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"about_code":%s,"agreed_at":%s,"agreed_by_id":%s,"asked_at":%s,"asked_by_id":%s,"code":%s,"digest":%s,"events":%s,"fetched_at":%s,"file_id":%s,"has_content":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_bare":%s,"kind":%s,"made_at":%s,"office_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"scope":%s,"state":%s}', coalesce('"' || w.about || '"', 'null'), to_json(w.about_code::text)::text, coalesce(to_json(w.agreed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.agreed_by_id || '"', 'null'), to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, w.events::text, coalesce(to_json(w.fetched_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), w.has_content::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_bare::text, to_json(w.kind::text)::text, coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce(to_json(w.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.refused_by_id || '"', 'null'), w.rev::text, to_json(w.scope::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_audit_package() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_audit_package() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON audit_package REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_package();
ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON audit_package REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_package();
ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON audit_package REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_package();
ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON audit_package FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_package();
ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_package FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_historicalpackage FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalpackage ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_historicalpackage FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalpackage ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_audit_package(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.audit_package l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.audit_historicalpackage h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'audit_package' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.audit_historicalpackage h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about":%s,"about_code":%s,"agreed_at":%s,"agreed_by_id":%s,"asked_at":%s,"asked_by_id":%s,"code":%s,"digest":%s,"events":%s,"fetched_at":%s,"file_id":%s,"has_content":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_bare":%s,"kind":%s,"made_at":%s,"office_id":%s,"refused_at":%s,"refused_by_id":%s,"rev":%s,"scope":%s,"state":%s}', coalesce('"' || h.about || '"', 'null'), to_json(h.about_code::text)::text, coalesce(to_json(h.agreed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.agreed_by_id || '"', 'null'), to_json(h.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.asked_by_id || '"', 'null'), to_json(h.code::text)::text, to_json(h.digest::text)::text, h.events::text, coalesce(to_json(h.fetched_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.file_id || '"', 'null'), h.has_content::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_bare::text, to_json(h.kind::text)::text, coalesce(to_json(h.made_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.office_id || '"', 'null'), coalesce(to_json(h.refused_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.refused_by_id || '"', 'null'), h.rev::text, to_json(h.scope::text)::text, to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.audit_historicalpackage h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.audit_package l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.kind, l.about_code, l.about, l.scope, l.has_content, l.is_bare, l.asked_at, l.state, l.agreed_at, l.refused_at, l.made_at, l.fetched_at, l.events, l.digest, l.office_id, l.file_id, l.asked_by_id, l.agreed_by_id, l.refused_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.kind, h.about_code, h.about, h.scope, h.has_content, h.is_bare, h.asked_at, h.state, h.agreed_at, h.refused_at, h.made_at, h.fetched_at, h.events, h.digest, h.office_id, h.file_id, h.asked_by_id, h.agreed_by_id, h.refused_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'audit_package' AND NOT EXISTS (SELECT FROM public.audit_historicalpackage h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_audit_package(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_audit_package(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('audit_package', 'state', '', 'agreed'), ('audit_package', 'state', '', 'asked'), ('audit_package', 'state', 'agreed', 'made'), ('audit_package', 'state', 'agreed', 'withdrawn'), ('audit_package', 'state', 'asked', 'agreed'), ('audit_package', 'state', 'asked', 'refused'), ('audit_package', 'state', 'asked', 'withdrawn'), ('audit_package', 'state', 'made', 'fetched');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON audit_package FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_state_state;
CREATE TRIGGER guard_signed_asked_by_id BEFORE INSERT OR UPDATE ON audit_package FOR EACH ROW EXECUTE FUNCTION guard.check_signed('asked_by_id'); ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_signed_asked_by_id;
CREATE TRIGGER guard_signed_agreed_by_id BEFORE INSERT OR UPDATE ON audit_package FOR EACH ROW EXECUTE FUNCTION guard.check_signed('agreed_by_id'); ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_signed_agreed_by_id;
CREATE TRIGGER guard_signed_refused_by_id BEFORE INSERT OR UPDATE ON audit_package FOR EACH ROW EXECUTE FUNCTION guard.check_signed('refused_by_id'); ALTER TABLE audit_package ENABLE ALWAYS TRIGGER guard_signed_refused_by_id;

-- audit_review: office
REVOKE ALL ON audit_review FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON audit_review TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON audit_review TO ijm_keeper;
ALTER TABLE audit_review ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_review FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_review TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_review FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
CREATE POLICY guard_add ON audit_review FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])) AND EXISTS (SELECT FROM audit_flag f WHERE f.id = flag_id AND f.actor_id <> (SELECT guard.uid())));
REVOKE ALL ON audit_historicalreview FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON audit_historicalreview TO ijm_app;
GRANT SELECT, INSERT ON audit_historicalreview TO ijm_keeper;
ALTER TABLE audit_historicalreview ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_historicalreview FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_historicalreview TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_historicalreview FOR SELECT TO ijm_app USING ((SELECT guard.has_role(ARRAY['AUDITOR', 'DATA_PROTECTION'])));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_audit_review() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'audit_review changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.audit_historicalreview
      (id, rev, decision, at, flag_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.decision, c.at, c.flag_id, c.by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["audit_review","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"decision":%s,"flag_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.decision::text)::text, coalesce('"' || w.flag_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.audit_historicalreview
      (id, rev, decision, at, flag_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, decision, at, flag_id, by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["audit_review","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"decision":%s,"flag_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.decision::text)::text, coalesce('"' || w.flag_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.audit_historicalreview
      (id, rev, decision, at, flag_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, decision, at, flag_id, by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["audit_review","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"decision":%s,"flag_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.decision::text)::text, coalesce('"' || w.flag_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.audit_historicalreview
      (id, rev, decision, at, flag_id, by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, decision, at, flag_id, by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.audit_review RETURNING *)
    SELECT string_agg(format('["audit_review","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by_id":%s,"decision":%s,"flag_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, coalesce('"' || w.by_id || '"', 'null'), to_json(w.decision::text)::text, coalesce('"' || w.flag_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_audit_review() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_audit_review() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON audit_review REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_review();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON audit_review REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_review();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON audit_review REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_review();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON audit_review FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_audit_review();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_review FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON audit_historicalreview FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalreview ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON audit_historicalreview FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE audit_historicalreview ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_audit_review(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.audit_review l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.audit_historicalreview h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'audit_review' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.audit_historicalreview h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"at":%s,"by_id":%s,"decision":%s,"flag_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"rev":%s}', to_json(h.at AT TIME ZONE 'UTC')::text, coalesce('"' || h.by_id || '"', 'null'), to_json(h.decision::text)::text, coalesce('"' || h.flag_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.audit_historicalreview h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.audit_review l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.decision, l.at, l.flag_id, l.by_id) IS DISTINCT FROM (h.id, h.rev, h.decision, h.at, h.flag_id, h.by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'audit_review' AND NOT EXISTS (SELECT FROM public.audit_historicalreview h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_audit_review(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_audit_review(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_signed_by_id BEFORE INSERT OR UPDATE ON audit_review FOR EACH ROW EXECUTE FUNCTION guard.check_signed('by_id'); ALTER TABLE audit_review ENABLE ALWAYS TRIGGER guard_signed_by_id;

-- audit_savedquestion: private
REVOKE ALL ON audit_savedquestion FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON audit_savedquestion TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_savedquestion TO ijm_keeper;
ALTER TABLE audit_savedquestion ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_savedquestion FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON audit_savedquestion TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON audit_savedquestion FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON audit_savedquestion FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON audit_savedquestion FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON audit_savedquestion FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- casefiles_caseaccess: office
REVOKE ALL ON casefiles_caseaccess FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, revoked_at, revoked_by_id, last_used_at) ON casefiles_caseaccess TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON casefiles_caseaccess TO ijm_keeper;
ALTER TABLE casefiles_caseaccess ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_caseaccess FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_caseaccess TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_caseaccess FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON casefiles_caseaccess FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w');
CREATE POLICY guard_change ON casefiles_caseaccess FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON casefiles_historicalcaseaccess FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON casefiles_historicalcaseaccess TO ijm_app;
GRANT SELECT, INSERT ON casefiles_historicalcaseaccess TO ijm_keeper;
ALTER TABLE casefiles_historicalcaseaccess ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_historicalcaseaccess FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_historicalcaseaccess TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_historicalcaseaccess FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) OR file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_casefiles_caseaccess() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'casefiles_caseaccess changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcaseaccess
      (id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.source, c.reason_code, c.starts_at, c.expires_at, c.revoked_at, c.last_used_at, c.sort_key, c.user_id, c.file_id, c.granted_by_id, c.approved_by_id, c.revoked_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c LEFT JOIN was o USING (id) WHERE (c.id, c.rev, c.source, c.reason_code, c.starts_at, c.expires_at, c.revoked_at, c.user_id, c.file_id, c.granted_by_id, c.approved_by_id, c.revoked_by_id) IS DISTINCT FROM (o.id, o.rev, o.source, o.reason_code, o.starts_at, o.expires_at, o.revoked_at, o.user_id, o.file_id, o.granted_by_id, o.approved_by_id, o.revoked_by_id) RETURNING *)
    SELECT string_agg(format('["casefiles_caseaccess","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_by_id":%s,"expires_at":%s,"file_id":%s,"granted_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"last_used_at":%s,"reason_code":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"sort_key":%s,"source":%s,"starts_at":%s,"user_id":%s}', coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || w.granted_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.last_used_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.reason_code::text)::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.source::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcaseaccess
      (id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["casefiles_caseaccess","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_by_id":%s,"expires_at":%s,"file_id":%s,"granted_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"last_used_at":%s,"reason_code":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"sort_key":%s,"source":%s,"starts_at":%s,"user_id":%s}', coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || w.granted_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.last_used_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.reason_code::text)::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.source::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcaseaccess
      (id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["casefiles_caseaccess","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_by_id":%s,"expires_at":%s,"file_id":%s,"granted_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"last_used_at":%s,"reason_code":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"sort_key":%s,"source":%s,"starts_at":%s,"user_id":%s}', coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || w.granted_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.last_used_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.reason_code::text)::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.source::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.casefiles_historicalcaseaccess
      (id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, source, reason_code, starts_at, expires_at, revoked_at, last_used_at, sort_key, user_id, file_id, granted_by_id, approved_by_id, revoked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.casefiles_caseaccess RETURNING *)
    SELECT string_agg(format('["casefiles_caseaccess","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_by_id":%s,"expires_at":%s,"file_id":%s,"granted_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"last_used_at":%s,"reason_code":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"sort_key":%s,"source":%s,"starts_at":%s,"user_id":%s}', coalesce('"' || w.approved_by_id || '"', 'null'), to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce('"' || w.granted_by_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.last_used_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.reason_code::text)::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.revoked_by_id || '"', 'null'), to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.source::text)::text, to_json(w.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_casefiles_caseaccess() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_casefiles_caseaccess() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON casefiles_caseaccess REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_caseaccess();
ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON casefiles_caseaccess REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_caseaccess();
ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON casefiles_caseaccess REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_caseaccess();
ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON casefiles_caseaccess FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_caseaccess();
ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_caseaccess FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON casefiles_historicalcaseaccess FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalcaseaccess ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_historicalcaseaccess FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalcaseaccess ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_casefiles_caseaccess(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.casefiles_caseaccess l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.casefiles_historicalcaseaccess h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'casefiles_caseaccess' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.casefiles_historicalcaseaccess h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"approved_by_id":%s,"expires_at":%s,"file_id":%s,"granted_by_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"last_used_at":%s,"reason_code":%s,"rev":%s,"revoked_at":%s,"revoked_by_id":%s,"sort_key":%s,"source":%s,"starts_at":%s,"user_id":%s}', coalesce('"' || h.approved_by_id || '"', 'null'), to_json(h.expires_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.file_id || '"', 'null'), coalesce('"' || h.granted_by_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce(to_json(h.last_used_at AT TIME ZONE 'UTC')::text, 'null'), to_json(h.reason_code::text)::text, h.rev::text, coalesce(to_json(h.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.revoked_by_id || '"', 'null'), to_json(h.sort_key AT TIME ZONE 'UTC')::text, to_json(h.source::text)::text, to_json(h.starts_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.casefiles_historicalcaseaccess h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.casefiles_caseaccess l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.source, l.reason_code, l.starts_at, l.expires_at, l.revoked_at, l.user_id, l.file_id, l.granted_by_id, l.approved_by_id, l.revoked_by_id) IS DISTINCT FROM (h.id, h.rev, h.source, h.reason_code, h.starts_at, h.expires_at, h.revoked_at, h.user_id, h.file_id, h.granted_by_id, h.approved_by_id, h.revoked_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'casefiles_caseaccess' AND NOT EXISTS (SELECT FROM public.casefiles_historicalcaseaccess h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_casefiles_caseaccess(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_casefiles_caseaccess(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON casefiles_caseaccess FOR EACH ROW EXECUTE FUNCTION guard.check_access(); ALTER TABLE casefiles_caseaccess ENABLE ALWAYS TRIGGER guard_stamp;

-- casefiles_casefile: content
REVOKE ALL ON casefiles_casefile FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON casefiles_casefile TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON casefiles_casefile TO ijm_keeper;
ALTER TABLE casefiles_casefile ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_casefile FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_casefile TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_casefile FOR SELECT TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON casefiles_casefile FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w');
CREATE POLICY guard_change ON casefiles_casefile FOR UPDATE TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON casefiles_historicalcasefile FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON casefiles_historicalcasefile TO ijm_app;
GRANT SELECT, INSERT ON casefiles_historicalcasefile TO ijm_keeper;
ALTER TABLE casefiles_historicalcasefile ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_historicalcasefile FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_historicalcasefile TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_historicalcasefile FOR SELECT TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_casefiles_casefile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'casefiles_casefile changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcasefile
      (id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.kind, c.status, c.is_sealed, c.opened_at, c.sort_key, c.opened_xid, c.office_id, c.opened_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c LEFT JOIN was o USING (id) WHERE (c.id, c.rev, c.code, c.kind, c.status, c.is_sealed, c.opened_at, c.opened_xid, c.office_id, c.opened_by_id) IS DISTINCT FROM (o.id, o.rev, o.code, o.kind, o.status, o.is_sealed, o.opened_at, o.opened_xid, o.office_id, o.opened_by_id) RETURNING *)
    SELECT string_agg(format('["casefiles_casefile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_sealed":%s,"kind":%s,"office_id":%s,"opened_at":%s,"opened_by_id":%s,"opened_xid":%s,"rev":%s,"sort_key":%s,"status":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_sealed::text, to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.opened_by_id || '"', 'null'), coalesce(to_json(w.opened_xid::text)::text, 'null'), w.rev::text, to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.status::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcasefile
      (id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["casefiles_casefile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_sealed":%s,"kind":%s,"office_id":%s,"opened_at":%s,"opened_by_id":%s,"opened_xid":%s,"rev":%s,"sort_key":%s,"status":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_sealed::text, to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.opened_by_id || '"', 'null'), coalesce(to_json(w.opened_xid::text)::text, 'null'), w.rev::text, to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.status::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalcasefile
      (id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["casefiles_casefile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_sealed":%s,"kind":%s,"office_id":%s,"opened_at":%s,"opened_by_id":%s,"opened_xid":%s,"rev":%s,"sort_key":%s,"status":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_sealed::text, to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.opened_by_id || '"', 'null'), coalesce(to_json(w.opened_xid::text)::text, 'null'), w.rev::text, to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.status::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.casefiles_historicalcasefile
      (id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, status, is_sealed, opened_at, sort_key, opened_xid, office_id, opened_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.casefiles_casefile RETURNING *)
    SELECT string_agg(format('["casefiles_casefile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_sealed":%s,"kind":%s,"office_id":%s,"opened_at":%s,"opened_by_id":%s,"opened_xid":%s,"rev":%s,"sort_key":%s,"status":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_sealed::text, to_json(w.kind::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.opened_by_id || '"', 'null'), coalesce(to_json(w.opened_xid::text)::text, 'null'), w.rev::text, to_json(w.sort_key AT TIME ZONE 'UTC')::text, to_json(w.status::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_casefiles_casefile() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_casefiles_casefile() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON casefiles_casefile REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_casefile();
ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON casefiles_casefile REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_casefile();
ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON casefiles_casefile REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_casefile();
ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON casefiles_casefile FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_casefile();
ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_casefile FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON casefiles_historicalcasefile FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalcasefile ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_historicalcasefile FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalcasefile ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_casefiles_casefile(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.casefiles_casefile l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.casefiles_historicalcasefile h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'casefiles_casefile' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.casefiles_historicalcasefile h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_sealed":%s,"kind":%s,"office_id":%s,"opened_at":%s,"opened_by_id":%s,"opened_xid":%s,"rev":%s,"sort_key":%s,"status":%s}', to_json(h.code::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_sealed::text, to_json(h.kind::text)::text, coalesce('"' || h.office_id || '"', 'null'), to_json(h.opened_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.opened_by_id || '"', 'null'), coalesce(to_json(h.opened_xid::text)::text, 'null'), h.rev::text, to_json(h.sort_key AT TIME ZONE 'UTC')::text, to_json(h.status::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.casefiles_historicalcasefile h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.casefiles_casefile l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.kind, l.status, l.is_sealed, l.opened_at, l.opened_xid, l.office_id, l.opened_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.kind, h.status, h.is_sealed, h.opened_at, h.opened_xid, h.office_id, h.opened_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'casefiles_casefile' AND NOT EXISTS (SELECT FROM public.casefiles_historicalcasefile h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_casefiles_casefile(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_casefiles_casefile(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON casefiles_casefile FOR EACH ROW EXECUTE FUNCTION guard.stamp_file(); ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_stamp;
INSERT INTO guard.transition VALUES ('casefiles_casefile', 'status', '', 'open'), ('casefiles_casefile', 'status', 'closed', 'open'), ('casefiles_casefile', 'status', 'open', 'closed');
CREATE TRIGGER guard_state_status BEFORE INSERT OR UPDATE ON casefiles_casefile FOR EACH ROW EXECUTE FUNCTION guard.check_transition('status'); ALTER TABLE casefiles_casefile ENABLE ALWAYS TRIGGER guard_state_status;

-- casefiles_delivery: office
REVOKE ALL ON casefiles_delivery FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, UPDATE (rev, state, taken_by_id, taken_at) ON casefiles_delivery TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON casefiles_delivery TO ijm_keeper;
ALTER TABLE casefiles_delivery ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_delivery TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_delivery FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_change ON casefiles_delivery FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON casefiles_historicaldelivery FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON casefiles_historicaldelivery TO ijm_app;
GRANT SELECT, INSERT ON casefiles_historicaldelivery TO ijm_keeper;
ALTER TABLE casefiles_historicaldelivery ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_historicaldelivery FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_historicaldelivery TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_historicaldelivery FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_casefiles_delivery() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'casefiles_delivery changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicaldelivery
      (id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.payload, c.state, c.sent_at, c.taken_at, c.file_id, c.sent_by_id, c.taken_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["casefiles_delivery","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"payload":%s,"rev":%s,"sent_at":%s,"sent_by_id":%s,"state":%s,"taken_at":%s,"taken_by_id":%s}', coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.payload::text)::text, w.rev::text, to_json(w.sent_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.sent_by_id || '"', 'null'), to_json(w.state::text)::text, coalesce(to_json(w.taken_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.taken_by_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.casefiles_historicaldelivery
      (id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["casefiles_delivery","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"payload":%s,"rev":%s,"sent_at":%s,"sent_by_id":%s,"state":%s,"taken_at":%s,"taken_by_id":%s}', coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.payload::text)::text, w.rev::text, to_json(w.sent_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.sent_by_id || '"', 'null'), to_json(w.state::text)::text, coalesce(to_json(w.taken_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.taken_by_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicaldelivery
      (id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["casefiles_delivery","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"payload":%s,"rev":%s,"sent_at":%s,"sent_by_id":%s,"state":%s,"taken_at":%s,"taken_by_id":%s}', coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.payload::text)::text, w.rev::text, to_json(w.sent_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.sent_by_id || '"', 'null'), to_json(w.state::text)::text, coalesce(to_json(w.taken_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.taken_by_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.casefiles_historicaldelivery
      (id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, payload, state, sent_at, taken_at, file_id, sent_by_id, taken_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.casefiles_delivery RETURNING *)
    SELECT string_agg(format('["casefiles_delivery","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"payload":%s,"rev":%s,"sent_at":%s,"sent_by_id":%s,"state":%s,"taken_at":%s,"taken_by_id":%s}', coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, to_json(w.payload::text)::text, w.rev::text, to_json(w.sent_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.sent_by_id || '"', 'null'), to_json(w.state::text)::text, coalesce(to_json(w.taken_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.taken_by_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_casefiles_delivery() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_casefiles_delivery() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON casefiles_delivery REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_delivery();
ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON casefiles_delivery REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_delivery();
ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON casefiles_delivery REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_delivery();
ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON casefiles_delivery FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_delivery();
ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_delivery FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON casefiles_historicaldelivery FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicaldelivery ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_historicaldelivery FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicaldelivery ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_casefiles_delivery(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.casefiles_delivery l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.casefiles_historicaldelivery h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'casefiles_delivery' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.casefiles_historicaldelivery h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"payload":%s,"rev":%s,"sent_at":%s,"sent_by_id":%s,"state":%s,"taken_at":%s,"taken_by_id":%s}', coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, to_json(h.payload::text)::text, h.rev::text, to_json(h.sent_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.sent_by_id || '"', 'null'), to_json(h.state::text)::text, coalesce(to_json(h.taken_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.taken_by_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.casefiles_historicaldelivery h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.casefiles_delivery l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.payload, l.state, l.sent_at, l.taken_at, l.file_id, l.sent_by_id, l.taken_by_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.payload, h.state, h.sent_at, h.taken_at, h.file_id, h.sent_by_id, h.taken_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'casefiles_delivery' AND NOT EXISTS (SELECT FROM public.casefiles_historicaldelivery h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_casefiles_delivery(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_casefiles_delivery(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('casefiles_delivery', 'state', '', 'waiting'), ('casefiles_delivery', 'state', 'waiting', 'taken');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON casefiles_delivery FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE casefiles_delivery ENABLE ALWAYS TRIGGER guard_state_state;

-- casefiles_filelink: office
REVOKE ALL ON casefiles_filelink FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON casefiles_filelink TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON casefiles_filelink TO ijm_keeper;
ALTER TABLE casefiles_filelink ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_filelink FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_filelink TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_filelink FOR SELECT TO ijm_app USING (a_id = ANY (ARRAY(SELECT guard.my_files())) AND b_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON casefiles_filelink FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (a_id = ANY (ARRAY(SELECT guard.my_files())) OR a_id = ANY (ARRAY(SELECT guard.files_opened_now()))));
REVOKE ALL ON casefiles_historicalfilelink FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON casefiles_historicalfilelink TO ijm_app;
GRANT SELECT, INSERT ON casefiles_historicalfilelink TO ijm_keeper;
ALTER TABLE casefiles_historicalfilelink ENABLE ROW LEVEL SECURITY; ALTER TABLE casefiles_historicalfilelink FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON casefiles_historicalfilelink TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON casefiles_historicalfilelink FOR SELECT TO ijm_app USING (a_id = ANY (ARRAY(SELECT guard.my_files())) AND b_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_casefiles_filelink() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'casefiles_filelink changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalfilelink
      (id, rev, kind, a_id, b_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.a_id, c.b_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["casefiles_filelink","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"a_id":%s,"b_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"rev":%s}', coalesce('"' || w.a_id || '"', 'null'), coalesce('"' || w.b_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalfilelink
      (id, rev, kind, a_id, b_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, a_id, b_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["casefiles_filelink","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"a_id":%s,"b_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"rev":%s}', coalesce('"' || w.a_id || '"', 'null'), coalesce('"' || w.b_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.casefiles_historicalfilelink
      (id, rev, kind, a_id, b_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, a_id, b_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["casefiles_filelink","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"a_id":%s,"b_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"rev":%s}', coalesce('"' || w.a_id || '"', 'null'), coalesce('"' || w.b_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.casefiles_historicalfilelink
      (id, rev, kind, a_id, b_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, a_id, b_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.casefiles_filelink RETURNING *)
    SELECT string_agg(format('["casefiles_filelink","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"a_id":%s,"b_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"rev":%s}', coalesce('"' || w.a_id || '"', 'null'), coalesce('"' || w.b_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_casefiles_filelink() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_casefiles_filelink() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON casefiles_filelink REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_filelink();
ALTER TABLE casefiles_filelink ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON casefiles_filelink REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_filelink();
ALTER TABLE casefiles_filelink ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON casefiles_filelink REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_filelink();
ALTER TABLE casefiles_filelink ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON casefiles_filelink FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_casefiles_filelink();
ALTER TABLE casefiles_filelink ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_filelink FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_filelink ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON casefiles_historicalfilelink FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalfilelink ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON casefiles_historicalfilelink FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE casefiles_historicalfilelink ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_casefiles_filelink(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.casefiles_filelink l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.casefiles_historicalfilelink h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'casefiles_filelink' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.casefiles_historicalfilelink h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"a_id":%s,"b_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"rev":%s}', coalesce('"' || h.a_id || '"', 'null'), coalesce('"' || h.b_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.casefiles_historicalfilelink h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.casefiles_filelink l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.a_id, l.b_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.a_id, h.b_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'casefiles_filelink' AND NOT EXISTS (SELECT FROM public.casefiles_historicalfilelink h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_casefiles_filelink(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_casefiles_filelink(uuid, int) TO ijm_audit;
RESET ROLE;

-- desk_keychange: office
REVOKE ALL ON desk_keychange FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, work, run, rotated, remaining, failed, ended_at) ON desk_keychange TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON desk_keychange TO ijm_keeper;
ALTER TABLE desk_keychange ENABLE ROW LEVEL SECURITY; ALTER TABLE desk_keychange FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON desk_keychange TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON desk_keychange FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
CREATE POLICY guard_add ON desk_keychange FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid())));
CREATE POLICY guard_change ON desk_keychange FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['ADMINISTRATOR'])) AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id)) WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['ADMINISTRATOR'])) AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
REVOKE ALL ON desk_historicalkeychange FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON desk_historicalkeychange TO ijm_app;
GRANT SELECT, INSERT ON desk_historicalkeychange TO ijm_keeper;
ALTER TABLE desk_historicalkeychange ENABLE ROW LEVEL SECURITY; ALTER TABLE desk_historicalkeychange FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON desk_historicalkeychange TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON desk_historicalkeychange FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_desk_keychange() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'desk_keychange changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.desk_historicalkeychange
      (id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.kind, c.target, c.work, c.run, c.rotated, c.remaining, c.failed, c.ended_at, c.request_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["desk_keychange","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"ended_at":%s,"failed":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"remaining":%s,"request_id":%s,"rev":%s,"rotated":%s,"run":%s,"target":%s,"work":%s}', to_json(w.code::text)::text, coalesce(to_json(w.ended_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(w.failed::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce(w.remaining::text, 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, coalesce(w.rotated::text, 'null'), coalesce('"' || w.run || '"', 'null'), to_json(w.target::text)::text, to_json(w.work::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.desk_historicalkeychange
      (id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["desk_keychange","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"ended_at":%s,"failed":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"remaining":%s,"request_id":%s,"rev":%s,"rotated":%s,"run":%s,"target":%s,"work":%s}', to_json(w.code::text)::text, coalesce(to_json(w.ended_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(w.failed::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce(w.remaining::text, 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, coalesce(w.rotated::text, 'null'), coalesce('"' || w.run || '"', 'null'), to_json(w.target::text)::text, to_json(w.work::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.desk_historicalkeychange
      (id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["desk_keychange","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"ended_at":%s,"failed":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"remaining":%s,"request_id":%s,"rev":%s,"rotated":%s,"run":%s,"target":%s,"work":%s}', to_json(w.code::text)::text, coalesce(to_json(w.ended_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(w.failed::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce(w.remaining::text, 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, coalesce(w.rotated::text, 'null'), coalesce('"' || w.run || '"', 'null'), to_json(w.target::text)::text, to_json(w.work::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.desk_historicalkeychange
      (id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, target, work, run, rotated, remaining, failed, ended_at, request_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.desk_keychange RETURNING *)
    SELECT string_agg(format('["desk_keychange","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"ended_at":%s,"failed":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"remaining":%s,"request_id":%s,"rev":%s,"rotated":%s,"run":%s,"target":%s,"work":%s}', to_json(w.code::text)::text, coalesce(to_json(w.ended_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(w.failed::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce(w.remaining::text, 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, coalesce(w.rotated::text, 'null'), coalesce('"' || w.run || '"', 'null'), to_json(w.target::text)::text, to_json(w.work::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_desk_keychange() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_desk_keychange() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON desk_keychange REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_keychange();
ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON desk_keychange REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_keychange();
ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON desk_keychange REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_keychange();
ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON desk_keychange FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_keychange();
ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON desk_keychange FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON desk_historicalkeychange FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_historicalkeychange ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON desk_historicalkeychange FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_historicalkeychange ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_desk_keychange(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.desk_keychange l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.desk_historicalkeychange h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'desk_keychange' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.desk_historicalkeychange h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"ended_at":%s,"failed":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"remaining":%s,"request_id":%s,"rev":%s,"rotated":%s,"run":%s,"target":%s,"work":%s}', to_json(h.code::text)::text, coalesce(to_json(h.ended_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(h.failed::text, 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, coalesce(h.remaining::text, 'null'), coalesce('"' || h.request_id || '"', 'null'), h.rev::text, coalesce(h.rotated::text, 'null'), coalesce('"' || h.run || '"', 'null'), to_json(h.target::text)::text, to_json(h.work::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.desk_historicalkeychange h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.desk_keychange l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.kind, l.target, l.work, l.run, l.rotated, l.remaining, l.failed, l.ended_at, l.request_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.kind, h.target, h.work, h.run, h.rotated, h.remaining, h.failed, h.ended_at, h.request_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'desk_keychange' AND NOT EXISTS (SELECT FROM public.desk_historicalkeychange h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_desk_keychange(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_desk_keychange(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('desk_keychange', 'work', '', 'waiting'), ('desk_keychange', 'work', 'left', 'running'), ('desk_keychange', 'work', 'running', 'done'), ('desk_keychange', 'work', 'running', 'left'), ('desk_keychange', 'work', 'waiting', 'running');
CREATE TRIGGER guard_state_work BEFORE INSERT OR UPDATE ON desk_keychange FOR EACH ROW EXECUTE FUNCTION guard.check_transition('work'); ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_state_work;
CREATE TRIGGER guard_agreed_work BEFORE INSERT OR UPDATE ON desk_keychange FOR EACH ROW EXECUTE FUNCTION guard.check_agreed('work', 'running'); ALTER TABLE desk_keychange ENABLE ALWAYS TRIGGER guard_agreed_work;

-- desk_pin: private
REVOKE ALL ON desk_pin FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON desk_pin TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk_pin TO ijm_keeper;
ALTER TABLE desk_pin ENABLE ROW LEVEL SECURITY; ALTER TABLE desk_pin FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON desk_pin TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON desk_pin FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON desk_pin FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON desk_pin FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON desk_pin FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- desk_savedfilter: office
REVOKE ALL ON desk_savedfilter FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, is_shared, removed_at) ON desk_savedfilter TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON desk_savedfilter TO ijm_keeper;
ALTER TABLE desk_savedfilter ENABLE ROW LEVEL SECURITY; ALTER TABLE desk_savedfilter FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON desk_savedfilter TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON desk_savedfilter FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()) OR (is_shared AND removed_at IS NULL AND office_id = (SELECT u.office_id FROM accounts_user u WHERE u.id = (SELECT guard.uid()))));
CREATE POLICY guard_add ON desk_savedfilter FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid()) AND office_id = (SELECT u.office_id FROM accounts_user u WHERE u.id = (SELECT guard.uid())));
CREATE POLICY guard_change ON desk_savedfilter FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid()));
REVOKE ALL ON desk_historicalsavedfilter FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON desk_historicalsavedfilter TO ijm_app;
GRANT SELECT, INSERT ON desk_historicalsavedfilter TO ijm_keeper;
ALTER TABLE desk_historicalsavedfilter ENABLE ROW LEVEL SECURITY; ALTER TABLE desk_historicalsavedfilter FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON desk_historicalsavedfilter TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON desk_historicalsavedfilter FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()) OR (is_shared AND removed_at IS NULL AND office_id = (SELECT u.office_id FROM accounts_user u WHERE u.id = (SELECT guard.uid()))));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_desk_savedfilter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'desk_savedfilter changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.desk_historicalsavedfilter
      (id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.listing, c.query, c.is_shared, c.made_at, c.removed_at, c.owner_id, c.office_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["desk_savedfilter","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_shared":%s,"listing":%s,"made_at":%s,"office_id":%s,"owner_id":%s,"query":%s,"removed_at":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_shared::text, to_json(w.listing::text)::text, to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.owner_id || '"', 'null'), to_json(w.query::text)::text, coalesce(to_json(w.removed_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.desk_historicalsavedfilter
      (id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["desk_savedfilter","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_shared":%s,"listing":%s,"made_at":%s,"office_id":%s,"owner_id":%s,"query":%s,"removed_at":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_shared::text, to_json(w.listing::text)::text, to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.owner_id || '"', 'null'), to_json(w.query::text)::text, coalesce(to_json(w.removed_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.desk_historicalsavedfilter
      (id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["desk_savedfilter","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_shared":%s,"listing":%s,"made_at":%s,"office_id":%s,"owner_id":%s,"query":%s,"removed_at":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_shared::text, to_json(w.listing::text)::text, to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.owner_id || '"', 'null'), to_json(w.query::text)::text, coalesce(to_json(w.removed_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.desk_historicalsavedfilter
      (id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, listing, query, is_shared, made_at, removed_at, owner_id, office_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.desk_savedfilter RETURNING *)
    SELECT string_agg(format('["desk_savedfilter","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_shared":%s,"listing":%s,"made_at":%s,"office_id":%s,"owner_id":%s,"query":%s,"removed_at":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_shared::text, to_json(w.listing::text)::text, to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.owner_id || '"', 'null'), to_json(w.query::text)::text, coalesce(to_json(w.removed_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_desk_savedfilter() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_desk_savedfilter() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON desk_savedfilter REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_savedfilter();
ALTER TABLE desk_savedfilter ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON desk_savedfilter REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_savedfilter();
ALTER TABLE desk_savedfilter ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON desk_savedfilter REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_savedfilter();
ALTER TABLE desk_savedfilter ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON desk_savedfilter FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_desk_savedfilter();
ALTER TABLE desk_savedfilter ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON desk_savedfilter FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_savedfilter ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON desk_historicalsavedfilter FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_historicalsavedfilter ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON desk_historicalsavedfilter FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE desk_historicalsavedfilter ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_desk_savedfilter(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.desk_savedfilter l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.desk_historicalsavedfilter h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'desk_savedfilter' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.desk_historicalsavedfilter h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_shared":%s,"listing":%s,"made_at":%s,"office_id":%s,"owner_id":%s,"query":%s,"removed_at":%s,"rev":%s}', coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_shared::text, to_json(h.listing::text)::text, to_json(h.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.office_id || '"', 'null'), coalesce('"' || h.owner_id || '"', 'null'), to_json(h.query::text)::text, coalesce(to_json(h.removed_at AT TIME ZONE 'UTC')::text, 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.desk_historicalsavedfilter h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.desk_savedfilter l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.listing, l.query, l.is_shared, l.made_at, l.removed_at, l.owner_id, l.office_id) IS DISTINCT FROM (h.id, h.rev, h.listing, h.query, h.is_shared, h.made_at, h.removed_at, h.owner_id, h.office_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'desk_savedfilter' AND NOT EXISTS (SELECT FROM public.desk_historicalsavedfilter h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_desk_savedfilter(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_desk_savedfilter(uuid, int) TO ijm_audit;
RESET ROLE;

-- documents_copy: private
REVOKE ALL ON documents_copy FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON documents_copy TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON documents_copy TO ijm_keeper;
ALTER TABLE documents_copy ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_copy TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_copy FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON documents_copy FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON documents_copy FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON documents_copy FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- documents_issued: machinery
REVOKE ALL ON documents_issued FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON documents_issued TO ijm_app;

-- documents_measurement: office
REVOKE ALL ON documents_measurement FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, is_same, trouble, measured_at) ON documents_measurement TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON documents_measurement TO ijm_keeper;
ALTER TABLE documents_measurement ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_measurement FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_measurement TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_measurement FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON documents_measurement FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())) AND asked_by_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON documents_measurement FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())) AND asked_by_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())) AND asked_by_id = (SELECT guard.uid()));
REVOKE ALL ON documents_historicalmeasurement FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON documents_historicalmeasurement TO ijm_app;
GRANT SELECT, INSERT ON documents_historicalmeasurement TO ijm_keeper;
ALTER TABLE documents_historicalmeasurement ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_historicalmeasurement FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_historicalmeasurement TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_historicalmeasurement FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_documents_measurement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'documents_measurement changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.documents_historicalmeasurement
      (id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.asked_at, c.is_same, c.trouble, c.measured_at, c.file_id, c.stored_id, c.asked_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["documents_measurement","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_same":%s,"measured_at":%s,"rev":%s,"stored_id":%s,"trouble":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(w.is_same::text, 'null'), coalesce(to_json(w.measured_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.stored_id || '"', 'null'), to_json(w.trouble::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.documents_historicalmeasurement
      (id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["documents_measurement","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_same":%s,"measured_at":%s,"rev":%s,"stored_id":%s,"trouble":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(w.is_same::text, 'null'), coalesce(to_json(w.measured_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.stored_id || '"', 'null'), to_json(w.trouble::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.documents_historicalmeasurement
      (id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["documents_measurement","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_same":%s,"measured_at":%s,"rev":%s,"stored_id":%s,"trouble":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(w.is_same::text, 'null'), coalesce(to_json(w.measured_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.stored_id || '"', 'null'), to_json(w.trouble::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.documents_historicalmeasurement
      (id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, asked_at, is_same, trouble, measured_at, file_id, stored_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.documents_measurement RETURNING *)
    SELECT string_agg(format('["documents_measurement","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_same":%s,"measured_at":%s,"rev":%s,"stored_id":%s,"trouble":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(w.is_same::text, 'null'), coalesce(to_json(w.measured_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.stored_id || '"', 'null'), to_json(w.trouble::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_documents_measurement() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_documents_measurement() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON documents_measurement REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_measurement();
ALTER TABLE documents_measurement ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON documents_measurement REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_measurement();
ALTER TABLE documents_measurement ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON documents_measurement REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_measurement();
ALTER TABLE documents_measurement ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON documents_measurement FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_measurement();
ALTER TABLE documents_measurement ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_measurement FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_measurement ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON documents_historicalmeasurement FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalmeasurement ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_historicalmeasurement FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalmeasurement ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_documents_measurement(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.documents_measurement l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.documents_historicalmeasurement h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'documents_measurement' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.documents_historicalmeasurement h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_same":%s,"measured_at":%s,"rev":%s,"stored_id":%s,"trouble":%s}', to_json(h.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.asked_by_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce(h.is_same::text, 'null'), coalesce(to_json(h.measured_at AT TIME ZONE 'UTC')::text, 'null'), h.rev::text, coalesce('"' || h.stored_id || '"', 'null'), to_json(h.trouble::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.documents_historicalmeasurement h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.documents_measurement l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.asked_at, l.is_same, l.trouble, l.measured_at, l.file_id, l.stored_id, l.asked_by_id) IS DISTINCT FROM (h.id, h.rev, h.asked_at, h.is_same, h.trouble, h.measured_at, h.file_id, h.stored_id, h.asked_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'documents_measurement' AND NOT EXISTS (SELECT FROM public.documents_historicalmeasurement h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_documents_measurement(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_documents_measurement(uuid, int) TO ijm_audit;
RESET ROLE;

-- documents_paper: office
REVOKE ALL ON documents_paper FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON documents_paper TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON documents_paper TO ijm_keeper;
ALTER TABLE documents_paper ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_paper FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_paper TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_paper FOR SELECT TO ijm_app USING ((file_id = ANY (ARRAY(SELECT guard.my_files()))) OR (file_id IS NULL AND printed_by_id = (SELECT guard.uid())));
CREATE POLICY guard_add ON documents_paper FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND printed_by_id = (SELECT guard.uid()) AND (file_id IS NULL OR file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now()))));
REVOKE ALL ON documents_historicalpaper FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON documents_historicalpaper TO ijm_app;
GRANT SELECT, INSERT ON documents_historicalpaper TO ijm_keeper;
ALTER TABLE documents_historicalpaper ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_historicalpaper FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_historicalpaper TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_historicalpaper FOR SELECT TO ijm_app USING ((file_id = ANY (ARRAY(SELECT guard.my_files()))) OR (file_id IS NULL AND printed_by_id = (SELECT guard.uid())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_documents_paper() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'documents_paper changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.documents_historicalpaper
      (id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.number, c.template, c.language, c.format, c.about_code, c.source, c.rows, c.is_named, c.printed_at, c.digest, c.mark, c.narrative, c.narrative_rev, c.narrative_key, c.office_id, c.file_id, c.alias_id, c.printed_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["documents_paper","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"alias_id":%s,"code":%s,"digest":%s,"file_id":%s,"format":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_named":%s,"language":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"number":%s,"office_id":%s,"printed_at":%s,"printed_by_id":%s,"rev":%s,"rows":%s,"source":%s,"template":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.format::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_named::text, to_json(w.language::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.number::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.printed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.printed_by_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.template::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.documents_historicalpaper
      (id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["documents_paper","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"alias_id":%s,"code":%s,"digest":%s,"file_id":%s,"format":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_named":%s,"language":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"number":%s,"office_id":%s,"printed_at":%s,"printed_by_id":%s,"rev":%s,"rows":%s,"source":%s,"template":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.format::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_named::text, to_json(w.language::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.number::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.printed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.printed_by_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.template::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.documents_historicalpaper
      (id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["documents_paper","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"alias_id":%s,"code":%s,"digest":%s,"file_id":%s,"format":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_named":%s,"language":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"number":%s,"office_id":%s,"printed_at":%s,"printed_by_id":%s,"rev":%s,"rows":%s,"source":%s,"template":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.format::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_named::text, to_json(w.language::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.number::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.printed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.printed_by_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.template::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.documents_historicalpaper
      (id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, number, template, language, format, about_code, source, rows, is_named, printed_at, digest, mark, narrative, narrative_rev, narrative_key, office_id, file_id, alias_id, printed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.documents_paper RETURNING *)
    SELECT string_agg(format('["documents_paper","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"alias_id":%s,"code":%s,"digest":%s,"file_id":%s,"format":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_named":%s,"language":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"number":%s,"office_id":%s,"printed_at":%s,"printed_by_id":%s,"rev":%s,"rows":%s,"source":%s,"template":%s}', to_json(w.about_code::text)::text, coalesce('"' || w.alias_id || '"', 'null'), to_json(w.code::text)::text, to_json(w.digest::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.format::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_named::text, to_json(w.language::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.number::text)::text, coalesce('"' || w.office_id || '"', 'null'), to_json(w.printed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.printed_by_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.template::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_documents_paper() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_documents_paper() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON documents_paper REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_paper();
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON documents_paper REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_paper();
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON documents_paper REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_paper();
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON documents_paper FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_paper();
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_paper FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON documents_historicalpaper FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalpaper ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_historicalpaper FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalpaper ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_documents_paper(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.documents_paper l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.documents_historicalpaper h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'documents_paper' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.documents_historicalpaper h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"alias_id":%s,"code":%s,"digest":%s,"file_id":%s,"format":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_named":%s,"language":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"number":%s,"office_id":%s,"printed_at":%s,"printed_by_id":%s,"rev":%s,"rows":%s,"source":%s,"template":%s}', to_json(h.about_code::text)::text, coalesce('"' || h.alias_id || '"', 'null'), to_json(h.code::text)::text, to_json(h.digest::text)::text, coalesce('"' || h.file_id || '"', 'null'), to_json(h.format::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_named::text, to_json(h.language::text)::text, to_json(h.mark::text)::text, coalesce('"' || guard.before_keys('documents_historicalpaper', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, to_json(h.number::text)::text, coalesce('"' || h.office_id || '"', 'null'), to_json(h.printed_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.printed_by_id || '"', 'null'), h.rev::text, h.rows::text, to_json(h.source::text)::text, to_json(h.template::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.documents_historicalpaper h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.documents_paper l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.number, l.template, l.language, l.format, l.about_code, l.source, l.rows, l.is_named, l.printed_at, l.digest, l.mark, l.narrative_rev, l.office_id, l.file_id, l.alias_id, l.printed_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.number, h.template, h.language, h.format, h.about_code, h.source, h.rows, h.is_named, h.printed_at, h.digest, h.mark, h.narrative_rev, h.office_id, h.file_id, h.alias_id, h.printed_by_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('documents_paper', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('documents_historicalpaper', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.documents_historicalpaper h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'documents_paper' AND NOT EXISTS (SELECT FROM public.documents_historicalpaper h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_documents_paper(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_documents_paper(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON documents_paper TO ijm_rotor;
CREATE POLICY guard_rotor_see ON documents_paper FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON documents_paper FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON documents_paper FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON documents_paper REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative');
ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE documents_paper ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON documents_historicalpaper TO ijm_rotor;
CREATE POLICY guard_rotor_see ON documents_historicalpaper FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON documents_historicalpaper FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON documents_historicalpaper FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON documents_historicalpaper REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative');
ALTER TABLE documents_historicalpaper ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE documents_historicalpaper ENABLE ALWAYS TRIGGER guard_told;

-- documents_storedfile: office
REVOKE ALL ON documents_storedfile FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, about, narrative, narrative_rev, narrative_key) ON documents_storedfile TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON documents_storedfile TO ijm_keeper;
ALTER TABLE documents_storedfile ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_storedfile FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_storedfile TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_storedfile FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON documents_storedfile FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now()))) AND added_by_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON documents_storedfile FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON documents_historicalstoredfile FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON documents_historicalstoredfile TO ijm_app;
GRANT SELECT, INSERT ON documents_historicalstoredfile TO ijm_keeper;
ALTER TABLE documents_historicalstoredfile ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_historicalstoredfile FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_historicalstoredfile TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_historicalstoredfile FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_documents_storedfile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'documents_storedfile changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.documents_historicalstoredfile
      (id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.about, c.media, c.size, c.stored, c.sha256, c.storage, c.added_at, c.narrative, c.evidence, c.narrative_rev, c.narrative_key, c.evidence_rev, c.evidence_key, c.file_id, c.added_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["documents_storedfile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"added_at":%s,"added_by_id":%s,"code":%s,"evidence":%s,"evidence_rev":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"media":%s,"narrative":%s,"narrative_rev":%s,"rev":%s,"sha256":%s,"size":%s,"storage":%s,"stored":%s}', to_json(w.about::text)::text, to_json(w.added_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.added_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || encode(sha256(w.evidence), 'hex') || '"', 'null'), w.evidence_rev::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.media::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, w.rev::text, to_json(w.sha256::text)::text, w.size::text, to_json(w.storage::text)::text, w.stored::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.evidence IS NOT NULL AND w.evidence IS DISTINCT FROM o.evidence THEN format('"evidence":"%s:%s"', w.evidence_rev, encode(sha256(w.evidence), 'hex')) END, CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.documents_historicalstoredfile
      (id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["documents_storedfile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"added_at":%s,"added_by_id":%s,"code":%s,"evidence":%s,"evidence_rev":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"media":%s,"narrative":%s,"narrative_rev":%s,"rev":%s,"sha256":%s,"size":%s,"storage":%s,"stored":%s}', to_json(w.about::text)::text, to_json(w.added_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.added_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || encode(sha256(w.evidence), 'hex') || '"', 'null'), w.evidence_rev::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.media::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, w.rev::text, to_json(w.sha256::text)::text, w.size::text, to_json(w.storage::text)::text, w.stored::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.evidence IS NOT NULL THEN format('"evidence":"%s:%s"', w.evidence_rev, encode(sha256(w.evidence), 'hex')) END, CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.documents_historicalstoredfile
      (id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["documents_storedfile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"added_at":%s,"added_by_id":%s,"code":%s,"evidence":%s,"evidence_rev":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"media":%s,"narrative":%s,"narrative_rev":%s,"rev":%s,"sha256":%s,"size":%s,"storage":%s,"stored":%s}', to_json(w.about::text)::text, to_json(w.added_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.added_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || encode(sha256(w.evidence), 'hex') || '"', 'null'), w.evidence_rev::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.media::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, w.rev::text, to_json(w.sha256::text)::text, w.size::text, to_json(w.storage::text)::text, w.stored::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.documents_historicalstoredfile
      (id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, about, media, size, stored, sha256, storage, added_at, narrative, evidence, narrative_rev, narrative_key, evidence_rev, evidence_key, file_id, added_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.documents_storedfile RETURNING *)
    SELECT string_agg(format('["documents_storedfile","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about":%s,"added_at":%s,"added_by_id":%s,"code":%s,"evidence":%s,"evidence_rev":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"media":%s,"narrative":%s,"narrative_rev":%s,"rev":%s,"sha256":%s,"size":%s,"storage":%s,"stored":%s}', to_json(w.about::text)::text, to_json(w.added_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.added_by_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || encode(sha256(w.evidence), 'hex') || '"', 'null'), w.evidence_rev::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.media::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, w.rev::text, to_json(w.sha256::text)::text, w.size::text, to_json(w.storage::text)::text, w.stored::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_documents_storedfile() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_documents_storedfile() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON documents_storedfile REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_storedfile();
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON documents_storedfile REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_storedfile();
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON documents_storedfile REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_storedfile();
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON documents_storedfile FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_documents_storedfile();
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_storedfile FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON documents_historicalstoredfile FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalstoredfile ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON documents_historicalstoredfile FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE documents_historicalstoredfile ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_documents_storedfile(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.documents_storedfile l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.documents_historicalstoredfile h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'documents_storedfile' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.documents_historicalstoredfile h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about":%s,"added_at":%s,"added_by_id":%s,"code":%s,"evidence":%s,"evidence_rev":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"media":%s,"narrative":%s,"narrative_rev":%s,"rev":%s,"sha256":%s,"size":%s,"storage":%s,"stored":%s}', to_json(h.about::text)::text, to_json(h.added_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.added_by_id || '"', 'null'), to_json(h.code::text)::text, coalesce('"' || guard.before_keys('documents_historicalstoredfile', h.history_id, 'evidence', encode(sha256(h.evidence), 'hex')) || '"', 'null'), h.evidence_rev::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.media::text)::text, coalesce('"' || guard.before_keys('documents_historicalstoredfile', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, h.rev::text, to_json(h.sha256::text)::text, h.size::text, to_json(h.storage::text)::text, h.stored::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.documents_historicalstoredfile h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.documents_storedfile l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.about, l.media, l.size, l.stored, l.sha256, l.storage, l.added_at, l.narrative_rev, l.evidence_rev, l.file_id, l.added_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.about, h.media, h.size, h.stored, h.sha256, h.storage, h.added_at, h.narrative_rev, h.evidence_rev, h.file_id, h.added_by_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('documents_storedfile', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('documents_historicalstoredfile', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex'))) OR (l.evidence IS DISTINCT FROM h.evidence AND guard.before_keys('documents_storedfile', l.id, 'evidence', encode(sha256(l.evidence), 'hex')) IS DISTINCT FROM guard.before_keys('documents_historicalstoredfile', h.history_id, 'evidence', encode(sha256(h.evidence), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before OR h.evidence_rev < max(h.evidence_rev) OVER before AS falls FROM public.documents_historicalstoredfile h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'documents_storedfile' AND NOT EXISTS (SELECT FROM public.documents_historicalstoredfile h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_documents_storedfile(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_documents_storedfile(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key, evidence, evidence_rev, evidence_key), UPDATE (narrative, narrative_key, evidence, evidence_key) ON documents_storedfile TO ijm_rotor;
CREATE POLICY guard_rotor_see ON documents_storedfile FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON documents_storedfile FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON documents_storedfile FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative', 'evidence');
CREATE TRIGGER guard_told AFTER UPDATE ON documents_storedfile REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative', 'evidence');
ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE documents_storedfile ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key, evidence, evidence_rev, evidence_key), UPDATE (narrative, narrative_key, evidence, evidence_key) ON documents_historicalstoredfile TO ijm_rotor;
CREATE POLICY guard_rotor_see ON documents_historicalstoredfile FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON documents_historicalstoredfile FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON documents_historicalstoredfile FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative', 'evidence');
CREATE TRIGGER guard_told AFTER UPDATE ON documents_historicalstoredfile REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative', 'evidence');
ALTER TABLE documents_historicalstoredfile ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE documents_historicalstoredfile ENABLE ALWAYS TRIGGER guard_told;

-- documents_wanted: private
REVOKE ALL ON documents_wanted FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON documents_wanted TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON documents_wanted TO ijm_keeper;
ALTER TABLE documents_wanted ENABLE ROW LEVEL SECURITY; ALTER TABLE documents_wanted FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON documents_wanted TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON documents_wanted FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON documents_wanted FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON documents_wanted FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON documents_wanted FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- erasures_erasure: office
REVOKE ALL ON erasures_erasure FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, step, certificate, done_at, effective_on, keys, issued_id) ON erasures_erasure TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON erasures_erasure TO ijm_keeper;
ALTER TABLE erasures_erasure ENABLE ROW LEVEL SECURITY; ALTER TABLE erasures_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON erasures_erasure TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON erasures_erasure FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
CREATE POLICY guard_add ON erasures_erasure FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid())));
CREATE POLICY guard_change ON erasures_erasure FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id)) WITH CHECK ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
REVOKE ALL ON erasures_historicalerasure FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON erasures_historicalerasure TO ijm_app;
GRANT SELECT, INSERT ON erasures_historicalerasure TO ijm_keeper;
ALTER TABLE erasures_historicalerasure ENABLE ROW LEVEL SECURITY; ALTER TABLE erasures_historicalerasure FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON erasures_historicalerasure TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON erasures_historicalerasure FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_erasures_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'erasures_erasure changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.erasures_historicalerasure
      (id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.about_code, c.code, c.basis, c.step, c.certificate, c.done_at, c.effective_on, c.keys, c.request_id, c.person_id, c.file_id, c.office_id, c.issued_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["erasures_erasure","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"basis":%s,"certificate":%s,"code":%s,"done_at":%s,"effective_on":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"issued_id":%s,"keys":%s,"office_id":%s,"person_id":%s,"request_id":%s,"rev":%s,"step":%s}', to_json(w.about_code::text)::text, to_json(w.basis::text)::text, coalesce(to_json(w.certificate::text)::text, 'null'), to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.effective_on)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.issued_id || '"', 'null'), w.keys::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, to_json(w.step::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.erasures_historicalerasure
      (id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["erasures_erasure","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"basis":%s,"certificate":%s,"code":%s,"done_at":%s,"effective_on":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"issued_id":%s,"keys":%s,"office_id":%s,"person_id":%s,"request_id":%s,"rev":%s,"step":%s}', to_json(w.about_code::text)::text, to_json(w.basis::text)::text, coalesce(to_json(w.certificate::text)::text, 'null'), to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.effective_on)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.issued_id || '"', 'null'), w.keys::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, to_json(w.step::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.erasures_historicalerasure
      (id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["erasures_erasure","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"basis":%s,"certificate":%s,"code":%s,"done_at":%s,"effective_on":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"issued_id":%s,"keys":%s,"office_id":%s,"person_id":%s,"request_id":%s,"rev":%s,"step":%s}', to_json(w.about_code::text)::text, to_json(w.basis::text)::text, coalesce(to_json(w.certificate::text)::text, 'null'), to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.effective_on)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.issued_id || '"', 'null'), w.keys::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, to_json(w.step::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.erasures_historicalerasure
      (id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, basis, step, certificate, done_at, effective_on, keys, request_id, person_id, file_id, office_id, issued_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.erasures_erasure RETURNING *)
    SELECT string_agg(format('["erasures_erasure","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"basis":%s,"certificate":%s,"code":%s,"done_at":%s,"effective_on":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"issued_id":%s,"keys":%s,"office_id":%s,"person_id":%s,"request_id":%s,"rev":%s,"step":%s}', to_json(w.about_code::text)::text, to_json(w.basis::text)::text, coalesce(to_json(w.certificate::text)::text, 'null'), to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.effective_on)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.issued_id || '"', 'null'), w.keys::text, coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), coalesce('"' || w.request_id || '"', 'null'), w.rev::text, to_json(w.step::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_erasures_erasure() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_erasures_erasure() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON erasures_erasure REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_erasure();
ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON erasures_erasure REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_erasure();
ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON erasures_erasure REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_erasure();
ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON erasures_erasure FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_erasure();
ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON erasures_erasure FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON erasures_historicalerasure FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_historicalerasure ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON erasures_historicalerasure FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_historicalerasure ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_erasures_erasure(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.erasures_erasure l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.erasures_historicalerasure h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'erasures_erasure' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.erasures_historicalerasure h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"basis":%s,"certificate":%s,"code":%s,"done_at":%s,"effective_on":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"issued_id":%s,"keys":%s,"office_id":%s,"person_id":%s,"request_id":%s,"rev":%s,"step":%s}', to_json(h.about_code::text)::text, to_json(h.basis::text)::text, coalesce(to_json(h.certificate::text)::text, 'null'), to_json(h.code::text)::text, coalesce(to_json(h.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(h.effective_on)::text, 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || h.issued_id || '"', 'null'), h.keys::text, coalesce('"' || h.office_id || '"', 'null'), coalesce('"' || h.person_id || '"', 'null'), coalesce('"' || h.request_id || '"', 'null'), h.rev::text, to_json(h.step::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.erasures_historicalerasure h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.erasures_erasure l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.about_code, l.code, l.basis, l.step, l.certificate, l.done_at, l.effective_on, l.keys, l.request_id, l.person_id, l.file_id, l.office_id, l.issued_id) IS DISTINCT FROM (h.id, h.rev, h.about_code, h.code, h.basis, h.step, h.certificate, h.done_at, h.effective_on, h.keys, h.request_id, h.person_id, h.file_id, h.office_id, h.issued_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'erasures_erasure' AND NOT EXISTS (SELECT FROM public.erasures_historicalerasure h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_erasures_erasure(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_erasures_erasure(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON erasures_erasure FOR EACH ROW EXECUTE FUNCTION guard.check_erasure(); ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_stamp;
INSERT INTO guard.transition VALUES ('erasures_erasure', 'step', '', 'waiting'), ('erasures_erasure', 'step', 'approved', 'done'), ('erasures_erasure', 'step', 'approved', 'halted'), ('erasures_erasure', 'step', 'waiting', 'approved');
CREATE TRIGGER guard_state_step BEFORE INSERT OR UPDATE ON erasures_erasure FOR EACH ROW EXECUTE FUNCTION guard.check_transition('step'); ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_state_step;
CREATE TRIGGER guard_agreed_step BEFORE INSERT OR UPDATE ON erasures_erasure FOR EACH ROW EXECUTE FUNCTION guard.check_agreed('step', 'approved'); ALTER TABLE erasures_erasure ENABLE ALWAYS TRIGGER guard_agreed_step;

-- erasures_legalhold: office
REVOKE ALL ON erasures_legalhold FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, lifted_by_id, lifted_at) ON erasures_legalhold TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON erasures_legalhold TO ijm_keeper;
ALTER TABLE erasures_legalhold ENABLE ROW LEVEL SECURITY; ALTER TABLE erasures_legalhold FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON erasures_legalhold TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON erasures_legalhold FOR SELECT TO ijm_app USING (guard.decides(office_id) OR file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON erasures_legalhold FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND placed_by_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON erasures_legalhold FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (guard.decides(office_id) OR file_id = ANY (ARRAY(SELECT guard.my_files())))) WITH CHECK ((SELECT guard.mode()) = 'w' AND (guard.decides(office_id) OR file_id = ANY (ARRAY(SELECT guard.my_files()))));
REVOKE ALL ON erasures_historicallegalhold FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON erasures_historicallegalhold TO ijm_app;
GRANT SELECT, INSERT ON erasures_historicallegalhold TO ijm_keeper;
ALTER TABLE erasures_historicallegalhold ENABLE ROW LEVEL SECURITY; ALTER TABLE erasures_historicallegalhold FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON erasures_historicallegalhold TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON erasures_historicallegalhold FOR SELECT TO ijm_app USING (guard.decides(office_id) OR file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_erasures_legalhold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'erasures_legalhold changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.erasures_historicallegalhold
      (id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.about_code, c.code, c.reason, c.until_on, c.placed_at, c.lifted_at, c.person_id, c.file_id, c.office_id, c.placed_by_id, c.lifted_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["erasures_legalhold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lifted_at":%s,"lifted_by_id":%s,"office_id":%s,"person_id":%s,"placed_at":%s,"placed_by_id":%s,"reason":%s,"rev":%s,"until_on":%s}', to_json(w.about_code::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.lifted_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.lifted_by_id || '"', 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), to_json(w.placed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.placed_by_id || '"', 'null'), to_json(w.reason::text)::text, w.rev::text, to_json(w.until_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.erasures_historicallegalhold
      (id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["erasures_legalhold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lifted_at":%s,"lifted_by_id":%s,"office_id":%s,"person_id":%s,"placed_at":%s,"placed_by_id":%s,"reason":%s,"rev":%s,"until_on":%s}', to_json(w.about_code::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.lifted_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.lifted_by_id || '"', 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), to_json(w.placed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.placed_by_id || '"', 'null'), to_json(w.reason::text)::text, w.rev::text, to_json(w.until_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.erasures_historicallegalhold
      (id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["erasures_legalhold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lifted_at":%s,"lifted_by_id":%s,"office_id":%s,"person_id":%s,"placed_at":%s,"placed_by_id":%s,"reason":%s,"rev":%s,"until_on":%s}', to_json(w.about_code::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.lifted_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.lifted_by_id || '"', 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), to_json(w.placed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.placed_by_id || '"', 'null'), to_json(w.reason::text)::text, w.rev::text, to_json(w.until_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.erasures_historicallegalhold
      (id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, about_code, code, reason, until_on, placed_at, lifted_at, person_id, file_id, office_id, placed_by_id, lifted_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.erasures_legalhold RETURNING *)
    SELECT string_agg(format('["erasures_legalhold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lifted_at":%s,"lifted_by_id":%s,"office_id":%s,"person_id":%s,"placed_at":%s,"placed_by_id":%s,"reason":%s,"rev":%s,"until_on":%s}', to_json(w.about_code::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.lifted_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.lifted_by_id || '"', 'null'), coalesce('"' || w.office_id || '"', 'null'), coalesce('"' || w.person_id || '"', 'null'), to_json(w.placed_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.placed_by_id || '"', 'null'), to_json(w.reason::text)::text, w.rev::text, to_json(w.until_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_erasures_legalhold() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_erasures_legalhold() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON erasures_legalhold REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_legalhold();
ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON erasures_legalhold REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_legalhold();
ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON erasures_legalhold REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_legalhold();
ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON erasures_legalhold FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_erasures_legalhold();
ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON erasures_legalhold FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON erasures_historicallegalhold FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_historicallegalhold ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON erasures_historicallegalhold FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE erasures_historicallegalhold ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_erasures_legalhold(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.erasures_legalhold l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.erasures_historicallegalhold h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'erasures_legalhold' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.erasures_historicallegalhold h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lifted_at":%s,"lifted_by_id":%s,"office_id":%s,"person_id":%s,"placed_at":%s,"placed_by_id":%s,"reason":%s,"rev":%s,"until_on":%s}', to_json(h.about_code::text)::text, to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce(to_json(h.lifted_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.lifted_by_id || '"', 'null'), coalesce('"' || h.office_id || '"', 'null'), coalesce('"' || h.person_id || '"', 'null'), to_json(h.placed_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.placed_by_id || '"', 'null'), to_json(h.reason::text)::text, h.rev::text, to_json(h.until_on)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.erasures_historicallegalhold h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.erasures_legalhold l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.about_code, l.code, l.reason, l.until_on, l.placed_at, l.lifted_at, l.person_id, l.file_id, l.office_id, l.placed_by_id, l.lifted_by_id) IS DISTINCT FROM (h.id, h.rev, h.about_code, h.code, h.reason, h.until_on, h.placed_at, h.lifted_at, h.person_id, h.file_id, h.office_id, h.placed_by_id, h.lifted_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'erasures_legalhold' AND NOT EXISTS (SELECT FROM public.erasures_historicallegalhold h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_erasures_legalhold(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_erasures_legalhold(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON erasures_legalhold FOR EACH ROW EXECUTE FUNCTION guard.check_hold(); ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_stamp;
CREATE TRIGGER guard_signed_placed_by_id BEFORE INSERT OR UPDATE ON erasures_legalhold FOR EACH ROW EXECUTE FUNCTION guard.check_signed('placed_by_id'); ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_signed_placed_by_id;
CREATE TRIGGER guard_signed_lifted_by_id BEFORE INSERT OR UPDATE ON erasures_legalhold FOR EACH ROW EXECUTE FUNCTION guard.check_signed('lifted_by_id'); ALTER TABLE erasures_legalhold ENABLE ALWAYS TRIGGER guard_signed_lifted_by_id;

-- investigations_incident: content
REVOKE ALL ON investigations_incident FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_incident TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_incident TO ijm_keeper;
ALTER TABLE investigations_incident ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_incident FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_incident TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_incident FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_incident FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_incident FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicalincident FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicalincident TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicalincident TO ijm_keeper;
ALTER TABLE investigations_historicalincident ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicalincident FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicalincident TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicalincident FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_incident changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalincident
      (id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.acts, c.means, c.purposes, c.is_child, c.occurred, c.province, c.recorded_at, c.intelligence, c.intelligence_rev, c.intelligence_key, c.file_id, c.investigation_id, c.recorded_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_incident","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"acts":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"is_child":%s,"means":%s,"occurred":%s,"province":%s,"purposes":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s}', to_json(w.acts::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), w.is_child::text, to_json(w.means::text)::text, to_json(w.occurred::text)::text, to_json(w.province::text)::text, to_json(w.purposes::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.intelligence IS NOT NULL AND w.intelligence IS DISTINCT FROM o.intelligence THEN format('"intelligence":"%s:%s"', w.intelligence_rev, encode(sha256(w.intelligence), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicalincident
      (id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_incident","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"acts":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"is_child":%s,"means":%s,"occurred":%s,"province":%s,"purposes":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s}', to_json(w.acts::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), w.is_child::text, to_json(w.means::text)::text, to_json(w.occurred::text)::text, to_json(w.province::text)::text, to_json(w.purposes::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.intelligence IS NOT NULL THEN format('"intelligence":"%s:%s"', w.intelligence_rev, encode(sha256(w.intelligence), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalincident
      (id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_incident","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"acts":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"is_child":%s,"means":%s,"occurred":%s,"province":%s,"purposes":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s}', to_json(w.acts::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), w.is_child::text, to_json(w.means::text)::text, to_json(w.occurred::text)::text, to_json(w.province::text)::text, to_json(w.purposes::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicalincident
      (id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, acts, means, purposes, is_child, occurred, province, recorded_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_incident RETURNING *)
    SELECT string_agg(format('["investigations_incident","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"acts":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"is_child":%s,"means":%s,"occurred":%s,"province":%s,"purposes":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s}', to_json(w.acts::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), w.is_child::text, to_json(w.means::text)::text, to_json(w.occurred::text)::text, to_json(w.province::text)::text, to_json(w.purposes::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_incident() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_incident() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_incident REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_incident();
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_incident REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_incident();
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_incident REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_incident();
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_incident FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_incident();
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_incident FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicalincident FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalincident ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicalincident FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalincident ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_incident(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_incident l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicalincident h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_incident' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicalincident h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"acts":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"is_child":%s,"means":%s,"occurred":%s,"province":%s,"purposes":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s}', to_json(h.acts::text)::text, to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('investigations_historicalincident', h.history_id, 'intelligence', encode(sha256(h.intelligence), 'hex')) || '"', 'null'), h.intelligence_rev::text, coalesce('"' || h.investigation_id || '"', 'null'), h.is_child::text, to_json(h.means::text)::text, to_json(h.occurred::text)::text, to_json(h.province::text)::text, to_json(h.purposes::text)::text, to_json(h.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.recorded_by_id || '"', 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicalincident h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_incident l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.acts, l.means, l.purposes, l.is_child, l.occurred, l.province, l.recorded_at, l.intelligence_rev, l.file_id, l.investigation_id, l.recorded_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.acts, h.means, h.purposes, h.is_child, h.occurred, h.province, h.recorded_at, h.intelligence_rev, h.file_id, h.investigation_id, h.recorded_by_id) OR (l.intelligence IS DISTINCT FROM h.intelligence AND guard.before_keys('investigations_incident', l.id, 'intelligence', encode(sha256(l.intelligence), 'hex')) IS DISTINCT FROM guard.before_keys('investigations_historicalincident', h.history_id, 'intelligence', encode(sha256(h.intelligence), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.intelligence_rev < max(h.intelligence_rev) OVER before AS falls FROM public.investigations_historicalincident h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_incident' AND NOT EXISTS (SELECT FROM public.investigations_historicalincident h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_incident(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_incident(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, intelligence, intelligence_rev, intelligence_key), UPDATE (intelligence, intelligence_key) ON investigations_incident TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_incident FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_incident FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_incident FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('intelligence');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_incident REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'intelligence');
ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, intelligence, intelligence_rev, intelligence_key), UPDATE (intelligence, intelligence_key) ON investigations_historicalincident TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_historicalincident FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_historicalincident FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_historicalincident FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('intelligence');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_historicalincident REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'intelligence');
ALTER TABLE investigations_historicalincident ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_historicalincident ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_incident FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_incident ENABLE ALWAYS TRIGGER guard_place;

-- investigations_investigation: content
REVOKE ALL ON investigations_investigation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_investigation TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_investigation TO ijm_keeper;
ALTER TABLE investigations_investigation ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_investigation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_investigation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_investigation FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_investigation FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_investigation FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicalinvestigation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicalinvestigation TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicalinvestigation TO ijm_keeper;
ALTER TABLE investigations_historicalinvestigation ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicalinvestigation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicalinvestigation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicalinvestigation FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_investigation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_investigation changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalinvestigation
      (id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.form_of_exploitation, c.province, c.stage, c.stage_since, c.opened_at, c.file_id, c.lead_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_investigation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"form_of_exploitation":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lead_id":%s,"opened_at":%s,"province":%s,"rev":%s,"stage":%s,"stage_since":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form_of_exploitation::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.lead_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, to_json(w.province::text)::text, w.rev::text, to_json(w.stage::text)::text, to_json(w.stage_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicalinvestigation
      (id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_investigation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"form_of_exploitation":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lead_id":%s,"opened_at":%s,"province":%s,"rev":%s,"stage":%s,"stage_since":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form_of_exploitation::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.lead_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, to_json(w.province::text)::text, w.rev::text, to_json(w.stage::text)::text, to_json(w.stage_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalinvestigation
      (id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_investigation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"form_of_exploitation":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lead_id":%s,"opened_at":%s,"province":%s,"rev":%s,"stage":%s,"stage_since":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form_of_exploitation::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.lead_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, to_json(w.province::text)::text, w.rev::text, to_json(w.stage::text)::text, to_json(w.stage_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicalinvestigation
      (id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, form_of_exploitation, province, stage, stage_since, opened_at, file_id, lead_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_investigation RETURNING *)
    SELECT string_agg(format('["investigations_investigation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"form_of_exploitation":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lead_id":%s,"opened_at":%s,"province":%s,"rev":%s,"stage":%s,"stage_since":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form_of_exploitation::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.lead_id || '"', 'null'), to_json(w.opened_at AT TIME ZONE 'UTC')::text, to_json(w.province::text)::text, w.rev::text, to_json(w.stage::text)::text, to_json(w.stage_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_investigation() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_investigation() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_investigation REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_investigation();
ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_investigation REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_investigation();
ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_investigation REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_investigation();
ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_investigation FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_investigation();
ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_investigation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicalinvestigation FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalinvestigation ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicalinvestigation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalinvestigation ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_investigation(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_investigation l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicalinvestigation h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_investigation' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicalinvestigation h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"file_id":%s,"form_of_exploitation":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"lead_id":%s,"opened_at":%s,"province":%s,"rev":%s,"stage":%s,"stage_since":%s}', to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), to_json(h.form_of_exploitation::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || h.lead_id || '"', 'null'), to_json(h.opened_at AT TIME ZONE 'UTC')::text, to_json(h.province::text)::text, h.rev::text, to_json(h.stage::text)::text, to_json(h.stage_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicalinvestigation h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_investigation l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.form_of_exploitation, l.province, l.stage, l.stage_since, l.opened_at, l.file_id, l.lead_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.form_of_exploitation, h.province, h.stage, h.stage_since, h.opened_at, h.file_id, h.lead_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_investigation' AND NOT EXISTS (SELECT FROM public.investigations_historicalinvestigation h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_investigation(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_investigation(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_investigation FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('investigations_investigation', 'stage', '', 'enquiry'), ('investigations_investigation', 'stage', 'closed', 'enquiry'), ('investigations_investigation', 'stage', 'closed', 'operation'), ('investigations_investigation', 'stage', 'closed', 'referred'), ('investigations_investigation', 'stage', 'enquiry', 'closed'), ('investigations_investigation', 'stage', 'enquiry', 'operation'), ('investigations_investigation', 'stage', 'enquiry', 'referred'), ('investigations_investigation', 'stage', 'operation', 'closed'), ('investigations_investigation', 'stage', 'operation', 'referred'), ('investigations_investigation', 'stage', 'referred', 'closed');
CREATE TRIGGER guard_state_stage BEFORE INSERT OR UPDATE ON investigations_investigation FOR EACH ROW EXECUTE FUNCTION guard.check_transition('stage'); ALTER TABLE investigations_investigation ENABLE ALWAYS TRIGGER guard_state_stage;

-- investigations_rescuedperson: content
REVOKE ALL ON investigations_rescuedperson FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_rescuedperson TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_rescuedperson TO ijm_keeper;
ALTER TABLE investigations_rescuedperson ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_rescuedperson FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_rescuedperson TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_rescuedperson FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_rescuedperson FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_rescuedperson FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicalrescuedperson FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicalrescuedperson TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicalrescuedperson TO ijm_keeper;
ALTER TABLE investigations_historicalrescuedperson ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicalrescuedperson FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicalrescuedperson TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicalrescuedperson FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_rescuedperson() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_rescuedperson changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescuedperson
      (id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.sex, c.age_band, c.languages, c.handed_over_at, c.file_id, c.operation_id, c.alias_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_rescuedperson","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"file_id":%s,"handed_over_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"operation_id":%s,"rev":%s,"sex":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.handed_over_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || w.operation_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescuedperson
      (id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_rescuedperson","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"file_id":%s,"handed_over_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"operation_id":%s,"rev":%s,"sex":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.handed_over_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || w.operation_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescuedperson
      (id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_rescuedperson","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"file_id":%s,"handed_over_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"operation_id":%s,"rev":%s,"sex":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.handed_over_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || w.operation_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicalrescuedperson
      (id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, sex, age_band, languages, handed_over_at, file_id, operation_id, alias_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_rescuedperson RETURNING *)
    SELECT string_agg(format('["investigations_rescuedperson","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"age_band":%s,"alias_id":%s,"file_id":%s,"handed_over_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"operation_id":%s,"rev":%s,"sex":%s}', to_json(w.age_band::text)::text, coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), to_json(w.handed_over_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.languages::text)::text, coalesce('"' || w.operation_id || '"', 'null'), w.rev::text, to_json(w.sex::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_rescuedperson() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_rescuedperson() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_rescuedperson REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescuedperson();
ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_rescuedperson REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescuedperson();
ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_rescuedperson REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescuedperson();
ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_rescuedperson FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescuedperson();
ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_rescuedperson FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicalrescuedperson FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalrescuedperson ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicalrescuedperson FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalrescuedperson ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_rescuedperson(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_rescuedperson l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicalrescuedperson h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_rescuedperson' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicalrescuedperson h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"age_band":%s,"alias_id":%s,"file_id":%s,"handed_over_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"languages":%s,"operation_id":%s,"rev":%s,"sex":%s}', to_json(h.age_band::text)::text, coalesce('"' || h.alias_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), to_json(h.handed_over_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.languages::text)::text, coalesce('"' || h.operation_id || '"', 'null'), h.rev::text, to_json(h.sex::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicalrescuedperson h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_rescuedperson l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.sex, l.age_band, l.languages, l.handed_over_at, l.file_id, l.operation_id, l.alias_id) IS DISTINCT FROM (h.id, h.rev, h.sex, h.age_band, h.languages, h.handed_over_at, h.file_id, h.operation_id, h.alias_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_rescuedperson' AND NOT EXISTS (SELECT FROM public.investigations_historicalrescuedperson h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_rescuedperson(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_rescuedperson(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_rescuedperson FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_rescuedperson ENABLE ALWAYS TRIGGER guard_place;

-- investigations_rescueoperation: content
REVOKE ALL ON investigations_rescueoperation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_rescueoperation TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_rescueoperation TO ijm_keeper;
ALTER TABLE investigations_rescueoperation ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_rescueoperation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_rescueoperation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_rescueoperation FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_rescueoperation FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_rescueoperation FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicalrescueoperation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicalrescueoperation TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicalrescueoperation TO ijm_keeper;
ALTER TABLE investigations_historicalrescueoperation ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicalrescueoperation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicalrescueoperation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicalrescueoperation FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_rescueoperation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_rescueoperation changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescueoperation
      (id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.state, c.risk, c.expected_persons, c.expected_children, c.languages, c.checks, c.planned_at, c.approved_at, c.outcome, c.concluded_at, c.cancelled_at, c.intelligence, c.intelligence_rev, c.intelligence_key, c.file_id, c.investigation_id, c.planned_by_id, c.approved_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_rescueoperation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"cancelled_at":%s,"checks":%s,"code":%s,"concluded_at":%s,"expected_children":%s,"expected_persons":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"languages":%s,"outcome":%s,"planned_at":%s,"planned_by_id":%s,"rev":%s,"risk":%s,"state":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.cancelled_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.checks::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.concluded_at AT TIME ZONE 'UTC')::text, 'null'), w.expected_children::text, w.expected_persons::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), to_json(w.languages::text)::text, to_json(w.outcome::text)::text, to_json(w.planned_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.planned_by_id || '"', 'null'), w.rev::text, to_json(w.risk::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.intelligence IS NOT NULL AND w.intelligence IS DISTINCT FROM o.intelligence THEN format('"intelligence":"%s:%s"', w.intelligence_rev, encode(sha256(w.intelligence), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescueoperation
      (id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_rescueoperation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"cancelled_at":%s,"checks":%s,"code":%s,"concluded_at":%s,"expected_children":%s,"expected_persons":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"languages":%s,"outcome":%s,"planned_at":%s,"planned_by_id":%s,"rev":%s,"risk":%s,"state":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.cancelled_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.checks::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.concluded_at AT TIME ZONE 'UTC')::text, 'null'), w.expected_children::text, w.expected_persons::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), to_json(w.languages::text)::text, to_json(w.outcome::text)::text, to_json(w.planned_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.planned_by_id || '"', 'null'), w.rev::text, to_json(w.risk::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.intelligence IS NOT NULL THEN format('"intelligence":"%s:%s"', w.intelligence_rev, encode(sha256(w.intelligence), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalrescueoperation
      (id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_rescueoperation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"cancelled_at":%s,"checks":%s,"code":%s,"concluded_at":%s,"expected_children":%s,"expected_persons":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"languages":%s,"outcome":%s,"planned_at":%s,"planned_by_id":%s,"rev":%s,"risk":%s,"state":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.cancelled_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.checks::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.concluded_at AT TIME ZONE 'UTC')::text, 'null'), w.expected_children::text, w.expected_persons::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), to_json(w.languages::text)::text, to_json(w.outcome::text)::text, to_json(w.planned_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.planned_by_id || '"', 'null'), w.rev::text, to_json(w.risk::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicalrescueoperation
      (id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, risk, expected_persons, expected_children, languages, checks, planned_at, approved_at, outcome, concluded_at, cancelled_at, intelligence, intelligence_rev, intelligence_key, file_id, investigation_id, planned_by_id, approved_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_rescueoperation RETURNING *)
    SELECT string_agg(format('["investigations_rescueoperation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"cancelled_at":%s,"checks":%s,"code":%s,"concluded_at":%s,"expected_children":%s,"expected_persons":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"languages":%s,"outcome":%s,"planned_at":%s,"planned_by_id":%s,"rev":%s,"risk":%s,"state":%s}', coalesce(to_json(w.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.approved_by_id || '"', 'null'), coalesce(to_json(w.cancelled_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.checks::text)::text, to_json(w.code::text)::text, coalesce(to_json(w.concluded_at AT TIME ZONE 'UTC')::text, 'null'), w.expected_children::text, w.expected_persons::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.intelligence), 'hex') || '"', 'null'), w.intelligence_rev::text, coalesce('"' || w.investigation_id || '"', 'null'), to_json(w.languages::text)::text, to_json(w.outcome::text)::text, to_json(w.planned_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.planned_by_id || '"', 'null'), w.rev::text, to_json(w.risk::text)::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_rescueoperation() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_rescueoperation() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_rescueoperation REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescueoperation();
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_rescueoperation REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescueoperation();
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_rescueoperation REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescueoperation();
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_rescueoperation FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_rescueoperation();
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_rescueoperation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicalrescueoperation FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalrescueoperation ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicalrescueoperation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalrescueoperation ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_rescueoperation(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_rescueoperation l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicalrescueoperation h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_rescueoperation' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicalrescueoperation h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"approved_at":%s,"approved_by_id":%s,"cancelled_at":%s,"checks":%s,"code":%s,"concluded_at":%s,"expected_children":%s,"expected_persons":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"intelligence":%s,"intelligence_rev":%s,"investigation_id":%s,"languages":%s,"outcome":%s,"planned_at":%s,"planned_by_id":%s,"rev":%s,"risk":%s,"state":%s}', coalesce(to_json(h.approved_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.approved_by_id || '"', 'null'), coalesce(to_json(h.cancelled_at AT TIME ZONE 'UTC')::text, 'null'), to_json(h.checks::text)::text, to_json(h.code::text)::text, coalesce(to_json(h.concluded_at AT TIME ZONE 'UTC')::text, 'null'), h.expected_children::text, h.expected_persons::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('investigations_historicalrescueoperation', h.history_id, 'intelligence', encode(sha256(h.intelligence), 'hex')) || '"', 'null'), h.intelligence_rev::text, coalesce('"' || h.investigation_id || '"', 'null'), to_json(h.languages::text)::text, to_json(h.outcome::text)::text, to_json(h.planned_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.planned_by_id || '"', 'null'), h.rev::text, to_json(h.risk::text)::text, to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicalrescueoperation h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_rescueoperation l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.state, l.risk, l.expected_persons, l.expected_children, l.languages, l.checks, l.planned_at, l.approved_at, l.outcome, l.concluded_at, l.cancelled_at, l.intelligence_rev, l.file_id, l.investigation_id, l.planned_by_id, l.approved_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.state, h.risk, h.expected_persons, h.expected_children, h.languages, h.checks, h.planned_at, h.approved_at, h.outcome, h.concluded_at, h.cancelled_at, h.intelligence_rev, h.file_id, h.investigation_id, h.planned_by_id, h.approved_by_id) OR (l.intelligence IS DISTINCT FROM h.intelligence AND guard.before_keys('investigations_rescueoperation', l.id, 'intelligence', encode(sha256(l.intelligence), 'hex')) IS DISTINCT FROM guard.before_keys('investigations_historicalrescueoperation', h.history_id, 'intelligence', encode(sha256(h.intelligence), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.intelligence_rev < max(h.intelligence_rev) OVER before AS falls FROM public.investigations_historicalrescueoperation h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_rescueoperation' AND NOT EXISTS (SELECT FROM public.investigations_historicalrescueoperation h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_rescueoperation(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_rescueoperation(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, intelligence, intelligence_rev, intelligence_key), UPDATE (intelligence, intelligence_key) ON investigations_rescueoperation TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_rescueoperation FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_rescueoperation FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_rescueoperation FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('intelligence');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_rescueoperation REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'intelligence');
ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, intelligence, intelligence_rev, intelligence_key), UPDATE (intelligence, intelligence_key) ON investigations_historicalrescueoperation TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_historicalrescueoperation FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_historicalrescueoperation FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_historicalrescueoperation FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('intelligence');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_historicalrescueoperation REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'intelligence');
ALTER TABLE investigations_historicalrescueoperation ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_historicalrescueoperation ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_rescueoperation FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('investigations_rescueoperation', 'state', '', 'planned'), ('investigations_rescueoperation', 'state', 'approved', 'cancelled'), ('investigations_rescueoperation', 'state', 'approved', 'concluded'), ('investigations_rescueoperation', 'state', 'planned', 'approved'), ('investigations_rescueoperation', 'state', 'planned', 'cancelled');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON investigations_rescueoperation FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_state_state;
CREATE TRIGGER guard_signed_planned_by_id BEFORE INSERT OR UPDATE ON investigations_rescueoperation FOR EACH ROW EXECUTE FUNCTION guard.check_signed('planned_by_id'); ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_signed_planned_by_id;
CREATE TRIGGER guard_signed_approved_by_id BEFORE INSERT OR UPDATE ON investigations_rescueoperation FOR EACH ROW EXECUTE FUNCTION guard.check_signed('approved_by_id'); ALTER TABLE investigations_rescueoperation ENABLE ALWAYS TRIGGER guard_signed_approved_by_id;

-- investigations_suspect: content
REVOKE ALL ON investigations_suspect FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_suspect TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_suspect TO ijm_keeper;
ALTER TABLE investigations_suspect ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_suspect FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_suspect TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_suspect FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_suspect FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_suspect FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicalsuspect FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicalsuspect TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicalsuspect TO ijm_keeper;
ALTER TABLE investigations_historicalsuspect ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicalsuspect FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicalsuspect TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicalsuspect FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_suspect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_suspect changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalsuspect
      (id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.role_in_process, c.state, c.state_since, c.file_id, c.investigation_id, c.alias_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_suspect","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"investigation_id":%s,"rev":%s,"role_in_process":%s,"state":%s,"state_since":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.investigation_id || '"', 'null'), w.rev::text, to_json(w.role_in_process::text)::text, to_json(w.state::text)::text, to_json(w.state_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicalsuspect
      (id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_suspect","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"investigation_id":%s,"rev":%s,"role_in_process":%s,"state":%s,"state_since":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.investigation_id || '"', 'null'), w.rev::text, to_json(w.role_in_process::text)::text, to_json(w.state::text)::text, to_json(w.state_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicalsuspect
      (id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_suspect","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"investigation_id":%s,"rev":%s,"role_in_process":%s,"state":%s,"state_since":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.investigation_id || '"', 'null'), w.rev::text, to_json(w.role_in_process::text)::text, to_json(w.state::text)::text, to_json(w.state_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicalsuspect
      (id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, role_in_process, state, state_since, file_id, investigation_id, alias_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_suspect RETURNING *)
    SELECT string_agg(format('["investigations_suspect","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"investigation_id":%s,"rev":%s,"role_in_process":%s,"state":%s,"state_since":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.investigation_id || '"', 'null'), w.rev::text, to_json(w.role_in_process::text)::text, to_json(w.state::text)::text, to_json(w.state_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_suspect() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_suspect() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_suspect REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_suspect();
ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_suspect REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_suspect();
ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_suspect REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_suspect();
ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_suspect FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_suspect();
ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_suspect FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicalsuspect FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalsuspect ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicalsuspect FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicalsuspect ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_suspect(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_suspect l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicalsuspect h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_suspect' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicalsuspect h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"investigation_id":%s,"rev":%s,"role_in_process":%s,"state":%s,"state_since":%s}', coalesce('"' || h.alias_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || h.investigation_id || '"', 'null'), h.rev::text, to_json(h.role_in_process::text)::text, to_json(h.state::text)::text, to_json(h.state_since AT TIME ZONE 'UTC')::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicalsuspect h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_suspect l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.role_in_process, l.state, l.state_since, l.file_id, l.investigation_id, l.alias_id) IS DISTINCT FROM (h.id, h.rev, h.role_in_process, h.state, h.state_since, h.file_id, h.investigation_id, h.alias_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_suspect' AND NOT EXISTS (SELECT FROM public.investigations_historicalsuspect h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_suspect(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_suspect(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_suspect FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('investigations_suspect', 'state', '', 'suspected'), ('investigations_suspect', 'state', 'arrested', 'released'), ('investigations_suspect', 'state', 'released', 'arrested'), ('investigations_suspect', 'state', 'released', 'cleared'), ('investigations_suspect', 'state', 'suspected', 'arrested'), ('investigations_suspect', 'state', 'suspected', 'cleared');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON investigations_suspect FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE investigations_suspect ENABLE ALWAYS TRIGGER guard_state_state;

-- investigations_tip: content
REVOKE ALL ON investigations_tip FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON investigations_tip TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON investigations_tip TO ijm_keeper;
ALTER TABLE investigations_tip ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_tip FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_tip TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_tip FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON investigations_tip FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON investigations_tip FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON investigations_historicaltip FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON investigations_historicaltip TO ijm_app;
GRANT SELECT, INSERT ON investigations_historicaltip TO ijm_keeper;
ALTER TABLE investigations_historicaltip ENABLE ROW LEVEL SECURITY; ALTER TABLE investigations_historicaltip FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON investigations_historicaltip TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON investigations_historicaltip FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_investigations_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'investigations_tip changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.investigations_historicaltip
      (id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.state, c.received_at, c.channel, c.urgency, c.province, c.people_affected, c.is_child_involved, c.source_grade, c.information_grade, c.assessed_at, c.narrative, c.source, c.narrative_rev, c.narrative_key, c.source_rev, c.source_key, c.file_id, c.taken_by_id, c.assessed_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["investigations_tip","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"assessed_at":%s,"assessed_by_id":%s,"channel":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"information_grade":%s,"is_child_involved":%s,"narrative":%s,"narrative_rev":%s,"people_affected":%s,"province":%s,"received_at":%s,"rev":%s,"source":%s,"source_grade":%s,"source_rev":%s,"state":%s,"taken_by_id":%s,"urgency":%s}', coalesce(to_json(w.assessed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.assessed_by_id || '"', 'null'), to_json(w.channel::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.information_grade::text)::text, coalesce(w.is_child_involved::text, 'null'), coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce(w.people_affected::text, 'null'), to_json(w.province::text)::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce('"' || encode(sha256(w.source), 'hex') || '"', 'null'), to_json(w.source_grade::text)::text, w.source_rev::text, to_json(w.state::text)::text, coalesce('"' || w.taken_by_id || '"', 'null'), to_json(w.urgency::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.source IS NOT NULL AND w.source IS DISTINCT FROM o.source THEN format('"source":"%s:%s"', w.source_rev, encode(sha256(w.source), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.investigations_historicaltip
      (id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["investigations_tip","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"assessed_at":%s,"assessed_by_id":%s,"channel":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"information_grade":%s,"is_child_involved":%s,"narrative":%s,"narrative_rev":%s,"people_affected":%s,"province":%s,"received_at":%s,"rev":%s,"source":%s,"source_grade":%s,"source_rev":%s,"state":%s,"taken_by_id":%s,"urgency":%s}', coalesce(to_json(w.assessed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.assessed_by_id || '"', 'null'), to_json(w.channel::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.information_grade::text)::text, coalesce(w.is_child_involved::text, 'null'), coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce(w.people_affected::text, 'null'), to_json(w.province::text)::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce('"' || encode(sha256(w.source), 'hex') || '"', 'null'), to_json(w.source_grade::text)::text, w.source_rev::text, to_json(w.state::text)::text, coalesce('"' || w.taken_by_id || '"', 'null'), to_json(w.urgency::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.source IS NOT NULL THEN format('"source":"%s:%s"', w.source_rev, encode(sha256(w.source), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.investigations_historicaltip
      (id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["investigations_tip","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"assessed_at":%s,"assessed_by_id":%s,"channel":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"information_grade":%s,"is_child_involved":%s,"narrative":%s,"narrative_rev":%s,"people_affected":%s,"province":%s,"received_at":%s,"rev":%s,"source":%s,"source_grade":%s,"source_rev":%s,"state":%s,"taken_by_id":%s,"urgency":%s}', coalesce(to_json(w.assessed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.assessed_by_id || '"', 'null'), to_json(w.channel::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.information_grade::text)::text, coalesce(w.is_child_involved::text, 'null'), coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce(w.people_affected::text, 'null'), to_json(w.province::text)::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce('"' || encode(sha256(w.source), 'hex') || '"', 'null'), to_json(w.source_grade::text)::text, w.source_rev::text, to_json(w.state::text)::text, coalesce('"' || w.taken_by_id || '"', 'null'), to_json(w.urgency::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.investigations_historicaltip
      (id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, received_at, channel, urgency, province, people_affected, is_child_involved, source_grade, information_grade, assessed_at, narrative, source, narrative_rev, narrative_key, source_rev, source_key, file_id, taken_by_id, assessed_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.investigations_tip RETURNING *)
    SELECT string_agg(format('["investigations_tip","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"assessed_at":%s,"assessed_by_id":%s,"channel":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"information_grade":%s,"is_child_involved":%s,"narrative":%s,"narrative_rev":%s,"people_affected":%s,"province":%s,"received_at":%s,"rev":%s,"source":%s,"source_grade":%s,"source_rev":%s,"state":%s,"taken_by_id":%s,"urgency":%s}', coalesce(to_json(w.assessed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.assessed_by_id || '"', 'null'), to_json(w.channel::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.information_grade::text)::text, coalesce(w.is_child_involved::text, 'null'), coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce(w.people_affected::text, 'null'), to_json(w.province::text)::text, to_json(w.received_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce('"' || encode(sha256(w.source), 'hex') || '"', 'null'), to_json(w.source_grade::text)::text, w.source_rev::text, to_json(w.state::text)::text, coalesce('"' || w.taken_by_id || '"', 'null'), to_json(w.urgency::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_investigations_tip() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_investigations_tip() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON investigations_tip REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_tip();
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON investigations_tip REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_tip();
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON investigations_tip REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_tip();
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON investigations_tip FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_investigations_tip();
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_tip FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON investigations_historicaltip FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicaltip ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON investigations_historicaltip FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE investigations_historicaltip ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_investigations_tip(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.investigations_tip l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.investigations_historicaltip h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'investigations_tip' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.investigations_historicaltip h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"assessed_at":%s,"assessed_by_id":%s,"channel":%s,"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"information_grade":%s,"is_child_involved":%s,"narrative":%s,"narrative_rev":%s,"people_affected":%s,"province":%s,"received_at":%s,"rev":%s,"source":%s,"source_grade":%s,"source_rev":%s,"state":%s,"taken_by_id":%s,"urgency":%s}', coalesce(to_json(h.assessed_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.assessed_by_id || '"', 'null'), to_json(h.channel::text)::text, to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.information_grade::text)::text, coalesce(h.is_child_involved::text, 'null'), coalesce('"' || guard.before_keys('investigations_historicaltip', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, coalesce(h.people_affected::text, 'null'), to_json(h.province::text)::text, to_json(h.received_at AT TIME ZONE 'UTC')::text, h.rev::text, coalesce('"' || guard.before_keys('investigations_historicaltip', h.history_id, 'source', encode(sha256(h.source), 'hex')) || '"', 'null'), to_json(h.source_grade::text)::text, h.source_rev::text, to_json(h.state::text)::text, coalesce('"' || h.taken_by_id || '"', 'null'), to_json(h.urgency::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.investigations_historicaltip h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.investigations_tip l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.state, l.received_at, l.channel, l.urgency, l.province, l.people_affected, l.is_child_involved, l.source_grade, l.information_grade, l.assessed_at, l.narrative_rev, l.source_rev, l.file_id, l.taken_by_id, l.assessed_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.state, h.received_at, h.channel, h.urgency, h.province, h.people_affected, h.is_child_involved, h.source_grade, h.information_grade, h.assessed_at, h.narrative_rev, h.source_rev, h.file_id, h.taken_by_id, h.assessed_by_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('investigations_tip', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('investigations_historicaltip', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex'))) OR (l.source IS DISTINCT FROM h.source AND guard.before_keys('investigations_tip', l.id, 'source', encode(sha256(l.source), 'hex')) IS DISTINCT FROM guard.before_keys('investigations_historicaltip', h.history_id, 'source', encode(sha256(h.source), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before OR h.source_rev < max(h.source_rev) OVER before AS falls FROM public.investigations_historicaltip h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'investigations_tip' AND NOT EXISTS (SELECT FROM public.investigations_historicaltip h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_investigations_tip(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_investigations_tip(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key, source, source_rev, source_key), UPDATE (narrative, narrative_key, source, source_key) ON investigations_tip TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_tip FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_tip FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_tip FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative', 'source');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_tip REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative', 'source');
ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key, source, source_rev, source_key), UPDATE (narrative, narrative_key, source, source_key) ON investigations_historicaltip TO ijm_rotor;
CREATE POLICY guard_rotor_see ON investigations_historicaltip FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON investigations_historicaltip FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON investigations_historicaltip FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative', 'source');
CREATE TRIGGER guard_told AFTER UPDATE ON investigations_historicaltip REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative', 'source');
ALTER TABLE investigations_historicaltip ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE investigations_historicaltip ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON investigations_tip FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('investigations_tip', 'state', '', 'received'), ('investigations_tip', 'state', 'assessed', 'declined'), ('investigations_tip', 'state', 'assessed', 'promoted'), ('investigations_tip', 'state', 'declined', 'assessed'), ('investigations_tip', 'state', 'received', 'assessed');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON investigations_tip FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE investigations_tip ENABLE ALWAYS TRIGGER guard_state_state;

-- jobs_job: private
REVOKE ALL ON jobs_job FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON jobs_job TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON jobs_job TO ijm_keeper;
ALTER TABLE jobs_job ENABLE ROW LEVEL SECURITY; ALTER TABLE jobs_job FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON jobs_job TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON jobs_job FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON jobs_job FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON jobs_job FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
INSERT INTO guard.transition VALUES ('jobs_job', 'state', '', 'queued'), ('jobs_job', 'state', 'cancelled', 'queued'), ('jobs_job', 'state', 'failed', 'queued'), ('jobs_job', 'state', 'queued', 'cancelled'), ('jobs_job', 'state', 'queued', 'running'), ('jobs_job', 'state', 'running', 'cancelled'), ('jobs_job', 'state', 'running', 'done'), ('jobs_job', 'state', 'running', 'failed'), ('jobs_job', 'state', 'running', 'queued');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON jobs_job FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE jobs_job ENABLE ALWAYS TRIGGER guard_state_state;

-- jobs_jobresult: private
REVOKE ALL ON jobs_jobresult FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON jobs_jobresult TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs_jobresult TO ijm_keeper;
ALTER TABLE jobs_jobresult ENABLE ROW LEVEL SECURITY; ALTER TABLE jobs_jobresult FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON jobs_jobresult TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON jobs_jobresult FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON jobs_jobresult FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON jobs_jobresult FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON jobs_jobresult FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- notices_calendaraddress: office
REVOKE ALL ON notices_calendaraddress FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, revoked_at) ON notices_calendaraddress TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON notices_calendaraddress TO ijm_keeper;
ALTER TABLE notices_calendaraddress ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_calendaraddress FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_calendaraddress TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_calendaraddress FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON notices_calendaraddress FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON notices_calendaraddress FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()));
REVOKE ALL ON notices_historicalcalendaraddress FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON notices_historicalcalendaraddress TO ijm_app;
GRANT SELECT, INSERT ON notices_historicalcalendaraddress TO ijm_keeper;
ALTER TABLE notices_historicalcalendaraddress ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_historicalcalendaraddress FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_historicalcalendaraddress TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_historicalcalendaraddress FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_notices_calendaraddress() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'notices_calendaraddress changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.notices_historicalcalendaraddress
      (id, rev, digest, made_at, expires_at, revoked_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.digest, c.made_at, c.expires_at, c.revoked_at, c.user_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["notices_calendaraddress","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"digest":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"rev":%s,"revoked_at":%s,"user_id":%s}', to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.notices_historicalcalendaraddress
      (id, rev, digest, made_at, expires_at, revoked_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, digest, made_at, expires_at, revoked_at, user_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["notices_calendaraddress","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"digest":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"rev":%s,"revoked_at":%s,"user_id":%s}', to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.notices_historicalcalendaraddress
      (id, rev, digest, made_at, expires_at, revoked_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, digest, made_at, expires_at, revoked_at, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["notices_calendaraddress","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"digest":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"rev":%s,"revoked_at":%s,"user_id":%s}', to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.notices_historicalcalendaraddress
      (id, rev, digest, made_at, expires_at, revoked_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, digest, made_at, expires_at, revoked_at, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.notices_calendaraddress RETURNING *)
    SELECT string_agg(format('["notices_calendaraddress","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"digest":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"rev":%s,"revoked_at":%s,"user_id":%s}', to_json(w.digest::text)::text, to_json(w.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, w.rev::text, coalesce(to_json(w.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_notices_calendaraddress() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_notices_calendaraddress() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON notices_calendaraddress REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_calendaraddress();
ALTER TABLE notices_calendaraddress ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON notices_calendaraddress REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_calendaraddress();
ALTER TABLE notices_calendaraddress ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON notices_calendaraddress REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_calendaraddress();
ALTER TABLE notices_calendaraddress ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON notices_calendaraddress FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_calendaraddress();
ALTER TABLE notices_calendaraddress ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_calendaraddress FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_calendaraddress ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON notices_historicalcalendaraddress FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalcalendaraddress ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_historicalcalendaraddress FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalcalendaraddress ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_notices_calendaraddress(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.notices_calendaraddress l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.notices_historicalcalendaraddress h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'notices_calendaraddress' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.notices_historicalcalendaraddress h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"digest":%s,"expires_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"rev":%s,"revoked_at":%s,"user_id":%s}', to_json(h.digest::text)::text, to_json(h.expires_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.made_at AT TIME ZONE 'UTC')::text, h.rev::text, coalesce(to_json(h.revoked_at AT TIME ZONE 'UTC')::text, 'null'), coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.notices_historicalcalendaraddress h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.notices_calendaraddress l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.digest, l.made_at, l.expires_at, l.revoked_at, l.user_id) IS DISTINCT FROM (h.id, h.rev, h.digest, h.made_at, h.expires_at, h.revoked_at, h.user_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'notices_calendaraddress' AND NOT EXISTS (SELECT FROM public.notices_historicalcalendaraddress h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_notices_calendaraddress(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_notices_calendaraddress(uuid, int) TO ijm_audit;
RESET ROLE;

-- notices_calendaruse: machinery
REVOKE ALL ON notices_calendaruse FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON notices_calendaruse TO ijm_app;

-- notices_duemoment: machinery
REVOKE ALL ON notices_duemoment FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON notices_duemoment TO ijm_app;

-- notices_howtold: office
REVOKE ALL ON notices_howtold FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON notices_howtold TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON notices_howtold TO ijm_keeper;
ALTER TABLE notices_howtold ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_howtold FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_howtold TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_howtold FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON notices_howtold FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON notices_howtold FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()));
REVOKE ALL ON notices_historicalhowtold FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON notices_historicalhowtold TO ijm_app;
GRANT SELECT, INSERT ON notices_historicalhowtold TO ijm_keeper;
ALTER TABLE notices_historicalhowtold ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_historicalhowtold FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_historicalhowtold TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_historicalhowtold FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_notices_howtold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'notices_howtold changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.notices_historicalhowtold
      (id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.mode, c.hour, c.quiet_from, c.quiet_until, c.chosen_at, c.user_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["notices_howtold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"chosen_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"hour":%s,"id":%s,"mode":%s,"quiet_from":%s,"quiet_until":%s,"rev":%s,"user_id":%s}', to_json(w.chosen_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), w.hour::text, '"' || w.id || '"', to_json(w.mode::text)::text, w.quiet_from::text, w.quiet_until::text, w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.notices_historicalhowtold
      (id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["notices_howtold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"chosen_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"hour":%s,"id":%s,"mode":%s,"quiet_from":%s,"quiet_until":%s,"rev":%s,"user_id":%s}', to_json(w.chosen_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), w.hour::text, '"' || w.id || '"', to_json(w.mode::text)::text, w.quiet_from::text, w.quiet_until::text, w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.notices_historicalhowtold
      (id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["notices_howtold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"chosen_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"hour":%s,"id":%s,"mode":%s,"quiet_from":%s,"quiet_until":%s,"rev":%s,"user_id":%s}', to_json(w.chosen_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), w.hour::text, '"' || w.id || '"', to_json(w.mode::text)::text, w.quiet_from::text, w.quiet_until::text, w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.notices_historicalhowtold
      (id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, mode, hour, quiet_from, quiet_until, chosen_at, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.notices_howtold RETURNING *)
    SELECT string_agg(format('["notices_howtold","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"chosen_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"hour":%s,"id":%s,"mode":%s,"quiet_from":%s,"quiet_until":%s,"rev":%s,"user_id":%s}', to_json(w.chosen_at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), w.hour::text, '"' || w.id || '"', to_json(w.mode::text)::text, w.quiet_from::text, w.quiet_until::text, w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_notices_howtold() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_notices_howtold() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON notices_howtold REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_howtold();
ALTER TABLE notices_howtold ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON notices_howtold REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_howtold();
ALTER TABLE notices_howtold ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON notices_howtold REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_howtold();
ALTER TABLE notices_howtold ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON notices_howtold FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_howtold();
ALTER TABLE notices_howtold ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_howtold FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_howtold ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON notices_historicalhowtold FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalhowtold ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_historicalhowtold FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalhowtold ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_notices_howtold(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.notices_howtold l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.notices_historicalhowtold h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'notices_howtold' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.notices_historicalhowtold h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"chosen_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"hour":%s,"id":%s,"mode":%s,"quiet_from":%s,"quiet_until":%s,"rev":%s,"user_id":%s}', to_json(h.chosen_at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), h.hour::text, '"' || h.id || '"', to_json(h.mode::text)::text, h.quiet_from::text, h.quiet_until::text, h.rev::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.notices_historicalhowtold h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.notices_howtold l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.mode, l.hour, l.quiet_from, l.quiet_until, l.chosen_at, l.user_id) IS DISTINCT FROM (h.id, h.rev, h.mode, h.hour, h.quiet_from, h.quiet_until, h.chosen_at, h.user_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'notices_howtold' AND NOT EXISTS (SELECT FROM public.notices_historicalhowtold h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_notices_howtold(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_notices_howtold(uuid, int) TO ijm_audit;
RESET ROLE;

-- notices_letter: machinery
REVOKE ALL ON notices_letter FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON notices_letter TO ijm_app;

-- notices_notice: office
REVOKE ALL ON notices_notice FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, read_at, letter_id) ON notices_notice TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON notices_notice TO ijm_keeper;
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_notice TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_notice FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON notices_notice FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w');
CREATE POLICY guard_change ON notices_notice FOR UPDATE TO ijm_app USING (user_id = (SELECT guard.uid())) WITH CHECK (user_id = (SELECT guard.uid()));
REVOKE ALL ON notices_historicalnotice FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON notices_historicalnotice TO ijm_app;
GRANT SELECT, INSERT ON notices_historicalnotice TO ijm_keeper;
ALTER TABLE notices_historicalnotice ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_historicalnotice FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_historicalnotice TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_historicalnotice FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_notices_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'notices_notice changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.notices_historicalnotice
      (id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.about_code, c.path, c.origin, c.made_at, c.read_at, c.letter_id, c.user_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["notices_notice","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"letter_id":%s,"made_at":%s,"origin":%s,"path":%s,"read_at":%s,"rev":%s,"user_id":%s}', to_json(w.about_code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.letter_id || '"', 'null'), to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.origin || '"', 'null'), to_json(w.path::text)::text, coalesce(to_json(w.read_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.notices_historicalnotice
      (id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["notices_notice","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"letter_id":%s,"made_at":%s,"origin":%s,"path":%s,"read_at":%s,"rev":%s,"user_id":%s}', to_json(w.about_code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.letter_id || '"', 'null'), to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.origin || '"', 'null'), to_json(w.path::text)::text, coalesce(to_json(w.read_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.notices_historicalnotice
      (id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["notices_notice","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"letter_id":%s,"made_at":%s,"origin":%s,"path":%s,"read_at":%s,"rev":%s,"user_id":%s}', to_json(w.about_code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.letter_id || '"', 'null'), to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.origin || '"', 'null'), to_json(w.path::text)::text, coalesce(to_json(w.read_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.notices_historicalnotice
      (id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, about_code, path, origin, made_at, read_at, letter_id, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.notices_notice RETURNING *)
    SELECT string_agg(format('["notices_notice","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"letter_id":%s,"made_at":%s,"origin":%s,"path":%s,"read_at":%s,"rev":%s,"user_id":%s}', to_json(w.about_code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || w.letter_id || '"', 'null'), to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.origin || '"', 'null'), to_json(w.path::text)::text, coalesce(to_json(w.read_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_notices_notice() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_notices_notice() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON notices_notice REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_notice();
ALTER TABLE notices_notice ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON notices_notice REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_notice();
ALTER TABLE notices_notice ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON notices_notice REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_notice();
ALTER TABLE notices_notice ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON notices_notice FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_notice();
ALTER TABLE notices_notice ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_notice FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_notice ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON notices_historicalnotice FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalnotice ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_historicalnotice FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalnotice ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_notices_notice(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.notices_notice l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.notices_historicalnotice h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'notices_notice' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.notices_historicalnotice h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"letter_id":%s,"made_at":%s,"origin":%s,"path":%s,"read_at":%s,"rev":%s,"user_id":%s}', to_json(h.about_code::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, coalesce('"' || h.letter_id || '"', 'null'), to_json(h.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.origin || '"', 'null'), to_json(h.path::text)::text, coalesce(to_json(h.read_at AT TIME ZONE 'UTC')::text, 'null'), h.rev::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.notices_historicalnotice h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.notices_notice l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.about_code, l.path, l.origin, l.made_at, l.read_at, l.letter_id, l.user_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.about_code, h.path, h.origin, h.made_at, h.read_at, h.letter_id, h.user_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'notices_notice' AND NOT EXISTS (SELECT FROM public.notices_historicalnotice h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_notices_notice(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_notices_notice(uuid, int) TO ijm_audit;
RESET ROLE;

-- notices_reminder: office
REVOKE ALL ON notices_reminder FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, at, state, done_at) ON notices_reminder TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON notices_reminder TO ijm_keeper;
ALTER TABLE notices_reminder ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_reminder TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_reminder FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON notices_reminder FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_change ON notices_reminder FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK ((SELECT guard.mode()) = 'w' AND user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON notices_historicalreminder FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON notices_historicalreminder TO ijm_app;
GRANT SELECT, INSERT ON notices_historicalreminder TO ijm_keeper;
ALTER TABLE notices_historicalreminder ENABLE ROW LEVEL SECURITY; ALTER TABLE notices_historicalreminder FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON notices_historicalreminder TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON notices_historicalreminder FOR SELECT TO ijm_app USING (user_id = (SELECT guard.uid()) AND file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_notices_reminder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'notices_reminder changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.notices_historicalreminder
      (id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.file_id, c.about_code, c.path, c.subject, c.at, c.state, c.made_at, c.done_at, c.narrative, c.narrative_rev, c.narrative_key, c.user_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["notices_reminder","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"at":%s,"done_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"narrative":%s,"narrative_rev":%s,"path":%s,"rev":%s,"state":%s,"subject":%s,"user_id":%s}', to_json(w.about_code::text)::text, to_json(w.at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), '"' || w.file_id || '"', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.path::text)::text, w.rev::text, to_json(w.state::text)::text, to_json(w.subject::text)::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.notices_historicalreminder
      (id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["notices_reminder","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"at":%s,"done_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"narrative":%s,"narrative_rev":%s,"path":%s,"rev":%s,"state":%s,"subject":%s,"user_id":%s}', to_json(w.about_code::text)::text, to_json(w.at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), '"' || w.file_id || '"', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.path::text)::text, w.rev::text, to_json(w.state::text)::text, to_json(w.subject::text)::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.notices_historicalreminder
      (id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["notices_reminder","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"at":%s,"done_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"narrative":%s,"narrative_rev":%s,"path":%s,"rev":%s,"state":%s,"subject":%s,"user_id":%s}', to_json(w.about_code::text)::text, to_json(w.at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), '"' || w.file_id || '"', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.path::text)::text, w.rev::text, to_json(w.state::text)::text, to_json(w.subject::text)::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.notices_historicalreminder
      (id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, about_code, path, subject, at, state, made_at, done_at, narrative, narrative_rev, narrative_key, user_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.notices_reminder RETURNING *)
    SELECT string_agg(format('["notices_reminder","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"about_code":%s,"at":%s,"done_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"narrative":%s,"narrative_rev":%s,"path":%s,"rev":%s,"state":%s,"subject":%s,"user_id":%s}', to_json(w.about_code::text)::text, to_json(w.at AT TIME ZONE 'UTC')::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), '"' || w.file_id || '"', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.path::text)::text, w.rev::text, to_json(w.state::text)::text, to_json(w.subject::text)::text, coalesce('"' || w.user_id || '"', 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_notices_reminder() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_notices_reminder() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON notices_reminder REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_reminder();
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON notices_reminder REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_reminder();
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON notices_reminder REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_reminder();
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON notices_reminder FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_notices_reminder();
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_reminder FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON notices_historicalreminder FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalreminder ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON notices_historicalreminder FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE notices_historicalreminder ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_notices_reminder(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.notices_reminder l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.notices_historicalreminder h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'notices_reminder' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.notices_historicalreminder h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"about_code":%s,"at":%s,"done_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"narrative":%s,"narrative_rev":%s,"path":%s,"rev":%s,"state":%s,"subject":%s,"user_id":%s}', to_json(h.about_code::text)::text, to_json(h.at AT TIME ZONE 'UTC')::text, coalesce(to_json(h.done_at AT TIME ZONE 'UTC')::text, 'null'), '"' || h.file_id || '"', coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.made_at AT TIME ZONE 'UTC')::text, coalesce('"' || guard.before_keys('notices_historicalreminder', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, to_json(h.path::text)::text, h.rev::text, to_json(h.state::text)::text, to_json(h.subject::text)::text, coalesce('"' || h.user_id || '"', 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.notices_historicalreminder h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.notices_reminder l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.file_id, l.about_code, l.path, l.subject, l.at, l.state, l.made_at, l.done_at, l.narrative_rev, l.user_id) IS DISTINCT FROM (h.id, h.rev, h.file_id, h.about_code, h.path, h.subject, h.at, h.state, h.made_at, h.done_at, h.narrative_rev, h.user_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('notices_reminder', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('notices_historicalreminder', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.notices_historicalreminder h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'notices_reminder' AND NOT EXISTS (SELECT FROM public.notices_historicalreminder h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_notices_reminder(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_notices_reminder(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON notices_reminder TO ijm_rotor;
CREATE POLICY guard_rotor_see ON notices_reminder FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON notices_reminder FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON notices_reminder FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON notices_reminder REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative');
ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON notices_historicalreminder TO ijm_rotor;
CREATE POLICY guard_rotor_see ON notices_historicalreminder FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON notices_historicalreminder FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON notices_historicalreminder FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON notices_historicalreminder REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative');
ALTER TABLE notices_historicalreminder ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE notices_historicalreminder ENABLE ALWAYS TRIGGER guard_told;
INSERT INTO guard.transition VALUES ('notices_reminder', 'state', '', 'waiting'), ('notices_reminder', 'state', 'done', 'waiting'), ('notices_reminder', 'state', 'waiting', 'done');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON notices_reminder FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE notices_reminder ENABLE ALWAYS TRIGGER guard_state_state;

-- people_alias: office
REVOKE ALL ON people_alias FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, opens_identity) ON people_alias TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_alias TO ijm_keeper;
ALTER TABLE people_alias ENABLE ROW LEVEL SECURITY; ALTER TABLE people_alias FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_alias TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_alias FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON people_alias FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now()))) AND (NOT opens_identity OR person_id = ANY (ARRAY(SELECT guard.my_people())) OR person_id = ANY (ARRAY(SELECT guard.people_made_now()))));
CREATE POLICY guard_change ON people_alias FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())) AND (NOT opens_identity OR person_id = ANY (ARRAY(SELECT guard.my_people())) OR person_id = ANY (ARRAY(SELECT guard.people_made_now())))) WITH CHECK ((SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files())) AND (NOT opens_identity OR person_id = ANY (ARRAY(SELECT guard.my_people())) OR person_id = ANY (ARRAY(SELECT guard.people_made_now()))));
REVOKE ALL ON people_historicalalias FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalalias TO ijm_app;
GRANT SELECT, INSERT ON people_historicalalias TO ijm_keeper;
ALTER TABLE people_historicalalias ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalalias FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalalias TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalalias FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_alias() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_alias changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalalias
      (id, rev, wing, code, opens_identity, file_id, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.wing, c.code, c.opens_identity, c.file_id, c.person_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_alias","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"opens_identity":%s,"person_id":%s,"rev":%s,"wing":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.opens_identity::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.wing::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalalias
      (id, rev, wing, code, opens_identity, file_id, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, wing, code, opens_identity, file_id, person_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_alias","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"opens_identity":%s,"person_id":%s,"rev":%s,"wing":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.opens_identity::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.wing::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalalias
      (id, rev, wing, code, opens_identity, file_id, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, wing, code, opens_identity, file_id, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_alias","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"opens_identity":%s,"person_id":%s,"rev":%s,"wing":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.opens_identity::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.wing::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalalias
      (id, rev, wing, code, opens_identity, file_id, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, wing, code, opens_identity, file_id, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_alias RETURNING *)
    SELECT string_agg(format('["people_alias","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"opens_identity":%s,"person_id":%s,"rev":%s,"wing":%s}', to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.opens_identity::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.wing::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_alias() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_alias() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_alias REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_alias();
ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_alias REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_alias();
ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_alias REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_alias();
ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_alias FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_alias();
ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_alias FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalalias FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalalias ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalalias FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalalias ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_alias(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_alias l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalalias h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_alias' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalalias h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"opens_identity":%s,"person_id":%s,"rev":%s,"wing":%s}', to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.opens_identity::text, coalesce('"' || h.person_id || '"', 'null'), h.rev::text, to_json(h.wing::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalalias h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_alias l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.wing, l.code, l.opens_identity, l.file_id, l.person_id) IS DISTINCT FROM (h.id, h.rev, h.wing, h.code, h.opens_identity, h.file_id, h.person_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_alias' AND NOT EXISTS (SELECT FROM public.people_historicalalias h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_alias(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_alias(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_let_go AFTER UPDATE ON people_alias FOR EACH ROW WHEN (OLD.opens_identity AND NOT NEW.opens_identity) EXECUTE FUNCTION guard.let_go(); ALTER TABLE people_alias ENABLE ALWAYS TRIGGER guard_let_go;

-- people_asked: office
REVOKE ALL ON people_asked FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_asked TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_asked TO ijm_keeper;
ALTER TABLE people_asked ENABLE ROW LEVEL SECURITY; ALTER TABLE people_asked FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_asked TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_asked FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON people_historicalasked FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalasked TO ijm_app;
GRANT SELECT, INSERT ON people_historicalasked TO ijm_keeper;
ALTER TABLE people_historicalasked ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalasked FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalasked TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalasked FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_asked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_asked changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalasked
      (id, rev, how, asked_at, file_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.how, c.asked_at, c.file_id, c.asked_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_asked","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"how":%s,"id":%s,"rev":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), to_json(w.how::text)::text, '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalasked
      (id, rev, how, asked_at, file_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, how, asked_at, file_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_asked","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"how":%s,"id":%s,"rev":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), to_json(w.how::text)::text, '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalasked
      (id, rev, how, asked_at, file_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, how, asked_at, file_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_asked","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"how":%s,"id":%s,"rev":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), to_json(w.how::text)::text, '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalasked
      (id, rev, how, asked_at, file_id, asked_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, how, asked_at, file_id, asked_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_asked RETURNING *)
    SELECT string_agg(format('["people_asked","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"how":%s,"id":%s,"rev":%s}', to_json(w.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.asked_by_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), to_json(w.how::text)::text, '"' || w.id || '"', w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_asked() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_asked() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_asked REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_asked();
ALTER TABLE people_asked ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_asked REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_asked();
ALTER TABLE people_asked ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_asked REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_asked();
ALTER TABLE people_asked ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_asked FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_asked();
ALTER TABLE people_asked ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_asked FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_asked ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalasked FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalasked ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalasked FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalasked ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_asked(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_asked l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalasked h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_asked' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalasked h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"asked_at":%s,"asked_by_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"how":%s,"id":%s,"rev":%s}', to_json(h.asked_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.asked_by_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), to_json(h.how::text)::text, '"' || h.id || '"', h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalasked h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_asked l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.how, l.asked_at, l.file_id, l.asked_by_id) IS DISTINCT FROM (h.id, h.rev, h.how, h.asked_at, h.file_id, h.asked_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_asked' AND NOT EXISTS (SELECT FROM public.people_historicalasked h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_asked(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_asked(uuid, int) TO ijm_audit;
RESET ROLE;

-- people_consent: content
REVOKE ALL ON people_consent FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON people_consent TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_consent TO ijm_keeper;
ALTER TABLE people_consent ENABLE ROW LEVEL SECURITY; ALTER TABLE people_consent FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_consent TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_consent FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON people_consent FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON people_consent FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON people_historicalconsent FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalconsent TO ijm_app;
GRANT SELECT, INSERT ON people_historicalconsent TO ijm_keeper;
ALTER TABLE people_historicalconsent ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalconsent FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalconsent TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalconsent FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_consent changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalconsent
      (id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.purpose, c.answer, c.giver, c.form, c.language, c.recorded_at, c.until_on, c.narrative, c.narrative_rev, c.narrative_key, c.file_id, c.alias_id, c.recorded_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_consent","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"answer":%s,"code":%s,"file_id":%s,"form":%s,"giver":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"language":%s,"narrative":%s,"narrative_rev":%s,"purpose":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"until_on":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.answer::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form::text)::text, to_json(w.giver::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.language::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.purpose::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.until_on)::text, 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalconsent
      (id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_consent","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"answer":%s,"code":%s,"file_id":%s,"form":%s,"giver":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"language":%s,"narrative":%s,"narrative_rev":%s,"purpose":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"until_on":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.answer::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form::text)::text, to_json(w.giver::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.language::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.purpose::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.until_on)::text, 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalconsent
      (id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_consent","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"answer":%s,"code":%s,"file_id":%s,"form":%s,"giver":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"language":%s,"narrative":%s,"narrative_rev":%s,"purpose":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"until_on":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.answer::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form::text)::text, to_json(w.giver::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.language::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.purpose::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.until_on)::text, 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalconsent
      (id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, answer, giver, form, language, recorded_at, until_on, narrative, narrative_rev, narrative_key, file_id, alias_id, recorded_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_consent RETURNING *)
    SELECT string_agg(format('["people_consent","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"answer":%s,"code":%s,"file_id":%s,"form":%s,"giver":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"language":%s,"narrative":%s,"narrative_rev":%s,"purpose":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"until_on":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.answer::text)::text, to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.form::text)::text, to_json(w.giver::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.language::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, to_json(w.purpose::text)::text, to_json(w.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.recorded_by_id || '"', 'null'), w.rev::text, coalesce(to_json(w.until_on)::text, 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_consent() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_consent() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_consent REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_consent();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_consent REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_consent();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_consent REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_consent();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_consent FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_consent();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_consent FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalconsent FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalconsent ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalconsent FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalconsent ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_consent(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_consent l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalconsent h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_consent' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalconsent h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alias_id":%s,"answer":%s,"code":%s,"file_id":%s,"form":%s,"giver":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"language":%s,"narrative":%s,"narrative_rev":%s,"purpose":%s,"recorded_at":%s,"recorded_by_id":%s,"rev":%s,"until_on":%s}', coalesce('"' || h.alias_id || '"', 'null'), to_json(h.answer::text)::text, to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), to_json(h.form::text)::text, to_json(h.giver::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.language::text)::text, coalesce('"' || guard.before_keys('people_historicalconsent', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, to_json(h.purpose::text)::text, to_json(h.recorded_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.recorded_by_id || '"', 'null'), h.rev::text, coalesce(to_json(h.until_on)::text, 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalconsent h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_consent l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.purpose, l.answer, l.giver, l.form, l.language, l.recorded_at, l.until_on, l.narrative_rev, l.file_id, l.alias_id, l.recorded_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.purpose, h.answer, h.giver, h.form, h.language, h.recorded_at, h.until_on, h.narrative_rev, h.file_id, h.alias_id, h.recorded_by_id) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('people_consent', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('people_historicalconsent', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.people_historicalconsent h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_consent' AND NOT EXISTS (SELECT FROM public.people_historicalconsent h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_consent(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_consent(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON people_consent TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_consent FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_consent FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_consent FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON people_consent REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'narrative');
ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, narrative, narrative_rev, narrative_key), UPDATE (narrative, narrative_key) ON people_historicalconsent TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_historicalconsent FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_historicalconsent FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_historicalconsent FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON people_historicalconsent REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'narrative');
ALTER TABLE people_historicalconsent ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_historicalconsent ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON people_consent FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('people_consent', 'answer', '', 'given'), ('people_consent', 'answer', '', 'not_asked'), ('people_consent', 'answer', '', 'refused'), ('people_consent', 'answer', 'given', 'withdrawn'), ('people_consent', 'answer', 'not_asked', 'given'), ('people_consent', 'answer', 'not_asked', 'refused'), ('people_consent', 'answer', 'refused', 'given'), ('people_consent', 'answer', 'withdrawn', 'given');
CREATE TRIGGER guard_state_answer BEFORE INSERT OR UPDATE ON people_consent FOR EACH ROW EXECUTE FUNCTION guard.check_transition('answer'); ALTER TABLE people_consent ENABLE ALWAYS TRIGGER guard_state_answer;

-- people_epoch: derived
REVOKE ALL ON people_epoch FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_epoch TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_epoch TO ijm_keeper;
ALTER TABLE people_epoch ENABLE ROW LEVEL SECURITY; ALTER TABLE people_epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_epoch TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_epoch FOR SELECT TO ijm_app USING (true);

-- people_identifier: register
REVOKE ALL ON people_identifier FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON people_identifier TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_identifier TO ijm_keeper;
ALTER TABLE people_identifier ENABLE ROW LEVEL SECURITY; ALTER TABLE people_identifier FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_identifier TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_identifier FOR SELECT TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people())));
CREATE POLICY guard_add ON people_identifier FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (person_id = ANY (ARRAY(SELECT guard.my_people())) OR person_id = ANY (ARRAY(SELECT guard.people_made_now()))));
CREATE POLICY guard_change ON people_identifier FOR UPDATE TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people()))) WITH CHECK (person_id = ANY (ARRAY(SELECT guard.my_people())));
REVOKE ALL ON people_historicalidentifier FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalidentifier TO ijm_app;
GRANT SELECT, INSERT ON people_historicalidentifier TO ijm_keeper;
ALTER TABLE people_historicalidentifier ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalidentifier FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalidentifier TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalidentifier FOR SELECT TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_identifier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_identifier changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalidentifier
      (id, rev, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.kind, c.identity, c.identity_rev, c.identity_key, c.person_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_identifier","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL AND w.identity IS DISTINCT FROM o.identity THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalidentifier
      (id, rev, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_identifier","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalidentifier
      (id, rev, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_identifier","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalidentifier
      (id, rev, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_identifier RETURNING *)
    SELECT string_agg(format('["people_identifier","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_identifier() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_identifier() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_identifier REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_identifier();
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_identifier REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_identifier();
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_identifier REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_identifier();
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_identifier FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_identifier();
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_identifier FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalidentifier FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalidentifier ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalidentifier FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalidentifier ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_identifier(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_identifier l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalidentifier h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_identifier' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalidentifier h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s}', coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('people_historicalidentifier', h.history_id, 'identity', encode(sha256(h.identity), 'hex')) || '"', 'null'), h.identity_rev::text, to_json(h.kind::text)::text, coalesce('"' || h.person_id || '"', 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalidentifier h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_identifier l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.kind, l.identity_rev, l.person_id) IS DISTINCT FROM (h.id, h.rev, h.kind, h.identity_rev, h.person_id) OR (l.identity IS DISTINCT FROM h.identity AND guard.before_keys('people_identifier', l.id, 'identity', encode(sha256(l.identity), 'hex')) IS DISTINCT FROM guard.before_keys('people_historicalidentifier', h.history_id, 'identity', encode(sha256(h.identity), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.identity_rev < max(h.identity_rev) OVER before AS falls FROM public.people_historicalidentifier h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_identifier' AND NOT EXISTS (SELECT FROM public.people_historicalidentifier h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_identifier(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_identifier(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_identifier TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_identifier FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_identifier FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_identifier FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_identifier REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'identity');
ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_historicalidentifier TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_historicalidentifier FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_historicalidentifier FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_historicalidentifier FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_historicalidentifier REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'identity');
ALTER TABLE people_historicalidentifier ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_historicalidentifier ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON people_identifier FOR EACH ROW WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE people_identifier ENABLE ALWAYS TRIGGER guard_place;

-- people_mark: derived
REVOKE ALL ON people_mark FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT INSERT ON people_mark TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_mark TO ijm_keeper;
ALTER TABLE people_mark ENABLE ROW LEVEL SECURITY; ALTER TABLE people_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_mark TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_add ON people_mark FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND ((SELECT guard.searches()) OR (SELECT guard.has_role(ARRAY['DATA_PROTECTION']))));

-- people_name: register
REVOKE ALL ON people_name FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON people_name TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_name TO ijm_keeper;
ALTER TABLE people_name ENABLE ROW LEVEL SECURITY; ALTER TABLE people_name FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_name TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_name FOR SELECT TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people())));
CREATE POLICY guard_add ON people_name FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (person_id = ANY (ARRAY(SELECT guard.my_people())) OR person_id = ANY (ARRAY(SELECT guard.people_made_now()))));
CREATE POLICY guard_change ON people_name FOR UPDATE TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people()))) WITH CHECK (person_id = ANY (ARRAY(SELECT guard.my_people())));
REVOKE ALL ON people_historicalname FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalname TO ijm_app;
GRANT SELECT, INSERT ON people_historicalname TO ijm_keeper;
ALTER TABLE people_historicalname ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalname FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalname TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalname FOR SELECT TO ijm_app USING (person_id = ANY (ARRAY(SELECT guard.my_people())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_name changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalname
      (id, rev, script, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.script, c.kind, c.identity, c.identity_rev, c.identity_key, c.person_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_name","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s,"script":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.script::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL AND w.identity IS DISTINCT FROM o.identity THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalname
      (id, rev, script, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, script, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_name","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s,"script":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.script::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalname
      (id, rev, script, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, script, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_name","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s,"script":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.script::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalname
      (id, rev, script, kind, identity, identity_rev, identity_key, person_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, script, kind, identity, identity_rev, identity_key, person_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_name RETURNING *)
    SELECT string_agg(format('["people_name","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s,"script":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.kind::text)::text, coalesce('"' || w.person_id || '"', 'null'), w.rev::text, to_json(w.script::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_name() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_name() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_name REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_name();
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_name REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_name();
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_name REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_name();
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_name FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_name();
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_name FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalname FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalname ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalname FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalname ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_name(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_name l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalname h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_name' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalname h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"kind":%s,"person_id":%s,"rev":%s,"script":%s}', coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('people_historicalname', h.history_id, 'identity', encode(sha256(h.identity), 'hex')) || '"', 'null'), h.identity_rev::text, to_json(h.kind::text)::text, coalesce('"' || h.person_id || '"', 'null'), h.rev::text, to_json(h.script::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalname h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_name l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.script, l.kind, l.identity_rev, l.person_id) IS DISTINCT FROM (h.id, h.rev, h.script, h.kind, h.identity_rev, h.person_id) OR (l.identity IS DISTINCT FROM h.identity AND guard.before_keys('people_name', l.id, 'identity', encode(sha256(l.identity), 'hex')) IS DISTINCT FROM guard.before_keys('people_historicalname', h.history_id, 'identity', encode(sha256(h.identity), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.identity_rev < max(h.identity_rev) OVER before AS falls FROM public.people_historicalname h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_name' AND NOT EXISTS (SELECT FROM public.people_historicalname h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_name(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_name(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_name TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_name FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_name FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_name FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_name REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'identity');
ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_historicalname TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_historicalname FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_historicalname FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_historicalname FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_historicalname REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'identity');
ALTER TABLE people_historicalname ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_historicalname ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON people_name FOR EACH ROW WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE people_name ENABLE ALWAYS TRIGGER guard_place;

-- people_person: register
REVOKE ALL ON people_person FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON people_person TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_person TO ijm_keeper;
ALTER TABLE people_person ENABLE ROW LEVEL SECURITY; ALTER TABLE people_person FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_person TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_person FOR SELECT TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_people())));
CREATE POLICY guard_add ON people_person FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w');
CREATE POLICY guard_change ON people_person FOR UPDATE TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_people()))) WITH CHECK (id = ANY (ARRAY(SELECT guard.my_people())));
REVOKE ALL ON people_historicalperson FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON people_historicalperson TO ijm_app;
GRANT SELECT, INSERT ON people_historicalperson TO ijm_keeper;
ALTER TABLE people_historicalperson ENABLE ROW LEVEL SECURITY; ALTER TABLE people_historicalperson FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_historicalperson TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_historicalperson FOR SELECT TO ijm_app USING (id = ANY (ARRAY(SELECT guard.my_people())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_people_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'people_person changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.people_historicalperson
      (id, rev, identity, made_xid, identity_rev, identity_key, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.identity, c.made_xid, c.identity_rev, c.identity_key, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["people_person","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"made_xid":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, coalesce(to_json(w.made_xid::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL AND w.identity IS DISTINCT FROM o.identity THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.people_historicalperson
      (id, rev, identity, made_xid, identity_rev, identity_key, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, identity, made_xid, identity_rev, identity_key, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["people_person","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"made_xid":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, coalesce(to_json(w.made_xid::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.people_historicalperson
      (id, rev, identity, made_xid, identity_rev, identity_key, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, identity, made_xid, identity_rev, identity_key, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["people_person","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"made_xid":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, coalesce(to_json(w.made_xid::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.people_historicalperson
      (id, rev, identity, made_xid, identity_rev, identity_key, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, identity, made_xid, identity_rev, identity_key, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.people_person RETURNING *)
    SELECT string_agg(format('["people_person","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"made_xid":%s,"rev":%s}', coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, coalesce(to_json(w.made_xid::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_people_person() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_people_person() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON people_person REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_person();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON people_person REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_person();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON people_person REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_person();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON people_person FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_people_person();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_person FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON people_historicalperson FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalperson ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON people_historicalperson FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE people_historicalperson ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_people_person(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.people_person l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.people_historicalperson h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'people_person' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.people_historicalperson h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"made_xid":%s,"rev":%s}', coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('people_historicalperson', h.history_id, 'identity', encode(sha256(h.identity), 'hex')) || '"', 'null'), h.identity_rev::text, coalesce(to_json(h.made_xid::text)::text, 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.people_historicalperson h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.people_person l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.made_xid, l.identity_rev) IS DISTINCT FROM (h.id, h.rev, h.made_xid, h.identity_rev) OR (l.identity IS DISTINCT FROM h.identity AND guard.before_keys('people_person', l.id, 'identity', encode(sha256(l.identity), 'hex')) IS DISTINCT FROM guard.before_keys('people_historicalperson', h.history_id, 'identity', encode(sha256(h.identity), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.identity_rev < max(h.identity_rev) OVER before AS falls FROM public.people_historicalperson h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'people_person' AND NOT EXISTS (SELECT FROM public.people_historicalperson h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_people_person(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_people_person(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_person TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_person FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_person FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_person FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_person REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'identity');
ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, identity, identity_rev, identity_key), UPDATE (identity, identity_key) ON people_historicalperson TO ijm_rotor;
CREATE POLICY guard_rotor_see ON people_historicalperson FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON people_historicalperson FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON people_historicalperson FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity');
CREATE TRIGGER guard_told AFTER UPDATE ON people_historicalperson REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'identity');
ALTER TABLE people_historicalperson ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE people_historicalperson ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE ON people_person FOR EACH ROW EXECUTE FUNCTION guard.stamp_person(); ALTER TABLE people_person ENABLE ALWAYS TRIGGER guard_stamp;

-- people_segment: derived
REVOKE ALL ON people_segment FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, stamp, persons, body, body_key) ON people_segment TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON people_segment TO ijm_keeper;
ALTER TABLE people_segment ENABLE ROW LEVEL SECURITY; ALTER TABLE people_segment FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON people_segment TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON people_segment FOR SELECT TO ijm_app USING ((SELECT guard.searches()) OR ((SELECT guard.mode()) = 'w' AND ((SELECT guard.searches()) OR (SELECT guard.has_role(ARRAY['DATA_PROTECTION'])))));
CREATE POLICY guard_add ON people_segment FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND ((SELECT guard.searches()) OR (SELECT guard.has_role(ARRAY['DATA_PROTECTION']))));
CREATE POLICY guard_change ON people_segment FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND ((SELECT guard.searches()) OR (SELECT guard.has_role(ARRAY['DATA_PROTECTION'])))) WITH CHECK ((SELECT guard.mode()) = 'w' AND ((SELECT guard.searches()) OR (SELECT guard.has_role(ARRAY['DATA_PROTECTION']))));

-- prosecutions_accused: content
REVOKE ALL ON prosecutions_accused FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_accused TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_accused TO ijm_keeper;
ALTER TABLE prosecutions_accused ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_accused FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_accused TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_accused FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_accused FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_accused FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalaccused FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalaccused TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalaccused TO ijm_keeper;
ALTER TABLE prosecutions_historicalaccused ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalaccused FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalaccused TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalaccused FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_accused() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_accused changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalaccused
      (id, rev, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.file_id, c.alias_id, c.prosecution_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_accused","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalaccused
      (id, rev, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_accused","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalaccused
      (id, rev, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_accused","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalaccused
      (id, rev, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_accused RETURNING *)
    SELECT string_agg(format('["prosecutions_accused","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_accused() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_accused() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_accused REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_accused();
ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_accused REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_accused();
ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_accused REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_accused();
ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_accused FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_accused();
ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_accused FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalaccused FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalaccused ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalaccused FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalaccused ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_accused(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_accused l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalaccused h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_accused' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalaccused h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || h.alias_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || h.prosecution_id || '"', 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalaccused h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_accused l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.file_id, l.alias_id, l.prosecution_id) IS DISTINCT FROM (h.id, h.rev, h.file_id, h.alias_id, h.prosecution_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_accused' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalaccused h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_accused(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_accused(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_accused FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_accused ENABLE ALWAYS TRIGGER guard_place;

-- prosecutions_charge: content
REVOKE ALL ON prosecutions_charge FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_charge TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_charge TO ijm_keeper;
ALTER TABLE prosecutions_charge ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_charge FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_charge TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_charge FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_charge FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_charge FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalcharge FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalcharge TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalcharge TO ijm_keeper;
ALTER TABLE prosecutions_historicalcharge ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalcharge FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalcharge TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalcharge FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_charge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_charge changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalcharge
      (id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.is_aggravated, c.filed_on, c.legal, c.legal_rev, c.legal_key, c.file_id, c.accused_id, c.offence_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_charge","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"code":%s,"file_id":%s,"filed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_aggravated":%s,"legal":%s,"legal_rev":%s,"offence_id":%s,"rev":%s}', coalesce('"' || w.accused_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.filed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_aggravated::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce(to_json(w.offence_id::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL AND w.legal IS DISTINCT FROM o.legal THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalcharge
      (id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_charge","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"code":%s,"file_id":%s,"filed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_aggravated":%s,"legal":%s,"legal_rev":%s,"offence_id":%s,"rev":%s}', coalesce('"' || w.accused_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.filed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_aggravated::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce(to_json(w.offence_id::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalcharge
      (id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_charge","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"code":%s,"file_id":%s,"filed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_aggravated":%s,"legal":%s,"legal_rev":%s,"offence_id":%s,"rev":%s}', coalesce('"' || w.accused_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.filed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_aggravated::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce(to_json(w.offence_id::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalcharge
      (id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, is_aggravated, filed_on, legal, legal_rev, legal_key, file_id, accused_id, offence_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_charge RETURNING *)
    SELECT string_agg(format('["prosecutions_charge","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"code":%s,"file_id":%s,"filed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_aggravated":%s,"legal":%s,"legal_rev":%s,"offence_id":%s,"rev":%s}', coalesce('"' || w.accused_id || '"', 'null'), to_json(w.code::text)::text, coalesce('"' || w.file_id || '"', 'null'), to_json(w.filed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_aggravated::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce(to_json(w.offence_id::text)::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_charge() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_charge() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_charge REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_charge();
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_charge REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_charge();
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_charge REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_charge();
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_charge FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_charge();
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_charge FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalcharge FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalcharge ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalcharge FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalcharge ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_charge(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_charge l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalcharge h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_charge' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalcharge h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"accused_id":%s,"code":%s,"file_id":%s,"filed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_aggravated":%s,"legal":%s,"legal_rev":%s,"offence_id":%s,"rev":%s}', coalesce('"' || h.accused_id || '"', 'null'), to_json(h.code::text)::text, coalesce('"' || h.file_id || '"', 'null'), to_json(h.filed_on)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_aggravated::text, coalesce('"' || guard.before_keys('prosecutions_historicalcharge', h.history_id, 'legal', encode(sha256(h.legal), 'hex')) || '"', 'null'), h.legal_rev::text, coalesce(to_json(h.offence_id::text)::text, 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalcharge h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_charge l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.is_aggravated, l.filed_on, l.legal_rev, l.file_id, l.accused_id, l.offence_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.is_aggravated, h.filed_on, h.legal_rev, h.file_id, h.accused_id, h.offence_id) OR (l.legal IS DISTINCT FROM h.legal AND guard.before_keys('prosecutions_charge', l.id, 'legal', encode(sha256(l.legal), 'hex')) IS DISTINCT FROM guard.before_keys('prosecutions_historicalcharge', h.history_id, 'legal', encode(sha256(h.legal), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.legal_rev < max(h.legal_rev) OVER before AS falls FROM public.prosecutions_historicalcharge h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_charge' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalcharge h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_charge(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_charge(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, legal, legal_rev, legal_key), UPDATE (legal, legal_key) ON prosecutions_charge TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_charge FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_charge FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_charge FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_charge REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'legal');
ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, legal, legal_rev, legal_key), UPDATE (legal, legal_key) ON prosecutions_historicalcharge TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_historicalcharge FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_historicalcharge FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_historicalcharge FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_historicalcharge REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'legal');
ALTER TABLE prosecutions_historicalcharge ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_historicalcharge ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_charge FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_charge ENABLE ALWAYS TRIGGER guard_place;

-- prosecutions_hearing: content
REVOKE ALL ON prosecutions_hearing FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_hearing TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_hearing TO ijm_keeper;
ALTER TABLE prosecutions_hearing ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_hearing FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_hearing TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_hearing FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_hearing FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_hearing FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalhearing FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalhearing TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalhearing TO ijm_keeper;
ALTER TABLE prosecutions_historicalhearing ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalhearing FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalhearing TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalhearing FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_hearing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_hearing changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalhearing
      (id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.kind, c.at, c.state, c.legal, c.outcome, c.legal_rev, c.legal_key, c.outcome_rev, c.outcome_key, c.file_id, c.prosecution_id, c.court_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_hearing","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"code":%s,"court_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"outcome_rev":%s,"prosecution_id":%s,"rev":%s,"state":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, to_json(w.code::text)::text, coalesce(to_json(w.court_id::text)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce('"' || encode(sha256(w.outcome), 'hex') || '"', 'null'), w.outcome_rev::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL AND w.legal IS DISTINCT FROM o.legal THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END, CASE WHEN w.outcome IS NOT NULL AND w.outcome IS DISTINCT FROM o.outcome THEN format('"outcome":"%s:%s"', w.outcome_rev, encode(sha256(w.outcome), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalhearing
      (id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_hearing","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"code":%s,"court_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"outcome_rev":%s,"prosecution_id":%s,"rev":%s,"state":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, to_json(w.code::text)::text, coalesce(to_json(w.court_id::text)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce('"' || encode(sha256(w.outcome), 'hex') || '"', 'null'), w.outcome_rev::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END, CASE WHEN w.outcome IS NOT NULL THEN format('"outcome":"%s:%s"', w.outcome_rev, encode(sha256(w.outcome), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalhearing
      (id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_hearing","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"code":%s,"court_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"outcome_rev":%s,"prosecution_id":%s,"rev":%s,"state":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, to_json(w.code::text)::text, coalesce(to_json(w.court_id::text)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce('"' || encode(sha256(w.outcome), 'hex') || '"', 'null'), w.outcome_rev::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalhearing
      (id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, kind, at, state, legal, outcome, legal_rev, legal_key, outcome_rev, outcome_key, file_id, prosecution_id, court_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_hearing RETURNING *)
    SELECT string_agg(format('["prosecutions_hearing","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"code":%s,"court_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"outcome_rev":%s,"prosecution_id":%s,"rev":%s,"state":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, to_json(w.code::text)::text, coalesce(to_json(w.court_id::text)::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.kind::text)::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, coalesce('"' || encode(sha256(w.outcome), 'hex') || '"', 'null'), w.outcome_rev::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_hearing() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_hearing() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_hearing REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_hearing();
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_hearing REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_hearing();
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_hearing REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_hearing();
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_hearing FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_hearing();
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_hearing FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalhearing FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalhearing ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalhearing FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalhearing ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_hearing(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_hearing l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalhearing h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_hearing' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalhearing h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"at":%s,"code":%s,"court_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"kind":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"outcome_rev":%s,"prosecution_id":%s,"rev":%s,"state":%s}', to_json(h.at AT TIME ZONE 'UTC')::text, to_json(h.code::text)::text, coalesce(to_json(h.court_id::text)::text, 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.kind::text)::text, coalesce('"' || guard.before_keys('prosecutions_historicalhearing', h.history_id, 'legal', encode(sha256(h.legal), 'hex')) || '"', 'null'), h.legal_rev::text, coalesce('"' || guard.before_keys('prosecutions_historicalhearing', h.history_id, 'outcome', encode(sha256(h.outcome), 'hex')) || '"', 'null'), h.outcome_rev::text, coalesce('"' || h.prosecution_id || '"', 'null'), h.rev::text, to_json(h.state::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalhearing h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_hearing l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.kind, l.at, l.state, l.legal_rev, l.outcome_rev, l.file_id, l.prosecution_id, l.court_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.kind, h.at, h.state, h.legal_rev, h.outcome_rev, h.file_id, h.prosecution_id, h.court_id) OR (l.legal IS DISTINCT FROM h.legal AND guard.before_keys('prosecutions_hearing', l.id, 'legal', encode(sha256(l.legal), 'hex')) IS DISTINCT FROM guard.before_keys('prosecutions_historicalhearing', h.history_id, 'legal', encode(sha256(h.legal), 'hex'))) OR (l.outcome IS DISTINCT FROM h.outcome AND guard.before_keys('prosecutions_hearing', l.id, 'outcome', encode(sha256(l.outcome), 'hex')) IS DISTINCT FROM guard.before_keys('prosecutions_historicalhearing', h.history_id, 'outcome', encode(sha256(h.outcome), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.legal_rev < max(h.legal_rev) OVER before OR h.outcome_rev < max(h.outcome_rev) OVER before AS falls FROM public.prosecutions_historicalhearing h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_hearing' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalhearing h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_hearing(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_hearing(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, legal, legal_rev, legal_key, outcome, outcome_rev, outcome_key), UPDATE (legal, legal_key, outcome, outcome_key) ON prosecutions_hearing TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_hearing FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_hearing FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_hearing FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal', 'outcome');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_hearing REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'legal', 'outcome');
ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, legal, legal_rev, legal_key, outcome, outcome_rev, outcome_key), UPDATE (legal, legal_key, outcome, outcome_key) ON prosecutions_historicalhearing TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_historicalhearing FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_historicalhearing FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_historicalhearing FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal', 'outcome');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_historicalhearing REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'legal', 'outcome');
ALTER TABLE prosecutions_historicalhearing ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_historicalhearing ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_hearing FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('prosecutions_hearing', 'state', '', 'scheduled'), ('prosecutions_hearing', 'state', 'scheduled', 'adjourned'), ('prosecutions_hearing', 'state', 'scheduled', 'cancelled'), ('prosecutions_hearing', 'state', 'scheduled', 'held');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON prosecutions_hearing FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE prosecutions_hearing ENABLE ALWAYS TRIGGER guard_state_state;

-- prosecutions_prosecution: content
REVOKE ALL ON prosecutions_prosecution FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_prosecution TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_prosecution TO ijm_keeper;
ALTER TABLE prosecutions_prosecution ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_prosecution FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_prosecution TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_prosecution FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_prosecution FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_prosecution FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalprosecution FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalprosecution TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalprosecution TO ijm_keeper;
ALTER TABLE prosecutions_historicalprosecution ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalprosecution FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalprosecution TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalprosecution FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_prosecution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_prosecution changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalprosecution
      (id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.state, c.referred_at, c.state_since_on, c.exploitation, c.file_id, c.referred_by_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_prosecution","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"exploitation":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"referred_at":%s,"referred_by_id":%s,"rev":%s,"state":%s,"state_since_on":%s}', to_json(w.code::text)::text, to_json(w.exploitation::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.referred_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.referred_by_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text, to_json(w.state_since_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalprosecution
      (id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_prosecution","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"exploitation":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"referred_at":%s,"referred_by_id":%s,"rev":%s,"state":%s,"state_since_on":%s}', to_json(w.code::text)::text, to_json(w.exploitation::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.referred_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.referred_by_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text, to_json(w.state_since_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalprosecution
      (id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_prosecution","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"exploitation":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"referred_at":%s,"referred_by_id":%s,"rev":%s,"state":%s,"state_since_on":%s}', to_json(w.code::text)::text, to_json(w.exploitation::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.referred_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.referred_by_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text, to_json(w.state_since_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalprosecution
      (id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, referred_at, state_since_on, exploitation, file_id, referred_by_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_prosecution RETURNING *)
    SELECT string_agg(format('["prosecutions_prosecution","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"exploitation":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"referred_at":%s,"referred_by_id":%s,"rev":%s,"state":%s,"state_since_on":%s}', to_json(w.code::text)::text, to_json(w.exploitation::text)::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.referred_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.referred_by_id || '"', 'null'), w.rev::text, to_json(w.state::text)::text, to_json(w.state_since_on)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_prosecution() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_prosecution() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_prosecution REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_prosecution();
ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_prosecution REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_prosecution();
ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_prosecution REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_prosecution();
ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_prosecution FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_prosecution();
ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_prosecution FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalprosecution FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalprosecution ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalprosecution FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalprosecution ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_prosecution(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_prosecution l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalprosecution h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_prosecution' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalprosecution h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"exploitation":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"referred_at":%s,"referred_by_id":%s,"rev":%s,"state":%s,"state_since_on":%s}', to_json(h.code::text)::text, to_json(h.exploitation::text)::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.referred_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.referred_by_id || '"', 'null'), h.rev::text, to_json(h.state::text)::text, to_json(h.state_since_on)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalprosecution h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_prosecution l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.state, l.referred_at, l.state_since_on, l.exploitation, l.file_id, l.referred_by_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.state, h.referred_at, h.state_since_on, h.exploitation, h.file_id, h.referred_by_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_prosecution' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalprosecution h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_prosecution(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_prosecution(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_prosecution FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_place;
INSERT INTO guard.transition VALUES ('prosecutions_prosecution', 'state', '', 'referred'), ('prosecutions_prosecution', 'state', 'charged', 'judged'), ('prosecutions_prosecution', 'state', 'charged', 'trial'), ('prosecutions_prosecution', 'state', 'judged', 'charged'), ('prosecutions_prosecution', 'state', 'judged', 'closed'), ('prosecutions_prosecution', 'state', 'referred', 'charged'), ('prosecutions_prosecution', 'state', 'trial', 'judged');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON prosecutions_prosecution FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE prosecutions_prosecution ENABLE ALWAYS TRIGGER guard_state_state;

-- prosecutions_verdict: content
REVOKE ALL ON prosecutions_verdict FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_verdict TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_verdict TO ijm_keeper;
ALTER TABLE prosecutions_verdict ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_verdict FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_verdict TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_verdict FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_verdict FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_verdict FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalverdict FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalverdict TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalverdict TO ijm_keeper;
ALTER TABLE prosecutions_historicalverdict ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalverdict FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalverdict TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalverdict FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_verdict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_verdict changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalverdict
      (id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.outcome, c.returned_on, c.sentence_months, c.is_suspended, c.compensation_khr, c.compensation_usd, c.legal, c.legal_rev, c.legal_key, c.file_id, c.accused_id, c.charge_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_verdict","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"charge_id":%s,"code":%s,"compensation_khr":%s,"compensation_usd":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_suspended":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"returned_on":%s,"rev":%s,"sentence_months":%s}', coalesce('"' || w.accused_id || '"', 'null'), coalesce('"' || w.charge_id || '"', 'null'), to_json(w.code::text)::text, coalesce(w.compensation_khr::text, 'null'), coalesce(w.compensation_usd::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_suspended::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, to_json(w.outcome::text)::text, to_json(w.returned_on)::text, w.rev::text, coalesce(w.sentence_months::text, 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL AND w.legal IS DISTINCT FROM o.legal THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalverdict
      (id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_verdict","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"charge_id":%s,"code":%s,"compensation_khr":%s,"compensation_usd":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_suspended":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"returned_on":%s,"rev":%s,"sentence_months":%s}', coalesce('"' || w.accused_id || '"', 'null'), coalesce('"' || w.charge_id || '"', 'null'), to_json(w.code::text)::text, coalesce(w.compensation_khr::text, 'null'), coalesce(w.compensation_usd::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_suspended::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, to_json(w.outcome::text)::text, to_json(w.returned_on)::text, w.rev::text, coalesce(w.sentence_months::text, 'null')), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.legal IS NOT NULL THEN format('"legal":"%s:%s"', w.legal_rev, encode(sha256(w.legal), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalverdict
      (id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_verdict","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"charge_id":%s,"code":%s,"compensation_khr":%s,"compensation_usd":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_suspended":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"returned_on":%s,"rev":%s,"sentence_months":%s}', coalesce('"' || w.accused_id || '"', 'null'), coalesce('"' || w.charge_id || '"', 'null'), to_json(w.code::text)::text, coalesce(w.compensation_khr::text, 'null'), coalesce(w.compensation_usd::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_suspended::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, to_json(w.outcome::text)::text, to_json(w.returned_on)::text, w.rev::text, coalesce(w.sentence_months::text, 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalverdict
      (id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, outcome, returned_on, sentence_months, is_suspended, compensation_khr, compensation_usd, legal, legal_rev, legal_key, file_id, accused_id, charge_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_verdict RETURNING *)
    SELECT string_agg(format('["prosecutions_verdict","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"accused_id":%s,"charge_id":%s,"code":%s,"compensation_khr":%s,"compensation_usd":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_suspended":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"returned_on":%s,"rev":%s,"sentence_months":%s}', coalesce('"' || w.accused_id || '"', 'null'), coalesce('"' || w.charge_id || '"', 'null'), to_json(w.code::text)::text, coalesce(w.compensation_khr::text, 'null'), coalesce(w.compensation_usd::text, 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_suspended::text, coalesce('"' || encode(sha256(w.legal), 'hex') || '"', 'null'), w.legal_rev::text, to_json(w.outcome::text)::text, to_json(w.returned_on)::text, w.rev::text, coalesce(w.sentence_months::text, 'null')), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_verdict() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_verdict() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_verdict REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_verdict();
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_verdict REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_verdict();
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_verdict REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_verdict();
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_verdict FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_verdict();
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_verdict FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalverdict FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalverdict ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalverdict FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalverdict ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_verdict(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_verdict l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalverdict h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_verdict' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalverdict h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"accused_id":%s,"charge_id":%s,"code":%s,"compensation_khr":%s,"compensation_usd":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_suspended":%s,"legal":%s,"legal_rev":%s,"outcome":%s,"returned_on":%s,"rev":%s,"sentence_months":%s}', coalesce('"' || h.accused_id || '"', 'null'), coalesce('"' || h.charge_id || '"', 'null'), to_json(h.code::text)::text, coalesce(h.compensation_khr::text, 'null'), coalesce(h.compensation_usd::text, 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_suspended::text, coalesce('"' || guard.before_keys('prosecutions_historicalverdict', h.history_id, 'legal', encode(sha256(h.legal), 'hex')) || '"', 'null'), h.legal_rev::text, to_json(h.outcome::text)::text, to_json(h.returned_on)::text, h.rev::text, coalesce(h.sentence_months::text, 'null')), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalverdict h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_verdict l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.outcome, l.returned_on, l.sentence_months, l.is_suspended, l.compensation_khr, l.compensation_usd, l.legal_rev, l.file_id, l.accused_id, l.charge_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.outcome, h.returned_on, h.sentence_months, h.is_suspended, h.compensation_khr, h.compensation_usd, h.legal_rev, h.file_id, h.accused_id, h.charge_id) OR (l.legal IS DISTINCT FROM h.legal AND guard.before_keys('prosecutions_verdict', l.id, 'legal', encode(sha256(l.legal), 'hex')) IS DISTINCT FROM guard.before_keys('prosecutions_historicalverdict', h.history_id, 'legal', encode(sha256(h.legal), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.legal_rev < max(h.legal_rev) OVER before AS falls FROM public.prosecutions_historicalverdict h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_verdict' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalverdict h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_verdict(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_verdict(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, legal, legal_rev, legal_key), UPDATE (legal, legal_key) ON prosecutions_verdict TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_verdict FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_verdict FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_verdict FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_verdict REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'legal');
ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, legal, legal_rev, legal_key), UPDATE (legal, legal_key) ON prosecutions_historicalverdict TO ijm_rotor;
CREATE POLICY guard_rotor_see ON prosecutions_historicalverdict FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON prosecutions_historicalverdict FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON prosecutions_historicalverdict FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('legal');
CREATE TRIGGER guard_told AFTER UPDATE ON prosecutions_historicalverdict REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'legal');
ALTER TABLE prosecutions_historicalverdict ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE prosecutions_historicalverdict ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_verdict FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_verdict ENABLE ALWAYS TRIGGER guard_place;

-- prosecutions_victimwitness: content
REVOKE ALL ON prosecutions_victimwitness FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON prosecutions_victimwitness TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON prosecutions_victimwitness TO ijm_keeper;
ALTER TABLE prosecutions_victimwitness ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_victimwitness FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_victimwitness TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_victimwitness FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON prosecutions_victimwitness FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON prosecutions_victimwitness FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON prosecutions_historicalvictimwitness FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON prosecutions_historicalvictimwitness TO ijm_app;
GRANT SELECT, INSERT ON prosecutions_historicalvictimwitness TO ijm_keeper;
ALTER TABLE prosecutions_historicalvictimwitness ENABLE ROW LEVEL SECURITY; ALTER TABLE prosecutions_historicalvictimwitness FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON prosecutions_historicalvictimwitness TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON prosecutions_historicalvictimwitness FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_prosecutions_victimwitness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'prosecutions_victimwitness changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalvictimwitness
      (id, rev, measures, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.measures, c.file_id, c.alias_id, c.prosecution_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["prosecutions_victimwitness","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"measures":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.measures::text)::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalvictimwitness
      (id, rev, measures, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, measures, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["prosecutions_victimwitness","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"measures":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.measures::text)::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.prosecutions_historicalvictimwitness
      (id, rev, measures, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, measures, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["prosecutions_victimwitness","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"measures":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.measures::text)::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.prosecutions_historicalvictimwitness
      (id, rev, measures, file_id, alias_id, prosecution_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, measures, file_id, alias_id, prosecution_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.prosecutions_victimwitness RETURNING *)
    SELECT string_agg(format('["prosecutions_victimwitness","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"measures":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', to_json(w.measures::text)::text, coalesce('"' || w.prosecution_id || '"', 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_prosecutions_victimwitness() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_prosecutions_victimwitness() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON prosecutions_victimwitness REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_victimwitness();
ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON prosecutions_victimwitness REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_victimwitness();
ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON prosecutions_victimwitness REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_victimwitness();
ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON prosecutions_victimwitness FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_prosecutions_victimwitness();
ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_victimwitness FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON prosecutions_historicalvictimwitness FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalvictimwitness ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON prosecutions_historicalvictimwitness FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE prosecutions_historicalvictimwitness ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_prosecutions_victimwitness(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.prosecutions_victimwitness l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.prosecutions_historicalvictimwitness h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'prosecutions_victimwitness' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.prosecutions_historicalvictimwitness h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alias_id":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"measures":%s,"prosecution_id":%s,"rev":%s}', coalesce('"' || h.alias_id || '"', 'null'), coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', to_json(h.measures::text)::text, coalesce('"' || h.prosecution_id || '"', 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.prosecutions_historicalvictimwitness h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.prosecutions_victimwitness l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.measures, l.file_id, l.alias_id, l.prosecution_id) IS DISTINCT FROM (h.id, h.rev, h.measures, h.file_id, h.alias_id, h.prosecution_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'prosecutions_victimwitness' AND NOT EXISTS (SELECT FROM public.prosecutions_historicalvictimwitness h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_prosecutions_victimwitness(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_prosecutions_victimwitness(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_place BEFORE UPDATE ON prosecutions_victimwitness FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE prosecutions_victimwitness ENABLE ALWAYS TRIGGER guard_place;

-- reference_amendment: office
REVOKE ALL ON reference_amendment FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON reference_amendment TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON reference_amendment TO ijm_keeper;
ALTER TABLE reference_amendment ENABLE ROW LEVEL SECURITY; ALTER TABLE reference_amendment FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reference_amendment TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reference_amendment FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON reference_amendment FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.runs_office()));
CREATE POLICY guard_change ON reference_amendment FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND (SELECT guard.runs_office())) WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.runs_office()));
REVOKE ALL ON reference_historicalamendment FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_historicalamendment TO ijm_app;
GRANT SELECT, INSERT ON reference_historicalamendment TO ijm_keeper;
ALTER TABLE reference_historicalamendment ENABLE ROW LEVEL SECURITY; ALTER TABLE reference_historicalamendment FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reference_historicalamendment TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reference_historicalamendment FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_reference_amendment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'reference_amendment changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.reference_historicalamendment
      (id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.of_list, c.item, c.name_en, c.name_km, c.position, c.is_own, c.export_as, c.retired_at, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["reference_amendment","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"export_as":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_own":%s,"item":%s,"name_en":%s,"name_km":%s,"of_list":%s,"position":%s,"retired_at":%s,"rev":%s}', to_json(w.export_as::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_own::text, to_json(w.item::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.of_list::text)::text, coalesce(w.position::text, 'null'), coalesce(to_json(w.retired_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.reference_historicalamendment
      (id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["reference_amendment","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"export_as":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_own":%s,"item":%s,"name_en":%s,"name_km":%s,"of_list":%s,"position":%s,"retired_at":%s,"rev":%s}', to_json(w.export_as::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_own::text, to_json(w.item::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.of_list::text)::text, coalesce(w.position::text, 'null'), coalesce(to_json(w.retired_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.reference_historicalamendment
      (id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["reference_amendment","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"export_as":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_own":%s,"item":%s,"name_en":%s,"name_km":%s,"of_list":%s,"position":%s,"retired_at":%s,"rev":%s}', to_json(w.export_as::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_own::text, to_json(w.item::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.of_list::text)::text, coalesce(w.position::text, 'null'), coalesce(to_json(w.retired_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.reference_historicalamendment
      (id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, of_list, item, name_en, name_km, position, is_own, export_as, retired_at, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.reference_amendment RETURNING *)
    SELECT string_agg(format('["reference_amendment","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"export_as":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_own":%s,"item":%s,"name_en":%s,"name_km":%s,"of_list":%s,"position":%s,"retired_at":%s,"rev":%s}', to_json(w.export_as::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_own::text, to_json(w.item::text)::text, to_json(w.name_en::text)::text, to_json(w.name_km::text)::text, to_json(w.of_list::text)::text, coalesce(w.position::text, 'null'), coalesce(to_json(w.retired_at AT TIME ZONE 'UTC')::text, 'null'), w.rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_reference_amendment() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_reference_amendment() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON reference_amendment REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_amendment();
ALTER TABLE reference_amendment ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON reference_amendment REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_amendment();
ALTER TABLE reference_amendment ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON reference_amendment REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_amendment();
ALTER TABLE reference_amendment ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON reference_amendment FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_amendment();
ALTER TABLE reference_amendment ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reference_amendment FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_amendment ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON reference_historicalamendment FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_historicalamendment ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reference_historicalamendment FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_historicalamendment ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_reference_amendment(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.reference_amendment l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.reference_historicalamendment h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'reference_amendment' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.reference_historicalamendment h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"export_as":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_own":%s,"item":%s,"name_en":%s,"name_km":%s,"of_list":%s,"position":%s,"retired_at":%s,"rev":%s}', to_json(h.export_as::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_own::text, to_json(h.item::text)::text, to_json(h.name_en::text)::text, to_json(h.name_km::text)::text, to_json(h.of_list::text)::text, coalesce(h.position::text, 'null'), coalesce(to_json(h.retired_at AT TIME ZONE 'UTC')::text, 'null'), h.rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.reference_historicalamendment h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.reference_amendment l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.of_list, l.item, l.name_en, l.name_km, l.position, l.is_own, l.export_as, l.retired_at) IS DISTINCT FROM (h.id, h.rev, h.of_list, h.item, h.name_en, h.name_km, h.position, h.is_own, h.export_as, h.retired_at)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'reference_amendment' AND NOT EXISTS (SELECT FROM public.reference_historicalamendment h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_reference_amendment(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_reference_amendment(uuid, int) TO ijm_audit;
RESET ROLE;

-- reference_clock: machinery
REVOKE ALL ON reference_clock FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_clock TO ijm_app;

-- reference_codeitem: machinery
REVOKE ALL ON reference_codeitem FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_codeitem TO ijm_app;

-- reference_codelist: machinery
REVOKE ALL ON reference_codelist FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_codelist TO ijm_app;

-- reference_confirmation: office
REVOKE ALL ON reference_confirmation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT ON reference_confirmation TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON reference_confirmation TO ijm_keeper;
ALTER TABLE reference_confirmation ENABLE ROW LEVEL SECURITY; ALTER TABLE reference_confirmation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reference_confirmation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reference_confirmation FOR SELECT TO ijm_app USING (true);
CREATE POLICY guard_add ON reference_confirmation FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND (SELECT guard.has_role(ARRAY['LIAISON', 'DATA_PROTECTION'])));
REVOKE ALL ON reference_historicalconfirmation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_historicalconfirmation TO ijm_app;
GRANT SELECT, INSERT ON reference_historicalconfirmation TO ijm_keeper;
ALTER TABLE reference_historicalconfirmation ENABLE ROW LEVEL SECURITY; ALTER TABLE reference_historicalconfirmation FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reference_historicalconfirmation TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reference_historicalconfirmation FOR SELECT TO ijm_app USING (true);
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_reference_confirmation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'reference_confirmation changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.reference_historicalconfirmation
      (id, rev, rule, lawyer, confirmed_on, is_valid, by, at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.rule, c.lawyer, c.confirmed_on, c.is_valid, c.by, c.at, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["reference_confirmation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by":%s,"confirmed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_valid":%s,"lawyer":%s,"rev":%s,"rule":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, '"' || w.by || '"', to_json(w.confirmed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_valid::text, to_json(w.lawyer::text)::text, w.rev::text, to_json(w.rule::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.reference_historicalconfirmation
      (id, rev, rule, lawyer, confirmed_on, is_valid, by, at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, rule, lawyer, confirmed_on, is_valid, by, at, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["reference_confirmation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by":%s,"confirmed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_valid":%s,"lawyer":%s,"rev":%s,"rule":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, '"' || w.by || '"', to_json(w.confirmed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_valid::text, to_json(w.lawyer::text)::text, w.rev::text, to_json(w.rule::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.reference_historicalconfirmation
      (id, rev, rule, lawyer, confirmed_on, is_valid, by, at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, rule, lawyer, confirmed_on, is_valid, by, at, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["reference_confirmation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by":%s,"confirmed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_valid":%s,"lawyer":%s,"rev":%s,"rule":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, '"' || w.by || '"', to_json(w.confirmed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_valid::text, to_json(w.lawyer::text)::text, w.rev::text, to_json(w.rule::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.reference_historicalconfirmation
      (id, rev, rule, lawyer, confirmed_on, is_valid, by, at, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, rule, lawyer, confirmed_on, is_valid, by, at, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.reference_confirmation RETURNING *)
    SELECT string_agg(format('["reference_confirmation","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"at":%s,"by":%s,"confirmed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_valid":%s,"lawyer":%s,"rev":%s,"rule":%s}', to_json(w.at AT TIME ZONE 'UTC')::text, '"' || w.by || '"', to_json(w.confirmed_on)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.is_valid::text, to_json(w.lawyer::text)::text, w.rev::text, to_json(w.rule::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_reference_confirmation() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_reference_confirmation() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON reference_confirmation REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_confirmation();
ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON reference_confirmation REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_confirmation();
ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON reference_confirmation REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_confirmation();
ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON reference_confirmation FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reference_confirmation();
ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reference_confirmation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON reference_historicalconfirmation FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_historicalconfirmation ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reference_historicalconfirmation FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reference_historicalconfirmation ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_reference_confirmation(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.reference_confirmation l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.reference_historicalconfirmation h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'reference_confirmation' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.reference_historicalconfirmation h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"at":%s,"by":%s,"confirmed_on":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"is_valid":%s,"lawyer":%s,"rev":%s,"rule":%s}', to_json(h.at AT TIME ZONE 'UTC')::text, '"' || h.by || '"', to_json(h.confirmed_on)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.is_valid::text, to_json(h.lawyer::text)::text, h.rev::text, to_json(h.rule::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.reference_historicalconfirmation h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.reference_confirmation l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.rule, l.lawyer, l.confirmed_on, l.is_valid, l.by, l.at) IS DISTINCT FROM (h.id, h.rev, h.rule, h.lawyer, h.confirmed_on, h.is_valid, h.by, h.at)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'reference_confirmation' AND NOT EXISTS (SELECT FROM public.reference_historicalconfirmation h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_reference_confirmation(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_reference_confirmation(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_signed_by BEFORE INSERT OR UPDATE ON reference_confirmation FOR EACH ROW EXECUTE FUNCTION guard.check_signed('by'); ALTER TABLE reference_confirmation ENABLE ALWAYS TRIGGER guard_signed_by;

-- reference_country: machinery
REVOKE ALL ON reference_country FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_country TO ijm_app;

-- reference_court: machinery
REVOKE ALL ON reference_court FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_court TO ijm_app;

-- reference_offence: machinery
REVOKE ALL ON reference_offence FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_offence TO ijm_app;

-- reference_province: machinery
REVOKE ALL ON reference_province FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reference_province TO ijm_app;

-- reports_export: office
REVOKE ALL ON reports_export FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE (rev, made_at, rows) ON reports_export TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON reports_export TO ijm_keeper;
ALTER TABLE reports_export ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_export FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_export TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_export FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
CREATE POLICY guard_add ON reports_export FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid())));
CREATE POLICY guard_change ON reports_export FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid()))) WITH CHECK ((SELECT guard.mode()) = 'w' AND EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id AND r.asked_by_id = (SELECT guard.uid())));
REVOKE ALL ON reports_historicalexport FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reports_historicalexport TO ijm_app;
GRANT SELECT, INSERT ON reports_historicalexport TO ijm_keeper;
ALTER TABLE reports_historicalexport ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_historicalexport FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_historicalexport TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_historicalexport FOR SELECT TO ijm_app USING (EXISTS (SELECT FROM approvals_request r WHERE r.id = request_id));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_reports_export() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'reports_export changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.reports_historicalexport
      (id, rev, code, purpose, which, made_at, rows, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.purpose, c.which, c.made_at, c.rows, c.request_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["reports_export","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"purpose":%s,"request_id":%s,"rev":%s,"rows":%s,"which":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.purpose::text)::text, coalesce('"' || w.request_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.which::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.reports_historicalexport
      (id, rev, code, purpose, which, made_at, rows, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, which, made_at, rows, request_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["reports_export","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"purpose":%s,"request_id":%s,"rev":%s,"rows":%s,"which":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.purpose::text)::text, coalesce('"' || w.request_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.which::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.reports_historicalexport
      (id, rev, code, purpose, which, made_at, rows, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, which, made_at, rows, request_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["reports_export","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"purpose":%s,"request_id":%s,"rev":%s,"rows":%s,"which":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.purpose::text)::text, coalesce('"' || w.request_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.which::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.reports_historicalexport
      (id, rev, code, purpose, which, made_at, rows, request_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, purpose, which, made_at, rows, request_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.reports_export RETURNING *)
    SELECT string_agg(format('["reports_export","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"purpose":%s,"request_id":%s,"rev":%s,"rows":%s,"which":%s}', to_json(w.code::text)::text, coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce(to_json(w.made_at AT TIME ZONE 'UTC')::text, 'null'), to_json(w.purpose::text)::text, coalesce('"' || w.request_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.which::text)::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_reports_export() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_reports_export() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON reports_export REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_export();
ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON reports_export REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_export();
ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON reports_export REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_export();
ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON reports_export FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_export();
ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_export FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON reports_historicalexport FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalexport ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_historicalexport FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalexport ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_reports_export(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.reports_export l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.reports_historicalexport h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'reports_export' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.reports_historicalexport h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"code":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"made_at":%s,"purpose":%s,"request_id":%s,"rev":%s,"rows":%s,"which":%s}', to_json(h.code::text)::text, coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce(to_json(h.made_at AT TIME ZONE 'UTC')::text, 'null'), to_json(h.purpose::text)::text, coalesce('"' || h.request_id || '"', 'null'), h.rev::text, h.rows::text, to_json(h.which::text)::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.reports_historicalexport h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.reports_export l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.purpose, l.which, l.made_at, l.rows, l.request_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.purpose, h.which, h.made_at, h.rows, h.request_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'reports_export' AND NOT EXISTS (SELECT FROM public.reports_historicalexport h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_reports_export(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_reports_export(uuid, int) TO ijm_audit;
RESET ROLE;
CREATE TRIGGER guard_agreed_made_at BEFORE INSERT OR UPDATE ON reports_export FOR EACH ROW EXECUTE FUNCTION guard.check_agreed('made_at'); ALTER TABLE reports_export ENABLE ALWAYS TRIGGER guard_agreed_made_at;

-- reports_former: content
REVOKE ALL ON reports_former FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON reports_former TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON reports_former TO ijm_keeper;
ALTER TABLE reports_former ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_former FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_former TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_former FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
CREATE POLICY guard_add ON reports_former FOR INSERT TO ijm_app WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())) OR file_id = ANY (ARRAY(SELECT guard.files_opened_now())));
CREATE POLICY guard_change ON reports_former FOR UPDATE TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files()))) WITH CHECK (file_id = ANY (ARRAY(SELECT guard.my_files())));
REVOKE ALL ON reports_historicalformer FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reports_historicalformer TO ijm_app;
GRANT SELECT, INSERT ON reports_historicalformer TO ijm_keeper;
ALTER TABLE reports_historicalformer ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_historicalformer FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_historicalformer TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_historicalformer FOR SELECT TO ijm_app USING (file_id = ANY (ARRAY(SELECT guard.my_files())));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_reports_former() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_rotor' THEN RETURN NULL; END IF;  -- a new key is no edit: guard.tell_rekeyed() tells it
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'reports_former changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.reports_historicalformer
      (id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.import_code, c.brought_at, c.mark, c.likeness, c.identity, c.whereabouts, c.narrative, c.identity_rev, c.identity_key, c.whereabouts_rev, c.whereabouts_key, c.narrative_rev, c.narrative_key, c.file_id, c.alias_id, c.record_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["reports_former","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"brought_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"import_code":%s,"likeness":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"record_id":%s,"rev":%s,"whereabouts":%s,"whereabouts_rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.brought_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.import_code::text)::text, to_json(w.likeness::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.record_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL AND w.identity IS DISTINCT FROM o.identity THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END, CASE WHEN w.narrative IS NOT NULL AND w.narrative IS DISTINCT FROM o.narrative THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.whereabouts IS NOT NULL AND w.whereabouts IS DISTINCT FROM o.whereabouts THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w LEFT JOIN was o USING (id);
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.reports_historicalformer
      (id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["reports_former","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"brought_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"import_code":%s,"likeness":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"record_id":%s,"rev":%s,"whereabouts":%s,"whereabouts_rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.brought_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.import_code::text)::text, to_json(w.likeness::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.record_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{' || concat_ws(',', CASE WHEN w.identity IS NOT NULL THEN format('"identity":"%s:%s"', w.identity_rev, encode(sha256(w.identity), 'hex')) END, CASE WHEN w.narrative IS NOT NULL THEN format('"narrative":"%s:%s"', w.narrative_rev, encode(sha256(w.narrative), 'hex')) END, CASE WHEN w.whereabouts IS NOT NULL THEN format('"whereabouts":"%s:%s"', w.whereabouts_rev, encode(sha256(w.whereabouts), 'hex')) END) || '}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.reports_historicalformer
      (id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["reports_former","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"brought_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"import_code":%s,"likeness":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"record_id":%s,"rev":%s,"whereabouts":%s,"whereabouts_rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.brought_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.import_code::text)::text, to_json(w.likeness::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.record_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.reports_historicalformer
      (id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, import_code, brought_at, mark, likeness, identity, whereabouts, narrative, identity_rev, identity_key, whereabouts_rev, whereabouts_key, narrative_rev, narrative_key, file_id, alias_id, record_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.reports_former RETURNING *)
    SELECT string_agg(format('["reports_former","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alias_id":%s,"brought_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"import_code":%s,"likeness":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"record_id":%s,"rev":%s,"whereabouts":%s,"whereabouts_rev":%s}', coalesce('"' || w.alias_id || '"', 'null'), to_json(w.brought_at AT TIME ZONE 'UTC')::text, coalesce('"' || w.file_id || '"', 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', coalesce('"' || encode(sha256(w.identity), 'hex') || '"', 'null'), w.identity_rev::text, to_json(w.import_code::text)::text, to_json(w.likeness::text)::text, to_json(w.mark::text)::text, coalesce('"' || encode(sha256(w.narrative), 'hex') || '"', 'null'), w.narrative_rev::text, coalesce('"' || w.record_id || '"', 'null'), w.rev::text, coalesce('"' || encode(sha256(w.whereabouts), 'hex') || '"', 'null'), w.whereabouts_rev::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_reports_former() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_reports_former() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON reports_former REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_former();
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON reports_former REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_former();
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON reports_former REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_former();
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON reports_former FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_former();
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_former FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON reports_historicalformer FOR EACH ROW WHEN (session_user <> 'ijm_rotor')
  EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalformer ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_historicalformer FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalformer ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_reports_former(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.reports_former l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.reports_historicalformer h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'reports_former' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.reports_historicalformer h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alias_id":%s,"brought_at":%s,"file_id":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"identity":%s,"identity_rev":%s,"import_code":%s,"likeness":%s,"mark":%s,"narrative":%s,"narrative_rev":%s,"record_id":%s,"rev":%s,"whereabouts":%s,"whereabouts_rev":%s}', coalesce('"' || h.alias_id || '"', 'null'), to_json(h.brought_at AT TIME ZONE 'UTC')::text, coalesce('"' || h.file_id || '"', 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', coalesce('"' || guard.before_keys('reports_historicalformer', h.history_id, 'identity', encode(sha256(h.identity), 'hex')) || '"', 'null'), h.identity_rev::text, to_json(h.import_code::text)::text, to_json(h.likeness::text)::text, to_json(h.mark::text)::text, coalesce('"' || guard.before_keys('reports_historicalformer', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')) || '"', 'null'), h.narrative_rev::text, coalesce('"' || h.record_id || '"', 'null'), h.rev::text, coalesce('"' || guard.before_keys('reports_historicalformer', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex')) || '"', 'null'), h.whereabouts_rev::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.reports_historicalformer h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.reports_former l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.import_code, l.brought_at, l.mark, l.likeness, l.identity_rev, l.whereabouts_rev, l.narrative_rev, l.file_id, l.alias_id, l.record_id) IS DISTINCT FROM (h.id, h.rev, h.import_code, h.brought_at, h.mark, h.likeness, h.identity_rev, h.whereabouts_rev, h.narrative_rev, h.file_id, h.alias_id, h.record_id) OR (l.identity IS DISTINCT FROM h.identity AND guard.before_keys('reports_former', l.id, 'identity', encode(sha256(l.identity), 'hex')) IS DISTINCT FROM guard.before_keys('reports_historicalformer', h.history_id, 'identity', encode(sha256(h.identity), 'hex'))) OR (l.whereabouts IS DISTINCT FROM h.whereabouts AND guard.before_keys('reports_former', l.id, 'whereabouts', encode(sha256(l.whereabouts), 'hex')) IS DISTINCT FROM guard.before_keys('reports_historicalformer', h.history_id, 'whereabouts', encode(sha256(h.whereabouts), 'hex'))) OR (l.narrative IS DISTINCT FROM h.narrative AND guard.before_keys('reports_former', l.id, 'narrative', encode(sha256(l.narrative), 'hex')) IS DISTINCT FROM guard.before_keys('reports_historicalformer', h.history_id, 'narrative', encode(sha256(h.narrative), 'hex')))))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT b.id, 'went-back' FROM (SELECT h.id, h.identity_rev < max(h.identity_rev) OVER before OR h.whereabouts_rev < max(h.whereabouts_rev) OVER before OR h.narrative_rev < max(h.narrative_rev) OVER before AS falls FROM public.reports_historicalformer h JOIN batch USING (id)
      WINDOW before AS (PARTITION BY h.id ORDER BY h.history_date, h.rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) b
      WHERE b.falls
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'reports_former' AND NOT EXISTS (SELECT FROM public.reports_historicalformer h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_reports_former(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_reports_former(uuid, int) TO ijm_audit;
RESET ROLE;
GRANT SELECT (id, identity, identity_rev, identity_key, whereabouts, whereabouts_rev, whereabouts_key, narrative, narrative_rev, narrative_key), UPDATE (identity, identity_key, whereabouts, whereabouts_key, narrative, narrative_key) ON reports_former TO ijm_rotor;
CREATE POLICY guard_rotor_see ON reports_former FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON reports_former FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON reports_former FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity', 'whereabouts', 'narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON reports_former REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('id', 'identity', 'whereabouts', 'narrative');
ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_told;
GRANT SELECT (history_id, id, identity, identity_rev, identity_key, whereabouts, whereabouts_rev, whereabouts_key, narrative, narrative_rev, narrative_key), UPDATE (identity, identity_key, whereabouts, whereabouts_key, narrative, narrative_key) ON reports_historicalformer TO ijm_rotor;
CREATE POLICY guard_rotor_see ON reports_historicalformer FOR SELECT TO ijm_rotor USING (true);
CREATE POLICY guard_rotor_turn ON reports_historicalformer FOR UPDATE TO ijm_rotor USING (true) WITH CHECK (true);
CREATE TRIGGER guard_same BEFORE UPDATE ON reports_historicalformer FOR EACH ROW WHEN (session_user = 'ijm_rotor')
  EXECUTE FUNCTION guard.check_rekeyed('identity', 'whereabouts', 'narrative');
CREATE TRIGGER guard_told AFTER UPDATE ON reports_historicalformer REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  WHEN (session_user = 'ijm_rotor') EXECUTE FUNCTION guard.tell_rekeyed('history_id', 'identity', 'whereabouts', 'narrative');
ALTER TABLE reports_historicalformer ENABLE ALWAYS TRIGGER guard_same; ALTER TABLE reports_historicalformer ENABLE ALWAYS TRIGGER guard_told;
CREATE TRIGGER guard_place BEFORE UPDATE ON reports_former FOR EACH ROW WHEN (OLD.file_id IS DISTINCT FROM NEW.file_id) EXECUTE FUNCTION guard.keep(); ALTER TABLE reports_former ENABLE ALWAYS TRIGGER guard_place;

-- reports_import: office
REVOKE ALL ON reports_import FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE ON reports_import TO ijm_app;
GRANT SELECT, INSERT, UPDATE ON reports_import TO ijm_keeper;
ALTER TABLE reports_import ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_import FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_import TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_import FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON reports_import FOR INSERT TO ijm_app WITH CHECK ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON reports_import FOR UPDATE TO ijm_app USING ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid())) WITH CHECK ((SELECT guard.mode()) = 'w' AND owner_id = (SELECT guard.uid()));
REVOKE ALL ON reports_historicalimport FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON reports_historicalimport TO ijm_app;
GRANT SELECT, INSERT ON reports_historicalimport TO ijm_keeper;
ALTER TABLE reports_historicalimport ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_historicalimport FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_historicalimport TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_historicalimport FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.record_reports_import() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'out-of-band'; context text[]; who uuid; seen text;
BEGIN
  IF session_user = 'ijm_app' THEN
    made := nullif(current_setting('ijm.entry', true), '');
    context := guard.context();  -- its signature is checked once, not for each part
    who := nullif(context[2], '')::uuid;
    IF made IS NULL OR who IS NULL OR context[4] IS DISTINCT FROM 'w' THEN
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
      END IF;
      RAISE EXCEPTION 'reports_import changes inside an entry only' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    WITH w AS (INSERT INTO public.reports_historicalimport
      (id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT c.id, c.rev, c.code, c.state, c.source, c.rows, c.to_mend, c.known, c.alike, c.left_out, c.brought, c.begun_at, c.done_at, c.owner_id, gen_random_uuid(), clock_timestamp(), '~', made, who FROM changed c RETURNING *)
    SELECT string_agg(format('["reports_import","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alike":%s,"begun_at":%s,"brought":%s,"code":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"known":%s,"left_out":%s,"owner_id":%s,"rev":%s,"rows":%s,"source":%s,"state":%s,"to_mend":%s}', w.alike::text, to_json(w.begun_at AT TIME ZONE 'UTC')::text, w.brought::text, to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.known::text, w.left_out::text, coalesce('"' || w.owner_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.state::text)::text, w.to_mend::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'INSERT' THEN
    WITH w AS (INSERT INTO public.reports_historicalimport
      (id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, gen_random_uuid(), clock_timestamp(), '+', made, who FROM changed RETURNING *)
    SELECT string_agg(format('["reports_import","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alike":%s,"begun_at":%s,"brought":%s,"code":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"known":%s,"left_out":%s,"owner_id":%s,"rev":%s,"rows":%s,"source":%s,"state":%s,"to_mend":%s}', w.alike::text, to_json(w.begun_at AT TIME ZONE 'UTC')::text, w.brought::text, to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.known::text, w.left_out::text, coalesce('"' || w.owner_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.state::text)::text, w.to_mend::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSIF TG_OP = 'DELETE' THEN
    WITH w AS (INSERT INTO public.reports_historicalimport
      (id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM was RETURNING *)
    SELECT string_agg(format('["reports_import","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alike":%s,"begun_at":%s,"brought":%s,"code":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"known":%s,"left_out":%s,"owner_id":%s,"rev":%s,"rows":%s,"source":%s,"state":%s,"to_mend":%s}', w.alike::text, to_json(w.begun_at AT TIME ZONE 'UTC')::text, w.brought::text, to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.known::text, w.left_out::text, coalesce('"' || w.owner_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.state::text)::text, w.to_mend::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  ELSE
    WITH w AS (INSERT INTO public.reports_historicalimport
      (id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, history_id, history_date, history_type, history_change_reason, history_user_id)
      SELECT id, rev, code, state, source, rows, to_mend, known, alike, left_out, brought, begun_at, done_at, owner_id, gen_random_uuid(), clock_timestamp(), '-', made, who FROM public.reports_import RETURNING *)
    SELECT string_agg(format('["reports_import","%s","%s","%s","%s",%s]', w.id, w.history_type, w.history_id,
      encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(w.history_id))) || convert_to(format('{"alike":%s,"begun_at":%s,"brought":%s,"code":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"known":%s,"left_out":%s,"owner_id":%s,"rev":%s,"rows":%s,"source":%s,"state":%s,"to_mend":%s}', w.alike::text, to_json(w.begun_at AT TIME ZONE 'UTC')::text, w.brought::text, to_json(w.code::text)::text, coalesce(to_json(w.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(w.history_change_reason::text)::text, 'null'), to_json(w.history_date AT TIME ZONE 'UTC')::text, '"' || w.history_id || '"', to_json(w.history_type::text)::text, coalesce('"' || w.history_user_id || '"', 'null'), '"' || w.id || '"', w.known::text, w.left_out::text, coalesce('"' || w.owner_id || '"', 'null'), w.rev::text, w.rows::text, to_json(w.source::text)::text, to_json(w.state::text)::text, w.to_mend::text), 'UTF8')), 'hex'), '{}'), ',' ORDER BY w.history_date) INTO seen FROM guard.row_key k, w;
  END IF;
  IF seen IS NULL THEN RETURN NULL; END IF;
  IF made <> 'out-of-band' THEN
    PERFORM set_config('ijm.rows', concat_ws(',', nullif(current_setting('ijm.rows', true), ''), seen), true);
  ELSE
    PERFORM guard.tell_out_of_band(seen);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION guard.record_reports_import() FROM PUBLIC; GRANT EXECUTE ON FUNCTION guard.record_reports_import() TO ijm_owner;
RESET ROLE;
CREATE TRIGGER guard_record_i AFTER INSERT ON reports_import REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_import();
ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_record_i;
CREATE TRIGGER guard_record_u AFTER UPDATE ON reports_import REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_import();
ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_record_u;
CREATE TRIGGER guard_record_d AFTER DELETE ON reports_import REFERENCING OLD TABLE AS was FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_import();
ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_record_d;
CREATE TRIGGER guard_record_t BEFORE TRUNCATE ON reports_import FOR EACH STATEMENT
  EXECUTE FUNCTION guard.record_reports_import();
ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_record_t;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_import FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_whole;
CREATE TRIGGER guard_keep BEFORE UPDATE OR DELETE ON reports_historicalimport FOR EACH ROW EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalimport ENABLE ALWAYS TRIGGER guard_keep;
CREATE TRIGGER guard_whole BEFORE TRUNCATE ON reports_historicalimport FOR EACH STATEMENT EXECUTE FUNCTION guard.keep();
ALTER TABLE reports_historicalimport ENABLE ALWAYS TRIGGER guard_whole;
SET LOCAL ROLE ijm_keeper;
CREATE OR REPLACE FUNCTION guard.reconcile_reports_import(after uuid, most int) RETURNS TABLE (pk uuid, problem text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH batch AS MATERIALIZED (SELECT DISTINCT known.id FROM (
      (SELECT l.id FROM public.reports_import l WHERE l.id > after ORDER BY l.id LIMIT most) UNION ALL
      (SELECT h.id FROM public.reports_historicalimport h WHERE h.id > after ORDER BY h.id LIMIT most) UNION ALL
      (SELECT t.row_id FROM guard.told t WHERE t.tab = 'reports_import' AND t.row_id > after ORDER BY t.row_id LIMIT most)) known
    ORDER BY known.id LIMIT most),
  newest AS (SELECT DISTINCT ON (h.id) h.* FROM public.reports_historicalimport h JOIN batch USING (id)
    ORDER BY h.id, h.history_date DESC, h.rev DESC),
  written AS (SELECT h.id, guard.is_told(h.history_id, encode(sha256(sha256(k.opad || sha256(k.ipad || uuid_send(h.history_id)))
      || convert_to(format('{"alike":%s,"begun_at":%s,"brought":%s,"code":%s,"done_at":%s,"history_change_reason":%s,"history_date":%s,"history_id":%s,"history_type":%s,"history_user_id":%s,"id":%s,"known":%s,"left_out":%s,"owner_id":%s,"rev":%s,"rows":%s,"source":%s,"state":%s,"to_mend":%s}', h.alike::text, to_json(h.begun_at AT TIME ZONE 'UTC')::text, h.brought::text, to_json(h.code::text)::text, coalesce(to_json(h.done_at AT TIME ZONE 'UTC')::text, 'null'), coalesce(to_json(h.history_change_reason::text)::text, 'null'), to_json(h.history_date AT TIME ZONE 'UTC')::text, '"' || h.history_id || '"', to_json(h.history_type::text)::text, coalesce('"' || h.history_user_id || '"', 'null'), '"' || h.id || '"', h.known::text, h.left_out::text, coalesce('"' || h.owner_id || '"', 'null'), h.rev::text, h.rows::text, to_json(h.source::text)::text, to_json(h.state::text)::text, h.to_mend::text), 'UTF8')), 'hex')) AS said
    FROM guard.row_key k, public.reports_historicalimport h JOIN batch USING (id)),
  found AS (
    SELECT b.id, CASE WHEN h.id IS NULL THEN 'no-history' WHEN l.id IS NULL THEN 'gone' ELSE 'differs' END
      FROM batch b LEFT JOIN public.reports_import l USING (id) LEFT JOIN newest h USING (id)
      WHERE (l.id IS NOT NULL AND h.id IS NULL) OR (l.id IS NULL AND h.history_type <> '-')
         OR (l.id IS NOT NULL AND (h.history_type = '-' OR (l.id, l.rev, l.code, l.state, l.source, l.rows, l.to_mend, l.known, l.alike, l.left_out, l.brought, l.begun_at, l.done_at, l.owner_id) IS DISTINCT FROM (h.id, h.rev, h.code, h.state, h.source, h.rows, h.to_mend, h.known, h.alike, h.left_out, h.brought, h.begun_at, h.done_at, h.owner_id)))
    UNION SELECT w.id, CASE WHEN w.said IS NULL THEN 'untold' ELSE 'history-changed' END FROM written w WHERE w.said IS NOT TRUE
    UNION SELECT t.row_id, 'history-gone' FROM guard.told t JOIN batch ON batch.id = t.row_id
      WHERE t.tab = 'reports_import' AND NOT EXISTS (SELECT FROM public.reports_historicalimport h WHERE h.history_id = t.history_id))
  SELECT * FROM (SELECT * FROM found UNION ALL
    SELECT max(id::text)::uuid, NULL FROM batch HAVING count(*) > 0) AS all_of (id, said)
  ORDER BY id, said NULLS LAST $$;
REVOKE ALL ON FUNCTION guard.reconcile_reports_import(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guard.reconcile_reports_import(uuid, int) TO ijm_audit;
RESET ROLE;
INSERT INTO guard.transition VALUES ('reports_import', 'state', '', 'reading'), ('reports_import', 'state', 'bringing_in', 'done'), ('reports_import', 'state', 'bringing_in', 'ready'), ('reports_import', 'state', 'failed', 'discarded'), ('reports_import', 'state', 'reading', 'discarded'), ('reports_import', 'state', 'reading', 'failed'), ('reports_import', 'state', 'reading', 'ready'), ('reports_import', 'state', 'ready', 'bringing_in'), ('reports_import', 'state', 'ready', 'discarded');
CREATE TRIGGER guard_state_state BEFORE INSERT OR UPDATE ON reports_import FOR EACH ROW EXECUTE FUNCTION guard.check_transition('state'); ALTER TABLE reports_import ENABLE ALWAYS TRIGGER guard_state_state;

-- reports_importpart: private
REVOKE ALL ON reports_importpart FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON reports_importpart TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON reports_importpart TO ijm_keeper;
ALTER TABLE reports_importpart ENABLE ROW LEVEL SECURITY; ALTER TABLE reports_importpart FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON reports_importpart TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON reports_importpart FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON reports_importpart FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON reports_importpart FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON reports_importpart FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- web_draft: private
REVOKE ALL ON web_draft FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON web_draft TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_draft TO ijm_keeper;
ALTER TABLE web_draft ENABLE ROW LEVEL SECURITY; ALTER TABLE web_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON web_draft TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON web_draft FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON web_draft FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON web_draft FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON web_draft FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- web_sending: private
REVOKE ALL ON web_sending FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON web_sending TO ijm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_sending TO ijm_keeper;
ALTER TABLE web_sending ENABLE ROW LEVEL SECURITY; ALTER TABLE web_sending FORCE ROW LEVEL SECURITY;
CREATE POLICY guard_keeper ON web_sending TO ijm_keeper USING (true) WITH CHECK (true);
CREATE POLICY guard_see ON web_sending FOR SELECT TO ijm_app USING (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_add ON web_sending FOR INSERT TO ijm_app WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_change ON web_sending FOR UPDATE TO ijm_app USING (owner_id = (SELECT guard.uid())) WITH CHECK (owner_id = (SELECT guard.uid()));
CREATE POLICY guard_drop ON web_sending FOR DELETE TO ijm_app USING (owner_id = (SELECT guard.uid()));

-- the index of the search: made anew by the login that moves sealed values, which nobody's pages use
GRANT SELECT (person_id) ON people_name TO ijm_rotor; GRANT SELECT (person_id, kind) ON people_identifier TO ijm_rotor;
GRANT SELECT, INSERT ON people_epoch, people_segment TO ijm_rotor; GRANT INSERT ON people_mark TO ijm_rotor;
GRANT UPDATE (state) ON people_epoch TO ijm_rotor; GRANT UPDATE ON people_segment TO ijm_rotor;
CREATE POLICY guard_rotor ON people_epoch TO ijm_rotor USING (true) WITH CHECK (true);
CREATE POLICY guard_rotor ON people_segment TO ijm_rotor USING (true) WITH CHECK (true);
CREATE POLICY guard_rotor ON people_mark FOR INSERT TO ijm_rotor WITH CHECK (true);
GRANT DELETE ON people_epoch, people_segment, people_mark TO ijm_keeper;

-- tables of outside packages
REVOKE ALL ON account_emailaddress FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON account_emailaddress TO ijm_app;
REVOKE ALL ON account_emailconfirmation FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON account_emailconfirmation TO ijm_app;
REVOKE ALL ON auth_group FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON auth_group TO ijm_app;
REVOKE ALL ON auth_group_permissions FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON auth_group_permissions TO ijm_app;
REVOKE ALL ON auth_permission FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON auth_permission TO ijm_app;
REVOKE ALL ON django_content_type FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT ON django_content_type TO ijm_app;
REVOKE ALL ON django_session FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO ijm_app;
REVOKE ALL ON ijm_cache FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON ijm_cache TO ijm_app;
REVOKE ALL ON mfa_authenticator FROM ijm_app, ijm_audit, ijm_rotor, ijm_keeper; GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO ijm_app; GRANT SELECT, DELETE ON mfa_authenticator TO ijm_keeper;
CREATE TRIGGER guard_stamp BEFORE INSERT OR UPDATE OR DELETE ON mfa_authenticator FOR EACH ROW EXECUTE FUNCTION guard.check_factor(); ALTER TABLE mfa_authenticator ENABLE ALWAYS TRIGGER guard_stamp;
